"""What would come of changes of rules and decisions? Worked out on a snapshot; nothing but the question is kept."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId
from domain.partner import Tenant
from domain.what_if import ProposedChanges, refused_in_changes
from ports.reconciliation_record import DecidedAnew
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company, refuse
from ports.use_cases.effect_of import counts_of, effect_of
from ports.use_cases.foretell import difference
from ports.use_cases.make_changes import make_changes
from ports.use_cases.reconcile_company import Decided, day_of, decide_all_as_kept, decide_company
from ports.use_cases.supposed_transaction import SupposedTransaction
from ports.what_ifs import StandsOn, WhatIf, WhatIfHead

ANEW_MAX: Final = 50_000
"""A rule changes what everything is learned from, so that all is decided twice: of more payouts and bank lines than
these, nobody who asks would wait for the answer."""


async def ask_what_if(
    id: str,
    proposed: ProposedChanges,
    *,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
    anew_max: int = ANEW_MAX,
) -> WhatIf:
    """The answer, kept under this new id. It holds for the company's day.

    Raises FieldsRefused, ChangeContradicts, TooMuchToDecide, and what `active_company` raises.
    """
    refuse(refused_in_changes(proposed))
    async with store.snapshot(company) as snapshot:
        known = await active_company(company, tenant=tenant, companies=snapshot.companies)
        what_if = await _answered(id, proposed, known, who, at, snapshot, anew_max)
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        await transaction.what_ifs.add(what_if)
        await transaction.audit.append([AuditEntry(who=who, action="what_if.asked", subject=id, at=at)])
    return what_if


async def _answered(
    id: str,
    proposed: ProposedChanges,
    company: Company,
    who: Actor,
    at: datetime,
    snapshot: CompanyTransaction,
    anew_max: int,
) -> WhatIf:
    today = day_of(company, at)
    basis = await snapshot.reconciliation.basis()
    decisions = (await snapshot.decisions.since(0 if basis is None else basis.decisions)).last
    supposed = SupposedTransaction(snapshot, decisions=decisions)
    await make_changes(proposed, transaction=supposed, who=who, at=at)
    without = await decide_company(snapshot, today, anew_max=anew_max)
    with_ = await decide_company(supposed, today, anew_max=anew_max)
    found = await difference(snapshot, *await _alike(snapshot, supposed, today, without, with_))
    stands_on = StandsOn(
        as_of=today,
        facts=(await snapshot.facts.changed_since(None if basis is None else basis.facts)).recorded_at,
        decisions=decisions,
        rules=(await snapshot.matching_rules.in_force()).changes,
        run=0 if basis is None else basis.run,
        is_up_to_date=without is None,
    )
    head = WhatIfHead(
        id=id,
        asked_by=who,
        asked_at=at,
        expires_at=_end_of_day(company, today),
        stands_on=stands_on,
        counts=counts_of(found),
    )
    return WhatIf(head=head, proposed=proposed, effect=await effect_of(found, snapshot))


async def _alike(
    snapshot: CompanyTransaction,
    supposed: CompanyTransaction,
    today: date,
    without: Decided | None,
    with_: Decided | None,
) -> tuple[Decided | None, Decided | None]:
    """Where one of them is everything, the other must be too, to be compared with it."""
    if _is_whole(without) == _is_whole(with_):
        return without, with_
    if _is_whole(with_):
        return await decide_all_as_kept(snapshot, today), with_
    return without, await decide_all_as_kept(supposed, today)


def _is_whole(decided: Decided | None) -> bool:
    return decided is not None and isinstance(decided[0], DecidedAnew)


def _end_of_day(company: Company, today: date) -> datetime:
    return datetime.combine(today + timedelta(days=1), time(), tzinfo=ZoneInfo(company.time_zone))
