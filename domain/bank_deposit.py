"""A line of a bank account, credit or debit, and the account that it stands in."""

from datetime import date
from enum import StrEnum
from typing import NewType

import attrs

from domain.money import Currency, Money

BankDepositId = NewType("BankDepositId", str)
BankAccountId = NewType("BankAccountId", str)


class BankDepositStatus(StrEnum):
    """What the bank says of the line. Only posted lines are money."""

    PENDING = "pending"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"
    """The bank took the line back: removed from the feed, or a pending line replaced by its posted one."""


@attrs.frozen(kw_only=True)
class BankAccount:
    """One account as one feed shows it. A bank that is linked again brings the same account under another id."""

    id: BankAccountId
    feed: str
    """What brought it: a statement file's name, a Plaid item."""
    institution: str | None = None
    name: str | None = None
    mask: str | None = None
    """The last two to four characters of the account number."""
    persistent_id: str | None = None
    """The bank's own lasting identity of the account (Plaid's `persistent_account_id`, an IBAN, routing + number)."""
    currency: Currency | None = None
    covered_from: date | None = None
    """First day that the feed states it is complete for; None where it does not say."""
    covered_to: date | None = None


def is_one_identity(a: str | None, b: str | None) -> bool | None:
    """Whether two lasting identities are one; None if that cannot be told: one is missing, or they are of two kinds.

    An IBAN has bank and number (`bank:number`) in it.
    """
    if not a or not b:
        return None
    if (":" in a) is (":" in b):
        return a == b
    parts, whole = (a, b) if ":" in a else (b, a)
    return True if all(part in whole for part in parts.split(":")) else None


@attrs.frozen(kw_only=True)
class BankDeposit:
    """One bank line; `amount` is positive when it adds to the account."""

    id: BankDepositId
    account: BankAccountId
    amount: Money
    date: date
    """The day on which the bank posted it, in the bank's own calendar."""
    text: str
    """All that the bank says about it, as it says it."""
    status: BankDepositStatus = BankDepositStatus.POSTED
    pending_id: BankDepositId | None = None
    """The pending line that this posted line replaces."""
    counterparty: str | None = None
    company_id: str | None = None
    """The ACH company id of the payer (Plaid's `ppd_id`)."""
