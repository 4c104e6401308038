"""Nothing leaves this machine: what a test, or a fault of ours, would send elsewhere is an error before it is sent.

Python tells every connection and every question for a name before they are made (audit events of `socket`). Names other
than localhost have no address here, as where there is no network; what is no name at all, such as 0x7f.1, is read.
"""

import contextlib
import socket
import sys
from typing import Any

from domain.network_address import is_loopback

_HERE = frozenset({"", "localhost", "0.0.0.0", "::"})


class LeavesTheMachine(AssertionError):
    """A test was about to send something elsewhere."""


def keep_to_this_machine() -> None:
    """From now on, in this process, for good."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        sent_to = arguments[1]
        # Sockets of this machine's own have paths, not addresses; a message without an address goes where it connected.
        if isinstance(sent_to, tuple) and not _is_here(str(sent_to[0])):
            raise LeavesTheMachine(f"{event} to {sent_to}")
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if host is not None and not _is_here(host) and not _is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests ask no name server for {host}")


def _is_here(host: str) -> bool:
    return host.lower() in _HERE or is_loopback(host)


def _is_address(host: str) -> bool:
    """Read without asking anybody: also in forms of old, which the system's own reading knows."""
    with contextlib.suppress(OSError):
        socket.inet_aton(host)
        return True
    with contextlib.suppress(OSError):
        socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        return True
    return False
