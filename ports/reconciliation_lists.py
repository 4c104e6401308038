"""What was decided, for whoever looks at it: page by page, with its history. Part of a company's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import attrs

from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchKind, MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from ports.pages import Page, PageKey


@attrs.frozen(kw_only=True)
class KeptMatch:
    """A match as it was kept by one run. `reversed`: it holds no longer; `rejected`: nor that, by a person's word."""

    id: str
    version: int
    """1 when it was first found."""
    match: ReconciliationMatch
    """Its status is the one of this version."""
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class KeptPayoutOutcome:
    """Where a payout stands, and since when it is said so."""

    outcome: PayoutOutcome
    match: str | None
    """The match that it is in, if any."""
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class KeptDepositOutcome:
    """What a bank line is, and since when it is said so."""

    outcome: DepositOutcome
    match: str | None
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class KeptBreak:
    """A break, open or resolved."""

    id: str
    found: ReconciliationBreak
    opened_at: datetime
    """When last."""
    resolved_at: datetime | None
    changed_before: datetime | None = None
    """When it was opened or resolved before the last time; None: never."""

    @property
    def changed_at(self) -> datetime:
        """When it was opened or resolved last."""
        return self.resolved_at or self.opened_at


@attrs.frozen(kw_only=True)
class MatchesWanted:
    """Which matches, all filters together; those that hold no longer only if their status is asked for."""

    status: MatchStatus | None = None
    kind: MatchKind | None = None
    record: str | None = None
    """The id of a payout or bank line that is in it."""
    ids: tuple[str, ...] | None = None
    updated_since: datetime | None = None
    """Changed then or later, also those that hold no longer; the oldest change first."""


@attrs.frozen(kw_only=True)
class PayoutOutcomesWanted:
    """Of which payouts."""

    ids: tuple[PayoutId, ...] | None = None
    outcomes: tuple[PayoutOutcomeKind, ...] | None = None


@attrs.frozen(kw_only=True)
class DepositOutcomesWanted:
    """Of which bank lines."""

    ids: tuple[BankDepositId, ...] | None = None
    outcomes: tuple[DepositOutcomeKind, ...] | None = None


@attrs.frozen(kw_only=True)
class BreaksWanted:
    """Which breaks, all filters together."""

    id: str | None = None
    kind: BreakKind | None = None
    resolved: bool | None = None
    """None: the open ones; with `id` or `updated_since`, both."""
    updated_since: datetime | None = None
    """Opened or resolved then or later; the oldest change first."""

    @property
    def is_resolved(self) -> bool | None:
        """What is asked for, said or not; None: both."""
        both = self.resolved is None and (self.id is not None or self.updated_since is not None)
        return None if both else bool(self.resolved)


class ReconciliationLists(Protocol):
    """Lists are in the order of ids; with `updated_since`, of the last change and then the id. Limits up to 250."""

    async def matches(
        self, wanted: MatchesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptMatch]:
        """Matches as they are now."""
        ...

    async def match_history(self, id: str) -> Sequence[KeptMatch]:
        """All versions of a match, the first one first; empty if there is no such match."""
        ...

    async def payout_outcomes(
        self, wanted: PayoutOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptPayoutOutcome]:
        """Outcomes of payouts as they are now."""
        ...

    async def deposit_outcomes(
        self, wanted: DepositOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptDepositOutcome]:
        """Outcomes of bank lines as they are now."""
        ...

    async def breaks(self, wanted: BreaksWanted, *, after: PageKey | None = None, limit: int = 100) -> Page[KeptBreak]:
        """Breaks."""
        ...
