"""An account's payouts, balance transactions and balance out of Stripe's API, by the readers that files have too.

Source: API version 2026-10-28: `GET /v1/payouts`, `/v1/balance_transactions`, `/v1/balance`.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from adapters.stripe_api import json_fields
from adapters.stripe_api.balance_transaction_json import balance_transaction_from_json
from adapters.stripe_api.list_pages import decoded, get, page_of, refuse_other_mode
from adapters.stripe_api.payout_json import payout_from_json
from adapters.stripe_api.stripe_requests import StripeRequests, name_of_key
from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout, PayoutId
from domain.stripe_feed import BalancePart
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord
from ports.stripe_feed_reader import FeedAccount, FeedPage
from ports.stripe_refusals import StripeAnswerUnreadable, StripePermissionMissing, StripeRefused

R = TypeVar("R")
_BALANCES: Final = ("issuing", "refund_and_dispute_prefunding", "risk_reserved")
"""Kinds of balance beside the payments', each an object of its own. What is reserved for connected accounts
(`connect_reserved`) was moved there by transactions of the payments' balance, and is no balance of movements itself."""


_TRANSACTIONS: Final = "/v1/balance_transactions"
_ASK_AGAIN: Final = 3_600.0
"""Seconds after which a key that may not read sources is tried again."""


@attrs.define
class _WithheldSources:
    """For which keys and accounts Stripe refused to expand sources lately, and why."""

    _refused: dict[tuple[str, str], tuple[float, str]] = attrs.Factory(dict)

    def remember(self, source: FeedAccount, why: str) -> None:
        """From now on, for a while."""
        self._refused[self._place(source)] = time.monotonic() + _ASK_AGAIN, why

    def reason(self, source: FeedAccount) -> str | None:
        """Why; None: it may be asked."""
        until, why = self._refused.get(self._place(source), (0.0, ""))
        return why if time.monotonic() < until else None

    @staticmethod
    def _place(source: FeedAccount) -> tuple[str, str]:
        return name_of_key(source.key), source.account


class StripeApiFeedReader:
    """Keeps the promises of `ports.stripe_feed_reader.StripeFeedReader`."""

    def __init__(self, requests: StripeRequests) -> None:
        self._requests = requests
        self._withheld = _WithheldSources()

    async def payouts(self, source: FeedAccount, *, after: str | None) -> FeedPage[Payout]:
        """Newest first."""
        return await self._page(source, "/v1/payouts", {}, after, lambda record: _payout(record, source))

    async def payout(self, source: FeedAccount, id: PayoutId) -> Payout:
        """By its id."""
        record = decoded(await get(self._requests, source, f"/v1/payouts/{id}", {}), dict[str, Any])
        try:
            payout = _payout(record, source)
        except UnreadableRecord as error:
            raise StripeAnswerUnreadable(f"{id}: {error}") from error
        if payout.id != id:
            raise StripeAnswerUnreadable(f"Stripe answered with another payout than {id}")
        return payout

    async def transactions(
        self, source: FeedAccount, *, after: str | None, bare: bool = False, made_by: str | None = None
    ) -> FeedPage[BalanceTransaction]:
        """Newest first."""
        return await self._transactions(source, None, {} if made_by is None else {"source": made_by}, after, bare=bare)

    async def items(self, source: FeedAccount, payout: PayoutId, *, after: str | None) -> FeedPage[BalanceTransaction]:
        """Newest first."""
        return await self._transactions(source, payout, {"payout": payout}, after, bare=False)

    async def _transactions(
        self, source: FeedAccount, payout: PayoutId | None, params: Mapping[str, str], after: str | None, *, bare: bool
    ) -> FeedPage[BalanceTransaction]:
        """With their sources, unless the key may not have them: those are a permission of their own."""
        read = lambda record: _transaction(record, payout, source)  # noqa: E731
        why = self._withheld.reason(source)
        if not bare and why is None:
            try:
                return await self._page(source, _TRANSACTIONS, {**params, "expand": ["data.source"]}, after, read)
            except (StripePermissionMissing, StripeRefused) as refusal:
                if isinstance(refusal, StripeRefused) and refusal.param != "expand":
                    raise
                why = str(refusal)
            page = await self._page(source, _TRANSACTIONS, params, after, read)
            self._withheld.remember(source, why)
        else:
            page = await self._page(source, _TRANSACTIONS, params, after, read)
        return attrs.evolve(page, without_sources=None if bare else why)

    async def balance(self, source: FeedAccount) -> tuple[BalancePart, ...]:
        """Every kind that the account has."""
        answer = decoded(await get(self._requests, source, "/v1/balance", {}), dict[str, Any])
        try:
            refuse_other_mode(answer, source)
            parts = _parts(answer, "payments")
            for kind in _BALANCES:
                if isinstance(answer.get(kind), Mapping):
                    parts += _parts(answer[kind], kind)
        except UnreadableRecord as error:
            raise StripeAnswerUnreadable(f"the balance: {error}") from error
        return tuple(parts)

    async def _page(
        self,
        source: FeedAccount,
        path: str,
        params: Mapping[str, Any],
        after: str | None,
        read: Callable[[JsonObject], R],
    ) -> FeedPage[R]:
        return await page_of(self._requests, source, path, params, after, read)


def _payout(record: JsonObject, source: FeedAccount) -> Payout:
    refuse_other_mode(record, source)
    return attrs.evolve(payout_from_json(record), stripe_account=source.account)


def _transaction(record: JsonObject, payout: PayoutId | None, source: FeedAccount) -> BalanceTransaction:
    """Without its status: whether it is available yet follows from the day, which `available_on` says, so that a fact
    is not another one each time that it is read."""
    return balance_transaction_from_json(record, payout, account=source.account, with_status=False)


def _parts(balance: JsonObject, kind: str) -> list[BalancePart]:
    amounts: dict[Any, list[int]] = {}
    for place, name in enumerate(("available", "pending")):
        listed = balance.get(name)
        for record in listed if isinstance(listed, list) else ():
            currency = json_fields.currency(record)
            amounts.setdefault(currency, [0, 0])[place] += json_fields.minor_units(
                record, "amount", currency
            ).minor_units
    return [
        BalancePart(currency=currency, balance_type=kind, available=available, pending=pending)
        for currency, (available, pending) in amounts.items()
    ]
