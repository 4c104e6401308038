"""Bank files with balances, gathered: one account from many files, gaps named, interim reports left behind."""

from datetime import date
from itertools import permutations

from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.mt940_reader import Mt940Reader
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind
from ports.facts_reader import InputFile
from ports.use_cases.gather_facts import GatheredFacts, gather_facts
from tests.strategies.bank_statements import MadeLine, MadeStatement, camt053, mt940

EUR = Currency.of("eur")


def gathered(*files: tuple[str, bytes]) -> GatheredFacts:
    return gather_facts(
        stripe=(),
        bank=tuple(InputFile(name=name, content=content) for name, content in files),
        stripe_readers=(),
        bank_readers=(Mt940Reader(), CamtReader()),
    )


def statement(number: int, opening: int, opened_on: int, closed_on: int, *amounts: int) -> MadeStatement:
    return MadeStatement(
        account="DE89370400440532013000",
        number=number,
        opening=Money(opening, EUR),
        opened_on=date(2026, 6, opened_on),
        closed_on=date(2026, 6, closed_on),
        lines=tuple(
            MadeLine(amount=Money(each, EUR), day=date(2026, 6, closed_on), text="STRIPE", reference="")
            for each in amounts
        ),
    )


FRIDAY, MONDAY, TUESDAY = (
    statement(5, 10_000, 5, 5, 2_000),
    statement(6, 12_000, 8, 8, 3_000, 3_000),
    statement(7, 18_000, 9, 9, -500),
)


def test_daily_files_of_a_bank_without_references_are_one_account_in_any_order() -> None:
    """The bank dates the opening balance by the day itself: the balances tell that the week-end held nothing."""
    files = ("a.sta", mt940(FRIDAY)), ("b.sta", mt940(MONDAY)), ("c.sta", mt940(TUESDAY))

    for order in permutations(files):
        got = gathered(*order)

        (account,) = got.facts.accounts
        assert (account.id, account.covered_from, account.covered_to) == (
            "DE89370400440532013000", date(2026, 6, 5), date(2026, 6, 9),
        )  # fmt: skip
        assert sorted(line.amount.minor_units for line in got.facts.deposits) == [-500, 2_000, 3_000, 3_000]
        assert got.breaks == ()


def test_a_missing_file_is_a_gap() -> None:
    got = gathered(("a.sta", mt940(FRIDAY)), ("c.sta", mt940(TUESDAY)))

    assert [(found.kind, found.where) for found in got.breaks] == [(BreakKind.STATEMENT_GAP, "c.sta:line 1")]


def test_overlapping_files_are_said_and_their_lines_kept_as_two_feeds() -> None:
    """Matching sees through the doubles of two feeds of one account."""
    got = gathered(("a.sta", mt940(FRIDAY)), ("b.sta", mt940(statement(6, 12_000, 5, 8, 3_000, 3_000))),
                   ("w.sta", mt940(statement(1, 10_000, 4, 8, 2_000, 3_000, 3_000))))  # fmt: skip

    assert {found.kind for found in got.breaks} == {BreakKind.STATEMENT_OVERLAP}
    assert len(got.facts.accounts) == 3
    assert {account.persistent_id for account in got.facts.accounts} == {"DE89370400440532013000"}


def test_lines_of_an_interim_report_are_left_to_the_statement_of_their_day() -> None:
    report = camt053(statement(1, 0, 8, 9, 3_000, 3_000), report=True)

    alone = gathered(("r.xml", report))
    closed = gathered(("r.xml", report), ("b.sta", mt940(MONDAY)), ("c.sta", mt940(TUESDAY)))

    assert {line.status for line in alone.facts.deposits} == {BankDepositStatus.PENDING}
    assert sorted(line.amount.minor_units for line in closed.facts.deposits) == [-500, 3_000, 3_000]
    assert {line.status for line in closed.facts.deposits} == {BankDepositStatus.POSTED}
    assert closed.breaks == ()
    (notes,) = (each.notes for each in closed.inputs if each.file == "r.xml")
    assert "2 lines are of days that a statement closes: left to it" in notes


def test_lines_of_an_interim_report_after_the_last_statement_stay_pending() -> None:
    report = camt053(statement(1, 0, 8, 10, 3_000), report=True)

    got = gathered(("r.xml", report), ("b.sta", mt940(MONDAY)), ("c.sta", mt940(TUESDAY)))

    assert [line.amount.minor_units for line in got.facts.deposits if line.status is BankDepositStatus.PENDING] == [
        3_000
    ]


def test_what_an_interim_report_shows_of_days_before_is_booked_once() -> None:
    """A bank's customers may have nothing else; overlapping reports are feeds of their own, as files of lines are."""
    two_days = statement(1, 0, 5, 8, 3_000, 3_000)
    report = camt053(two_days, report=True, made_on=date(2026, 6, 9))
    longer = camt053(two_days, report=True, made_on=date(2026, 6, 10))

    alone = gathered(("r.xml", report))
    twice = gathered(("r.xml", report), ("s.xml", longer))
    closed = gathered(("r.xml", report), ("b.sta", mt940(MONDAY)))

    assert [line.status for line in alone.facts.deposits] == [BankDepositStatus.POSTED] * 2
    assert len({line.account for line in twice.facts.deposits}) == 2
    assert [line.amount.minor_units for line in closed.facts.deposits] == [3_000, 3_000]
