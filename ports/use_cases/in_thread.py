"""Deciding in a thread, so that all else goes on: requests are answered, and the lease of the work is renewed."""

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

Decided = TypeVar("Decided")

_lock: Final = threading.Lock()
_deciding = 0


async def in_thread(decide: Callable[..., Decided], *arguments: Any, **options: Any) -> Decided:
    """What it decides; meanwhile nobody looks for cyclic garbage."""

    def undisturbed() -> Decided:
        with _collector_resting():
            return decide(*arguments, **options)

    return await asyncio.to_thread(undisturbed)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Deciding makes millions of values and hardly a cycle; looking through them over and over cost a quarter of it."""
    global _deciding
    with _lock:
        _deciding += 1
        if _deciding == 1:
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            _deciding -= 1
            if not _deciding:
                gc.enable()
