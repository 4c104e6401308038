"""Which company has which Stripe account: what an event is routed by."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Protocol

from domain.company import CompanyId
from domain.partner import Tenant
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection


class AccountOfAnotherCompany(Exception):
    """Another company of the partner has the account, or had it: its books are that company's. Nothing was written."""

    def __init__(self, account: StripeAccountId) -> None:
        super().__init__(f"{account} is another company's")
        self.account = account


class StripeAccounts(Protocol):
    """Part of a control transaction. An account is one company's for a partner and mode, until that is forgotten."""

    async def connect(self, connection: StripeConnection) -> StripeConnection:
        """The company has the account: as it is kept now. One that it has or had keeps when it first was connected.

        Raises AccountOfAnotherCompany.
        """
        ...

    async def end(
        self, tenant: Tenant, account: StripeAccountId, state: ConnectionState, *, at: datetime
    ) -> StripeConnection | None:
        """It is no longer read: as it is kept now. None if it is not connected; nothing was written."""
        ...

    async def of_company(self, company: CompanyId) -> Sequence[StripeConnection]:
        """All that the company has or had, in order of their ids."""
        ...

    async def find(self, tenant: Tenant, account: StripeAccountId) -> StripeConnection | None:
        """The account, in whatever state; None if no company of the tenant has or had it."""
        ...

    async def any_connected(self, tenant: Tenant) -> bool:
        """Whether the tenant's companies have an account that is connected."""
        ...


class StripeAccountPages(Protocol):
    """Part of a control transaction: for whoever runs the service, who looks at all."""

    async def page(
        self, tenant: Tenant, *, after: StripeAccountId | None = None, limit: int
    ) -> Sequence[StripeConnection]:
        """At most `limit` that the tenant's companies have or had, in order of their ids, behind this one."""
        ...


class StripeRouting(Protocol):
    """Part of a control transaction: whose work an event is a hint to."""

    async def holding(
        self, keys: Set[tuple[Tenant, StripeAccountId]]
    ) -> Mapping[tuple[Tenant, StripeAccountId], StripeConnection]:
        """Those of these that companies have or had. Until the commit none of them is forgotten or changed."""
        ...
