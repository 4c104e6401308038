"""A client that costs little: it tells events over connections that stay open, and counts what is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, cast

import attrs

from entrypoints.stripe_signing import stripe_event_body, stripe_signature

SECRET: Final = "whsec_OFTHEBENCHMARK00000000"  # noqa: S105  # of a database that ends with the benchmark
_TICK_SECONDS: Final = 0.005
_ids: Final[Iterator[int]] = count()


@attrs.define
class Told:
    """What came of it."""

    statuses: Counter[int] = attrs.Factory(Counter)
    latencies: list[float] = attrs.Factory(list)
    """Of the acknowledged, in seconds."""
    acknowledged: list[str] = attrs.Factory(list)
    offered: int = 0
    not_offered: int = 0
    """No connection was free for them."""
    retry_after_missing: int = 0
    """Of the 503s."""
    seconds: float = 0.0
    offered_per_second: float = 0.0
    """Of what was due, whether or not a connection was free."""

    @property
    def per_second(self) -> float:
        """Acknowledged events."""
        return self.statuses[200] / self.seconds


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, host: str, path: str, told: Told, idle: Callable[["_Connection"], None]) -> None:
        self._head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        self._told = told
        self._idle = idle
        self._received = b""
        self._id = ""
        self._begun = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's does not say that it is one

    def tell(self) -> None:
        """One event that was never told before."""
        self._id = f"evt_{next(_ids)}"
        body = stripe_event_body(self._id)
        proof = stripe_signature(body, SECRET, seconds=int(time.time()))
        head = f"{self._head}Stripe-Signature: {proof}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._begun = time.perf_counter()
        self._told.offered += 1
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(head.encode() + body)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        lower = head.lower()
        at = lower.find(b"content-length: ")
        length = int(lower[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if not end or len(rest) < length:
            return
        self._received = b""
        status = int(head[9:12])
        self._told.statuses[status] += 1
        if status == 200:
            self._told.latencies.append(time.perf_counter() - self._begun)
            self._told.acknowledged.append(self._id)
        elif status == 503 and b"retry-after: " not in lower:
            self._told.retry_after_missing += 1
        self._idle(self)


async def tell_steadily(host: str, port: int, path: str, *, connections: int, seconds: float) -> Told:
    """Each connection tells the next event when the last was answered."""
    told, loop = Told(), asyncio.get_running_loop()
    give_up = loop.time() + seconds

    def idle(connection: _Connection) -> None:
        if loop.time() < give_up:
            connection.tell()

    opened = [
        (await loop.create_connection(lambda: _Connection(host, path, told, idle), host, port))[1]
        for _ in range(connections)
    ]
    begun = loop.time()
    give_up = begun + seconds
    for connection in opened:
        connection.tell()
    await asyncio.sleep(seconds)
    told.seconds = loop.time() - begun
    counted = Counter(told.statuses)
    await _close(opened, told)
    told.statuses = counted
    return told


async def tell_too_much(
    host: str, port: int, path: str, *, per_second: float, connections: int, seconds: float
) -> Told:
    """So many events a second, whatever is answered, over at most so many connections.

    What is answered in the first quarter is not counted: it takes a while until so many wait as will.
    """
    told, loop = Told(), asyncio.get_running_loop()
    free: list[_Connection] = []
    opened = [
        (await loop.create_connection(lambda: _Connection(host, path, told, free.append), host, port))[1]
        for _ in range(connections)
    ]
    free += opened
    begun, counted_from = loop.time(), 0.0
    due, early = 0, Counter[int]()
    while (passed := loop.time() - begun) < seconds:
        if not counted_from and passed >= seconds / 4:
            counted_from, early = passed, Counter(told.statuses)
        more = int(passed * per_second) - due
        due += more
        for _ in range(min(more, len(free))):
            free.pop().tell()
            more -= 1
        told.not_offered += more
        await asyncio.sleep(_TICK_SECONDS)
    told.seconds = loop.time() - begun - counted_from
    counted = Counter(told.statuses)
    await _close(opened, told)
    told.statuses = counted - early
    told.offered_per_second = due / (seconds or 1)
    return told


async def _close(opened: list[_Connection], told: Told) -> None:
    """What is under way is answered first: it counts for what must be there, and for nothing else."""
    give_up = time.monotonic() + 20
    while told.offered > told.statuses.total() and time.monotonic() < give_up:
        await asyncio.sleep(0.01)
    for connection in opened:
        if connection.transport is not None:
            connection.transport.close()
