"""Payouts, pushed by a partner or found by a feed, and what is inside them."""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from domain.actor import acting
from domain.balance_transaction import BalanceTransaction
from domain.invoice import InvoiceId
from domain.payout import PayoutId
from domain.payout_item import PayoutItem
from domain.pushed_payout import pushed_payout_id
from entrypoints.http.fact_bodies import PushedListBody, amount_wanted, place_of, pushed
from entrypoints.http.problem_details import not_found
from entrypoints.http.resources.cases import CaseBody
from entrypoints.http.resources.payout_bodies import (
    BreakdownBody,
    CategoryTotalBody,
    FeeTotalBody,
    ListPayouts,
    PayoutBody,
    PayoutDetailBody,
    PayoutItemBody,
    PushPayouts,
    RemainderBody,
)
from entrypoints.http.route import BULK_MAX, PARTNERS, Call, Route
from entrypoints.http.wire_types import MoneyBody, NoBody, NoQuery, PageBody
from ports.fact_lists import PayoutsWanted, Told
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import KeptPayoutOutcome, PayoutOutcomesWanted, ReconciliationLists
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.follow_invoices import invoices_of_movements
from ports.use_cases.list_cases import CasesWanted, list_cases
from ports.use_cases.payout_contents import PayoutContents, payout_contents
from ports.use_cases.push_payouts import push_payouts

CASES_SHOWN: Final = 100
"""With a payout; all are in a list of their own."""


async def push_some_payouts(call: Call[NoQuery, PushPayouts]) -> PushedListBody:
    """Known by your own ids: pushing the same again changes nothing, pushing something else under one replaces it.

    One bad payout refuses them all, with a pointer to each field that is wrong. A payout that its items do not add up
    to is taken, and its breakdown names the remainder.
    """
    payouts = [each.payout() for each in call.body.data]
    recorded = await push_payouts(
        payouts,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    ids = [(pushed_payout_id(call.company.id, each.external_id), each.external_id) for each in payouts]
    changed_inside = {
        item.payout for facts in (recorded.new, recorded.changed) for item in facts.balance_transactions
    } | {item.payout for item in recorded.retracted}
    return pushed(recorded, "payouts", ids, also_changed=changed_inside)


async def list_payouts(call: Call[ListPayouts, NoBody]) -> PageBody[PayoutBody]:
    """The latest arrival date first. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last payout's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = PayoutsWanted(
        status=query.status,
        amount=amount_wanted(query.minor_units, query.currency),
        ids=None if query.external_id is None else (pushed_payout_id(call.company.id, query.external_id),),
        first_day=query.arrival_from,
        last_day=query.arrival_to,
        updated_since=query.updated_since,
    )
    async with call.services.store.company(call.company.id) as transaction:
        after = await place_of(query.starting_after, "payouts", "arrival_date", query.updated_since, transaction)
        page = await transaction.fact_lists.payouts(wanted, after=after, limit=query.limit)
        standing = await _standing([each.fact.id for each in page.records], transaction.reconciliation_lists)
    return PageBody(
        data=tuple(PayoutBody.of(each.fact, each.told, standing.get(each.fact.id)) for each in page.records),
        has_more=page.has_more,
    )


async def _standing(ids: Sequence[PayoutId], lists: ReconciliationLists) -> Mapping[PayoutId, KeptPayoutOutcome]:
    """What became of these; at most a page of them."""
    if not ids:
        return {}
    found = await lists.payout_outcomes(PayoutOutcomesWanted(ids=tuple(ids)), limit=PAGE_MAX)
    return {each.outcome.payout: each for each in found.records}


async def read_payout(call: Call[NoQuery, NoBody]) -> PayoutDetailBody:
    """With all its items, however many they are."""
    id = PayoutId(call.path["payout"])
    async with call.services.store.snapshot(call.company.id) as snapshot:
        contents = await payout_contents(id, snapshot.facts)
        if contents is None:
            raise not_found()
        told = await snapshot.fact_lists.told((id, *(item.transaction for item in contents.breakdown.items)))
        standing = await _standing([id], snapshot.reconciliation_lists)
        inside = tuple(contents.transactions[item.transaction] for item in contents.breakdown.items)
        invoices = await invoices_of_movements(inside, snapshot)
        cases, more = await list_cases(CasesWanted(payout=id), after=None, limit=CASES_SHOWN, snapshot=snapshot)
    items = tuple(
        _item(each, contents.transactions[each.transaction], told, invoices.get(each.transaction, ()))
        for each in contents.breakdown.items
    )
    listed = PayoutBody.of(contents.payout, told[id], standing.get(id))
    return PayoutDetailBody(
        **attrs.asdict(listed, recurse=False),
        breakdown=_breakdown(contents, items),
        cases=tuple(map(CaseBody.of, cases)),
        more_cases=more,
    )


def _item(
    item: PayoutItem, transaction: BalanceTransaction, told: Mapping[str, Told], invoices: Sequence[InvoiceId]
) -> PayoutItemBody:
    return PayoutItemBody(
        balance_transaction=item.transaction,
        external_id=told[item.transaction].external_id,
        type=transaction.type,
        reporting_category=transaction.reporting_category,
        description=transaction.description,
        source_object=transaction.source,
        charge=transaction.charge,
        amount=MoneyBody.of(item.amount),
        fee=MoneyBody.of(item.fee),
        net=MoneyBody.of(item.net),
        is_part=item.is_part,
        invoices=tuple(invoices),
    )


def _breakdown(contents: PayoutContents, items: tuple[PayoutItemBody, ...]) -> BreakdownBody:
    breakdown, totals = contents.breakdown, contents.totals
    remainder = breakdown.remainder
    return BreakdownBody(
        items=items,
        by_category=tuple(
            CategoryTotalBody(
                category=each.category,
                count=each.count,
                gross=MoneyBody.of(each.gross),
                fees=MoneyBody.of(each.fees),
                net=MoneyBody.of(each.net),
                suspense=each.suspense,
            )
            for each in totals.categories
        ),
        fees_by_kind=tuple(
            FeeTotalBody(kind=each.kind, count=each.count, amount=MoneyBody.of(each.amount)) for each in totals.fees
        ),
        suspense=totals.suspense,
        gross=MoneyBody.of(breakdown.gross),
        fees=MoneyBody.of(breakdown.fees),
        net=MoneyBody.of(breakdown.net),
        remainder=RemainderBody(
            amount=MoneyBody.of(remainder.amount), label=remainder.label, in_words=remainder.label.in_words
        ),
        inferred=breakdown.inferred,
    )


PUSH_EXAMPLE: Final = {
    "data": [
        {
            "external_id": "payout-2026-06-30",
            "amount": {"minor_units": 97500, "currency": "usd"},
            "arrival_date": "2026-06-30",
            "trace_id": "ST-A1B2C3D4E5F6",
            "items": [
                {
                    "external_id": "payment-4711",
                    "type": "charge",
                    "amount": {"minor_units": 100000, "currency": "usd"},
                    "fee": {"minor_units": 2500, "currency": "usd"},
                }
            ],
        }
    ]
}

ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/payouts",
        handler=push_some_payouts,
        summary="Push payouts, with what is inside them",
        tag="Payouts",
        may=PARTNERS,
        body=PushPayouts,
        body_max=BULK_MAX,
        example=PUSH_EXAMPLE,
        answer=PushedListBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/payouts",
        handler=list_payouts,
        summary="List payouts",
        tag="Payouts",
        query=ListPayouts,
        answer=PageBody[PayoutBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/payouts/{payout}",
        handler=read_payout,
        summary="Read a payout, with its breakdown",
        tag="Payouts",
        answer=PayoutDetailBody,
    ),
)
