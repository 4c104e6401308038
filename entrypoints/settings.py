"""Every setting of the service, from the environment: what it means, and that what it says can be used."""

import ipaddress
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MEANINGS: Final[Mapping[str, str]] = {
    "DATABASE_URL": "PostgreSQL (15 to 18) to keep everything in; an embedded one, unless it is set",
    "TIEOUT_PUBLIC_URL": "where the service is reached from outside: every redirect and webhook address begins with it",
    "TIEOUT_MASTER_KEY": "32 random bytes in base64, above all other keys; to change it: the new one, a comma, the old",
    "TIEOUT_MASTER_KEY_FILE": "a file of mode 0600 that holds it, read again when it changes",
    "TIEOUT_DATA_DIR": "folder of the embedded PostgreSQL and its master key",
    "TIEOUT_STRIPE_API_BASE": "Stripe's API, if not api.stripe.com",
    "TIEOUT_STRIPE_CONNECT_BASE": "Stripe's OAuth pages, if not connect.stripe.com",
    "TIEOUT_PLAID_BASE": "Plaid's API, if not the one of the mode",
    "TIEOUT_TRUSTED_PROXIES": "networks whose word is taken for who is calling, such as 10.0.0.0/8; commas between",
    "TIEOUT_WEBHOOKS_TO_LOOPBACK": "yes: partners' webhooks may go to this machine itself; for development only",
    "PGBIN": "folder of the PostgreSQL programs to use instead of those that come with Tieout",
}
STRIPE_API: Final = "https://api.stripe.com"
STRIPE_CONNECT: Final = "https://connect.stripe.com"
SECRET: Final = frozenset({"DATABASE_URL", "TIEOUT_MASTER_KEY"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class UnusableSetting(ValueError):
    """A setting says what cannot be used. The message names it and the reason, never a secret value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


@attrs.frozen(kw_only=True)
class Settings:
    """The environment, read. What is not set is None, and has its default where it is used."""

    database_url: str | None = attrs.field(default=None, repr=False)
    public_url: str | None = None
    master_key: str | None = attrs.field(default=None, repr=False)
    master_key_file: Path | None = None
    data_dir: Path | None = None
    stripe_api_base: str = STRIPE_API
    stripe_connect_base: str = STRIPE_CONNECT
    plaid_base: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    webhooks_to_loopback: bool = False
    pgbin: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """An empty variable is one that is not set. Raises UnusableSetting."""
        given = {name: environment[name].strip() for name in MEANINGS if environment.get(name, "").strip()}
        if {"TIEOUT_MASTER_KEY", "TIEOUT_MASTER_KEY_FILE"} <= given.keys():
            raise UnusableSetting("TIEOUT_MASTER_KEY", "TIEOUT_MASTER_KEY_FILE is set as well: set one of them")
        return cls(
            database_url=_database_url(given.get("DATABASE_URL")),
            public_url=_address("TIEOUT_PUBLIC_URL", given),
            master_key=given.get("TIEOUT_MASTER_KEY"),
            master_key_file=_path(given.get("TIEOUT_MASTER_KEY_FILE")),
            data_dir=_data_dir(given.get("TIEOUT_DATA_DIR")),
            stripe_api_base=_address("TIEOUT_STRIPE_API_BASE", given) or STRIPE_API,
            stripe_connect_base=_address("TIEOUT_STRIPE_CONNECT_BASE", given) or STRIPE_CONNECT,
            plaid_base=_address("TIEOUT_PLAID_BASE", given),
            trusted_proxies=_networks(given.get("TIEOUT_TRUSTED_PROXIES", "")),
            webhooks_to_loopback=_yes("TIEOUT_WEBHOOKS_TO_LOOPBACK", given),
            pgbin=_path(given.get("PGBIN")),
        )


def unknown_settings(environment: Mapping[str, str]) -> tuple[tuple[str, str | None], ...]:
    """Variables that look like settings and are none, each with the setting that may have been meant."""
    unknown = sorted(name for name in environment if name.startswith("TIEOUT_") and name not in MEANINGS)
    return tuple((name, next(iter(get_close_matches(name, MEANINGS, n=1, cutoff=0.7)), None)) for name in unknown)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()


def _data_dir(text: str | None) -> Path | None:
    folder = _path(text)
    if folder is not None and not folder.is_absolute():
        example = f"such as {folder.absolute()}"
        raise UnusableSetting(
            "TIEOUT_DATA_DIR", f"it must begin with / ({example}): or it is another folder wherever Tieout is started"
        )
    return folder


def _database_url(text: str | None) -> str | None:
    if text is not None and urlsplit(text).scheme not in {"postgres", "postgresql"}:
        raise UnusableSetting("DATABASE_URL", "it does not begin with postgresql://")
    return text


def _address(name: str, given: Mapping[str, str]) -> str | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UnusableSetting(name, f"it is not an address such as https://tieout.example ({error})") from error
    if parts.scheme not in {"https", "http"} or not host or parts.query or parts.fragment or parts.username:
        raise UnusableSetting(name, "it is not an address such as https://tieout.example")
    if parts.scheme == "http" and host not in _LOCAL:
        raise UnusableSetting(name, "only an address of this machine may do without https")
    return text.rstrip("/")


def _yes(name: str, given: Mapping[str, str]) -> bool:
    text = given.get(name, "no").lower()
    if text not in {"yes", "no"}:
        raise UnusableSetting(name, "it is neither yes nor no")
    return text == "yes"


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise UnusableSetting("TIEOUT_TRUSTED_PROXIES", str(error)) from error
