"""What a check knows of lists, in a few numbers, however they were cut into pages."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Currency, Money
from domain.stripe_check import SUSPECTS_MAX, Listing, Movements, Record, mark_of

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@st.composite
def movements(draw: st.DrawFn) -> list[BalanceTransaction]:
    """From the newest on; many of one second."""
    found, at = [], NOON
    for number in range(draw(st.integers(0, 60))):
        at -= timedelta(seconds=draw(st.sampled_from([0, 0, 1, 400, 90_000])))
        units, currency = draw(st.integers(-500, 500)), Currency.of(draw(st.sampled_from(["usd", "eur"])))
        kind = draw(st.sampled_from(["payments", "issuing"]))
        found.append(_movement(number, units, currency, kind, at))
    return found


def _movement(number: int, units: int, currency: Currency, kind: str, at: datetime) -> BalanceTransaction:
    return BalanceTransaction(
        id=BalanceTransactionId(f"txn_{number}"),
        amount=Money(units, currency),
        fee=Money(0, currency),
        net=Money(units, currency),
        balance_type=kind,
        created=at,
    )


def taken(listed: list[BalanceTransaction], size: int) -> Movements:
    found = Movements()
    for begin in range(0, len(listed), size):
        page = listed[begin : begin + size]
        found = found.taking(page, last=page[-1].created, since=NOON - timedelta(days=1))
    return found


@given(listed=movements(), size=st.integers(1, 20))
def test_sums_are_those_of_all_movements_by_currency_and_kind_of_balance(
    listed: list[BalanceTransaction], size: int
) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for each in listed:
        expected[each.net.currency.code, each.balance_type] += each.net.minor_units

    found = taken(listed, size)

    assert {place: units for place, units in found.whole.items() if units} == {k: v for k, v in expected.items() if v}
    assert found.counted == len(listed)
    assert found.recent == sum(each.created is not None and each.created >= NOON - timedelta(days=1) for each in listed)


@given(listed=movements(), size=st.integers(1, 20), other=st.integers(1, 20), data=st.data())
def test_the_head_listed_again_agrees_if_nothing_happened_and_only_then(
    listed: list[BalanceTransaction], size: int, other: int, data: st.DataObject
) -> None:
    with_small_heads = attrs.evolve(taken(listed, size), head_since=_cut(listed, data))
    first = attrs.evolve(with_small_heads, head=(), head_mark=0, body=()).with_more_head(listed)
    again = first.anew()
    for begin in range(0, len(listed), other):
        again = again.with_more_head(listed[begin : begin + other])
    new = _movement(99, 1, Currency.of("usd"), "payments", NOON)

    assert (again.head, again.head_mark) == (first.head, first.head_mark)
    assert again.with_more_head([new]).head_mark != first.head_mark


def _cut(listed: list[BalanceTransaction], data: st.DataObject) -> datetime | None:
    moments = sorted({each.created for each in listed if each.created is not None})
    return data.draw(st.none() | st.sampled_from(moments)) if moments else None


@given(listed=movements(), size=st.integers(1, 20), data=st.data())
def test_missing_different_and_extra_are_counted_whatever_the_pages(
    listed: list[BalanceTransaction], size: int, data: st.DataObject
) -> None:
    fates = [data.draw(st.sampled_from(["here", "here", "missing", "different"])) for _ in listed]
    here: dict[str, Record] = {
        each.id: each if fate == "here" else attrs.evolve(each, type="changed")
        for each, fate in zip(listed, fates, strict=True)
        if fate != "missing"
    }
    extra = data.draw(st.integers(0, 3))
    listing = Listing(here=len(here) + extra)
    for begin in range(0, max(len(listed), 1), size):
        page = listed[begin : begin + size]
        ends = begin + size >= len(listed)
        listing = listing.taking(page, here, [], None if ends else page[-1].id)

    assert listing.ended
    assert listing.listed == len(listed)
    assert listing.looked_at_again(here) == (fates.count("missing"), fates.count("different"))
    everything: dict[str, Record] = {each.id: each for each in listed}
    assert listing.looked_at_again(everything) == (0, 0)
    assert listing.extra == extra


def test_of_very_many_suspects_what_was_first_seen_counts() -> None:
    listed = [_movement(number, 1, Currency.of("usd"), "payments", NOON) for number in range(SUSPECTS_MAX + 1)]

    listing = Listing(here=0).taking(listed, {}, ["txn_x: no"], None)

    assert len(listing.suspects) == SUSPECTS_MAX
    assert listing.looked_at_again({each.id: each for each in listed}) == (SUSPECTS_MAX + 2, 0)
    assert (listing.extra, listing.unreadable) == (0, ("txn_x: no",))


def test_what_is_behind_a_movement_is_not_compared_and_its_money_is() -> None:
    movement = _movement(1, 5, Currency.of("usd"), "payments", NOON)

    assert mark_of(attrs.evolve(movement, payment_intent="pi_1", payout="po_1")) == mark_of(movement)  # type: ignore[arg-type]
    assert mark_of(attrs.evolve(movement, reporting_category="fee")) != mark_of(movement)
