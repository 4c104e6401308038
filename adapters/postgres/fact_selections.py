"""The statements that answer each selection of facts, through the indexes that it needs."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, assert_never

from adapters.postgres import fact_statements as statements
from adapters.postgres.case_conditions import HELD, RETURNED_PAYOUT, UNLISTED, case_condition
from adapters.postgres.fact_rows import ACCOUNTS, BALANCE_TRANSACTIONS, DEPOSITS, FACT_TABLES, PAYOUTS, FactTable
from adapters.postgres.merged_days import merged_days
from domain.balance_transaction import DECIDED_DISPUTES
from ports.facts import (
    AllAccounts,
    AmountDays,
    AmountsWithin,
    AskedFor,
    CaseMovements,
    Everything,
    FactSelection,
    HeldMoney,
    ItemsOf,
    LinesDated,
    MovementsOf,
    OfAmounts,
    OfCharges,
    OfPayments,
    OpenDisputes,
    PayoutsArriving,
    ReversalsOf,
    Unlisted,
    WithIds,
)

Read = tuple[FactTable[Any], str, tuple[object, ...]]
"""A statement on a table, and its arguments after the company."""


def reads(selection: FactSelection) -> Iterator[Read]:
    """The statements that answer a selection, each with its arguments after the company."""
    match selection:
        case Everything():
            for table in FACT_TABLES:
                yield table, statements.current(table), ()
        case AllAccounts():
            yield ACCOUNTS, statements.current(ACCOUNTS), ()
        case WithIds(ids=ids, movements_only=movements_only):
            possible = statements.possible_ids(ids)
            tables = (BALANCE_TRANSACTIONS,) if movements_only else FACT_TABLES
            for table in tables if possible else ():
                yield table, statements.latest_of_ids(table), (possible,)
        case OfAmounts(amounts=amounts, first_day=first_day, last_day=last_day):
            pairs = sorted({(amount.currency.code, amount.minor_units) for amount in amounts})
            arguments = ([code for code, _ in pairs], [units for _, units in pairs], *_days(first_day, last_day))
            for table in (PAYOUTS, DEPOSITS) if pairs else ():
                yield table, statements.of_amounts(table), arguments
        case AmountsWithin():
            yield from _amounts_within(selection)
        case PayoutsArriving(first_day=first_day, last_day=last_day, currency=currency):
            condition, code = "f.arrival_date BETWEEN $2 AND $3", () if currency is None else (currency.code,)
            condition += " AND f.currency = $4" if code else ""
            yield PAYOUTS, statements.current(PAYOUTS, condition), (first_day, last_day, *code)
        case LinesDated(first_day=first_day, last_day=last_day, accounts=accounts):
            condition = "f.day BETWEEN $2 AND $3"
            if accounts is None:
                yield DEPOSITS, statements.current(DEPOSITS, condition), (first_day, last_day)
            else:
                condition += " AND f.account = ANY($4)"
                yield (
                    DEPOSITS,
                    statements.current(DEPOSITS, condition),
                    (first_day, last_day, statements.possible_ids(accounts)),
                )
        case OfPayments() | OpenDisputes():
            yield from _of_payments(selection) if isinstance(selection, OfPayments) else _open_disputes(selection)
        case ReversalsOf() | AskedFor():
            yield _of_payouts(selection)
        case _:
            yield BALANCE_TRANSACTIONS, *_of_transactions(selection)


def _of_payouts(wanted: ReversalsOf | AskedFor) -> Read:
    if isinstance(wanted, ReversalsOf):
        condition = f"{RETURNED_PAYOUT} AND f.original_payout = ANY($2)"
        return PAYOUTS, statements.current(PAYOUTS, condition), (statements.possible_ids(wanted.payouts),)
    condition = "(f.automatic IS NOT TRUE OR f.method = 'instant') AND f.currency = $2"
    return PAYOUTS, statements.current(PAYOUTS, condition), (wanted.currency.code,)


def _of_payments(wanted: OfPayments) -> Iterator[Read]:
    charges = "f.payment_intent IS NULL AND f.type IN ('charge', 'payment') AND f.source = ANY($2)"
    for ids, condition in ((wanted.payment_intents, "f.payment_intent = ANY($2)"), (wanted.charges, charges)):
        if ids:
            sql = statements.current(BALANCE_TRANSACTIONS, condition)
            yield BALANCE_TRANSACTIONS, sql, (statements.possible_ids(ids),)


def _open_disputes(wanted: OpenDisputes) -> Iterator[Read]:
    condition = "f.dispute_status IS NOT NULL AND f.dispute_status <> ALL ($3) AND f.stripe_account = $2"
    arguments = wanted.stripe_account, sorted(DECIDED_DISPUTES)
    yield BALANCE_TRANSACTIONS, statements.current(BALANCE_TRANSACTIONS, condition), arguments


def _of_transactions(
    selection: ItemsOf | MovementsOf | OfCharges | HeldMoney | CaseMovements | Unlisted,
) -> tuple[str, tuple[object, ...]]:
    ids: tuple[str, ...]
    match selection:
        case HeldMoney():
            return statements.current(BALANCE_TRANSACTIONS, HELD), ()
        case Unlisted(currency=currency, most=most):
            return f"{statements.current(BALANCE_TRANSACTIONS, UNLISTED)} LIMIT {int(most)}", (currency.code,)
        case ItemsOf(payouts=payouts):
            condition, ids = "f.payout = ANY($2)", payouts
        case MovementsOf(payouts=payouts):
            condition, ids = "f.payment_intent IS NULL AND f.source = ANY($2)", payouts
        case OfCharges(charges=ids):
            condition = "f.of_charge = ANY($2)"
        case CaseMovements(kind=kind, keys=ids):
            condition = case_condition(kind, "= ANY($2)")
        case _:
            assert_never(selection)
    return statements.current(BALANCE_TRANSACTIONS, condition), (statements.possible_ids(ids),)


def _amounts_within(wanted: AmountsWithin) -> Iterator[Read]:
    traced = " AND (f.trace_id IS NOT NULL OR NOT wanted.must_trace)"
    if wanted.payouts:
        yield PAYOUTS, statements.amounts_within(PAYOUTS, traced), _columns(wanted.payouts)
    if wanted.lines:
        yield DEPOSITS, statements.amounts_within(DEPOSITS), _columns(wanted.lines)


def _columns(amounts: Sequence[AmountDays]) -> tuple[object, ...]:
    in_order = merged_days(amounts)
    return (
        [each.amount.currency.code for each in in_order],
        [each.amount.minor_units for each in in_order],
        [each.first_day for each in in_order],
        [each.last_day for each in in_order],
        [each.only_traced for each in in_order],
    )


def _days(first_day: date | None, last_day: date | None) -> tuple[date, date]:
    return first_day or date.min, last_day or date.max
