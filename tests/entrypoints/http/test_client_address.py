"""Whose word is taken for who is calling."""

import ipaddress

import pytest

from entrypoints.http.client_address import HOPS_MAX, nearest_stranger

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.9.9.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("2001:db8:1::1", ["2001:db8:99:7:a:b:c:d"], "2001:db8:99:7::/64"),
        ("2001:db8:2::1", ["198.51.100.1"], "2001:db8:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("", ["198.51.100.1"], ""),
    ],
    ids=[
        "nothing is said",
        "a stranger's word",
        "a proxy that says nothing",
        "our proxy's word",
        "what a stranger put before it",
        "in a header of its own",
        "one of ours, said by a stranger",
        "ours all the way",
        "IPv4 in IPv6",
        "IPv6, by its site",
        "an IPv6 stranger",
        "with a zone",
        "no address at all",
    ],
)
def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(peer: str, forwarded: list[str], address: str) -> None:
    assert nearest_stranger(peer, forwarded, TRUSTED) == address


@pytest.mark.parametrize(
    "entry",
    ["", "unknown", "198.51.100.1:80", "[2001:db8::1]", "fe80::1%1", "198.51.100.01", "1٠.0.0.1", "1", "10.0.0.1/8"],
)
def test_what_is_no_address_is_not_read_nor_what_stands_before_it(entry: str) -> None:
    assert nearest_stranger("10.0.0.1", [f"198.51.100.1, {entry}"], TRUSTED) == "10.0.0.1"


def test_of_an_endless_chain_only_the_end_is_read() -> None:
    chain = ", ".join(["198.51.100.1", *["10.0.0.2"] * HOPS_MAX])

    assert nearest_stranger("10.0.0.1", [chain], TRUSTED) == "10.0.0.2"
