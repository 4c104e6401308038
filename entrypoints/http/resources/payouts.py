"""Payouts, pushed by a partner or found by a feed, and what is inside them."""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from domain.actor import acting
from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payout import PayoutId
from domain.payout_breakdown import PayoutBreakdown, break_down_payouts
from domain.payout_item import PayoutItem
from domain.pushed_payout import pushed_payout_id
from entrypoints.http.fact_bodies import PushedListBody, amount_wanted, place_of, pushed
from entrypoints.http.problem_details import not_found
from entrypoints.http.resources.payout_bodies import (
    BreakdownBody,
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
from ports.facts import Facts, ItemsOf, WithIds
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import KeptPayoutOutcome, PayoutOutcomesWanted, ReconciliationLists
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.push_payouts import push_payouts


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
    async with call.services.store.company(call.company.id) as transaction:
        facts = await _around(id, transaction.facts)
        payout = next((each for each in facts.payouts if each.id == id), None)
        if payout is None:
            raise not_found()
        breakdown = next(each for each in break_down_payouts(facts).payouts if each.payout == id)
        told = await transaction.fact_lists.told((id, *(item.transaction for item in breakdown.items)))
        standing = await _standing([id], transaction.reconciliation_lists)
    transactions = {transaction.id: transaction for transaction in facts.balance_transactions}
    items = tuple(_item(each, transactions[each.transaction], told) for each in breakdown.items)
    listed = PayoutBody.of(payout, told[id], standing.get(id))
    return PayoutDetailBody(**attrs.asdict(listed, recurse=False), breakdown=_breakdown(breakdown, items))


async def _around(id: PayoutId, facts: Facts) -> CompanyFacts:
    """What its breakdown needs: its items, its own movement, and the payout that this may be listed in."""
    payouts = (await facts.load(WithIds(ids=(id,)))).payouts
    movements = tuple(payout.balance_transaction for payout in payouts if payout.balance_transaction)
    found = await facts.load(WithIds(ids=(id, *movements)), ItemsOf(payouts=(id,)))
    elsewhere = {each.payout for each in found.balance_transactions if each.payout} - {id}
    if not elsewhere:
        return found
    others = await facts.load(WithIds(ids=tuple(elsewhere)))
    return attrs.evolve(found, payouts=(*found.payouts, *others.payouts))


def _item(item: PayoutItem, transaction: BalanceTransaction, told: Mapping[str, Told]) -> PayoutItemBody:
    return PayoutItemBody(
        balance_transaction=item.transaction,
        external_id=told[item.transaction].external_id,
        type=transaction.type,
        description=transaction.description,
        amount=MoneyBody.of(item.amount),
        fee=MoneyBody.of(item.fee),
        net=MoneyBody.of(item.net),
        is_part=item.is_part,
    )


def _breakdown(breakdown: PayoutBreakdown, items: tuple[PayoutItemBody, ...]) -> BreakdownBody:
    remainder = breakdown.remainder
    return BreakdownBody(
        items=items,
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
