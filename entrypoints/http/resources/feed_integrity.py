"""Whether everything that Stripe has of a company is here: what independent listings found."""

from datetime import datetime
from typing import Final

import attrs

from domain.stripe_feed import BalanceCheck, FeedCheck, InvoicesProgress, RecordsCheck, StripeFeed
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import NoBody, NoQuery


@attrs.frozen(kw_only=True)
class RecordsCheckBody:
    """As numbers: listed by Stripe; of those not here; here and not listed; and listed with other numbers."""

    listed: int
    missing: int
    extra: int
    different: int

    @classmethod
    def of(cls, check: RecordsCheck) -> "RecordsCheckBody":
        """As it is shown."""
        return cls(**attrs.asdict(check))


@attrs.frozen(kw_only=True)
class BalanceCheckBody:
    """Stripe's balance at that moment, and what the movements come to that it lists, in minor units."""

    currency: str
    balance_type: str
    stated: int
    listed: int

    @classmethod
    def of(cls, check: BalanceCheck) -> "BalanceCheckBody":
        """As it is shown."""
        return cls(**attrs.asdict(check))


@attrs.frozen(kw_only=True)
class FeedCheckBody:
    """One account. `complete` is proved at the moment `checked`, or not claimed; `reasons` say why not.

    `next_check`: a day later, an hour after one that found it incomplete, and seldomer where a long history with little
    business would cost more reads than Stripe grants. `checking`: records listed so far, while one is under way.
    """

    account: str
    complete: bool
    reasons: tuple[str, ...]
    checked: datetime | None
    next_check: datetime | None
    checking: int | None
    payouts: RecordsCheckBody | None
    balance_transactions: RecordsCheckBody | None
    invoices: RecordsCheckBody | None
    """Null where Stripe does not show them: then nothing is said of them."""
    balances: tuple[BalanceCheckBody, ...]


@attrs.frozen(kw_only=True)
class FeedIntegrityBody:
    """`complete`: that of every account of the company, each by its last check. Without an account, nothing is."""

    complete: bool
    accounts: tuple[FeedCheckBody, ...]


async def read_feed_integrity(call: Call[NoQuery, NoBody]) -> FeedIntegrityBody:
    """Stripe is asked about once a day for each account, and not by this."""
    async with call.services.store.control() as control:
        connections = await control.stripe_accounts.of_company(call.company.id)
    async with call.services.store.snapshot(call.company.id) as transaction:
        checks = {check.account: check for check in await transaction.feed_checks.latest()}
        feeds = {feed.account: feed for feed in await transaction.stripe_feeds.all()}
    accounts = tuple(_body(each.account, checks.get(each.account), feeds.get(each.account)) for each in connections)
    return FeedIntegrityBody(complete=bool(accounts) and all(each.complete for each in accounts), accounts=accounts)


def _body(account: str, check: FeedCheck | None, feed: StripeFeed | None) -> FeedCheckBody:
    under_way = None if feed is None else feed.check
    next_check = None if feed is None else feed.next_check
    checking = None if under_way is None else under_way.payouts.listed + under_way.transactions.listed
    invoices = InvoicesProgress() if feed is None else feed.invoices
    if check is None:
        return FeedCheckBody(
            account=account,
            complete=False,
            reasons=("its history has not been read to the end and checked yet",),
            checked=None,
            next_check=next_check,
            checking=checking,
            payouts=None,
            balance_transactions=None,
            invoices=None,
            balances=(),
        )
    checked = invoices.checked if invoices.refused is None else None
    reasons = (*check.reasons, *(() if checked is None else checked.reasons))
    return FeedCheckBody(
        account=account,
        complete=not reasons,
        reasons=reasons,
        checked=check.at,
        next_check=next_check,
        checking=checking,
        payouts=RecordsCheckBody.of(check.payouts),
        balance_transactions=RecordsCheckBody.of(check.transactions),
        invoices=None
        if checked is None
        else RecordsCheckBody(
            listed=checked.listed, missing=checked.missing, extra=checked.extra, different=checked.different
        ),
        balances=tuple(map(BalanceCheckBody.of, check.balances)),
    )


_TAG: Final = "Stripe"

ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/feed_integrity",
        handler=read_feed_integrity,
        summary="Whether everything that Stripe has is here",
        tag=_TAG,
        answer=FeedIntegrityBody,
    ),
)
