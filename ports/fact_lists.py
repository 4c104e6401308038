"""Lists of facts for whoever looks at them: with what is known of how each came, filtered, page by page.

Part of a company's transaction (`transaction.fact_lists`). Only current facts are listed, and all filters must hold.
With `updated_since` a list is in the order of the recordings, oldest first, then by id: whoever walks it to its
end, and begins again from the last moment seen, misses nothing.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositStatus
from domain.money import Money
from domain.payout import Payout, PayoutId, PayoutStatus
from ports.facts import FactSource
from ports.pages import Page, PageKey

Fact = TypeVar("Fact")


@attrs.frozen(kw_only=True)
class Told:
    """How a fact came to be as it is."""

    external_id: str | None
    told_by: FactSource
    recorded_at: datetime
    previous_at: datetime | None = None
    """When the version before this one was recorded."""


@attrs.frozen(kw_only=True)
class ListedFact(Generic[Fact]):
    """One fact of a list."""

    fact: Fact
    told: Told


@attrs.frozen(kw_only=True)
class PayoutsWanted:
    """Which payouts. `ids`, here and below: only these."""

    status: PayoutStatus | None = None
    amount: Money | None = None
    ids: tuple[str, ...] | None = None
    first_day: date | None = None
    last_day: date | None = None
    updated_since: datetime | None = None


@attrs.frozen(kw_only=True)
class DepositsWanted:
    """Which bank lines."""

    account: BankAccountId | None = None
    status: BankDepositStatus | None = None
    amount: Money | None = None
    ids: tuple[str, ...] | None = None
    first_day: date | None = None
    last_day: date | None = None
    updated_since: datetime | None = None


@attrs.frozen(kw_only=True)
class BalanceTransactionsWanted:
    """Which balance transactions."""

    payout: PayoutId | None = None
    type: str | None = None
    ids: tuple[str, ...] | None = None
    updated_since: datetime | None = None


@attrs.frozen(kw_only=True)
class BankAccountsWanted:
    """Which accounts."""

    ids: tuple[str, ...] | None = None
    updated_since: datetime | None = None


class FactLists(Protocol):
    """The company's facts, page by page. A page key's `at` is what the order begins with; by id alone, None."""

    async def payouts(
        self, wanted: PayoutsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[Payout]]:
        """The latest arrival date first, then by id, descending. Raises ValueError, as all do: limit out of bounds."""
        ...

    async def deposits(
        self, wanted: DepositsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankDeposit]]:
        """The latest date first, then by id, descending."""
        ...

    async def balance_transactions(
        self, wanted: BalanceTransactionsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BalanceTransaction]]:
        """By id."""
        ...

    async def accounts(
        self, wanted: BankAccountsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankAccount]]:
        """By id."""
        ...

    async def told(self, ids: Collection[str]) -> Mapping[str, Told]:
        """How the facts of these ids came, of whatever kind; ids under which there is no fact are left out."""
        ...
