"""A partner tells payouts, and what is inside them, by its own ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.actor import Actor
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.partner import Mode, Tenant
from domain.pushed_payout import PushedPayout, items_of, payout_of, pushed_payout_id, refused_in_payouts
from domain.refused_field import RefusedField
from ports.facts import FactSource, ItemsOf, RecordedFacts
from ports.transaction import Store
from ports.use_cases.active_company import active_company, refuse
from ports.use_cases.told_facts import follow_up

PAYOUTS_MAX: Final = 1_000
ITEMS_MAX: Final = 20_000
"""Most payouts, and most items of all of them together, that can be told at once."""


async def push_payouts(
    payouts: Sequence[PushedPayout], *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> RecordedFacts:
    """Keeps the payouts, all or none. Told again, a payout and its items replace what was told before.

    Items that are no longer among those told are retracted; items are left alone if nothing is said of any. A payout
    that its items do not add up to is kept all the same: its breakdown names the remainder.
    Raises NoSuchCompany, CompanyIsArchived; FieldsRefused, with pointers into the list: `/data/3/amount/currency`.
    """
    refuse(_too_many(payouts) or refused_in_payouts(payouts, "/data", today=at.date()))
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        ids = {payout.external_id: pushed_payout_id(company, payout.external_id) for payout in payouts}
        inside = ItemsOf(payouts=tuple(ids.values()))
        known = (await transaction.facts.load(inside, to_change=True)).balance_transactions
        with_items = {item.payout for item in known}
        told = {item.id: item for payout in payouts for item in items_of(payout, company)}
        replaced = {ids[payout.external_id] for payout in payouts if payout.items is not None}
        facts = CompanyFacts(
            payouts=tuple(
                payout_of(
                    payout,
                    company,
                    is_itemised=ids[payout.external_id] in with_items if payout.items is None else bool(payout.items),
                    is_live=tenant.mode is Mode.LIVE,
                )
                for payout in payouts
            ),
            balance_transactions=tuple(told.values()),
        )
        recorded = await transaction.facts.record(
            facts,
            source=FactSource.PUSHED,
            at=at,
            external_ids=_external_ids(payouts, company),
            retracted=[item.id for item in known if item.payout in replaced and item.id not in told],
        )
        await follow_up(recorded, "payouts.pushed", transaction=transaction, who=who, at=at)
    return recorded


def _too_many(payouts: Sequence[PushedPayout]) -> list[RefusedField]:
    items = sum(len(payout.items or ()) for payout in payouts)
    if len(payouts) > PAYOUTS_MAX or items > ITEMS_MAX:
        reason = f"has {len(payouts)} payouts with {items} items; at most {PAYOUTS_MAX} with {ITEMS_MAX} at once"
        return [RefusedField(pointer="/data", reason=reason)]
    return []


def _external_ids(payouts: Sequence[PushedPayout], company: CompanyId) -> dict[str, str]:
    named: dict[str, str] = {}
    for payout in payouts:
        named[pushed_payout_id(company, payout.external_id)] = payout.external_id
        for told, item in zip(items_of(payout, company), payout.items or (), strict=True):
            named[told.id] = item.external_id
    return named
