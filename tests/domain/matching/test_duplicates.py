"""One physical account through two feeds is counted once; equal lines within one feed are separate deposits."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from domain.matching.duplicates import find_duplicates
from domain.reconciliation_break import BreakKind
from tests.domain.matching.accounting_laws import check_that_everything_is_accounted_for
from tests.domain.matching.written_facts import account, facts, history, line, outcomes, payout, reconcile, weekday

FIRST = account("acc_1", feed="first link", mask="4821")
AGAIN = account("acc_2", feed="second link", mask="4821")
TEXTS = ("STRIPE TRANSFER", "GATEWAY PROPERTY RENT", "STRIPE TRANSFER")


def some_lines(of: str, count: int = 4, first: int = 0) -> list[BankDeposit]:
    return [
        line(f"{of}_{i}", 100_003 + 7_919 * i, weekday(2 * i), TEXTS[i % 3], account=of)
        for i in range(first, first + count)
    ]


def repeated(accounts: list[BankAccount], lines: list[BankDeposit]) -> set[str]:
    return set(find_duplicates(accounts, lines).repeats)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (FIRST, AGAIN),
        (attrs.evolve(FIRST, persistent_id="x", mask="1"), attrs.evolve(AGAIN, persistent_id="x", mask="2")),
        (attrs.evolve(FIRST, name="Business  checking"), attrs.evolve(AGAIN, name="BUSINESS CHECKING")),
        (attrs.evolve(FIRST, mask=None, name=None), attrs.evolve(AGAIN, mask=None, name=None)),
        (attrs.evolve(FIRST, mask="4821"), attrs.evolve(AGAIN, mask="21")),
    ],
    ids=[
        "institution, number and name",
        "lasting identity",
        "the name spelt otherwise",
        "lines alone",
        "shorter number",
    ],
)
def test_a_linked_again_account_brings_the_same_lines(first: BankAccount, again: BankAccount) -> None:
    assert repeated([first, again], some_lines("acc_1") + some_lines("acc_2")) == {f"acc_2_{i}" for i in range(4)}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (FIRST, attrs.evolve(AGAIN, mask="7730")),
        (FIRST, attrs.evolve(AGAIN, institution="Second Bank")),
        (attrs.evolve(FIRST, persistent_id="x"), attrs.evolve(AGAIN, persistent_id="y")),
        (FIRST, attrs.evolve(AGAIN, currency=account(currency="eur").currency)),
        (attrs.evolve(FIRST, mask=None), attrs.evolve(AGAIN, mask=None, feed="first link", name="Savings")),
    ],
    ids=["number", "institution", "lasting identity", "currency", "one feed tells them apart"],
)
def test_accounts_that_differ_are_two_however_alike_their_lines(first: BankAccount, again: BankAccount) -> None:
    assert repeated([first, again], some_lines("acc_1") + some_lines("acc_2")) == set()


IN_OFX = account("ofx", feed="june.ofx", mask="4821")
IN_CSV = account("csv", feed="june.csv", mask=None)


def worded_otherwise(lines: list[BankDeposit], of: str) -> list[BankDeposit]:
    """As another format of the statement has them."""
    account_of = BankAccountId(of)
    return [
        attrs.evolve(each, id=BankDepositId(f"{of}:{each.id}"), account=account_of, text=f"{each.text[:9]} {number:06}")
        for number, each in enumerate(lines)
    ]


def test_two_formats_of_one_statement_are_one_account_though_they_word_it_differently() -> None:
    lines = some_lines("ofx", 12)

    told_twice = repeated([IN_OFX, IN_CSV], [*lines, *worded_otherwise(lines[:11], "csv")])

    assert told_twice == {each.id for each in lines[:11]}


def test_an_account_that_another_is_swept_into_each_day_is_no_second_statement_of_it() -> None:
    lines = some_lines("ofx", 12)
    swept = [attrs.evolve(each, id=BankDepositId(f"{each.id} out"), amount=-each.amount) for each in lines]

    assert repeated([IN_OFX, IN_CSV], [*lines, *swept, *worded_otherwise(lines, "csv")]) == set()


def test_accounts_whose_few_amounts_recur_on_the_same_days_are_two() -> None:
    fee = some_lines("ofx")[0].amount
    fees = [attrs.evolve(each, amount=fee) for each in some_lines("ofx", 12)]

    assert repeated([IN_OFX, IN_CSV], [*fees, *worded_otherwise(fees, "csv")]) == set()


def test_accounts_of_one_feed_are_two_however_alike_their_amounts() -> None:
    lines, beside = some_lines("ofx", 12), attrs.evolve(IN_CSV, feed=IN_OFX.feed)

    assert repeated([IN_OFX, beside], [*lines, *worded_otherwise(lines, "csv")]) == set()


@pytest.mark.parametrize(
    ("bank_and_number", "iban", "one"),
    [
        ("37040044:0532013000", "DE89370400440532013000", True),
        ("20041:0500013M026", "FR1420041010050500013M02606", True),
        ("37040044:0532013001", "DE89370400440532013000", False),
    ],
)
def test_an_iban_holds_bank_and_number(bank_and_number: str, iban: str, one: bool) -> None:
    by_number = attrs.evolve(IN_OFX, persistent_id=bank_and_number, mask=bank_and_number[-4:])
    by_iban = attrs.evolve(IN_CSV, persistent_id=iban, mask=iban[-4:])
    lines = some_lines("ofx", 2)

    assert bool(repeated([by_number, by_iban], [*lines, *worded_otherwise(lines, "csv")])) is one


def test_unnamed_accounts_with_few_lines_in_common_are_two() -> None:
    shared = some_lines("acc_1", 2) + some_lines("acc_2", 2)

    assert repeated([], shared) == set()


def test_unnamed_accounts_with_mostly_other_lines_are_two() -> None:
    others = [line(f"other_{i}", 55_001 + i, weekday(i), account="acc_2") for i in range(8)]
    more = [line(f"more_{i}", 77_001 + i, weekday(i), account="acc_1") for i in range(8)]

    assert repeated([], [*some_lines("acc_1"), *some_lines("acc_2"), *others, *more]) == set()


def test_equal_lines_within_one_feed_are_separate_deposits() -> None:
    twice = [line("line_1", 10_000, account="acc_1"), line("line_2", 10_000, account="acc_1")]

    assert repeated([FIRST], twice) == set()


@pytest.mark.parametrize(("first", "again"), [(2, 2), (3, 2), (2, 3), (1, 4)])
def test_across_feeds_the_larger_count_holds(first: int, again: int) -> None:
    lines = [line(f"first_{i}", 10_000, account="acc_1") for i in range(first)]
    lines += [line(f"again_{i}", 10_000, account="acc_2") for i in range(again)]

    assert len(repeated([FIRST, AGAIN], lines)) == min(first, again)


def test_lines_that_only_one_feed_brings_are_kept() -> None:
    lines = some_lines("acc_1", 6) + some_lines("acc_2", 6, first=3)

    assert repeated([FIRST, AGAIN], lines) == {"acc_2_3", "acc_2_4", "acc_2_5"}


def test_three_links_of_one_account_are_one() -> None:
    third = attrs.evolve(AGAIN, id=account("acc_3").id, feed="third link")

    found = find_duplicates(
        [FIRST, AGAIN, third], [each for name in ("acc_1", "acc_2", "acc_3") for each in some_lines(name)]
    )

    assert found.account_of == {"acc_2": "acc_1", "acc_3": "acc_1"}
    assert set(found.repeats) == {f"{name}_{i}" for name in ("acc_2", "acc_3") for i in range(4)}


@given(
    st.lists(st.tuples(st.sampled_from(["acc_1", "acc_2"]), st.integers(0, 2), st.integers(0, 2)), max_size=14),
    st.data(),
)
def test_the_order_of_accounts_and_lines_does_not_matter(
    drawn: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    lines = [line(f"line_{n}", 10_000 * (a + 1), weekday(d), account=of) for n, (of, a, d) in enumerate(drawn)]

    found = find_duplicates([FIRST, AGAIN], lines)

    assert found == find_duplicates([AGAIN, FIRST], data.draw(st.permutations(lines)))
    assert found.repeats.keys() <= {each.id for each in lines}


def test_a_linked_again_feed_changes_no_match_and_is_said() -> None:
    payouts, lines = history(8)
    once = [attrs.evolve(each, account=FIRST.id) for each in lines]
    again = [attrs.evolve(each, account=AGAIN.id, id=BankDepositId(f"copy_of_{each.id}")) for each in lines]
    due = payout("po_due", 864_192)

    found = reconcile([*payouts, due], once, [FIRST])
    found_twice = reconcile([*payouts, due], [*again, *once], [AGAIN, FIRST])

    assert [(match.payouts, match.deposits) for match in found_twice.matches] == [
        (match.payouts, match.deposits) for match in found.matches
    ]
    assert {
        name: outcome for name, outcome in outcomes(found_twice).items() if name.startswith("copy")
    } == dict.fromkeys((each.id for each in again), "duplicate")
    assert [(each.kind, each.where) for each in found_twice.breaks] == [(BreakKind.DUPLICATE_FEED, "acc_2")]
    check_that_everything_is_accounted_for(facts([*payouts, due], [*once, *again]), found_twice)


def test_feeds_without_common_days_are_joined_by_name_alone() -> None:
    early = [line("early", 423_782, date(2026, 9, 14), account="acc_1")]
    late = [line("late", 423_782, date(2026, 11, 16), account="acc_2")]

    found = find_duplicates([FIRST, AGAIN], [*early, *late])

    assert found.account_of == {"acc_2": "acc_1"}
    assert found.repeats == {}
