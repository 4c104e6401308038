"""Lists asked for at the same time: given in order, as many at once as it takes, and none goes on after the end."""

import asyncio

import pytest

from domain.payout import PayoutId
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import Itemisation
from ports.stripe_feed_reader import FeedPage
from ports.use_cases.asked_together import LISTS_AT_ONCE, AskedTogether, ItemsPage

PAGE: ItemsPage = FeedPage(records=(), ids=(), unreadable=(), first_created=None, last_created=None, has_more=False)


def lists(count: int) -> list[Itemisation]:
    return [Itemisation(account=StripeAccountId("acct_1"), payout=PayoutId(f"po_{each}")) for each in range(count)]


class Asked:
    """Answers after a while, and counts how many wait at once. Each has its turn, as by the limits of requests."""

    def __init__(self, seconds: float = 0.0, failing: str = "") -> None:
        self.seconds = seconds
        self.failing = failing
        self.under_way = self.most = 0
        self.ended: list[str] = []
        self.turn = asyncio.Lock()

    async def ask(self, wanted: Itemisation) -> ItemsPage:
        async with self.turn:
            await asyncio.sleep(self.seconds / 10)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
            if wanted.payout == self.failing:
                raise ZeroDivisionError
            self.ended.append(wanted.payout)
            return PAGE
        finally:
            self.under_way -= 1


async def test_what_takes_its_time_is_asked_for_together_and_given_in_order() -> None:
    stripe, given, wanted = Asked(seconds=0.02), [], lists(40)

    async with AskedTogether(wanted, stripe.ask, slow_seconds=0.004) as asked:
        while (answered := await asked.next(asks_more=True)) is not None:
            given.append(answered[0])

    assert given == wanted
    assert 3 < stripe.most <= LISTS_AT_ONCE


async def test_where_answers_come_quickly_one_is_asked_for_at_a_time() -> None:
    """Else a death would have those asked for again that were answered and not kept yet."""
    stripe = Asked(seconds=0.001)

    async with AskedTogether(lists(20), stripe.ask, slow_seconds=5) as asked:
        while await asked.next(asks_more=True) is not None:
            pass

    assert stripe.most == 1


async def test_once_answers_wait_to_be_kept_fewer_are_asked_for() -> None:
    stripe, waiting = Asked(seconds=0.02), list[int]()

    async with AskedTogether(lists(60), stripe.ask, slow_seconds=0.004) as asked:
        while await asked.next(asks_more=True) is not None:
            waiting.append(len(stripe.ended) - len(waiting) - 1)
            if len(waiting) > 20:
                await asyncio.sleep(0.05)  # from now on, keeping it takes longer than the answers do

    assert max(waiting[40:]) <= 1


async def test_another_page_of_a_list_comes_before_other_lists() -> None:
    stripe, first, second = Asked(), *lists(2)

    async with AskedTogether([first, second], stripe.ask) as asked:
        given = [await asked.next(asks_more=True)]
        asked.goes_on(first)
        given += [await asked.next(asks_more=True), await asked.next(asks_more=True), await asked.next(asks_more=True)]

    assert [each and each[0] for each in given] == [first, first, second, None]


async def test_nothing_more_is_asked_for_than_may_be() -> None:
    stripe = Asked()

    async with AskedTogether(lists(2), stripe.ask) as asked:
        assert await asked.next(asks_more=False) is None

    assert stripe.ended == []


async def test_a_failure_is_told_in_its_place_and_what_is_under_way_ends_with_the_block() -> None:
    stripe = Asked(seconds=0.01, failing="po_3")

    with pytest.raises(ZeroDivisionError):
        async with AskedTogether(lists(30), stripe.ask) as asked:
            while (answered := await asked.next(asks_more=True)) is not None:
                answered[1].result()

    assert stripe.under_way == 0
    assert stripe.ended[:3] == ["po_0", "po_1", "po_2"]


async def test_whoever_is_stopped_while_waiting_leaves_nothing_behind() -> None:
    stripe = Asked(seconds=10)

    async def read() -> None:
        async with AskedTogether(lists(3), stripe.ask) as asked:
            await asked.next(asks_more=True)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert stripe.under_way == 0
