"""Deciding in a thread."""

import asyncio
import gc
import threading

import pytest

from ports.use_cases.in_thread import in_thread


async def test_everything_else_goes_on_meanwhile() -> None:
    may_end = threading.Event()
    deciding = asyncio.create_task(in_thread(may_end.wait, timeout=10))
    await asyncio.sleep(0)

    may_end.set()

    assert await deciding


async def test_the_collector_rests_until_the_last_has_decided() -> None:
    first_may_end, last_may_end = threading.Event(), threading.Event()
    first = asyncio.create_task(in_thread(first_may_end.wait, 10))
    last = asyncio.create_task(in_thread(last_may_end.wait, 10))
    while gc.isenabled():  # until the threads have begun
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)

    first_may_end.set()
    await first
    assert not gc.isenabled()

    last_may_end.set()
    await last
    assert gc.isenabled()


async def test_the_collector_works_again_though_deciding_fails() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await in_thread(fail)

    assert gc.isenabled()
