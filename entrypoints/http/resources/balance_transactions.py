"""Balance transactions: what payouts are made of."""

from collections.abc import Mapping
from datetime import date, datetime

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.fee_part import fees_by_kind
from domain.money import Money
from domain.payout import PayoutId
from entrypoints.http.fact_bodies import AnyId, place_of
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import Limit, MoneyBody, NoBody, PageBody
from ports.fact_lists import BalanceTransactionsWanted, ListedFact
from ports.facts import FactSource


@attrs.frozen(kw_only=True)
class FeePartBody:
    """What a fee comes to of one kind: `stripe_fee`, `application_fee`, `tax`, …; `not_detailed`: nothing says."""

    kind: str
    amount: MoneyBody


@attrs.frozen(kw_only=True)
class BalanceTransactionBody:
    """A movement of a balance; net = amount − fee = amount − the sum of `fees`. `payout`: the payout that lists it.

    `source_object` made it: a charge, a refund, a dispute, …; `charge` is the charge that it is about.
    """

    id: str
    external_id: str | None
    source: FactSource
    payout: str | None
    type: str | None
    reporting_category: str | None
    amount: MoneyBody
    fee: MoneyBody
    net: MoneyBody
    created: datetime | None
    available_on: date | None
    description: str | None
    source_object: str | None
    charge: str | None
    payment_intent: str | None
    invoice: str | None
    fees: tuple[FeePartBody, ...]
    updated: datetime

    @classmethod
    def of(cls, listed: ListedFact[BalanceTransaction]) -> "BalanceTransactionBody":
        """As it is shown."""
        transaction, told = listed.fact, listed.told
        return cls(
            id=transaction.id,
            external_id=told.external_id,
            source=told.told_by,
            payout=transaction.payout,
            type=transaction.type,
            reporting_category=transaction.reporting_category,
            amount=MoneyBody.of(transaction.amount),
            fee=MoneyBody.of(transaction.fee),
            net=MoneyBody.of(transaction.net),
            created=transaction.created,
            available_on=transaction.available_on,
            description=transaction.description,
            source_object=transaction.source,
            charge=transaction.charge,
            payment_intent=transaction.payment_intent,
            invoice=transaction.invoice,
            fees=fee_bodies(fees_by_kind(transaction.fee, transaction.fee_parts)),
            updated=told.recorded_at,
        )


def fee_bodies(fees: Mapping[str, Money]) -> tuple[FeePartBody, ...]:
    """Of each kind, as it is shown."""
    return tuple(FeePartBody(kind=kind, amount=MoneyBody.of(amount)) for kind, amount in fees.items())


@attrs.frozen(kw_only=True)
class ListBalanceTransactions:
    """Filters, and the page."""

    payout: AnyId | None = None
    type: AnyId | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100


async def list_balance_transactions(call: Call[ListBalanceTransactions, NoBody]) -> PageBody[BalanceTransactionBody]:
    """By id. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last one's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = BalanceTransactionsWanted(
        payout=None if query.payout is None else PayoutId(query.payout),
        type=query.type,
        updated_since=query.updated_since,
    )
    async with call.services.store.company(call.company.id) as transaction:
        after = await place_of(query.starting_after, "balance_transactions", None, query.updated_since, transaction)
        page = await transaction.fact_lists.balance_transactions(wanted, after=after, limit=query.limit)
    return PageBody(data=tuple(map(BalanceTransactionBody.of, page.records)), has_more=page.has_more)


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/balance_transactions",
        handler=list_balance_transactions,
        summary="List balance transactions",
        tag="Payouts",
        query=ListBalanceTransactions,
        answer=PageBody[BalanceTransactionBody],
    ),
)
