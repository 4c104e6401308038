"""A long sequence, piece by piece: while the server writes one, the next is made ready in a thread.

So both work at once, no more than two pieces are there at a time, and this process goes on with everything else it has
to do, such as renewing the lease under which it works.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

PIECE: Final = 5_000
"""Rows that are written at a time."""
WHOLE_COMPANY_SECONDS: Final = 600
"""So long may a statement take that goes through all rows of a company, of which there may be a million."""
_FEW: Final = 500
"""So many are made ready faster than a thread is."""

Item = TypeVar("Item")
Ready = TypeVar("Ready")


async def pieces_ready(
    items: Sequence[Item], ready: Callable[[Sequence[Item]], Ready], *, size: int = PIECE
) -> AsyncIterator[Ready]:
    """What `ready` makes of each piece, in order."""
    if len(items) <= _FEW:
        if items:
            yield ready(items[:])
        return
    starts = range(0, len(items), size)
    ahead = _ready(items, ready, starts[0], size)
    try:
        for start in starts[1:]:
            piece = await ahead
            ahead = _ready(items, ready, start, size)
            yield piece
        yield await ahead
    finally:
        ahead.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await ahead


def _ready(
    items: Sequence[Item], ready: Callable[[Sequence[Item]], Ready], start: int, size: int
) -> "asyncio.Future[Ready]":
    return asyncio.ensure_future(asyncio.to_thread(lambda: ready(items[start : start + size])))
