"""The guard that keeps the suite from sending anything off this machine."""

import socket
from collections.abc import Callable

import aiohttp
import pytest

from tests.own_machine import LeavesTheMachine

PUBLIC = "192.31.196.1"  # a sink for questions that should never have been asked (RFC 7535); it serves nobody


@pytest.mark.parametrize(
    "send",
    [
        lambda: socket.create_connection((PUBLIC, 9), timeout=1),
        lambda: socket.create_connection(("10.0.0.1", 9), timeout=1),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", (PUBLIC, 9)),
        lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"", ("2001:db8::1", 9)),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_nothing_is_sent_elsewhere(send: Callable[[], object]) -> None:
    with pytest.raises(LeavesTheMachine):
        send()


async def test_nor_by_a_client_of_ours() -> None:
    async with aiohttp.ClientSession() as client:
        with pytest.raises(LeavesTheMachine):
            await client.get(f"http://{PUBLIC}/")


def test_no_name_server_is_asked() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("hooks.partner.example", 443)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f.1", "10.0.0.1", "::1", None])
def test_addresses_are_read_without_asking(host: str | None) -> None:
    assert socket.getaddrinfo(host, 443)
