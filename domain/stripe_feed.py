"""How far an account has been read at Stripe, and what a check of it against Stripe found.

Stripe lists the newest first. A pass goes from the top down to where the pass before it began, and some way beyond, for
what is of the same second may stand in any order; the first pass goes to the end. A pass that broke off goes on where
it was before another begins: else what is between the two would never be read.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from domain.invoice_check import InvoiceCheckUnderWay, InvoicesChecked
from domain.money import Currency
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus
from domain.read_budget import read_every
from domain.stripe_account import StripeAccountId
from domain.stripe_check import CheckUnderWay

OVERLAP: Final = timedelta(minutes=10)
"""So far below the last pass's beginning is read again. What comes in still lower is found by checks."""
REVISABLE_DAYS: Final = 21
"""So long after its arrival a payout is looked at again: it may fail ten business days later, and gets its trace id."""
ONE_BY_ONE_MAX: Final = 10
"""So many payouts that may still change are asked for one by one, each time; more are listed, a hundred with a read."""
LOOK_BACK_EVERY: Final = timedelta(hours=6)
DISPUTES_EVERY: Final = timedelta(hours=6)
"""A dispute that is lost makes no movement: until it is decided, it is asked for again."""
DISPUTES_AT_ONCE: Final = 10
POLL_AT_LEAST_EVERY: Final = timedelta(hours=2)
POLL_AT_MOST_EVERY: Final = timedelta(minutes=30)
BACK_OFF: Final = timedelta(seconds=30)
BACK_OFF_MAX: Final = timedelta(minutes=30)
UNREADABLE_MAX: Final = 20
"""Records that cannot be read are named, the first few."""


@attrs.frozen(kw_only=True)
class ListProgress:
    """How far one of an account's lists has been read."""

    after: str | None = None
    """The pass goes on after this record; None: with the list's top."""
    top: str | None = None
    """The first record that the pass saw."""
    top_created: datetime | None = None
    marker: str | None = None
    """Where the last whole pass began; None: none has ended yet."""
    marker_created: datetime | None = None
    passed: bool = False
    """This pass has seen the marker."""
    whole: datetime | None = None
    """When the first pass, over all of the history, ended."""
    recorded: int = 0
    """Records that were new."""

    @property
    def is_under_way(self) -> bool:
        """A pass broke off."""
        return self.after is not None

    def read(
        self, ids: tuple[str, ...], first: datetime | None, last: datetime | None, *, has_more: bool, at: datetime
    ) -> "ListProgress":
        """After a page of these ids, whose first and last record were made then."""
        begun = self if self.after is not None or not ids else attrs.evolve(self, top=ids[0], top_created=first)
        passed = begun.passed or begun.marker in ids
        below = last is None or begun.marker_created is None or last < begun.marker_created - OVERLAP
        if has_more and ids and not (begun.marker is not None and passed and below):
            return attrs.evolve(begun, after=ids[-1], passed=passed)
        return attrs.evolve(
            begun,
            after=None,
            top=None,
            top_created=None,
            passed=False,
            marker=begun.top or begun.marker,
            marker_created=begun.top_created if begun.top else begun.marker_created,
            whole=begun.whole or at,
        )

    def again(self) -> "ListProgress":
        """From the top: the record after which it was to go on is gone."""
        return attrs.evolve(self, after=None, top=None, top_created=None, passed=False)


class InvoiceList(StrEnum):
    """The lists that invoices are read by."""

    INVOICES = "invoices"
    PAYMENTS = "payments"
    CREDIT_NOTES = "credit_notes"


@attrs.frozen(kw_only=True)
class InvoicesProgress:
    """How far an account's invoices have been read, what pays them, and their credit notes."""

    invoices: ListProgress = ListProgress()
    payments: ListProgress = ListProgress()
    credit_notes: ListProgress = ListProgress()
    refused: str | None = None
    """Why Stripe does not show them; they are asked for again each time, and nothing else waits for them."""
    check: InvoiceCheckUnderWay | None = None
    checked: InvoicesChecked | None = None
    """The last one; None: there was none yet."""
    next_check: datetime | None = None
    incomplete: int = 0
    """How many checks in a row found them incomplete, up to now."""

    def of(self, list_: InvoiceList) -> ListProgress:
        """Of this list."""
        progress: ListProgress = getattr(self, list_.value)
        return progress

    def at(self, list_: InvoiceList, progress: ListProgress) -> "InvoicesProgress":
        """This list has been read so far."""
        return attrs.evolve(self, **{list_.value: progress})  # type: ignore[arg-type]  # each is a ListProgress


@attrs.frozen(kw_only=True)
class StripeFeed:
    """How far one account has been read. It changes with the facts, in one transaction."""

    account: StripeAccountId
    payouts: ListProgress = ListProgress()
    transactions: ListProgress = ListProgress()
    invoices: InvoicesProgress = InvoicesProgress()
    begun: datetime
    polled: datetime | None = None
    """When it last was wholly up to date, as far as the lists' tops can tell."""
    next_poll: datetime | None = None
    reads: int = 0
    """Requests made of Stripe, ever."""
    failures: int = 0
    """In a row, up to now."""
    trouble: str | None = None
    """The last one's, in words."""
    unreadable: tuple[str, ...] = ()
    """Records that Stripe listed and we cannot read: their ids, the first few."""
    tried: datetime | None = None
    """When it last failed."""
    looked_back: datetime | None = None
    """When all payouts that may still change were last listed again, if they are too many to be asked for singly."""
    look_back_after: str | None = None
    """That list goes on after this payout."""
    disputes_looked: datetime | None = None
    """When the last of the disputes that are not decided was asked for, the last time."""
    dispute_after: str | None = None
    """They go on after this one, in the order of their ids."""
    paid_until: datetime | None = None
    """How far ahead of its time reading has used what may be read; see `domain.read_budget`."""
    recent: int = 0
    """Movements in thirty days, by the last check; before it, those that were read."""
    without_sources: str | None = None
    """Why Stripe does not say what is behind each movement (its charge, its payment): such are read without."""
    next_check: datetime | None = None
    check: CheckUnderWay | None = None
    incomplete: int = 0
    """How many checks in a row found it incomplete, up to now."""
    revision: int = 0
    """Grows with each change: who changes another revision than it read is refused."""

    @property
    def is_whole(self) -> bool:
        """The whole history has been listed once."""
        return self.payouts.whole is not None and self.transactions.whole is not None


@attrs.frozen(kw_only=True)
class Itemisation:
    """How far the list of what is in a payout has been read."""

    account: StripeAccountId
    payout: PayoutId
    after: str | None = None
    done: bool = False
    refused: str | None = None
    """Stripe will not list it, and why."""


@attrs.frozen(kw_only=True)
class BalancePart:
    """What Stripe says an account's balance is now, of one currency and kind of balance, in minor units."""

    currency: Currency
    balance_type: str
    available: int
    pending: int


@attrs.frozen(kw_only=True)
class BalanceCheck:
    """Of one currency and kind of balance: what Stripe says, and what the movements come to that it lists."""

    currency: str
    balance_type: str
    stated: int
    listed: int


@attrs.frozen(kw_only=True)
class RecordsCheck:
    """Of one kind of record, as numbers."""

    listed: int
    missing: int
    """Listed by Stripe, and not here."""
    extra: int
    """Here, and not listed by Stripe."""
    different: int
    """Listed with other amounts, or in another state, than here."""

    @property
    def agrees(self) -> bool:
        """Nothing is missing, extra or different."""
        return not (self.missing or self.extra or self.different)


@attrs.frozen(kw_only=True)
class FeedCheck:
    """An independent listing of everything, beside what is here. *Complete* is said by this alone."""

    account: StripeAccountId
    at: datetime
    payouts: RecordsCheck
    transactions: RecordsCheck
    balances: tuple[BalanceCheck, ...]
    reasons: tuple[str, ...]
    """Why it is incomplete; none: it is complete."""

    @property
    def is_complete(self) -> bool:
        """Proved at that moment."""
        return not self.reasons


def is_revisable(payout: Payout, today_ordinal: int) -> bool:
    """Whether Stripe may still say something else of it."""
    if payout.arrival_date.toordinal() + REVISABLE_DAYS >= today_ordinal:
        return True
    if payout.status in (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT):
        return True
    return bool(payout.automatic) and payout.reconciliation_status is ReconciliationStatus.IN_PROGRESS


def poll_after(reads: int, recent: int, jitter: float) -> timedelta:
    """How long to wait after a poll that took so many reads. `jitter`: from 0 to 1."""
    wait = max(POLL_AT_MOST_EVERY, min(POLL_AT_LEAST_EVERY, read_every(recent) * reads))
    return wait * (0.8 + 0.4 * jitter)


def back_off(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return min(BACK_OFF_MAX, BACK_OFF * (1 << min(max(failures, 1) - 1, 10)))
