"""Addresses that a partner may give for its webhooks."""

import re
from typing import Final
from urllib.parse import urlsplit

from domain.network_address import is_loopback, is_public
from domain.partner import Mode

LENGTH_MAX: Final = 2_048
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*{_LABEL}")
_NUMERIC: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
"""A last label that makes some systems read the whole as an IPv4 address in decimal, octal or hexadecimal."""


class UnusableWebhookUrl(ValueError):
    """No webhook is sent to such an address. The message says why."""


def checked_webhook_url(url: str, mode: Mode, *, loopback_allowed: bool) -> str:
    """The address, if it may be used. Raises UnusableWebhookUrl.

    Whether its name leads into a private network is asked again at each delivery: names change.
    """
    if len(url) > LENGTH_MAX or not all("!" <= character <= "~" for character in url):
        raise UnusableWebhookUrl(f"a webhook address has at most {LENGTH_MAX} printable ASCII characters, no blanks")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise UnusableWebhookUrl("this is not an address") from None
    if "\\" in url or "@" in parts.netloc or parts.fragment or port == 0:
        raise UnusableWebhookUrl("a webhook address has no user, no password, no fragment and no backslash")
    here = loopback_allowed and (host == "localhost" or is_loopback(host))
    if parts.scheme != "https" and not (parts.scheme == "http" and (mode is Mode.TEST or here)):
        raise UnusableWebhookUrl("a webhook address begins with https://")
    if not here:
        _check_host(host)
    return url


def _check_host(host: str) -> None:
    if is_public(host):
        return
    if ":" in host or not _HOST.fullmatch(host) or _NUMERIC.fullmatch(host.rpartition(".")[2]):
        raise UnusableWebhookUrl("a webhook address names a host, or a public IP address in its usual form")
    if "." not in host or host.endswith((".localhost", ".local", ".internal")):
        raise UnusableWebhookUrl("a webhook address names a host on the public internet")
