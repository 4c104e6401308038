"""How often an account may be asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.read_budget import (
    BURST,
    CHECK_AGAIN,
    CHECK_EVERY,
    GRANTED_AT_LEAST,
    MONTH,
    check_again_after,
    granted,
    may_read_from,
    paid_until,
)

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize("recent", [0, 99, 100, 5_000])
@pytest.mark.parametrize("reads", [1, 2, 40])
def test_whoever_asks_whenever_it_may_asks_within_what_is_granted(recent: int, reads: int) -> None:
    """Every ten seconds, for a month, somebody would like to look; and a check is made whenever it may be."""
    asked, at, paid = 0, NOON, None
    while at < NOON + MONTH:
        allowed = may_read_from(paid, at, recent)
        if allowed <= at:
            asked, paid = asked + reads, paid_until(paid, at, reads, recent)
        at = max(at + timedelta(seconds=10), allowed)

    checks = MONTH / check_again_after(50, recent, 0) * 50
    assert asked + checks <= granted(recent)
    assert asked > 0.6 * min(granted(recent), MONTH / timedelta(seconds=10) * reads)


def test_a_burst_is_answered_at_once_and_then_no_more() -> None:
    paid = None
    for _ in range(BURST):
        assert may_read_from(paid, NOON, 0) == NOON
        paid = paid_until(paid, NOON, 1, 0)

    assert may_read_from(paid, NOON, 0) <= NOON
    assert may_read_from(paid_until(paid, NOON, 1, 0), NOON, 0) > NOON


@pytest.mark.parametrize(
    ("reads", "recent", "days"),
    [(5, 0, 1), (100, 0, 1), (10_000, 0, 100), (10_000, 100_000, 1), (100_000, 1_000_000, 1)],
)
def test_a_long_history_of_a_quiet_account_is_checked_less_often(reads: int, recent: int, days: int) -> None:
    """A check of a million movements costs ten thousand reads, which is a quiet account's whole month."""
    assert check_again_after(reads, recent, 0) == timedelta(days=days)


def test_after_an_incomplete_check_another_comes_soon_and_then_less_and_less_soon() -> None:
    waits = [check_again_after(5, 0, incomplete) for incomplete in range(1, 8)]

    assert waits[0] >= CHECK_AGAIN
    assert waits == sorted(waits)
    assert waits[-1] == CHECK_EVERY


def test_what_stripe_grants_at_least_is_granted_to_who_has_no_business() -> None:
    assert granted(0) == GRANTED_AT_LEAST
    assert granted(10_000) == 1_000_000
