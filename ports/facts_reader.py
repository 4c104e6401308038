"""Reading facts out of files: Stripe's exports and banks' statements, told apart by content."""

from typing import Protocol, Self, runtime_checkable

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositId
from domain.bank_statement import BankStatement
from domain.money import Currency
from domain.payout import Payout
from domain.reconciliation_break import ReconciliationBreak


@attrs.frozen(kw_only=True)
class InputFile:
    """A file as given: its name, for messages and for ids of records that have none, and its bytes."""

    name: str
    content: bytes


@attrs.frozen(kw_only=True)
class FactsRead:
    """What one file says. Every record found is in exactly one of the tuples; `records` counts them all."""

    kind: str
    """The format, in words: `Stripe API payouts`, `OFX statement`."""
    records: int
    payouts: tuple[Payout, ...] = ()
    balance_transactions: tuple[BalanceTransaction, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    deposits: tuple[BankDeposit, ...] = ()
    statements: tuple[BankStatement, ...] = ()
    """What the file's statements say of themselves, where the format has balances; the lines are in `deposits`."""
    breaks: tuple[ReconciliationBreak, ...] = ()
    """One for each record that could not be read (counted in no other tuple), and those on the file as a whole."""
    interim: tuple[BankDepositId, ...] = ()
    """Bank lines of interim reports: a statement of their days shows them again, and counts in their place."""
    withdrawn: tuple[BankDepositId, ...] = ()
    """Bank lines that the file says were taken back and does not show: another file may."""
    corrected: tuple[BankDepositId, ...] = ()
    """Bank lines that the file gives as corrections: they replace what another file says of them."""
    notes: tuple[str, ...] = ()
    """What was assumed in reading, in words: `read as Windows-1252`, `dates are day first (31/12/2026 occurs)`."""


class UnreadableFile(Exception):
    """The file as a whole cannot be used: not readable, no known format, truncated, no usable header or record.

    `columns`: where a word on a CSV's columns would help, what to say, such as `date=…,amount=Value`. How it is said
    is for whoever took the file to add.
    """

    def __init__(self, *, file: str, place: str, reason: str, columns: str | None = None) -> None:
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")
        self.file = file
        self.place = place
        self.reason = reason
        self.columns = columns


class FactsReader(Protocol):
    """Reads one family of formats.

    `recognises` looks at the content, never at the name, is cheap, and never raises. `read` keeps what is good: a bad
    record becomes a break and the rest goes on; it raises UnreadableFile, and nothing else, where the whole is unusable
    (truncated, unusable header, test and live records mixed, no usable record among some).
    """

    def recognises(self, file: InputFile) -> bool:
        """True if this reader is the one for this content."""
        ...

    def read(self, file: InputFile) -> FactsRead:
        """All facts of the file. Raises UnreadableFile."""
        ...


@runtime_checkable
class AssumesCurrency(Protocol):
    """What a reader also offers if its formats may leave the currency unsaid, as many banks' CSV files do."""

    def assuming_currency(self, currency: Currency) -> Self:
        """The same reader, which takes amounts that name no currency to be in this one, and says so in its notes."""
        ...
