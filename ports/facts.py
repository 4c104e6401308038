"""The facts of one company, kept for good: a correction appends a version, and the highest version is the current one.

The port takes part in a transaction on the company (`transaction.facts`). Recordings of one company follow one another:
each has a moment of its own, later than those of all recordings committed before it, so that whoever has seen all up to
one moment misses nothing by asking for what came after it.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccountId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payment_case import CaseKind
from domain.payout import PayoutId

NO_FACTS: Final = CompanyFacts()


class FactSource(StrEnum):
    """What told us."""

    PUSHED = "pushed"
    """The partner, by the API, under its own ids."""
    STATEMENT = "statement"
    STRIPE = "stripe"
    PLAID = "plaid"


class UnstorableFact(ValueError):
    """A value that no store can keep: a text with U+0000 or half a surrogate pair, a number beyond 64 bits."""


@attrs.frozen(kw_only=True)
class Everything:
    """All facts of the company."""


@attrs.frozen(kw_only=True)
class AllAccounts:
    """The bank accounts of the company, and nothing else."""


@attrs.frozen(kw_only=True)
class WithIds:
    """The facts of these ids, of whatever kind: payouts, balance transactions, accounts, bank lines."""

    ids: tuple[str, ...]
    movements_only: bool = False
    """Balance transactions alone: who knows that the others cannot be meant asks for nothing in vain."""


@attrs.frozen(kw_only=True)
class OfAmounts:
    """Payouts and bank lines of these signed amounts, dated within these days (the days included; None: no end)."""

    amounts: tuple[Money, ...]
    first_day: date | None = None
    last_day: date | None = None


@attrs.frozen(kw_only=True)
class AmountDays:
    """One signed amount and the days (both included) on which it is looked for."""

    amount: Money
    first_day: date
    last_day: date
    only_traced: bool = False
    """Of payouts: only those that have a trace id."""


@attrs.frozen(kw_only=True)
class AmountsWithin:
    """Payouts of some amounts, and bank lines of some, each within days of its own: one look-up for each amount."""

    payouts: tuple[AmountDays, ...] = ()
    lines: tuple[AmountDays, ...] = ()


@attrs.frozen(kw_only=True)
class PayoutsArriving:
    """Payouts whose arrival date is one of these days (both included), in one currency or in all."""

    first_day: date
    last_day: date
    currency: Currency | None = None


@attrs.frozen(kw_only=True)
class LinesDated:
    """Bank lines dated on one of these days (both included), of these accounts or of all."""

    first_day: date
    last_day: date
    accounts: tuple[BankAccountId, ...] | None = None


@attrs.frozen(kw_only=True)
class ItemsOf:
    """Balance transactions that are listed in these payouts."""

    payouts: tuple[PayoutId, ...]


@attrs.frozen(kw_only=True)
class OpenDisputes:
    """Balance transactions of a Stripe account's disputes that are not decided."""

    stripe_account: str


@attrs.frozen(kw_only=True)
class MovementsOf:
    """Balance transactions that move these payouts: their own, and what gives their money back."""

    payouts: tuple[PayoutId, ...]


@attrs.frozen(kw_only=True)
class OfCharges:
    """Balance transactions of what is about these charges: their refunds, disputes and fees; not the charges' own."""

    charges: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ReversalsOf:
    """Payouts that say that they draw these back."""

    payouts: tuple[PayoutId, ...]


@attrs.frozen(kw_only=True)
class HeldMoney:
    """Balance transactions that hold money back or let it go: reserves, minimum balances, advances, Capital."""


@attrs.frozen(kw_only=True)
class CaseMovements:
    """Balance transactions of cases of one kind that are told apart by keys, of these keys."""

    kind: CaseKind
    keys: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Unlisted:
    """Balance transactions of the payments' balance that no payout lists, in one currency; at most so many, any."""

    currency: Currency
    most: int


@attrs.frozen(kw_only=True)
class AskedFor:
    """Payouts in one currency that may have been asked for: instant, or not known to be automatic."""

    currency: Currency


@attrs.frozen(kw_only=True)
class OfPayments:
    """Balance transactions of these payment intents, whatever they did, and of these charges that have no intent."""

    payment_intents: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()


FactSelection = (
    Everything
    | AllAccounts
    | WithIds
    | OfAmounts
    | AmountsWithin
    | PayoutsArriving
    | LinesDated
    | ItemsOf
    | MovementsOf
    | OfCharges
    | OfPayments
    | OpenDisputes
    | ReversalsOf
    | HeldMoney
    | CaseMovements
    | Unlisted
    | AskedFor
)
"""What can be asked for. Each costs what it finds, not what the company has; but `Unlisted` looks through all."""


@attrs.frozen(kw_only=True)
class RecordedFacts:
    """What a recording, or all recordings of a span of time, changed. Each fact is in exactly one of the first four."""

    new: CompanyFacts = NO_FACTS
    changed: CompanyFacts = NO_FACTS
    """As they are now."""
    unchanged: CompanyFacts = NO_FACTS
    """Told again with the same content."""
    retracted: tuple[BalanceTransaction, ...] = ()
    """As they were: they are no longer among the facts."""
    before: CompanyFacts = NO_FACTS
    """The `changed`, as they were before."""
    recorded_at: datetime | None = None
    """The moment of the recording, or of the last one in the span; None: nothing was ever recorded up to here."""

    @property
    def is_empty(self) -> bool:
        """Nothing is other than before."""
        return self.new == self.changed == NO_FACTS and not self.retracted


@attrs.frozen(kw_only=True)
class FactCounts:
    """How many facts the company has, versions replaced and transactions retracted not counted."""

    payouts: int
    balance_transactions: int
    accounts: int
    deposits: int


class Facts(Protocol):
    """The facts of the transaction's company. The order of what is returned has no meaning, but `stream`'s."""

    async def record(
        self,
        facts: CompanyFacts,
        *,
        source: FactSource,
        at: datetime,
        external_ids: Mapping[str, str] | None = None,
        retracted: Collection[BalanceTransactionId] = (),
    ) -> RecordedFacts:
        """Keeps these facts: a new id is added, other content becomes the current version, the same is a no-op.

        What is current afterwards depends only on the latest content told of each id. `external_ids` says, by our ids,
        how the partner calls them; an id not named keeps the one it has. `retracted` are transactions that their source
        has taken out (ids not known are passed over); told again, they are new. Bank lines are not retracted: they are
        recorded as withdrawn. The moment of the recording is `at`, or just after the company's last one if that is not
        earlier; a large one may take several that follow each other closely, and answers with the last. Waits for
        another transaction that records facts of this company. Ids must be unique within a kind.
        Raises UnstorableFact.
        """
        ...

    async def load(self, *wanted: FactSelection, to_change: bool = False) -> CompanyFacts:
        """The current facts that any of the selections asks for, each once. Sees what this transaction recorded.

        `to_change`: waits for other transactions that record facts of this company, and keeps them waiting until this
        one ends, so that what is decided by what was loaded is still true when it is recorded.
        """
        ...

    def stream(self, *, size_max: int = 10_000) -> AsyncIterator[CompanyFacts]:
        """All current facts, in batches of at most so many, so that memory stays flat.

        Accounts come first, then payouts, balance transactions and bank lines, each kind in the order of its ids.
        """
        ...

    async def changed_since(self, moment: datetime | None) -> RecordedFacts:
        """What recordings later than this moment changed, all together; None: since ever. `unchanged` stays empty.

        `before` is as it was at the moment. To go on from here, ask next for what changed since its `recorded_at`.
        """
        ...

    async def count(self, stripe_account: str | None = None) -> FactCounts:
        """How many there are of each kind; or of this Stripe account, which has no bank lines."""
        ...
