"""Which address a request comes from: the peer's, or what proxies of ours say, as far as each is one of ours."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from aiohttp import web

from entrypoints.settings import Network

FORWARDED_FOR: Final = "X-Forwarded-For"
HOPS_MAX: Final = 32
"""Longer chains are somebody's invention: what is further away is not read."""
_V6_SITE_BITS: Final = 64

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """Of whoever called, or of the site that they can choose addresses in. Empty: not by the internet protocol."""
    return nearest_stranger(request.remote or "", request.headers.getall(FORWARDED_FOR, ()), trusted)


def nearest_stranger(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """The first address on the way back that is no proxy of ours.

    Each proxy appends whom it was called by. So only the last entry is the word of our peer, the one before it that of
    the proxy named there, and so on; what stands before a stranger's entry is what the stranger says, and not read.
    """
    nearest = _address(peer.partition("%")[0])
    if nearest is None:
        return ""
    entries = [entry.strip() for line in forwarded for entry in line.split(",")]
    for entry in reversed(entries[-HOPS_MAX:]):
        if not any(nearest in network for network in trusted):
            break
        before = _address(entry)
        if before is None:  # nothing that a proxy writes; nearest is as far as we know
            break
        nearest = before
    return _site(nearest)


def _address(text: str) -> Address | None:
    """One address and nothing else: no port, no brackets, no zone."""
    if "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _site(address: Address) -> str:
    """A customer of an IPv6 provider has at least 2⁶⁴ addresses: together they count as one."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, _V6_SITE_BITS), strict=False))
