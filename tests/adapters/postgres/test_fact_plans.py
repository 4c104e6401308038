"""Every selection of facts is answered by its own index, also before PostgreSQL has statistics of the tables.

Without them a planner that may choose chooses badly: a look-up of one amount once read every payout of the company.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any, Final

import asyncpg
import attrs
import pytest
import pytest_asyncio

from adapters.postgres.case_keys import keys_after
from adapters.postgres.fact_selections import reads
from adapters.postgres.store import PostgresStore
from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccountId
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payment_case import OF_PAYOUTS, CaseKind
from domain.payout import PayoutId
from entrypoints.benchmarks.facts_load import facts_of
from ports.facts import (
    AmountDays,
    AmountsWithin,
    CaseMovements,
    FactSelection,
    FactSource,
    HeldMoney,
    ItemsOf,
    LinesDated,
    MovementsOf,
    OfAmounts,
    OfCharges,
    OfPayments,
    PayoutsArriving,
    ReversalsOf,
    WithIds,
)
from tests.ports.facts_contract import item

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME: Final = CompanyId("co_plans00000")
DAY: Final = date(2024, 3, 1)
FACTS: Final = facts_of(6_000)
COMMON: Final = Money(25_000, Currency.of("usd"))
"""So much was paid on each of many days."""
CASES: Final = (
    ("re", "refund", "refund"),
    ("du", "adjustment", "dispute"),
    ("py", "payment_failure_refund", "charge_failure"),
    ("po", "payout_failure", "payout_reversal"),
    (None, "reserve_hold", "reserve_hold"),
)
SOME: Final = Money(FACTS.payouts[7].amount.minor_units, Currency.of("usd"))


@pytest_asyncio.fixture
async def acme(postgres_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction on a company whose facts have just been loaded, a hundred of them corrected."""
    store = await PostgresStore.open(postgres_database)
    async with store.company(ACME) as transaction:
        await transaction.facts.record(FACTS, source=FactSource.PUSHED, at=NOON)
        common = tuple(
            attrs.evolve(each, id=PayoutId(f"po_common_{number}"), amount=COMMON)
            for number, each in enumerate(FACTS.payouts[:900])
        )
        await transaction.facts.record(CompanyFacts(payouts=common), source=FactSource.PUSHED, at=NOON)
        items = CompanyFacts(
            balance_transactions=(*(charged(n) for n in range(4_000)), *(of_a_case(n) for n in range(240)))
        )
        await transaction.facts.record(items, source=FactSource.PUSHED, at=NOON)
        again = CompanyFacts(payouts=tuple(attrs.evolve(each, trace_id="told later") for each in FACTS.payouts[:100]))
        await transaction.facts.record(again, source=FactSource.PUSHED, at=NOON)
    await store.close()
    connection = await asyncpg.connect(postgres_database, server_settings={"search_path": "tieout"})
    await connection.execute(f"SET ROLE tieout_runtime; BEGIN; SET LOCAL tieout.company = '{ACME}'")
    yield connection
    await connection.close()


def charged(number: int) -> BalanceTransaction:
    """Of every second one it is known what payment intent is behind it."""
    made = attrs.evolve(item(f"txn_{number}", f"po_{number // 4}"), source=f"ch_{number}", reporting_category="charge")
    return made if number % 2 else attrs.evolve(made, payment_intent=f"pi_{number}")


def of_a_case(number: int) -> BalanceTransaction:
    """A movement of one kind or another, few of each beside the charges."""
    head, type_, category = CASES[number % len(CASES)]
    source = None if head is None else f"{head}_{number // len(CASES)}"
    made = item(f"txn_of_case_{number}", None, units=-100 - number, fee=0)
    charge = f"ch_{number // len(CASES)}" if head in ("re", "du") else None
    return attrs.evolve(made, type=type_, reporting_category=category, source=source, of_charge=charge)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All parts of a plan."""
    return [plan, *(each for part in plan.get("Plans", ()) for each in nodes(part))]


@pytest.mark.parametrize(
    ("wanted", "indexes"),
    [
        (WithIds(ids=(FACTS.payouts[3].id, FACTS.deposits[5].id)), {"payouts_pkey", "bank_deposits_pkey"}),
        (OfAmounts(amounts=(SOME,)), {"payouts_amounts", "bank_deposits_amounts"}),
        (OfAmounts(amounts=(SOME,), first_day=DAY, last_day=DAY), {"payouts_amounts", "bank_deposits_amounts"}),
        (OfAmounts(amounts=(COMMON,), first_day=DAY, last_day=DAY), {"payouts_amounts"}),
        (AmountsWithin(payouts=(AmountDays(amount=COMMON, first_day=DAY, last_day=DAY),)), {"payouts_amounts"}),
        (PayoutsArriving(first_day=DAY, last_day=DAY), {"payouts_days"}),
        (LinesDated(first_day=DAY, last_day=DAY), {"bank_deposits_days"}),
        # By days or by account and day: either is right, as a company has few accounts.
        (LinesDated(first_day=DAY, last_day=DAY, accounts=(BankAccountId("bank_checking"),)), set()),
        (ItemsOf(payouts=(PayoutId("po_1"),)), {"balance_transactions_payouts"}),
        (MovementsOf(payouts=(PayoutId("po_7"), PayoutId("po_8"))), {"balance_transactions_sources"}),
        (OfCharges(charges=("ch_7",)), {"balance_transactions_of_charges"}),
        (HeldMoney(), {"balance_transactions_held"}),
        (ReversalsOf(payouts=(PayoutId("po_1"),)), {"payouts_returned"}),
        (CaseMovements(kind=CaseKind.PAYOUT_RETURNED, keys=("po_7",)), {"balance_transactions_returned_payouts"}),
        (CaseMovements(kind=CaseKind.DISPUTE, keys=("du_7",)), {"balance_transactions_disputed"}),
        (CaseMovements(kind=CaseKind.REFUND, keys=("re_7",)), {"balance_transactions_refunds"}),
        (CaseMovements(kind=CaseKind.PAYMENT_RETURNED, keys=("py_7",)), {"balance_transactions_returned_payments"}),
        (OfPayments(payment_intents=("pi_8", "pi_12")), {"balance_transactions_payments"}),
        (OfPayments(charges=("ch_9", "ch_13")), {"balance_transactions_sources"}),
    ],
    ids=[
        "ids",
        "amount",
        "amount and day",
        "common amount and day",
        "common amounts within days",
        "arrivals",
        "days",
        "days of an account",
        "items",
        "movements of payouts",
        "charges",
        "held money",
        "reversals",
        "returned payouts",
        "disputes",
        "refunds",
        "returned payments",
        "payment intents",
        "charges without",
    ],
)
async def test_a_selection_reads_what_it_finds_and_little_else(
    acme: asyncpg.Connection, wanted: FactSelection, indexes: set[str]
) -> None:
    used = set[str]()
    for _, sql, arguments in reads(wanted):
        explained = json.loads(await acme.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", ACME, *arguments))
        parts = nodes(explained[0]["Plan"])
        used |= {part["Index Name"] for part in parts if "Index Name" in part}
        removed = sum(part.get("Rows Removed by Filter", 0) * part["Actual Loops"] for part in parts)
        assert removed <= 10, sql
        assert not [part for part in parts if part["Node Type"] == "Seq Scan"], sql

    assert used >= indexes


@pytest.mark.parametrize(
    "wanted",
    [
        OfAmounts(amounts=(SOME,)),
        AmountsWithin(payouts=(AmountDays(amount=COMMON, first_day=DAY, last_day=DAY),)),
        PayoutsArriving(first_day=DAY, last_day=DAY),
        LinesDated(first_day=DAY, last_day=DAY),
        ItemsOf(payouts=(PayoutId("po_1"),)),
        OfPayments(payment_intents=("pi_8",), charges=("ch_9",)),
    ],
    ids=["amount", "common amounts within days", "arrivals", "days", "items", "payments"],
)
async def test_what_was_ever_corrected_is_not_read_for_each_selection(
    acme: asyncpg.Connection, postgres_database: str, wanted: FactSelection
) -> None:
    """Also once the server knows that corrections are few beside the facts, so that a join would seem cheap."""
    await acme.execute("COMMIT")
    administrator = await asyncpg.connect(postgres_database)
    await administrator.execute("ANALYZE")
    await administrator.close()
    await acme.execute(f"BEGIN; SET LOCAL tieout.company = '{ACME}'")

    for _, sql, arguments in reads(wanted):
        explained = json.loads(await acme.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", ACME, *arguments))
        corrections = [
            part for part in nodes(explained[0]["Plan"]) if part.get("Index Name", "").endswith("_corrected")
        ]
        assert sum(part["Actual Rows"] * part["Actual Loops"] for part in corrections) < 10, sql


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        (CaseKind.PAYOUT_RETURNED, "balance_transactions_returned_payouts"),
        (CaseKind.PAYOUT_REVERSED, "payouts_returned"),
        (CaseKind.DISPUTE, "balance_transactions_disputed"),
        (CaseKind.REFUND, "balance_transactions_refunds"),
        (CaseKind.PAYMENT_RETURNED, "balance_transactions_returned_payments"),
    ],
)
async def test_a_page_of_cases_reads_no_more_keys_than_it_shows(
    acme: asyncpg.Connection, kind: CaseKind, index: str
) -> None:
    used, read = set[str](), 0
    for sql in keys_after(kind):
        explained = json.loads(await acme.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", ACME, "", 10))
        parts = nodes(explained[0]["Plan"])
        used |= {part["Index Name"] for part in parts if "Index Name" in part}
        read += sum(part["Actual Rows"] * part["Actual Loops"] for part in parts if "Index Name" in part)
        assert not [part for part in parts if part["Node Type"] == "Seq Scan"], sql

    assert index in used
    assert kind in OF_PAYOUTS or read <= 2 * 11
