"""The balance column of a CSV held against its lines."""

from collections import defaultdict
from collections.abc import Sequence

from adapters.statement_files.csv_amounts import read_amount
from adapters.statement_files.csv_headings import Role
from adapters.statement_files.csv_layout import Layout
from adapters.statement_files.running_balance import BalancedLine, balance_jumps
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositStatus
from domain.money import Currency
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import InputFile
from ports.file_formats.records import UnreadableRecord


def jumps_beside(
    file: InputFile, layout: Layout, deposits: Sequence[BankDeposit], mark: str | None
) -> list[ReconciliationBreak]:
    """A break wherever the balance jumps. `deposits` are the lines of all rows, in their order."""
    column = layout.headings.column(Role.BALANCE)
    if column is None:
        return []
    lines: dict[tuple[BankAccountId, Currency], list[BalancedLine]] = defaultdict(list)
    for row, deposit in zip(layout.rows, deposits, strict=True):
        currency = deposit.amount.currency
        if deposit.status is not BankDepositStatus.POSTED:
            continue
        try:
            balance = read_amount("balance", row.values[column], mark, currency)
        except UnreadableRecord:
            return []  # not a column of balances
        line = BalancedLine(place=row.line, amount=deposit.amount, balance=balance)
        lines[deposit.account, currency].append(line)
    return [
        ReconciliationBreak(
            kind=BreakKind.STATEMENT_DOES_NOT_ADD_UP,
            where=f"{file.name}:line {jump.place}",
            reason=f"beside this line the balance is {jump.missing} off what the lines before it in time lead to: "
            "lines between are missing",
        )
        for group in lines.values()
        for jump in balance_jumps(group)
    ]
