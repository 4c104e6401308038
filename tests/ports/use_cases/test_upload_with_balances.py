"""Statements that have balances, uploaded one after the other: gaps, overlaps, and interim reports that end."""

from datetime import date

import attrs

from adapters.in_memory.store import InMemoryStore
from adapters.statement_files.bai2_reader import Bai2Reader
from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.mt940_reader import Mt940Reader
from adapters.statement_files.ofx_reader import OfxReader
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind
from ports.facts_reader import FactsReader, InputFile
from ports.use_cases.upload_statement import UploadedStatement, upload_statement
from tests.ports.use_cases.companies_told import ACME, NOON, TENANT, WHO, facts_in, store_with
from tests.strategies.bank_statements import MadeLine, MadeStatement, bai2, camt053, mt940

EUR = Currency.of("eur")


def readers(_: str | None) -> tuple[FactsReader, ...]:
    return OfxReader(), CamtReader(), Mt940Reader(), Bai2Reader()


def line(day: int, units: int, reference: str = "", text: str = "STRIPE") -> MadeLine:
    return MadeLine(amount=Money(units, EUR), day=date(2026, 6, day), text=text, reference=reference)


def statement(number: int, opening: int, opened_on: int, closed_on: int, *lines: MadeLine) -> MadeStatement:
    return MadeStatement(
        account="DE89370400440532013000",
        number=number,
        opening=Money(opening, EUR),
        opened_on=date(2026, 6, opened_on),
        closed_on=date(2026, 6, closed_on),
        lines=lines,
    )


FRIDAY = statement(5, 10_000, 4, 5, line(5, 2_000, "R1"))
MONDAY = statement(6, 12_000, 5, 8, line(8, 3_000), line(8, 3_000))
TUESDAY = statement(7, 18_000, 8, 9, line(9, -500, "R4"))


async def upload(store: InMemoryStore, content: bytes, name: str = "june") -> UploadedStatement:
    return await upload_statement(
        InputFile(name=name, content=content),
        account=None,
        columns=None,
        readers=readers,
        company=ACME.id,
        tenant=TENANT,
        who=WHO,
        at=NOON,
        store=store,
    )


async def statuses(store: InMemoryStore) -> list[tuple[int, BankDepositStatus]]:
    found = (await facts_in(store)).deposits
    return sorted((deposit.amount.minor_units, deposit.status) for deposit in found)


async def test_statements_that_follow_one_another_close_every_day_between() -> None:
    store = await store_with()
    results = [await upload(store, mt940(each)) for each in (FRIDAY, MONDAY, TUESDAY)]

    assert [(each.new, each.breaks) for each in results] == [(1, ()), (2, ()), (1, ())]
    (account,) = (await facts_in(store)).accounts
    assert (account.covered_from, account.covered_to) == (date(2026, 6, 5), date(2026, 6, 9))


async def test_a_missing_statement_is_a_gap_until_it_comes() -> None:
    store = await store_with()
    await upload(store, mt940(FRIDAY), "friday.sta")

    gap = await upload(store, mt940(TUESDAY), "tuesday.sta")
    filled = await upload(store, mt940(MONDAY), "monday.sta")

    assert [(each.kind, each.where) for each in gap.breaks] == [(BreakKind.STATEMENT_GAP, "tuesday.sta:line 1")]
    assert filled.breaks == ()
    (account,) = (await facts_in(store)).accounts
    assert (account.covered_from, account.covered_to) == (date(2026, 6, 5), date(2026, 6, 9))


async def test_the_same_statement_again_in_any_format_changes_nothing() -> None:
    store = await store_with()
    await upload(store, mt940(MONDAY))
    before = await facts_in(store)

    for content in (mt940(MONDAY), mt940(MONDAY, line_end="\n"), camt053(MONDAY), mt940(MONDAY)):
        again = await upload(store, content)
        assert (again.new, again.changed, again.known, again.breaks) == (0, 0, 2, ())

    assert (await facts_in(store)).deposits == before.deposits


async def test_a_statement_that_overlaps_another_brings_only_what_is_new_and_says_so() -> None:
    store = await store_with()
    await upload(store, camt053(FRIDAY))
    week = statement(99, 10_000, 4, 8, *FRIDAY.lines, *MONDAY.lines)

    got = await upload(store, camt053(week), "week.xml")

    assert (got.new, got.known) == (2, 1)
    assert [each.kind for each in got.breaks] == [BreakKind.STATEMENT_OVERLAP]
    assert await statuses(store) == [
        (2_000, BankDepositStatus.POSTED),
        (3_000, BankDepositStatus.POSTED),
        (3_000, BankDepositStatus.POSTED),
    ]


async def test_a_statement_that_does_not_add_up_is_kept_covers_nothing_and_says_so() -> None:
    store = await store_with()

    got = await upload(store, mt940(FRIDAY).replace(b"EUR120,00", b"EUR120,01"), "friday.sta")

    assert [(each.kind, each.where) for each in got.breaks] == [
        (BreakKind.STATEMENT_DOES_NOT_ADD_UP, "friday.sta:line 1")
    ]
    (account,) = (await facts_in(store)).accounts
    assert (got.new, account.covered_to) == (1, None)


async def test_an_interim_report_is_never_booked_a_second_time() -> None:
    """One line comes with the same reference, one as the same words, one under another text, one not at all."""
    store = await store_with()
    interim = statement(
        1, 0, 5, 8, line(8, 3_000, text="A"), line(8, 4_000, "R9"), line(8, 5_000, text="NOT YET"), line(8, 6_000)
    )
    final = statement(
        6, 0, 5, 8, line(8, 3_000, text="A"), line(8, 4_000, "R9", text="MORE"), line(8, 5_000, text="NOW")
    )

    first = await upload(store, camt053(interim, report=True))
    assert await statuses(store) == [(units, BankDepositStatus.PENDING) for units in (3_000, 4_000, 5_000, 6_000)]
    second = await upload(store, camt053(final))

    assert (first.new, second.new, second.changed) == (4, 1, 2)
    assert await statuses(store) == [
        (3_000, BankDepositStatus.POSTED),
        (4_000, BankDepositStatus.POSTED),
        (5_000, BankDepositStatus.POSTED),
        (5_000, BankDepositStatus.WITHDRAWN),
        (6_000, BankDepositStatus.WITHDRAWN),
    ]


async def test_an_interim_report_that_comes_after_the_statement_changes_nothing() -> None:
    store = await store_with()
    await upload(store, camt053(MONDAY))

    got = await upload(store, camt053(MONDAY, report=True))

    assert (got.new, got.changed, got.known) == (0, 0, 2)
    assert "2 lines are of days that a statement closes: left to it" in got.notes
    assert {status for _, status in await statuses(store)} == {BankDepositStatus.POSTED}


async def test_an_interim_report_of_the_next_day_stays_pending() -> None:
    store = await store_with()
    await upload(store, camt053(FRIDAY))
    await upload(store, camt053(TUESDAY, report=True))
    await upload(store, camt053(MONDAY))

    assert (-500, BankDepositStatus.PENDING) in await statuses(store)
    await upload(store, camt053(TUESDAY))
    assert (-500, BankDepositStatus.POSTED) in await statuses(store)
    assert len(await statuses(store)) == 4


async def test_intraday_bai2_gives_way_to_the_prior_day_report() -> None:
    store = await store_with()
    day = attrs.evolve(MONDAY, lines=(line(8, 3_000, "B1"), line(8, 700, text="NOW")))

    await upload(store, bai2(day, modifier="3"))
    await upload(store, bai2(attrs.evolve(day, lines=(line(8, 3_000, "B1"), line(8, 700, text="THEN")))))

    assert await statuses(store) == [
        (700, BankDepositStatus.POSTED),
        (700, BankDepositStatus.WITHDRAWN),
        (3_000, BankDepositStatus.POSTED),
    ]


async def test_a_german_account_is_one_by_iban_and_by_bank_and_number() -> None:
    store = await store_with()
    await upload(store, camt053(FRIDAY))
    await upload(store, mt940(MONDAY).replace(b":25:DE89370400440532013000", b":25:37040044/0532013000"))

    assert len((await facts_in(store)).accounts) == 1
