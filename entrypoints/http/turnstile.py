"""So many at once, and the others wait for their turn, in order: for callers who would rather wait than come back.

To refuse costs nearly as much as to answer. Whoever refuses all that is too much therefore answers nothing else;
whoever lets it wait, before anything is read or worked out for it, goes on as fast as ever. Only what would wait for
too long, or in too large a crowd, is told to come back.
"""

import asyncio
import contextlib
from collections import deque
from types import TracebackType
from typing import Final

from entrypoints.http.problem_details import Problem, ProblemKind

AT_ONCE: Final = 128
"""Enough for one write to the database to be full while the next is read and proved."""
WAITING_MAX: Final = 3_000
PATIENCE_SECONDS: Final = 8.0
"""Whoever tells us of events does not wait much longer."""


class Turnstile:
    """In one process. `async with turnstile:` is one more; it raises Problem when its turn does not come in time."""

    def __init__(
        self, at_once: int = AT_ONCE, *, waiting_max: int = WAITING_MAX, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._free = at_once
        self._waiting_max = waiting_max
        self._patience = patience_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if self._free and not self._waiting:
            self._free -= 1
        else:
            await self._wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        """The place is given to the next who still waits for one."""
        while self._waiting:
            next_one = self._waiting.popleft()
            if not next_one.done():
                next_one.set_result(None)
                return
        self._free += 1

    async def _wait(self) -> None:
        if len(self._waiting) >= self._waiting_max:
            raise _too_many()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # it came in the same moment, and is not taken
                self._leave()
            else:
                with contextlib.suppress(ValueError):  # somebody who left has passed it over already
                    self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _too_many() from None
            raise


def _too_many() -> Problem:
    detail = "Too many events are told at once: nothing of this one was kept."
    return Problem(ProblemKind.UNAVAILABLE, detail, headers={"Retry-After": "5"})
