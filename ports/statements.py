"""What is remembered of the statement files of a company's accounts: how the bank writes them, what days they cover.

Part of a company's transaction (`transaction.statements`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.bank_deposit import BankAccountId
from domain.covered_period import CoveredPeriod


class Statements(Protocol):
    """Appended to; the last word on an account's columns counts."""

    async def remember_columns(self, account: BankAccountId, columns: str | None, *, at: datetime) -> None:
        """How the columns of this account's CSV files are called; None: as the headings say."""
        ...

    async def columns(self, account: BankAccountId) -> str | None:
        """What was last remembered; None if nothing was."""
        ...

    async def add_period(self, account: BankAccountId, period: CoveredPeriod, *, at: datetime) -> None:
        """A statement of this account covers these days. Adding the same again changes nothing."""
        ...

    async def periods(self, account: BankAccountId) -> Sequence[CoveredPeriod]:
        """All that were added, sorted."""
        ...
