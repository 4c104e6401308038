"""A bank that Plaid reaches: an institution, its habits, and the people who can log in."""

import attrs

from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.wire import MINUTE, JsonObject


@attrs.frozen(kw_only=True)
class BankHabits:
    """How Plaid gets along with it."""

    polls_a_day: int = 4
    """Plaid looks one to four times a day (plaid.com/docs/transactions; documented)."""
    shows_pending: bool = True
    """Some banks show none: Capital One, USAA (documented)."""
    links_pending: bool = True
    """Posted lines name the pending one (`pending_transaction_id` may be null; documented)."""
    gives_persistent_ids: bool = False
    """Chase, PNC and US Bank do (documented)."""
    ends_former_items: bool = False
    """Linking again ends the access of the Item before (plaid.com/docs/link/oauth; documented of some banks)."""
    consent_days: int | None = None
    """How long consent lasts; None: for ever. 180 days in Europe (assumed from its rules)."""
    initial_seconds: int = 10
    """Until the last thirty days are there."""
    historical_seconds: int = 2 * MINUTE
    """Until all of the history is there."""


@attrs.define(kw_only=True, eq=False)
class BankLogin:
    """Somebody with accounts at the bank."""

    username: str
    accounts: list[BankAccount] = attrs.field(factory=list)


@attrs.define(kw_only=True, eq=False)
class Bank:
    """One institution."""

    institution_id: str
    name: str
    country: str = "US"
    """ISO 3166, as in Plaid's `country_codes`."""
    habits: BankHabits = attrs.field(factory=BankHabits)
    logins: dict[str, BankLogin] = attrs.field(factory=dict)
    trouble: str | None = None
    """The code with which everything fails that needs the bank now: INSTITUTION_DOWN, INSTITUTION_NOT_RESPONDING."""

    def add_login(self, username: str, *accounts: BankAccount) -> BankLogin:
        """Somebody who can log in."""
        login = BankLogin(username=username, accounts=list(accounts))
        self.logins[username] = login
        return login

    def as_object(self) -> JsonObject:
        """As `/institutions/get_by_id` shows it."""
        return {
            "institution_id": self.institution_id,
            "name": self.name,
            "products": ["transactions", "balance"],
            "country_codes": [self.country],
            "routing_numbers": [],
            "dtc_numbers": [],
            "oauth": self.habits.consent_days is not None,
            "connection_availability": "SUPPORTED",
        }
