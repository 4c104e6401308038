"""So many at once, the others in their order, and whoever would wait for too long is told when to come back."""

import asyncio

import pytest

from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.turnstile import Turnstile


async def go_through(turnstile: Turnstile, name: str, seen: list[str], free: asyncio.Event) -> None:
    async with turnstile:
        seen.append(name)
        await free.wait()


async def test_those_who_wait_come_in_their_order() -> None:
    turnstile, seen, free = Turnstile(2), list[str](), asyncio.Event()

    tasks = [asyncio.create_task(go_through(turnstile, name, seen, free)) for name in "abcdef"]
    await asyncio.sleep(0.01)
    first = list(seen)
    free.set()
    await asyncio.gather(*tasks)

    assert (first, seen) == (["a", "b"], list("abcdef"))


async def test_a_crowd_that_is_too_large_and_a_wait_that_is_too_long_are_told_when_to_come_back() -> None:
    turnstile, free = Turnstile(1, waiting_max=1, patience_seconds=0.05), asyncio.Event()

    tasks = [asyncio.create_task(go_through(turnstile, name, [], free)) for name in "abc"]
    _, waited, turned_away = await asyncio.wait_for(
        asyncio.gather(asyncio.sleep(0.1), *tasks[1:], return_exceptions=True), 1
    )
    free.set()
    await tasks[0]

    for refusal in (waited, turned_away):
        assert isinstance(refusal, Problem)
        assert (refusal.kind, refusal.headers["Retry-After"]) == (ProblemKind.UNAVAILABLE, "5")


async def test_what_fails_or_goes_away_gives_its_place_back() -> None:
    turnstile, free = Turnstile(1), asyncio.Event()
    inside = asyncio.create_task(go_through(turnstile, "a", [], free))
    waiting = asyncio.create_task(go_through(turnstile, "b", [], free))
    await asyncio.sleep(0.01)
    waiting.cancel()
    inside.cancel()
    await asyncio.gather(inside, waiting, return_exceptions=True)

    with pytest.raises(ZeroDivisionError):
        async with turnstile:
            raise ZeroDivisionError
    async with asyncio.timeout(1), turnstile:
        pass
