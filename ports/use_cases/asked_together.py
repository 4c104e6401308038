"""Pages of several payouts' lists, asked for at the same time and given one after the other.

Stripe takes a while for each answer, and what one list says is no list's business but its own. How many are asked for
at once follows from which is slower: while answers are waited for, more; while answers wait to be kept, fewer, for
what was answered and not kept when this process dies is asked for again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, Self

from domain.balance_transaction import BalanceTransaction
from domain.stripe_feed import Itemisation
from ports.stripe_feed_reader import FeedPage

LISTS_AT_ONCE: Final = 8
"""Enough for all that Stripe takes of us if it answers within a third of a second."""
SLOW_SECONDS: Final = 0.05
"""A page takes longer than Stripe's limit would have it take, and most of that is waiting: more might be asked for."""
_MUCH: Final = 0.4

ItemsPage = FeedPage[BalanceTransaction]


class AskedTogether:
    """`async with`: whatever ends it, nothing of it goes on."""

    def __init__(
        self,
        wanted: Sequence[Itemisation],
        ask: Callable[[Itemisation], Awaitable[ItemsPage]],
        *,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._left = deque(wanted)
        self._ask = ask
        self._asked: deque[tuple[Itemisation, asyncio.Future[ItemsPage]]] = deque()
        self._slow_seconds = slow_seconds
        self._at_once = 1
        self._last: float | None = None
        """When the last one was given."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pages = [page for _, page in self._asked]
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)

    def goes_on(self, itemisation: Itemisation) -> None:
        """The list has another page: it is the next to be asked for."""
        self._left.appendleft(itemisation)

    async def next(self, *, asks_more: bool) -> tuple[Itemisation, "asyncio.Future[ItemsPage]"] | None:
        """One that is answered, or has failed. `asks_more`: others may be asked for meanwhile. None: none is left."""
        while self._left and len(self._asked) < self._at_once and asks_more:
            wanted = self._left.popleft()
            self._asked.append((wanted, asyncio.ensure_future(self._ask(wanted))))
        if not self._asked:
            return None
        await self._first_answered(self._asked[0][1])
        return self._asked.popleft()

    async def _first_answered(self, page: "asyncio.Future[ItemsPage]") -> None:
        now = asyncio.get_running_loop().time
        if page.done():  # Stripe is quicker than we are
            self._at_once = max(1, self._at_once - 1)
            self._last = now()
            return
        begun = now()
        await asyncio.wait([page])
        ended = now()
        took, waited = ended - (self._last or begun), ended - begun
        self._last = ended
        if took > self._slow_seconds and waited > _MUCH * self._slow_seconds:
            self._at_once = min(LISTS_AT_ONCE, self._at_once + 1)
