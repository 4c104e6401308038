"""An independent look at an account: everything is listed anew, and compared with what is here and with its balance.

The balance is of one moment, and the listing is not: so the movements are listed, the balance is read, and the newest
of them are listed again; only if both listings agree is the balance that of what was listed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.company import CompanyId
from domain.payout import Payout
from domain.read_budget import MONTH
from domain.stripe_check import CheckUnderWay, Listing, Movements, Record
from domain.stripe_feed import BalanceCheck, BalancePart, FeedCheck, RecordsCheck
from ports.facts import FactCounts, WithIds
from ports.stripe_feed_reader import FeedAccount, FeedPage, PlaceGone, StripeFeedReader
from ports.stripe_refusals import StripeAnswerUnreadable
from ports.transaction import Store

READS_AT_ONCE: Final = 200
"""Of one check, before what is new is looked at again, and others get their turn."""
HEADS_MAX: Final = 5
"""An account that moves all the time is listed so often around its balance, and then said to be incomplete for that."""
RESTARTS_MAX: Final = 3


class FeedChecker:
    """One turn of a check of one account. Nothing of what is here is changed. All raise what the reader does."""

    def __init__(
        self, source: FeedAccount, *, company: CompanyId, at: datetime, store: Store, reader: StripeFeedReader
    ) -> None:
        self._source = source
        self._company = company
        self._at = at
        self._store = store
        self._reader = reader
        self._reads = 0
        self.so_far: CheckUnderWay | None = None

    async def begun(self) -> CheckUnderWay:
        """What is here is counted before anything is listed: all of it must be there."""
        async with self._store.snapshot(self._company) as transaction:
            counts: FactCounts = await transaction.facts.count(self._source.account)
        return CheckUnderWay(
            begun=self._at,
            payouts=Listing(here=counts.payouts),
            transactions=Listing(here=counts.balance_transactions),
        )

    async def listed_on(self, check: CheckUnderWay) -> CheckUnderWay:
        """Both lists, on from where they were, for one turn. Whatever ends it, `so_far` is as far as it came."""
        self.so_far = check
        while not self.so_far.is_listed and self._reads < READS_AT_ONCE:
            one = self._transactions if self.so_far.payouts.ended else self._payouts
            try:
                self.so_far = await one(self.so_far)
            except PlaceGone as gone:
                self.so_far = await self._anew(self.so_far, gone)
        return self._counting(self.so_far)

    async def concluded(self, check: CheckUnderWay, refused_lists: int) -> tuple[FeedCheck, CheckUnderWay]:
        """What there is to say, once both lists were seen, and what is new was read after that."""
        payouts = _found(check.payouts, (await self._here(check.payouts.suspect_ids))[0])
        transactions = _found(check.transactions, (await self._here(check.transactions.suspect_ids))[1])
        balances, agreed = await self._balances(check.movements)
        reasons = [] if agreed else ["the account moved while it was listed: its balance is not of what was listed"]
        for name, found in (("payouts", payouts), ("balance transactions", transactions)):
            if not found.agrees:
                reasons.append(f"{found.missing} {name} are missing, {found.extra} extra, {found.different} different")
        reasons += [
            f"the balance ({each.balance_type}, {each.currency}) is {each.stated}, "
            f"and the movements listed come to {each.listed}"
            for each in balances
            if agreed and each.stated != each.listed
        ]
        reasons += [f"unreadable: {each}" for each in (*check.payouts.unreadable, *check.transactions.unreadable)]
        if refused_lists:
            reasons.append(f"Stripe refused to say what is in {refused_lists} payouts")
        said = FeedCheck(
            account=self._source.account,
            at=self._at,
            payouts=payouts,
            transactions=transactions,
            balances=balances,
            reasons=tuple(reasons),
        )
        return said, self._counting(check)

    def _counting(self, check: CheckUnderWay) -> CheckUnderWay:
        counted = attrs.evolve(check, reads=check.reads + self._reads)
        self._reads = 0
        return counted

    async def _payouts(self, check: CheckUnderWay) -> CheckUnderWay:
        self._reads += 1
        page = await self._reader.payouts(self._source, after=check.payouts.after)
        here = (await self._here(page.ids))[0]
        return attrs.evolve(check, payouts=check.payouts.taking(page.records, here, page.unreadable, _goes_on(page)))

    async def _transactions(self, check: CheckUnderWay) -> CheckUnderWay:
        self._reads += 1
        page = await self._reader.transactions(self._source, after=check.transactions.after, bare=True)
        here = (await self._here(page.ids))[1]
        return attrs.evolve(
            check,
            transactions=check.transactions.taking(page.records, here, page.unreadable, _goes_on(page)),
            movements=check.movements.taking(page.records, last=page.last_created, since=check.begun - MONTH),
        )

    async def _anew(self, check: CheckUnderWay, gone: PlaceGone) -> CheckUnderWay:
        if check.restarts >= RESTARTS_MAX:
            raise StripeAnswerUnreadable("Stripe lists records which it does not know a moment later") from gone
        fresh = await self.begun()
        kept = fresh if not check.payouts.ended else attrs.evolve(fresh, payouts=check.payouts)
        return attrs.evolve(kept, begun=check.begun, reads=check.reads, restarts=check.restarts + 1)

    async def _here(self, ids: Sequence[str]) -> tuple[Mapping[str, Record], Mapping[str, Record]]:
        async with self._store.snapshot(self._company) as transaction:
            found = await transaction.facts.load(WithIds(ids=tuple(ids)))
        return {each.id: each for each in found.payouts}, {each.id: each for each in found.balance_transactions}

    async def _balances(self, movements: Movements) -> tuple[tuple[BalanceCheck, ...], bool]:
        """And whether the listings before and after agree."""
        for _ in range(HEADS_MAX):
            self._reads += 1
            stated = await self._reader.balance(self._source)
            after = await self._head(movements.anew())
            agreed = after.head_mark == movements.head_mark
            movements = after
            if agreed:
                break
        return _beside(stated, movements), agreed

    async def _head(self, movements: Movements) -> Movements:
        after: str | None = None
        while True:
            self._reads += 1
            try:
                page = await self._reader.transactions(self._source, after=after, bare=True)
            except PlaceGone:
                return movements  # it does not agree with what was listed before, and is listed again
            movements = movements.with_more_head(page.records)
            after = _goes_on(page)
            if after is None or (
                movements.head_since is not None
                and page.last_created is not None
                and page.last_created < movements.head_since
            ):
                return movements


def _found(listing: Listing, here: Mapping[str, Record]) -> RecordsCheck:
    missing, different = listing.looked_at_again(here)
    return RecordsCheck(listed=listing.listed, missing=missing, extra=listing.extra, different=different)


def _goes_on(page: FeedPage[Payout] | FeedPage[BalanceTransaction]) -> str | None:
    return page.ids[-1] if page.has_more else None


def _beside(stated: Sequence[BalancePart], movements: Movements) -> tuple[BalanceCheck, ...]:
    said = {(part.currency.code, part.balance_type): part.available + part.pending for part in stated}
    listed = movements.whole
    return tuple(
        BalanceCheck(
            currency=currency,
            balance_type=kind,
            stated=said.get((currency, kind), 0),
            listed=listed.get((currency, kind), 0),
        )
        for currency, kind in sorted({*said, *listed})
    )
