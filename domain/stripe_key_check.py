"""What a platform's key was seen to do at Stripe, and what each thing is needed for.

A restricted key has two columns of permissions: for the platform's own account, and for accounts that are connected to
it. One says nothing of the other.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs

from domain.stripe_account import StripeAccountId


class StripeAccess(StrEnum):
    """What a key must be allowed to do: to read what is named, or to write it."""

    ACCOUNT = "account"
    CONNECTED_ACCOUNTS = "connected_accounts"
    BALANCE = "balance"
    BALANCE_TRANSACTIONS = "balance_transactions"
    BALANCE_TRANSACTION_SOURCES = "balance_transaction_sources"
    """The charge, refund or dispute behind each: a permission of its own, it seems."""
    PAYOUTS = "payouts"
    CHARGES = "charges"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    EVENTS = "events"
    INVOICES = "invoices"
    INVOICE_PAYMENTS = "invoice_payments"
    CREDIT_NOTES = "credit_notes"
    CUSTOMERS_WRITE = "customers_write"
    INVOICES_WRITE = "invoices_write"
    CONNECTED_ACCOUNTS_WRITE = "connected_accounts_write"
    ACCOUNT_LINKS_WRITE = "account_links_write"
    OAUTH_CODES = "oauth_codes"
    """To redeem the code with which a user comes back from Stripe."""
    CLIENT_ID = "client_id"
    """The client id is of the same platform and mode as the key."""


class Whose(StrEnum):
    """In whose name it is done."""

    PLATFORM = "platform"
    CONNECTED = "connected"


class StripeCapability(StrEnum):
    """What a partner wants to do with the key."""

    READING_PAYOUTS = "reading_payouts"
    """Of connected accounts: payouts, what is in them, balances."""
    READING_SOURCES = "reading_sources"
    """Of connected accounts: which charge and payment each movement belongs to. Payouts are read without, too."""
    READING_INVOICES = "reading_invoices"
    WRITING_INVOICES = "writing_invoices"
    """On connected accounts: to create, send and void them, for customers."""
    CONNECTING_BY_OAUTH = "connecting_by_oauth"
    CONNECTING_BY_ACCOUNT_LINK = "connecting_by_account_link"
    READING_OWN_ACCOUNT = "reading_own_account"
    """The platform's own payouts, as a company's of its own."""


class Verdict(StrEnum):
    """What was seen."""

    WORKS = "works"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """It could not be told without changing something at Stripe."""


_MONEY: Final = (
    StripeAccess.ACCOUNT,
    StripeAccess.BALANCE,
    StripeAccess.BALANCE_TRANSACTIONS,
    StripeAccess.PAYOUTS,
    StripeAccess.CHARGES,
    StripeAccess.REFUNDS,
    StripeAccess.DISPUTES,
    StripeAccess.EVENTS,
)
_INVOICES: Final = (StripeAccess.INVOICES, StripeAccess.INVOICE_PAYMENTS, StripeAccess.CREDIT_NOTES)
_LINKS: Final = (
    StripeAccess.CONNECTED_ACCOUNTS,
    StripeAccess.CONNECTED_ACCOUNTS_WRITE,
    StripeAccess.ACCOUNT_LINKS_WRITE,
)
NEEDS: Final[Mapping[StripeCapability, tuple[Whose, tuple[StripeAccess, ...]]]] = {
    StripeCapability.READING_PAYOUTS: (Whose.CONNECTED, _MONEY),
    StripeCapability.READING_SOURCES: (Whose.CONNECTED, (StripeAccess.BALANCE_TRANSACTION_SOURCES,)),
    StripeCapability.READING_INVOICES: (Whose.CONNECTED, _INVOICES),
    StripeCapability.WRITING_INVOICES: (
        Whose.CONNECTED,
        (StripeAccess.CUSTOMERS_WRITE, StripeAccess.INVOICES_WRITE),
    ),
    StripeCapability.CONNECTING_BY_OAUTH: (Whose.PLATFORM, (StripeAccess.OAUTH_CODES, StripeAccess.CLIENT_ID)),
    StripeCapability.CONNECTING_BY_ACCOUNT_LINK: (Whose.PLATFORM, _LINKS),
    StripeCapability.READING_OWN_ACCOUNT: (Whose.PLATFORM, _MONEY),
}
"""All that is tried, each once."""


@attrs.frozen(kw_only=True)
class TriedAccess:
    """One thing that was tried."""

    access: StripeAccess
    whose: Whose
    verdict: Verdict = Verdict.WORKS
    permissions: tuple[str, ...] = ()
    """Each of which would do where it is missing, as Stripe names them; none where it named none."""
    why: str | None = None
    """In words, where it is missing or not known, and permissions do not say it."""


@attrs.frozen(kw_only=True)
class KeyCheck:
    """What a key was seen to do."""

    account: StripeAccountId | None
    """Whose key it is; None where it may not say."""
    tried: tuple[TriedAccess, ...]
    at: datetime

    def needed_for(self, capability: StripeCapability) -> tuple[TriedAccess, ...]:
        """What was seen of all that this needs."""
        whose, accesses = NEEDS[capability]
        return tuple(each for each in self.tried if each.whose is whose and each.access in accesses)

    def verdict(self, capability: StripeCapability) -> Verdict:
        """Of all that it needs together: one that is missing is enough to miss it."""
        seen = {each.verdict for each in self.needed_for(capability)}
        if Verdict.MISSING in seen:
            return Verdict.MISSING
        return Verdict.UNKNOWN if Verdict.UNKNOWN in seen or not seen else Verdict.WORKS


def all_accesses() -> tuple[tuple[StripeAccess, Whose], ...]:
    """What a check tries, in order."""
    return tuple((access, whose) for whose, accesses in NEEDS.values() for access in accesses)
