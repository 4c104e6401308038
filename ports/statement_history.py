"""What the statements of a company's accounts said of themselves: balances, numbers, days.

It tells whether the next statement follows on the last, and which days are closed to interim reports. Part of a
company's transaction (`transaction.statement_history`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement


class StatementHistory(Protocol):
    """Appended to."""

    async def add(self, statement: BankStatement, *, at: datetime) -> None:
        """Keeps it. Adding an equal one again, from whatever file, changes nothing."""
        ...

    async def of(self, account: BankAccountId) -> Sequence[BankStatement]:
        """All statements and interim reports of the account, by their last day; no order among those of one day."""
        ...
