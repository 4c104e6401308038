from datetime import UTC, date, datetime

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from domain.payout_breakdown import TransactionOutcomeKind
from domain.reconciliation_outcome import PayoutOutcomeKind
from ports.use_cases.known_on_the_day import known_on_the_day

USD = Currency.of("usd")
END_OF_JUNE = date(2026, 6, 30)


def payout(id: str, created: datetime | None) -> Payout:
    return Payout(
        id=PayoutId(id),
        amount=Money(1_000, USD),
        arrival_date=date(2026, 7, 2),
        status=PayoutStatus.PAID,
        created=created,
    )


def item(id: str, created: datetime, of: str) -> BalanceTransaction:
    amount = Money(1_000, USD)
    return BalanceTransaction(
        id=BalanceTransactionId(id),
        amount=amount,
        fee=Money.zero(USD),
        net=amount,
        payout=PayoutId(of),
        created=created,
    )


JUNE, JULY = datetime(2026, 6, 30, 23, 59, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def test_what_came_into_being_after_the_day_is_set_apart_and_says_so() -> None:
    facts = CompanyFacts(
        payouts=(payout("po_june", JUNE), payout("po_july", JULY), payout("po_undated", None)),
        balance_transactions=(item("txn_june", JUNE, "po_june"), item("txn_july", JULY, "po_july")),
    )

    known, later = known_on_the_day(facts, END_OF_JUNE)

    assert [each.id for each in known.payouts] == ["po_june", "po_undated"]
    assert known.balance_transactions == (item("txn_june", JUNE, "po_june"),)
    assert [(each.payout, each.outcome) for each in later.payouts] == [("po_july", PayoutOutcomeKind.NOTHING_EXPECTED)]
    assert [(each.transaction, each.outcome) for each in later.transactions] == [
        ("txn_july", TransactionOutcomeKind.UNPAID)
    ]


def test_what_a_later_payout_pays_out_is_not_paid_out_yet() -> None:
    early = item("txn_june", JUNE, "po_july")
    facts = CompanyFacts(payouts=(payout("po_july", JULY),), balance_transactions=(early,))

    known, _ = known_on_the_day(facts, END_OF_JUNE)

    assert known.balance_transactions == (attrs.evolve(early, payout=None),)


def test_where_nothing_is_later_the_facts_stay_as_they_are() -> None:
    facts = CompanyFacts(payouts=(payout("po_june", JUNE),))

    known, later = known_on_the_day(facts, END_OF_JUNE)

    assert known is facts
    assert not later
