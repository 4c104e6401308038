"""Cases: which movements belong together, what is open of them, and in which payouts they are."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payment_case import (
    HOLDS,
    NEVER_OPEN,
    CaseKind,
    CaseState,
    MovementRole,
    NoMovement,
    PaymentCase,
    kind_of,
    place_of_id,
)
from domain.payment_cases import cases_among
from domain.payout import Payout, PayoutId, PayoutStatus
from tests.domain.balance_records import moment, payout, transaction, usd

TYPES = [
    ("charge", "charge"), ("payment", "charge"), ("refund", "refund"), ("refund", "partial_capture_reversal"),
    ("refund_failure", "refund_failure"), ("adjustment", "dispute"), ("adjustment", "dispute_reversal"),
    ("adjustment", "other_adjustment"), ("payment_failure_refund", "charge_failure"),
    ("payment_reversal", "other_adjustment"), ("payout", "payout"), ("payout_failure", "payout_reversal"),
    ("payout_cancel", "payout_reversal"), ("reserve_hold", "reserve_hold"), ("reserve_release", "reserve_release"),
    ("reserved_funds", "risk_reserved_funds"), ("advance", "advance"), ("advance_funding", "advance_funding"),
    ("payout_minimum_balance_hold", "payout_minimum_balance_hold"), ("reserve_transaction", None),
    ("payout_minimum_balance_release", "payout_minimum_balance_release"), ("invented_later", None),
]  # fmt: skip
SOURCES = st.sampled_from([None, "ch_1", "ch_2", "re_1", "du_1", "du_2", "po_1", "po_2", "po_3"])
CHARGES = st.sampled_from([None, "ch_1", "ch_2"])
INTENTS = st.sampled_from([None, "pi_1", "pi_2"])
STATUSES = st.sampled_from([None, "needs_response", "under_review", "lost", "won"])
DAYS = st.integers(0, 2)
PAYOUTS = st.sampled_from([None, "po_1", "po_2", "po_3"])


@st.composite
def movements(draw: st.DrawFn, id: str) -> BalanceTransaction:
    type_, category = draw(st.sampled_from(TYPES))
    made = transaction(
        id,
        draw(st.sampled_from([-300, -200, -100, 0, 100, 200, 300])),
        draw(st.sampled_from([0, 0, 15])),
        type=type_,
        category=category,
        payout=draw(PAYOUTS),
        source=draw(SOURCES),
        day=draw(st.integers(0, 4)),
        currency=draw(st.sampled_from(["usd", "usd", "eur"])),
    )
    return attrs.evolve(
        made,
        of_charge=draw(st.sampled_from([None, "ch_1", "ch_2"])),
        dispute_status=draw(st.sampled_from([None, "needs_response", "lost", "won"])),
    )


@st.composite
def facts(draw: st.DrawFn) -> CompanyFacts:
    count = draw(st.integers(0, 14))
    payouts = [
        attrs.evolve(
            payout(id, 500, status=draw(st.sampled_from(PayoutStatus))),
            balance_transaction=draw(st.sampled_from([None, "txn_00", "txn_01", "txn_02"])),
            original_payout=draw(st.sampled_from([None, None, *map(PayoutId, ("po_1", "po_2"))])),
            reversed_by=draw(st.sampled_from([None, None, *map(PayoutId, ("po_2", "po_3"))])),
        )
        for id in draw(st.sets(st.sampled_from(["po_1", "po_2", "po_3"])))
    ]
    return CompanyFacts(
        payouts=tuple(payouts),
        balance_transactions=tuple(draw(movements(f"txn_{number:02}")) for number in range(count)),
    )


@given(facts(), st.data())
def test_the_order_of_the_facts_changes_nothing(some: CompanyFacts, data: st.DataObject) -> None:
    shuffled = CompanyFacts(
        payouts=tuple(data.draw(st.permutations(some.payouts))),
        balance_transactions=tuple(data.draw(st.permutations(some.balance_transactions))),
    )

    assert cases_among(shuffled) == cases_among(some)


@st.composite
def about_one_charge(draw: st.DrawFn, id: str) -> BalanceTransaction:
    kind, source = draw(st.sampled_from([("charge", "ch_1"), ("dispute", "du_1"), ("refund", "re_1")]))
    type_ = "adjustment" if kind == "dispute" else kind
    made = transaction(id, -100, type=type_, category=kind, source=source, payout=draw(PAYOUTS), day=draw(DAYS))
    return attrs.evolve(made, of_charge=draw(CHARGES), payment_intent=draw(INTENTS), dispute_status=draw(STATUSES))


@given(st.data(), st.integers(3, 6))
def test_nor_does_it_where_movements_say_different_things_of_one_charge(data: st.DataObject, count: int) -> None:
    some = [data.draw(about_one_charge(f"txn_{number}")) for number in range(count)]

    assert among(*data.draw(st.permutations(some))) == among(*some)


@given(facts())
def test_each_movement_is_in_at_most_one_case_of_a_kind_and_what_belongs_to_a_kind_is_in_one(
    some: CompanyFacts,
) -> None:
    placed = [(case.kind, each.transaction) for case in cases_among(some) for each in case.movements]

    assert len(placed) == len(set(placed))
    for each in some.balance_transactions:
        kind = kind_of(each)
        assert kind is None or (kind, each.id) in placed


@given(facts())
def test_what_is_open_is_the_signed_sum_of_the_movements(some: CompanyFacts) -> None:
    kept = {each.id: each for each in some.balance_transactions}
    for case in cases_among(some):
        total: dict[str, int] = {}
        for each in case.movements:
            net = kept[each.transaction].net
            total[net.currency.code] = total.get(net.currency.code, 0) + net.minor_units
        is_ended = case.state is CaseState.ENDED

        assert {amount.currency.code: amount.minor_units for amount in case.net} == total
        assert [each.minor_units for each in case.open_amount] == [0 if is_ended else total[c] for c in sorted(total)]
        assert case.kind not in HOLDS or (is_ended and not any(total.values())) or (not is_ended and len(total) == 1)
        assert case.kind not in NEVER_OPEN or case.state is CaseState.ENDED


@given(facts())
def test_cases_have_ids_of_their_own_that_say_where_they_are(some: CompanyFacts) -> None:
    found = cases_among(some)

    assert len({case.id for case in found}) == len(found)
    assert [place_of_id(case.id) for case in found] == [(case.kind, case.key) for case in found]


@given(facts(), st.sampled_from(CaseKind))
def test_cases_of_one_kind_are_those_among_all(some: CompanyFacts, kind: CaseKind) -> None:
    assert cases_among(some, [kind]) == tuple(case for case in cases_among(some) if case.kind is kind)


@given(facts())
def test_of_holds_no_money_is_lost_or_made(some: CompanyFacts) -> None:
    held = [each for each in some.balance_transactions if kind_of(each) in HOLDS]
    found = [case for case in cases_among(some) if case.kind in HOLDS]

    for currency in ("usd", "eur"):
        of_all = sum(each.net.minor_units for each in held if each.net.currency.code == currency)
        sums = [amount.minor_units for case in found for amount in case.net if amount.currency.code == currency]
        assert sum(sums) == of_all


def among(*transactions: BalanceTransaction, payouts: tuple[Payout, ...] = ()) -> tuple[PaymentCase, ...]:
    return cases_among(CompanyFacts(payouts=payouts, balance_transactions=transactions))


def net_of(case: PaymentCase) -> int:
    (amount,) = case.net
    return amount.minor_units


def told(case: PaymentCase) -> dict[str, Any]:
    return {"state": case.state, "net": net_of(case), "payouts": list(case.payouts)}


def dispute(id: str, units: int, fee: int, category: str, payout: str, **said: Any) -> BalanceTransaction:
    made = transaction(id, units, fee, type="adjustment", category=category, payout=payout, source="du_1")
    return attrs.evolve(made, of_charge="ch_1", **said)


def test_a_dispute_over_three_payouts_is_open_until_it_is_decided() -> None:
    charge = transaction("txn_1", 5_000, 175, payout="po_1", source="ch_1", category="charge")
    out = dispute("txn_2", -5_000, 1_500, "dispute", "po_2", dispute_status="needs_response")
    back = dispute("txn_3", 5_000, 0, "dispute_reversal", "po_3", dispute_status="won")

    (open_,) = among(charge, out)
    (lost,) = among(charge, attrs.evolve(out, dispute_status="lost"))
    (won,) = among(charge, out, back)
    (silent,) = among(charge, attrs.evolve(out, dispute_status=None))

    assert told(open_) == {"state": CaseState.OPEN, "net": -6_500, "payouts": ["po_1", "po_2"]}
    assert told(lost) == {"state": CaseState.ENDED, "net": -6_500, "payouts": ["po_1", "po_2"]}
    assert told(won) == {"state": CaseState.ENDED, "net": -1_500, "payouts": ["po_1", "po_2", "po_3"]}
    assert (silent.state, silent.open_amount) == (CaseState.UNKNOWN, (usd(-6_500),))
    assert [each.role for each in won.movements] == [MovementRole.WITHDRAWN, MovementRole.REINSTATED]


def test_a_payout_that_failed_is_ended_by_what_gives_it_back_and_says_who_carries_it_again() -> None:
    failed = attrs.evolve(payout("po_1", 900, status=PayoutStatus.FAILED), balance_transaction="txn_1")
    own = transaction("txn_1", -900, type="payout", category="payout", payout="po_1", source="po_1")
    back = transaction("txn_2", 900, type="payout_failure", category="payout_reversal", source="po_1", day=5)

    (open_,) = among(own, payouts=(failed,))
    (waiting,) = among(own, back, payouts=(failed,))
    (carried,) = among(own, attrs.evolve(back, payout=PayoutId("po_2")), payouts=(failed,))

    assert (open_.state, open_.open_amount) == (CaseState.OPEN, (usd(-900),))
    assert (waiting.state, waiting.carried_by, waiting.net) == (CaseState.ENDED, None, (usd(0),))
    assert (carried.carried_by, carried.payouts) == ("po_2", ("po_1", "po_2"))


def test_a_payout_that_is_drawn_back_names_both_and_ends_when_the_second_is_paid() -> None:
    original = attrs.evolve(payout("po_1", 900), reversed_by=PayoutId("po_2"), balance_transaction="txn_1")
    drawing = attrs.evolve(
        payout("po_2", -900, automatic=False, status=PayoutStatus.IN_TRANSIT),
        original_payout=PayoutId("po_1"),
        balance_transaction="txn_2",
    )
    out = transaction("txn_1", -900, type="payout", category="payout", payout="po_1", source="po_1")
    in_ = transaction("txn_2", 900, type="payout", category="payout", payout="po_3", source="po_2", day=4)

    (open_,) = among(out, in_, payouts=(original, drawing))
    (ended,) = among(out, in_, payouts=(original, attrs.evolve(drawing, status=PayoutStatus.PAID)))

    assert (open_.kind, open_.key, open_.state) == (CaseKind.PAYOUT_REVERSED, "po_1", CaseState.OPEN)
    assert (ended.state, ended.carried_by, ended.net) == (CaseState.ENDED, "po_3", (usd(0),))


def hold(id: str, units: int, day: int) -> BalanceTransaction:
    name = "reserve_hold" if units < 0 else "reserve_release"
    return transaction(id, units, type=name, category=name, day=day)


@pytest.mark.parametrize(
    ("amounts", "cases"),
    [
        ([-100, 100], [(2, 0)]),
        ([-100, -200, 200], [(1, -100), (2, 0)]),  # exactly its amount goes before older ones
        ([-100, -100, 100], [(2, 0), (1, -100)]),  # of equal ones, the oldest
        ([-100, 40], [(2, -60)]),
        ([-100, 40, 60], [(3, 0)]),
        ([-100, -50, 120], [(3, -30)]),  # more than the oldest: as many together as it needs
        ([-100, -50, -70, 120], [(3, -30), (1, -70)]),
        ([-100, 130], [(2, 30)]),
        ([100, -100], [(2, 0)]),
        ([0, -100], [(1, 0), (1, -100)]),
    ],
)
def test_a_release_belongs_to_the_holds_that_it_lets_go(amounts: list[int], cases: list[tuple[int, int]]) -> None:
    found = among(*(hold(f"txn_{day}", units, day) for day, units in enumerate(amounts)))

    assert [(len(case.movements), net_of(case)) for case in found] == cases


def test_reserves_of_two_currencies_or_balances_have_nothing_to_do_with_each_other() -> None:
    euros = transaction("txn_1", -100, type="reserve_hold", category="reserve_hold", currency="eur")
    mirrored = attrs.evolve(hold("txn_2", 100, 1), balance_type="risk_reserved")

    assert len(among(hold("txn_0", 100, 1), euros, mirrored)) == 3


def test_a_refund_that_failed_is_one_case_with_the_refund_and_names_its_charge() -> None:
    charge = transaction("txn_1", 5_000, 175, payout="po_1", source="ch_1", category="charge")
    out = transaction("txn_2", -5_000, type="refund", category="refund", source="re_1", payout="po_2", day=3)
    back = transaction("txn_3", 5_000, type="refund_failure", category="refund_failure", source="re_1", payout="po_3")
    back = attrs.evolve(back, created=moment(12))

    (case,) = among(charge, attrs.evolve(out, of_charge="ch_1"), back)

    assert (case.key, case.charge, case.net, case.state) == ("re_1", "ch_1", (usd(0),), CaseState.ENDED)
    assert case.payouts == ("po_1", "po_2", "po_3")
    assert case.charged is not None
    assert case.charged.payout == "po_1"


def test_a_case_of_nothing_cannot_be_built() -> None:
    with pytest.raises(NoMovement):
        PaymentCase(kind=CaseKind.REFUND, key="re_1", movements=(), state=CaseState.ENDED, in_words="")
