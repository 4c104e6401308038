"""Balances beside the lines of a CSV: what is missing shows; what some banks do to such a column does not."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.statement_files.bank_csv_reader import BankCsvReader
from adapters.statement_files.running_balance import LINES_MIN, BalancedLine, BalanceJump, balance_jumps
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile

USD = Currency.of("usd")
AMOUNTS = st.lists(st.integers(-(10**6), 10**6).filter(bool), min_size=LINES_MIN, max_size=40)


def lines_of(amounts: list[int], opening: int = 5_000) -> list[BalancedLine]:
    found = []
    for place, amount in enumerate(amounts, start=1):
        opening += amount
        found.append(BalancedLine(place=place, amount=Money(amount, USD), balance=Money(opening, USD)))
    return found


@given(AMOUNTS)
def test_balances_that_run_do_not_jump_in_either_order(amounts: list[int]) -> None:
    lines = lines_of(amounts)

    assert balance_jumps(lines) == balance_jumps(lines[::-1]) == ()


@given(AMOUNTS, st.data())
def test_a_line_left_out_is_a_jump_of_its_amount(amounts: list[int], data: st.DataObject) -> None:
    lines = lines_of([*amounts, 100, 200])
    gone = data.draw(st.integers(3, len(lines) - 4))
    left = lines[:gone] + lines[gone + 1 :]

    assert balance_jumps(left) == (BalanceJump(place=gone + 2, missing=lines[gone].amount),)
    assert [jump.missing for jump in balance_jumps(left[::-1])] == [lines[gone].amount]


@given(AMOUNTS, st.integers(0, 5))
def test_two_lines_of_a_day_in_another_order_than_they_were_counted_are_no_jump(amounts: list[int], at: int) -> None:
    lines = lines_of([*amounts, 300, 400])
    lines[at], lines[at + 1] = lines[at + 1], lines[at]

    assert balance_jumps(lines) == ()


@given(AMOUNTS, st.data())
def test_a_column_that_is_no_running_balance_says_nothing(amounts: list[int], data: st.DataObject) -> None:
    drawn = st.lists(st.integers(0, 10**9), min_size=len(amounts), max_size=len(amounts), unique=True)
    lines = [
        BalancedLine(place=place, amount=Money(amount, USD), balance=Money(balance * 10**7, USD))
        for place, (amount, balance) in enumerate(zip(amounts, data.draw(drawn), strict=True), start=1)
    ]

    assert balance_jumps(lines) == ()


def test_a_few_lines_tell_nothing() -> None:
    assert balance_jumps(lines_of([1, 2, 3])[::2]) == ()
    assert balance_jumps([]) == ()


def written(*, without: int = -1, status: str = "posted") -> FactsRead:
    rows, balance = list[str](), 10_000
    for number in range(10):
        amount = (number + 1) * 125
        balance += amount
        day = date(2026, 6, 1) + timedelta(days=number)
        rows.append(f"{day},LINE,{amount / 100:.2f},{balance / 100:.2f},{status}")
    rows = [row for number, row in enumerate(rows) if number != without]
    content = "\n".join(["Date,Description,Amount,Balance,Status", *rows[::-1], ""])
    return BankCsvReader(default_currency=USD).read(InputFile(name="june.csv", content=content.encode()))


def test_a_csv_that_lost_a_line_says_where() -> None:
    assert written().breaks == ()
    assert [(found.where, found.reason) for found in written(without=4).breaks] == [
        (
            "june.csv:line 6",
            "beside this line the balance is 6.25 usd off what the lines before it in time lead to: lines between are "
            "missing",
        )
    ]


def test_pending_lines_have_no_balance() -> None:
    assert written(without=4, status="pending").breaks == ()
