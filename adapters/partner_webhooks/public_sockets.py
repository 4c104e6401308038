"""Connections that cannot lead into a private network, whatever names, redirects or DNS servers say.

The check is made where a socket is made for an address that is about to be connected to: there is no name any more that
could lead elsewhere a moment later. It is made once more where names are resolved, only to say clearly what is wrong.
"""

import socket
from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from domain.network_address import is_loopback, is_public

AddressInfo = tuple[Any, ...]
"""Family, type, protocol, canonical name and address, as the socket library gives them."""


class ForbiddenAddress(OSError):
    """The address is not on the public internet. Nothing was sent."""


def _check(address: str, *, loopback_allowed: bool) -> None:
    if not is_public(address) and not (loopback_allowed and is_loopback(address)):
        raise ForbiddenAddress("the address is not on the public internet")


def public_sockets(*, loopback_allowed: bool) -> Callable[[AddressInfo], socket.socket]:
    """Makes sockets for public addresses only."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        _check(address[0], loopback_allowed=loopback_allowed)
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


class PublicResolver(AbstractResolver):
    """Refuses a name if any of its addresses is not public: an honest host has no private twin."""

    def __init__(self, resolver: AbstractResolver | None = None, *, loopback_allowed: bool) -> None:
        self._resolver = resolver or ThreadedResolver()
        self._loopback_allowed = loopback_allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises ForbiddenAddress, or OSError if there is no such host."""
        found = await self._resolver.resolve(host, port, family)
        for result in found:
            _check(result["host"], loopback_allowed=self._loopback_allowed)
        return found

    async def close(self) -> None:
        """Nothing of its own to close."""
        await self._resolver.close()
