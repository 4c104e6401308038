"""Which network addresses are the public internet's: only there do we send what a partner asks us to send."""

import ipaddress
from typing import Final, TypeAlias

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def is_public(text: str) -> bool:
    """Whether it is one address, in its usual form, that anybody on the internet may be behind.

    Not private, loopback, link-local (where clouds keep their credentials), multicast, unspecified or reserved; and not
    an IPv6 address that stands for an IPv4 address which is one of those.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _meanings(address))


def is_loopback(text: str) -> bool:
    """Whether it is this very machine."""
    try:
        return all(one.is_loopback for one in _meanings(ipaddress.ip_address(text))[:1])
    except ValueError:
        return False


def _meanings(address: IpAddress) -> list[IpAddress]:
    """The address, or the ones that it leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if any(address in network for network in _NAT64):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if int(address) >> 32 == 0:  # ::a.b.c.d, out of use, yet some systems still follow it
        return [address, ipaddress.IPv4Address(int(address))]
    return [address]
