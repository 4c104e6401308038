"""Many files, one set of facts: merged where they fill each other, refused where they contradict each other."""

import random
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.in_memory.facts_reader import InMemoryFactsReader
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.use_cases.gather_facts import GatheredFacts, InputSummary, gather_facts

USD = Currency.of("usd")
PAYOUT = Payout(
    id=PayoutId("po_1"),
    amount=Money(12345, USD),
    arrival_date=date(2026, 6, 3),
    status=PayoutStatus.PAID,
    created=datetime(2026, 6, 1, 10, 11, 12, tzinfo=UTC),
    livemode=True,
)
NAMED = Payout(
    id=PayoutId("po_1"),
    amount=Money(1, USD),
    arrival_date=date(2026, 6, 3),
    status=PayoutStatus.UNKNOWN,
    automatic=True,
    trace_id="091000010212946",
    amount_from_items=True,
)
CHARGE = BalanceTransaction(
    id=BalanceTransactionId("txn_1"),
    amount=Money(13000, USD),
    fee=Money(655, USD),
    net=Money(12345, USD),
    type="charge",
    created=datetime(2026, 6, 1, 10, 11, 12, tzinfo=UTC),
)
REPORTED = attrs.evolve(CHARGE, type=None, reporting_category="charge", payout=PayoutId("po_1"), description="x")
ACCOUNT = BankAccount(id=BankAccountId("9680"), feed="june.ofx", mask="9680")
LINE = BankDeposit(
    id=BankDepositId("F1"), account=ACCOUNT.id, amount=Money(12345, USD), date=date(2026, 6, 3), text="STRIPE"
)


def stripe(*records: Payout | BalanceTransaction, kind: str = "told") -> FactsRead:
    return FactsRead(
        kind=kind,
        records=len(records),
        payouts=tuple(record for record in records if isinstance(record, Payout)),
        balance_transactions=tuple(record for record in records if isinstance(record, BalanceTransaction)),
    )


def bank(*lines: BankDeposit, account: BankAccount = ACCOUNT) -> FactsRead:
    return FactsRead(kind="told", records=len(lines), accounts=(account,), deposits=lines)


def gather(stripe_says: dict[str, FactsRead], bank_says: dict[str, FactsRead] | None = None) -> GatheredFacts:
    """Gather what files of these names say; the files' bytes are their names."""
    told = bank_says or {}
    return gather_facts(
        stripe=tuple(InputFile(name=name, content=name.encode()) for name in stripe_says),
        bank=tuple(InputFile(name=name, content=name.encode()) for name in told),
        stripe_readers=(InMemoryFactsReader(stripe_says),),
        bank_readers=(InMemoryFactsReader(told),),
    )


def kinds(gathered: GatheredFacts) -> list[tuple[BreakKind, str]]:
    return [(found.kind, found.where) for found in gathered.breaks]


def test_one_file_of_each_side() -> None:
    got = gather({"stripe": stripe(PAYOUT, CHARGE)}, {"june.ofx": bank(LINE)})

    assert (got.facts.payouts, got.facts.balance_transactions, got.facts.deposits) == ((PAYOUT,), (CHARGE,), (LINE,))
    assert (got.facts.accounts, got.breaks) == ((ACCOUNT,), ())
    assert got.inputs == (
        InputSummary(file="june.ofx", kind="told", records=1),
        InputSummary(file="stripe", kind="told", records=2),
    )


def test_the_same_file_twice_is_counted_once_and_said() -> None:
    file, copy = InputFile(name="a", content=b"x"), InputFile(name="b", content=b"x")
    reader = InMemoryFactsReader({"a": stripe(PAYOUT), "b": stripe(PAYOUT)})

    got = gather_facts(stripe=(copy, file, file), bank=(), stripe_readers=(reader,), bank_readers=())

    assert got.facts.payouts == (PAYOUT,)
    assert got.breaks == (
        ReconciliationBreak(kind=BreakKind.DUPLICATE_FILE, where="a", reason="was given twice: it is counted once"),
        ReconciliationBreak(
            kind=BreakKind.DUPLICATE_FILE, where="b", reason="has the same content as a: it is counted once"
        ),
    )
    assert [(summary.file, summary.records) for summary in got.inputs] == [("a", 0), ("a", 1), ("b", 0)]


def test_the_same_record_twice_is_counted_once_and_said() -> None:
    got = gather({"a": stripe(PAYOUT, CHARGE), "b": stripe(PAYOUT, PAYOUT, CHARGE)})

    assert (got.facts.payouts, got.breaks) == ((PAYOUT,), ())
    assert got.inputs[1].notes == ("3 records given before: counted once",)


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(PAYOUT, amount=Money(12346, USD)),
        attrs.evolve(PAYOUT, amount=Money(12345, Currency.of("eur"))),
        attrs.evolve(PAYOUT, status=PayoutStatus.FAILED),
        attrs.evolve(PAYOUT, arrival_date=date(2026, 6, 4)),
        attrs.evolve(NAMED, arrival_date=date(2026, 6, 9)),
    ],
)
def test_the_same_payout_with_other_content_is_a_break_and_neither_is_used(other: Payout) -> None:
    got = gather({"a": stripe(PAYOUT), "b": stripe(other)})

    assert got.facts.payouts == ()
    assert got.conflicted_payouts == ("po_1",)
    assert kinds(got) == [(BreakKind.CONFLICTING_RECORD, "po_1")]
    assert "in a, b: none is used" in got.breaks[0].reason


def test_a_transaction_with_other_content_is_a_break_and_neither_is_used() -> None:
    other = attrs.evolve(CHARGE, amount=Money(13001, USD), net=Money(12346, USD))

    got = gather({"a": stripe(CHARGE, other)})

    assert got.facts.balance_transactions == ()
    assert got.conflicted_balance_transactions == ("txn_1",)
    assert got.breaks[0].reason == "came with different content (amount: 130.00 usd or 130.01 usd) in a: none is used"


def test_partial_views_fill_each_other() -> None:
    dashboard = attrs.evolve(
        PAYOUT, created=PAYOUT.created and PAYOUT.created.replace(second=0), destination_last4="9680"
    )

    got = gather({"api": stripe(PAYOUT, CHARGE), "dashboard": stripe(dashboard), "report": stripe(NAMED, REPORTED)})

    assert got.breaks == ()
    assert got.facts.payouts == (
        attrs.evolve(PAYOUT, automatic=True, trace_id="091000010212946", destination_last4="9680"),
    )
    assert got.facts.balance_transactions == (
        attrs.evolve(CHARGE, reporting_category="charge", payout=PayoutId("po_1"), description="x"),
    )


def test_a_transaction_that_has_become_available_since_is_no_contradiction() -> None:
    pending, available = attrs.evolve(CHARGE, status="pending"), attrs.evolve(CHARGE, status="available")

    got = gather({"monday": stripe(pending), "friday": stripe(available)})

    assert (got.facts.balance_transactions, got.breaks) == ((available,), ())


def test_what_only_describes_is_the_fullest_views_to_say() -> None:
    api = attrs.evolve(CHARGE, reporting_category="dispute", source="du_1", description="Chargeback")
    history = attrs.evolve(CHARGE, source="ch_1", description="Chargeback withdrawal for ch_1")

    got = gather({"a": stripe(history), "b": stripe(api)})

    assert (got.facts.balance_transactions, got.breaks) == ((api,), ())


def test_a_payout_that_is_only_named_gets_the_sum_of_its_items_in_all_files() -> None:
    second = attrs.evolve(REPORTED, id=BalanceTransactionId("txn_2"))

    got = gather({"a": stripe(NAMED, REPORTED), "b": stripe(NAMED, second)})

    assert [(p.amount, p.amount_from_items) for p in got.facts.payouts] == [(Money(24690, USD), True)]


def test_a_payout_that_is_only_named_is_not_used_if_an_item_of_it_is_contradicted() -> None:
    other = attrs.evolve(REPORTED, amount=Money(13001, USD), net=Money(12346, USD))
    second = attrs.evolve(REPORTED, id=BalanceTransactionId("txn_2"))

    got = gather({"a": stripe(NAMED, REPORTED, second), "b": stripe(other)})

    assert got.facts.payouts == ()
    assert kinds(got) == [(BreakKind.CONFLICTING_RECORD, "txn_1"), (BreakKind.PAYOUT_MISSING, "po_1")]


def test_test_and_live_are_never_mixed() -> None:
    with pytest.raises(UnreadableFile, match=r"^b: test mode and live mode are mixed: .* those of a are live$"):
        gather({"a": stripe(PAYOUT), "b": stripe(attrs.evolve(PAYOUT, id=PayoutId("po_2"), livemode=False))})


def test_overlapping_downloads_with_the_banks_ids_are_one_feed() -> None:
    june = attrs.evolve(ACCOUNT, covered_from=date(2026, 6, 1), covered_to=date(2026, 6, 20))
    july = attrs.evolve(ACCOUNT, feed="july.ofx", covered_from=date(2026, 6, 15), covered_to=date(2026, 7, 31))
    later = attrs.evolve(LINE, id=BankDepositId("F2"))

    got = gather({}, {"june.ofx": bank(LINE, account=june), "july.ofx": bank(LINE, later, account=july)})

    assert got.facts.deposits == (LINE, later)
    assert [(a.id, a.feed, a.covered_from, a.covered_to) for a in got.facts.accounts] == [
        ("9680", "july.ofx, june.ofx", date(2026, 6, 1), date(2026, 7, 31))
    ]
    assert got.inputs[1].notes == ("1 bank line given before: counted once",)


def test_overlapping_downloads_without_ids_stay_two_feeds_of_one_account() -> None:
    def lines(file: str) -> FactsRead:
        return bank(attrs.evolve(LINE, id=BankDepositId(f"{file}:2")), account=attrs.evolve(ACCOUNT, feed=file))

    got = gather({}, {"june.csv": lines("june.csv"), "july.csv": lines("july.csv")})

    assert [(d.id, d.account) for d in got.facts.deposits] == [
        ("july.csv:2", "9680 (july.csv)"),
        ("june.csv:2", "9680 (june.csv)"),
    ]
    assert [(a.id, a.mask) for a in got.facts.accounts] == [("9680 (july.csv)", "9680"), ("9680 (june.csv)", "9680")]


def test_a_bank_line_with_other_content_is_a_break_and_neither_is_used() -> None:
    got = gather({}, {"june.ofx": bank(LINE, attrs.evolve(LINE, amount=Money(1, USD)))})

    assert (got.facts.deposits, got.conflicted_deposits) == ((), ("F1",))
    assert kinds(got) == [(BreakKind.CONFLICTING_RECORD, "F1")]


def test_ids_that_two_accounts_share_are_told_apart_by_the_account() -> None:
    other = attrs.evolve(ACCOUNT, id=BankAccountId("5500"))
    theirs = attrs.evolve(LINE, account=other.id, amount=Money(5, USD))

    got = gather({}, {"a": bank(LINE), "b": bank(theirs, account=other)})

    assert [deposit.id for deposit in got.facts.deposits] == ["5500:F1", "9680:F1"]


def test_a_line_that_another_file_removes_or_replaces_is_withdrawn() -> None:
    pending = attrs.evolve(LINE, id=BankDepositId("P1"), status=BankDepositStatus.PENDING)
    posted = attrs.evolve(LINE, id=BankDepositId("F2"), pending_id=pending.id)
    removal = FactsRead(kind="told", records=0, withdrawn=(LINE.id, BankDepositId("never")))

    got = gather({}, {"a": bank(LINE, pending), "b": bank(posted), "c": removal})

    assert {deposit.id: deposit.status.value for deposit in got.facts.deposits} == {
        "F1": "withdrawn", "F2": "posted", "P1": "withdrawn",
    }  # fmt: skip
    assert got.inputs[2].notes == ("1 removed line that no file shows: nothing to withdraw",)


def test_a_correction_in_another_file_holds() -> None:
    corrected = attrs.evolve(LINE, amount=Money(7, USD))

    got = gather({}, {"a": bank(LINE), "b": attrs.evolve(bank(corrected), corrected=(LINE.id,))})

    assert got.facts.deposits == (corrected,)


@given(st.permutations(range(5)), st.randoms())
def test_the_order_of_files_and_records_does_not_matter(order: list[int], chance: random.Random) -> None:
    def shuffled(read: FactsRead) -> FactsRead:
        parts = {
            name: list(getattr(read, name)) for name in ("payouts", "balance_transactions", "accounts", "deposits")
        }
        for part in parts.values():
            chance.shuffle(part)
        return attrs.evolve(read, **{name: tuple(part) for name, part in parts.items()})  # type: ignore[arg-type]

    second = attrs.evolve(PAYOUT, id=PayoutId("po_2"), amount=Money(7, USD))
    reads = [
        stripe(PAYOUT, CHARGE, second),
        stripe(NAMED, REPORTED, attrs.evolve(REPORTED, id=BalanceTransactionId("txn_2"))),
        stripe(attrs.evolve(second, amount=Money(8, USD))),
        stripe(attrs.evolve(NAMED, id=PayoutId("po_3")), attrs.evolve(REPORTED, payout=PayoutId("po_3"))),
        stripe(attrs.evolve(REPORTED, id=BalanceTransactionId("txn_4"), payout=None)),
    ]
    statements = {
        "x": bank(LINE),
        "y": bank(attrs.evolve(LINE, text="other"), attrs.evolve(LINE, id=BankDepositId("F9"))),
    }
    named = {f"file {index}": read for index, read in enumerate(reads)}

    got = gather(
        {f"file {index}": shuffled(reads[index]) for index in order},
        {name: shuffled(statements[name]) for name in chance.sample(["x", "y"], 2)},
    )

    assert got == gather(named, statements)
