"""What is read of an account at Stripe: its lists, newest first, page by page, and its balance."""

from datetime import datetime
from typing import Generic, Protocol, TypeVar

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.partner import Mode
from domain.payout import Payout, PayoutId
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import BalancePart

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class FeedAccount:
    """Whom to ask for."""

    account: StripeAccountId
    key: Secret = attrs.field(repr=False)
    is_own: bool
    """The platform's own."""
    mode: Mode


@attrs.frozen(kw_only=True)
class FeedPage(Generic[R]):
    """One page. `ids` are all that it lists, also of what cannot be read."""

    records: tuple[R, ...]
    ids: tuple[str, ...]
    unreadable: tuple[str, ...]
    """With the reason, each."""
    first_created: datetime | None
    last_created: datetime | None
    has_more: bool
    without_sources: str | None = None
    """Why it does not say what is behind each balance transaction; None: it does, or has none."""


class PlaceGone(Exception):
    """The record after which the page was to begin is not there any more: begin at the top."""


class StripeFeedReader(Protocol):
    """All raise what `ports.stripe_refusals` has. A record of the other mode is no answer: StripeAnswerUnreadable."""

    async def payouts(self, source: FeedAccount, *, after: str | None) -> FeedPage[Payout]:
        """A page of all payouts. Raises PlaceGone."""
        ...

    async def payout(self, source: FeedAccount, id: PayoutId) -> Payout:
        """One payout, as it is now."""
        ...

    async def transactions(
        self, source: FeedAccount, *, after: str | None, bare: bool = False, made_by: str | None = None
    ) -> FeedPage[BalanceTransaction]:
        """A page of all balance transactions. In which payout they are is not said. Raises PlaceGone.

        `made_by`: of those only that have this source.
        `bare`: nothing is wanted of what is behind each, which makes the answer several times smaller.
        """
        ...

    async def items(self, source: FeedAccount, payout: PayoutId, *, after: str | None) -> FeedPage[BalanceTransaction]:
        """A page of what is in an automatic payout, its own movement among it. Raises PlaceGone."""
        ...

    async def balance(self, source: FeedAccount) -> tuple[BalancePart, ...]:
        """What the account has now."""
        ...
