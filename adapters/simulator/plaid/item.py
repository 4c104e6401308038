"""An Item: one login at one bank, as one client of Plaid sees it."""

from typing import Final

import attrs

from adapters.simulator.plaid.bank import Bank, BankLogin
from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.kernel import Environment, moment_text
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.update_log import Transaction, UpdateLog
from adapters.simulator.wire import JsonObject
from domain.money import Money

NOT_READY: Final = "NOT_READY"
INITIAL: Final = "INITIAL_UPDATE_COMPLETE"
HISTORICAL: Final = "HISTORICAL_UPDATE_COMPLETE"


@attrs.define(kw_only=True, eq=False)
class LinkedAccount:
    """A bank account as the Item shows it."""

    account_id: str
    account: BankAccount
    name: str
    read: int = 0
    """How much of what happened at the bank Plaid has read."""
    told: dict[int, Transaction] = attrs.field(factory=dict)
    """What stands now, by the line's number at the bank."""
    was_told: dict[int, str] = attrs.field(factory=dict)
    """Ids of lines that were taken back."""
    current: Money | None = None
    available: Money | None = None
    """Balances as of Plaid's last look."""
    is_shared: bool = True
    """The user lets the client see it."""


@attrs.define(kw_only=True, eq=False)
class Item:
    """The state of an Item. What happens to it is in `item_updates` and `item_health`."""

    item_id: str
    client_id: str
    environment: Environment
    bank: Bank
    login: BankLogin
    access_token: str
    webhook: str | None
    products: list[str]
    created: int
    days_requested: int = 90
    accounts: dict[str, LinkedAccount] = attrs.field(factory=dict)
    log: UpdateLog = attrs.field(factory=UpdateLog)
    status: str = NOT_READY
    has_transactions: bool = False
    """The product is initialised: the history is being fetched, or is there."""
    was_synced: bool = False
    """`/transactions/sync` was called: from then on its webhooks come (documented)."""
    error: Refused | None = None
    consent_expires: int | None = None
    is_removed: bool = False
    last_success: int | None = None
    last_failure: int | None = None

    @property
    def is_ready(self) -> bool:
        """There are lines to be told."""
        return self.status != NOT_READY

    def shared(self) -> list[LinkedAccount]:
        """The accounts that the client may see."""
        return [linked for linked in self.accounts.values() if linked.is_shared]

    def standing(self) -> list[Transaction]:
        """All lines as they stand, the newest first."""
        found = [each for linked in self.shared() for each in linked.told.values()]
        return sorted(found, key=lambda each: (each.line.date, each.line.number), reverse=True)

    def as_object(self) -> JsonObject:
        """As `/item/get` and `/accounts/get` show it."""
        return {
            "available_products": [each for each in ("balance",) if each not in self.products],
            "billed_products": list(self.products),
            "consent_expiration_time": moment_text(self.consent_expires) if self.consent_expires else None,
            "created_at": moment_text(self.created),
            "error": self.error.as_object() if self.error else None,
            "institution_id": self.bank.institution_id,
            "institution_name": self.bank.name,
            "item_id": self.item_id,
            "products": list(self.products),
            "update_type": "background",
            "webhook": self.webhook or "",
        }

    def status_object(self) -> JsonObject:
        """When Plaid last looked, for `/item/get`."""
        return {
            "transactions": {
                "last_successful_update": moment_text(self.last_success) if self.last_success else None,
                "last_failed_update": moment_text(self.last_failure) if self.last_failure else None,
            },
            "last_webhook": None,
        }
