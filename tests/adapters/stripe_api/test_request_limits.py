"""Turns at Stripe: no second, whenever it begins, has more of them than is allowed."""

import asyncio
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stripe_api.request_limits import SECOND, Rates, RequestLimits

RATES = Rates(account=50, resource=10)


class Time:
    """A clock that sleeping moves, and nothing else."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def limits_at(time: Time, **more: Rates) -> RequestLimits:
    return RequestLimits(clock=lambda: time.now, sleep=time.sleep, **{"test": RATES, **more})


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(begin <= moment < begin + 1.0 for moment in moments) for begin in moments)


async def test_who_asks_all_the_time_gets_all_that_there_is_and_no_more() -> None:
    time = Time()
    limits, moments = limits_at(time), []
    for _ in range(100):
        await limits.turn("platform", "acct_1", "/v1/payouts", live=False)
        moments.append(time.now)

    assert most_in_a_second(moments) == 10
    assert moments[-1] - moments[0] == pytest.approx(9 * SECOND + 9 * 0.6 * SECOND / 10, abs=0.5)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_the_pace_no_second_has_more_and_what_was_missed_is_made_up_for(seed: int) -> None:
    chance, time = random.Random(seed), Time()
    limits = limits_at(time)
    moments: list[float] = []

    async def ask() -> None:
        for _ in range(120):
            await limits.turn("platform", "acct_1", "/v1/payouts", live=False)
            moments.append(time.now)
            time.now += chance.choice((0.0, 0.02, 0.05, 0.3))

    asyncio.run(ask())

    assert most_in_a_second(moments) <= 10
    assert all(later - sooner >= 0.6 * SECOND / 10 - 1e-9 for sooner, later in itertools.pairwise(moments))


async def test_a_pause_now_and_then_costs_nothing() -> None:
    """As of a commit that takes long: the turns that were missed are taken within the same second."""
    time = Time()
    limits = limits_at(time)
    for number in range(100):
        await limits.turn("platform", "acct_1", "/v1/payouts", live=False)
        time.now += 0.25 if number % 10 == 5 else 0.02

    assert time.now - 100.0 == pytest.approx(10 * SECOND, abs=0.5)


async def test_resources_accounts_and_platforms_have_turns_of_their_own() -> None:
    waits: list[float] = []

    async def pass_by(seconds: float) -> None:
        waits.append(seconds)

    limits = RequestLimits(clock=lambda: 100.0, sleep=pass_by, test=Rates(account=40, resource=10))
    for path in ("/v1/payouts", "/v1/payouts/po_1", "/v1/charges"):
        await limits.turn("platform", "acct_1", path, live=False)
    await limits.turn("platform", "acct_2", "/v1/payouts", live=False)
    await limits.turn("another", "acct_2", "/v1/payouts", live=False)

    apart = SECOND * 0.6
    assert waits == [
        pytest.approx(apart / 10),  # the second of one resource
        pytest.approx(2 * apart / 40),  # the third of one account
        pytest.approx(3 * apart / 40),  # the fourth of one platform
    ]


async def test_what_stripe_held_back_waits_and_nobody_else() -> None:
    time = Time()
    limits = limits_at(time)
    await limits.turn("platform", "acct_1", "/v1/payouts", live=False)
    limits.hold_back("platform", "acct_1", 7.0)
    time.now += 1.0
    await limits.turn("platform", "acct_2", "/v1/payouts", live=False)
    others = time.now
    await limits.turn("platform", "acct_1", "/v1/charges", live=False)

    assert others == 101.0
    assert time.now == 107.0
