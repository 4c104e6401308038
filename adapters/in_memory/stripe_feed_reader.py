"""Accounts at a Stripe that asks nobody: what a test puts there is listed, the newest first.

Differences from the real one: keys are never looked at, there are no limits, and pages are as long as a test says.
"""

from collections import defaultdict
from typing import Any, TypeVar

import attrs

from adapters.in_memory.listed_pages import page_of
from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout, PayoutId
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import BalancePart
from ports.stripe_feed_reader import FeedAccount, FeedPage
from ports.stripe_refusals import StripeRefused

R = TypeVar("R", Payout, BalanceTransaction)


@attrs.define
class InMemoryStripeFeedReader:
    """Keeps the promises of `ports.stripe_feed_reader.StripeFeedReader`."""

    page: int = 100
    payouts_of: dict[StripeAccountId, list[Payout]] = attrs.Factory(lambda: defaultdict(list))
    """From the oldest on."""
    transactions_of: dict[StripeAccountId, list[BalanceTransaction]] = attrs.Factory(lambda: defaultdict(list))
    """From the oldest on, with the payouts that they are in."""
    balances: dict[StripeAccountId, tuple[BalancePart, ...]] = attrs.Factory(dict)
    refusal: Exception | None = None
    """What every question ends in from now on."""

    async def payouts(self, source: FeedAccount, *, after: str | None) -> FeedPage[Payout]:
        """All."""
        return self._page(self.payouts_of[source.account], after)

    async def payout(self, source: FeedAccount, id: PayoutId) -> Payout:
        """One."""
        self._answer()
        for payout in self.payouts_of[source.account]:
            if payout.id == id:
                return payout
        raise _refused("resource_missing", "id", f"No such payout: '{id}'")

    async def transactions(
        self, source: FeedAccount, *, after: str | None, bare: bool = False, made_by: str | None = None
    ) -> FeedPage[BalanceTransaction]:
        """All, without the payouts that they are in."""
        listed = [each for each in self.transactions_of[source.account] if made_by in (None, each.source)]
        page = self._page(listed, after)
        said = tuple(attrs.evolve(each, **_unsaid(each, bare=bare)) for each in page.records)
        return attrs.evolve(page, records=said)

    async def items(self, source: FeedAccount, payout: PayoutId, *, after: str | None) -> FeedPage[BalanceTransaction]:
        """Of an automatic payout."""
        if not (await self.payout(source, payout)).automatic:
            words = "Balance transaction history can only be filtered on automatic transfers, not manual."
            raise _refused(None, "payout", words)
        return self._page([each for each in self.transactions_of[source.account] if each.payout == payout], after)

    async def balance(self, source: FeedAccount) -> tuple[BalancePart, ...]:
        """As it was put."""
        self._answer()
        return self.balances.get(source.account, ())

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def _page(self, oldest_first: list[R], after: str | None) -> FeedPage[R]:
        self._answer()
        return page_of(oldest_first, after=after, size=self.page)


def _unsaid(transaction: BalanceTransaction, *, bare: bool) -> dict[str, Any]:
    """What the list of all does not say of it."""
    names = [] if transaction.type == "payout" else ["payout"]
    if bare:
        names += ["of_charge", "payment_intent", "invoice", "of_source", "dispute_status"]
    return dict.fromkeys(names)


def _refused(code: str | None, param: str, message: str) -> StripeRefused:
    return StripeRefused(
        status=400, type="invalid_request_error", code=code, param=param, message=message, request_id=None
    )
