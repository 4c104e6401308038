import pytest

from domain.network_address import is_public
from domain.partner import Mode
from domain.webhook_url import UnusableWebhookUrl, checked_webhook_url


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.partner.example/tieout?team=7",
        "https://Hooks.Partner.Example.:8443/",
        "https://under_score.partner.example",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/hooks",
        "https://[2606:4700::1111]/hooks",
    ],
)
def test_an_address_on_the_public_internet_is_usable(url: str) -> None:
    assert checked_webhook_url(url, Mode.LIVE, loopback_allowed=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.partner.example",
        "//hooks.partner.example/",
        "ftp://hooks.partner.example/",
        "file:///etc/passwd",
        "https://",
        "https:///hooks",
        "https://user@hooks.partner.example/",
        "https://user:password@hooks.partner.example/",
        "https://hooks.partner.example\\@inside/",
        "https://hooks.partner.example/#fragment",
        "https://hooks.partner.example:0/",
        "https://hooks.partner.example:99999/",
        "https://hooks.partner.example:port/",
        "https://hooks partner.example/",
        "https://bücher.example/",
        "https://hooks.partner.example/" + "x" * 2_048,
        "https://localhost/",
        "https://LOCALHOST./",
        "https://hooks.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::10.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:a00:1::]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://-bad.example/",
        "https://bad-.example/",
        "https://a..example/",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(UnusableWebhookUrl):
        checked_webhook_url(url, Mode.TEST, loopback_allowed=False)


def test_live_events_travel_encrypted_and_test_events_need_not() -> None:
    url = "http://hooks.partner.example/"

    assert checked_webhook_url(url, Mode.TEST, loopback_allowed=False) == url
    with pytest.raises(UnusableWebhookUrl, match="https://"):
        checked_webhook_url(url, Mode.LIVE, loopback_allowed=False)


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost", "[::1]:9"])
def test_this_machine_is_for_development_only(host: str) -> None:
    for mode in Mode:
        assert checked_webhook_url(f"http://{host}/", mode, loopback_allowed=True) == f"http://{host}/"
    with pytest.raises(UnusableWebhookUrl):
        checked_webhook_url("http://10.0.0.1/", Mode.TEST, loopback_allowed=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::1.1.1.1", True),
        ("::ffff:192.168.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
        ("2001:0:0a00:1::", False),
        ("240.0.0.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("2001:db8::1", False),
        ("::1.2.3.4", False),
        ("fe80::1%eth0", False),
        ("hooks.partner.example", False),
        ("127.1", False),
        ("", False),
    ],
)
def test_public_is_what_anybody_on_the_internet_may_be_behind(address: str, public: bool) -> None:
    assert is_public(address) is public
