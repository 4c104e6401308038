"""Settings: what each says, and what none may say."""

import ipaddress
from pathlib import Path

import pytest

from entrypoints.settings import MEANINGS, Settings, UnusableSetting, unknown_settings

README = Path(__file__).parents[2] / "README.md"


def test_an_empty_environment_is_the_embedded_service() -> None:
    assert Settings.from_environment({"PATH": "/bin", "DATABASE_URL": " "}) == Settings()


def test_every_setting_is_read() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://tieout:word@db.example/tieout",
            "TIEOUT_PUBLIC_URL": "https://books.example/tieout/",
            "TIEOUT_MASTER_KEY_FILE": "/run/keys/tieout",
            "TIEOUT_DATA_DIR": "/srv/tieout",
            "TIEOUT_STRIPE_API_BASE": "http://localhost:9001",
            "TIEOUT_STRIPE_CONNECT_BASE": "http://127.0.0.1:9002/",
            "TIEOUT_PLAID_BASE": "https://sandbox.plaid.com",
            "TIEOUT_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32",
            "TIEOUT_WEBHOOKS_TO_LOOPBACK": "yes",
            "PGBIN": "/opt/pg/bin",
        }
    )

    assert settings == Settings(
        database_url="postgresql://tieout:word@db.example/tieout",
        public_url="https://books.example/tieout",
        master_key_file=Path("/run/keys/tieout"),
        data_dir=Path("/srv/tieout"),
        stripe_api_base="http://localhost:9001",
        stripe_connect_base="http://127.0.0.1:9002",
        plaid_base="https://sandbox.plaid.com",
        trusted_proxies=(ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32")),
        webhooks_to_loopback=True,
        pgbin=Path("/opt/pg/bin"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://canary@db.example/tieout"),
        ("TIEOUT_PUBLIC_URL", "books.example"),
        ("TIEOUT_PUBLIC_URL", "http://books.example"),
        ("TIEOUT_PUBLIC_URL", "https://books.example?tenant=1"),
        ("TIEOUT_PUBLIC_URL", "https://user@books.example"),
        ("TIEOUT_PLAID_BASE", "https://plaid.example:port"),
        ("TIEOUT_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TIEOUT_WEBHOOKS_TO_LOOPBACK", "perhaps"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_and_secrets_are_not_repeated(name: str, value: str) -> None:
    with pytest.raises(UnusableSetting, match=f"^{name}: ") as refusal:
        Settings.from_environment({name: value})

    assert "canary" not in str(refusal.value)


def test_two_master_keys_are_one_too_many() -> None:
    with pytest.raises(UnusableSetting, match="TIEOUT_MASTER_KEY_FILE is set as well"):
        Settings.from_environment({"TIEOUT_MASTER_KEY": "a", "TIEOUT_MASTER_KEY_FILE": "b"})


def test_nothing_secret_is_shown() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "postgresql://u:canary@h/d", "TIEOUT_MASTER_KEY": "canary"})

    assert "canary" not in repr(settings)


def test_a_mistyped_setting_is_told_from_the_one_that_was_meant() -> None:
    unknown = unknown_settings({"TIEOUT_DATADIR": "x", "TIEOUT_COLOUR": "y", "TIEOUT_DATA_DIR": "z", "OTHER": "q"})

    assert unknown == (("TIEOUT_COLOUR", None), ("TIEOUT_DATADIR", "TIEOUT_DATA_DIR"))


def test_the_readme_names_every_setting() -> None:
    text = README.read_text(encoding="utf-8")

    assert [name for name in MEANINGS if f"`{name}`" not in text] == []
