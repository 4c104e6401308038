"""A platform: its keys, its connections to accounts, and where its users may be sent back to."""

from collections.abc import Mapping
from typing import Literal

import attrs

Scope = Literal["read_only", "read_write"]


@attrs.frozen(kw_only=True)
class ApiKey:
    """A secret key, a restricted key, or an access token that OAuth gave for one account."""

    secret: str = attrs.field(repr=False)
    account: str
    """Whose key it is, and whose objects it shows unless `Stripe-Account` names others."""
    livemode: bool
    permissions: Mapping[str, Literal["read", "write"]] | None = None
    """Per resource, of a restricted key; None: all. What is not named is `none`."""
    connect_permissions: Mapping[str, Literal["read", "write"]] | None = None
    """The same for calls with `Stripe-Account`, a column of their own in the Dashboard (documented)."""
    is_restricted: bool = False
    scope: Scope = "read_write"
    """`read_only` for tokens of connections that may only read."""

    def allows(self, resource: str, permission: str, *, connected: bool) -> bool:
        """It may do this. Who may write may read."""
        if not self.is_restricted:
            return permission == "read" or self.scope == "read_write"
        granted = (self.connect_permissions if connected else self.permissions) or {}
        return granted.get(resource) in ("write", permission)

    @property
    def masked(self) -> str:
        """As Stripe names it in refusals: the kind and the last four characters."""
        kind, mode, _ = self.secret.split("_", 2)
        return f"{kind}_{mode}_{'*' * 20}{self.secret[-4:]}"


@attrs.frozen(kw_only=True)
class Connection:
    """An account lets the platform act for it, in one mode."""

    account: str
    livemode: bool
    scope: Scope
    tokens: tuple[str, ...] = ()


@attrs.define(kw_only=True)
class Platform:
    """A Stripe account with Connect."""

    id: str
    name: str
    redirect_uris: dict[bool, list[str]] = attrs.field(factory=lambda: {False: [], True: []})
    """Registered per mode; the first is the default."""
    connections: dict[tuple[str, bool], Connection] = attrs.field(factory=dict)
    created_accounts: set[str] = attrs.field(factory=set)
    """Those that it made itself, to which it may make account links."""

    def reaches(self, account: str, *, livemode: bool) -> Connection | None:
        """Its connection to the account in this mode."""
        return self.connections.get((account, livemode))
