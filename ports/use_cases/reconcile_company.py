"""Brings a company's matches and outcomes up to date with its facts, people's decisions, and the day.

What is decided is decided on one snapshot, in which nobody waits; what it changed is recorded in one transaction, with
the events that tell of it and the end of the work. Whatever was told meanwhile asked for the work again.
"""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyStatus
from domain.matching.deposit_matching import decide_deposits
from domain.matching.model import ModelSnapshot
from domain.matching.neighbourhood import NeighbourhoodTooLarge, ReconciliationChanges
from domain.matching.standing import standings
from domain.matching_rule import as_read, said_by_rules
from domain.work import ClaimedWork
from ports.decisions import DecisionChanges
from ports.facts import Everything, RecordedFacts
from ports.matching_rules import RulesInForce
from ports.reconciliation_record import DecidedAnew, KeptBasis, RecordedChanges, StandingsWanted
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.decide_change import decide_change
from ports.use_cases.itemised_breaks import itemised_breaks
from ports.use_cases.reconciliation_events import events_of

LEARN_AGAIN_PERCENT: Final = 120
"""The model is learned anew when there are so many records to a hundred of those it was learned from."""
STICKY_FROM_RECORDS: Final = 1_000
"""From so many records on, matches accepted before stay when the model is learned anew, unless clearly beaten. A
smaller company's matches are a function of its facts alone."""

Decision = DecidedAnew | ReconciliationChanges


async def reconcile_company(claimed: ClaimedWork, *, at: datetime, store: Store) -> RecordedChanges:
    """Does the work and finishes it; it is due again when the company's next day begins.

    Raises RunOvertaken and LeaseLost, and has then changed nothing; StoreUnavailable.
    """
    async with store.snapshot(claimed.company) as snapshot:
        company = await snapshot.companies.of(claimed.company)
        today = _today(company, at)
        was = await snapshot.reconciliation.basis()
        decided = None if company is None or _is_closed(company) else await _decide(snapshot, today)
    async with store.company(claimed.company) as transaction:
        changes = RecordedChanges()
        still_there = await transaction.companies.of(claimed.company)
        if decided is not None and still_there is not None:
            decision, basis = decided
            if isinstance(decision, DecidedAnew):
                changes = await transaction.reconciliation.replace(decision, basis=basis, at=at)
            else:
                changes = await transaction.reconciliation.change(decision, basis=basis, at=at)
            events = events_of(changes, was=was.horizon if was else None, now=basis.horizon, at=at)
            await transaction.outbox.append(events)
            if events:
                detail = {"run": basis.run, "as_of": today.isoformat(), "events": len(events)}
                done = AuditEntry(
                    who=ENGINE, action="company.reconciled", subject=claimed.company, at=at, detail=detail
                )
                await transaction.audit.append([done])
        await transaction.work.finish(claimed, next_at=None if company is None else _next_day(company, at))
    return changes


async def _decide(snapshot: CompanyTransaction, as_of: date) -> tuple[Decision, KeptBasis] | None:
    """What is to be recorded, and on what basis; None if nothing is other than at the last run."""
    basis = await snapshot.reconciliation.basis()
    changed = await snapshot.facts.changed_since(basis.facts if basis else None)
    if changed.recorded_at is None:
        return None
    decisions = await snapshot.decisions.since(basis.decisions if basis else 0)
    rules = await snapshot.matching_rules.in_force()
    if basis is None or basis.rules != rules.changes:  # a text that a rule names Stripe's is also learned from
        return await _anew(snapshot, as_of, changed, decisions, rules, basis, None)
    unchanged = changed.is_empty and not decisions.decided and not decisions.undone
    if unchanged and as_of == basis.horizon.as_of:
        return None
    records = basis.records + len(changed.new.payouts) + len(changed.new.deposits)
    if records * 100 >= basis.learned_from_records * LEARN_AGAIN_PERCENT and records > basis.learned_from_records:
        return await _anew(snapshot, as_of, changed, decisions, rules, basis, None)
    model = await snapshot.reconciliation.model(basis.model)
    try:
        return await decide_change(
            snapshot,
            as_of=as_of,
            changed=changed,
            decisions=decisions,
            rules=rules.rules,
            basis=basis,
            records=records,
            model=model,
        )
    except NeighbourhoodTooLarge:
        return await _anew(snapshot, as_of, changed, decisions, rules, basis, model)


async def _anew(
    snapshot: CompanyTransaction,
    as_of: date,
    changed: RecordedFacts,
    decisions: DecisionChanges,
    rules: RulesInForce,
    basis: KeptBasis | None,
    model: ModelSnapshot | None,
) -> tuple[DecidedAnew, KeptBasis]:
    """Everything, under this model, or under one that is learned from what there is now."""
    facts = await snapshot.facts.load(Everything())
    people = [each.decision for each in await snapshot.decisions.in_force()]
    read = as_read(facts, rules.rules)
    ruled = said_by_rules(read.deposits, rules.rules, people)
    records = len(facts.payouts) + len(facts.deposits)
    accepted_up_to = basis.accepted_up_to if basis is not None else None
    if basis is not None and model is None:
        accepted_up_to = basis.run if records >= STICKY_FROM_RECORDS else None
    found = await snapshot.reconciliation.find(StandingsWanted(all_accepted=accepted_up_to))
    if model is not None:
        learned = await snapshot.reconciliation.find(StandingsWanted(said_of=tuple(each.id for each in facts.deposits)))
        model = attrs.evolve(model, learned_from=learned.learned)
    same_accounts = None if model is None or basis is None or changed_accounts(changed) else basis.same_accounts
    decided = await asyncio.to_thread(
        decide_deposits,
        attrs.evolve(read, balance_transactions=()),
        as_of=as_of,
        model=model,
        decisions=(*people, *ruled),
        accepted=found.accepted,
        same_accounts=same_accounts,
    )
    payouts, deposits = standings(decided)
    number = 1 if basis is None else basis.model + (1 if model is None else 0)
    kept = KeptBasis(
        run=1 if basis is None else basis.run + 1,
        facts=changed.recorded_at,
        decisions=decisions.last,
        rules=rules.changes,
        horizon=decided.evidence.horizon,
        same_accounts=decided.placed.duplicates.account_of,
        sightings=decided.sightings(),
        repeated=len(decided.placed.duplicates.repeats),
        model=number,
        records=records,
        learned_from_records=records if basis is None or model is None else basis.learned_from_records,
        accepted_up_to=accepted_up_to,
    )
    return DecidedAnew(
        matches=decided.matches(),
        payouts=tuple(payouts.values()),
        deposits=tuple(deposits.values()),
        breaks=sorted({*decided.reconciliation().breaks, *itemised_breaks(facts)}),
        new_model=decided.model if model is None else None,
    ), kept


def changed_accounts(changed: RecordedFacts) -> bool:
    """Accounts came or changed: which lines count twice must be looked at anew."""
    return bool(changed.new.accounts or changed.changed.accounts)


def _is_closed(company: Company) -> bool:
    return company.status is not CompanyStatus.ACTIVE


def _today(company: Company | None, at: datetime) -> date:
    return at.astimezone(ZoneInfo(company.time_zone)).date() if company else at.date()


def _next_day(company: Company, at: datetime) -> datetime | None:
    if _is_closed(company):
        return None
    zone = ZoneInfo(company.time_zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0, 5), tzinfo=zone)
