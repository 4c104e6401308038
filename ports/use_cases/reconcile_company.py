"""Brings a company's matches and outcomes up to date with its facts, people's decisions, and the day.

What is decided is decided on one snapshot, in which nobody waits; what it changed is recorded in one transaction, with
the events that tell of it and the end of the work. Whatever was told meanwhile asked for the work again.
"""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyStatus
from domain.matching.deposit_matching import decide_deposits
from domain.matching.evidence import Records
from domain.matching.explanation import match_of
from domain.matching.finding import Finding
from domain.matching.model import MODEL_VERSION, ModelSnapshot
from domain.matching.neighbourhood import NeighbourhoodTooLarge, ReconciliationChanges
from domain.matching.standing import standings
from domain.matching_rule import as_read, said_by_rules
from domain.payout_totals import totals_of
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from domain.work import ClaimedWork
from ports.decisions import DecisionChanges
from ports.facts import Everything, RecordedFacts
from ports.matching_rules import RulesInForce
from ports.one_by_one import OneByOne
from ports.reconciliation_record import (
    NO_REJECTIONS,
    STANDINGS,
    DecidedAnew,
    KeptBasis,
    RecordedChanges,
    Rejections,
    StandingsWanted,
    id_of_records,
)
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.decide_change import decide_change
from ports.use_cases.follow_invoices import follow_matches
from ports.use_cases.in_thread import in_thread
from ports.use_cases.itemised_breaks import itemised_breaks
from ports.use_cases.reconciliation_events import events_of
from ports.use_cases.statement_breaks import statement_breaks

LEARN_AGAIN_PERCENT: Final = 120
"""The model is learned anew when there are so many records to a hundred of those it was learned from."""
STICKY_FROM_RECORDS: Final = 1_000
"""From so many records on, matches accepted before stay when the model is learned anew, unless clearly beaten. A
smaller company's matches are a function of its facts alone."""

EVENTS_AT_ONCE: Final = 1_000

Decision = DecidedAnew | ReconciliationChanges
Decided = tuple[Decision, KeptBasis, Rejections]
"""What is to be recorded, on what basis, and what people said since of matches that hold no longer."""


class TooMuchToDecide(Exception):
    """All of the company would have to be decided anew, and it has more records than whoever asks waits for."""

    def __init__(self, records: int, records_max: int) -> None:
        super().__init__(
            f"all {records:,} payouts and bank lines would have to be decided anew, and {records_max:,} are the most"
        )
        self.records = records
        self.records_max = records_max


async def reconcile_company(claimed: ClaimedWork, *, at: datetime, store: Store) -> RecordedChanges:
    """Does the work and finishes it; it is due again when the company's next day begins.

    Raises RunOvertaken and LeaseLost, and has then changed nothing; StoreUnavailable.
    """
    async with store.snapshot(claimed.company) as snapshot:
        company = await snapshot.companies.of(claimed.company)
        today = day_of(company, at)
        was = await snapshot.reconciliation.basis()
        decided = None if company is None or _is_closed(company) else await decide_company(snapshot, today)
    async with store.company(claimed.company) as transaction:
        changes = RecordedChanges()
        still_there = await transaction.companies.of(claimed.company)
        if decided is not None and still_there is not None:
            decision, basis, rejections = decided
            if isinstance(decision, DecidedAnew):
                changes = await transaction.reconciliation.replace(decision, basis=basis, at=at)
            else:
                changes = await transaction.reconciliation.change(decision, basis=basis, at=at, rejections=rejections)
            await follow_matches(changes, at=at, transaction=transaction)
            events = 0
            told = events_of(changes, was=was.horizon if was else None, now=basis.horizon, at=at)
            while some := tuple(islice(told, EVENTS_AT_ONCE)):
                await transaction.outbox.append(some)
                events += len(some)
                await asyncio.sleep(0)  # a large load has a million: others have their turn between
            if events:
                detail = {"run": basis.run, "as_of": today.isoformat(), "events": events}
                done = AuditEntry(
                    who=ENGINE, action="company.reconciled", subject=claimed.company, at=at, detail=detail
                )
                await transaction.audit.append([done])
        await transaction.work.finish(claimed, next_at=None if company is None else _next_day(company, at))
    return changes


async def decide_company(snapshot: CompanyTransaction, as_of: date, *, anew_max: int | None = None) -> Decided | None:
    """What is to be recorded, and on what basis; None if nothing is other than at the last run.

    `anew_max`: raises TooMuchToDecide, before it reads them, if more records than these must be decided anew.
    """
    basis = await snapshot.reconciliation.basis()
    changed = await snapshot.facts.changed_since(basis.facts if basis else None)
    if changed.recorded_at is None:
        return None
    decisions = await snapshot.decisions.since(basis.decisions if basis else 0)
    rules = await snapshot.matching_rules.in_force()
    new = len(changed.new.payouts) + len(changed.new.deposits)
    records = new if basis is None else basis.records + new

    async def anew(model: ModelSnapshot | None) -> Decided:
        if anew_max is not None and records > anew_max:
            raise TooMuchToDecide(records, anew_max)
        return *await _anew(snapshot, as_of, changed, decisions, rules, basis, model), NO_REJECTIONS

    if basis is None or basis.rules != rules.changes:  # a text that a rule names Stripe's is also learned from
        return await anew(None)
    unchanged = basis.standings == STANDINGS and changed.is_empty and not decisions.decided and not decisions.undone
    if unchanged and as_of == basis.horizon.as_of:
        return None
    if records * 100 >= basis.learned_from_records * LEARN_AGAIN_PERCENT and records > basis.learned_from_records:
        return await anew(None)
    model = await snapshot.reconciliation.model(basis.model)
    if model.version != MODEL_VERSION:  # it says other things, and less, than the engine now asks of it
        return await anew(None)
    if basis.totals is None or basis.standings != STANDINGS:
        return await anew(model)
    try:
        change, kept = await decide_change(
            snapshot,
            as_of=as_of,
            changed=changed,
            decisions=decisions,
            rules=rules.rules,
            basis=basis,
            records=records,
            model=model,
        )
        return change, kept, _rejections(decisions)
    except NeighbourhoodTooLarge:
        return await anew(model)


async def decide_all_as_kept(snapshot: CompanyTransaction, as_of: date) -> Decided | None:
    """Everything under the model that is kept: the same as what is kept with what changed since, but all of it.

    None if nothing was ever decided.
    """
    basis = await snapshot.reconciliation.basis()
    if basis is None:
        return None
    changed = await snapshot.facts.changed_since(basis.facts)
    decisions = await snapshot.decisions.since(basis.decisions)
    rules = await snapshot.matching_rules.in_force()
    model = await snapshot.reconciliation.model(basis.model)
    return *await _anew(snapshot, as_of, changed, decisions, rules, basis, model), NO_REJECTIONS


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
    facts = changed.new if basis is None else await snapshot.facts.load(Everything())  # since ever, all is new
    people = [each.decision for each in await snapshot.decisions.in_force()]
    read = as_read(facts, rules.rules)
    ruled = said_by_rules(read.deposits, rules.rules, people)
    records = len(facts.payouts) + len(facts.deposits)
    accepted_up_to = basis.accepted_up_to if basis is not None else None
    if basis is not None and model is None:
        accepted_up_to = basis.run if records >= STICKY_FROM_RECORDS else None
    found = await snapshot.reconciliation.find(
        StandingsWanted(all_accepted=accepted_up_to, all_learned=model is not None)
    )
    if model is not None:
        model = attrs.evolve(model, learned_from=found.learned)
    same_accounts = None if model is None or basis is None or changed_accounts(changed) else basis.same_accounts
    of_statements = await statement_breaks((account.id for account in facts.accounts), snapshot)

    def decide() -> tuple[DecidedAnew, KeptBasis]:
        decided = decide_deposits(
            attrs.evolve(read, balance_transactions=()),
            as_of=as_of,
            model=model,
            decisions=(*people, *ruled),
            accepted=found.accepted,
            same_accounts=same_accounts,
        )
        payouts, deposits = standings(decided)
        kept = KeptBasis(
            run=1 if basis is None else basis.run + 1,
            facts=changed.recorded_at,
            decisions=decisions.last,
            rules=rules.changes,
            horizon=decided.evidence.horizon,
            same_accounts=decided.placed.duplicates.account_of,
            sightings=decided.sightings(),
            repeated=len(decided.placed.duplicates.repeats),
            model=1 if basis is None else basis.model + (1 if model is None else 0),
            records=records,
            standings=STANDINGS,
            learned_from_records=records if basis is None or model is None else basis.learned_from_records,
            accepted_up_to=accepted_up_to,
            totals=totals_of((each.amount, payouts[each.id].outcome.outcome) for each in facts.payouts),
        )
        return DecidedAnew(
            matches=OneByOne(sorted(decided.findings, key=kept_id_of), match_of),
            payouts=tuple(payouts.values()),
            deposits=tuple(deposits.values()),
            breaks=sorted({*decided.all_breaks(), *itemised_breaks(facts), *of_statements}),
            new_model=decided.model if model is None else None,
            rejected=_rejected(people),
        ), kept

    return await in_thread(decide)


def kept_id_of(finding: Finding) -> str:
    """The id under which the match that a finding is will be kept."""
    return id_of_records([payout.id for payout in finding.payouts], [line.id for line in finding.lines])


def _rejected(decisions: Iterable[ReconciliationDecision]) -> frozenset[Records]:
    return frozenset(each.records for each in decisions if each.kind is DecisionKind.REJECT)


def _rejections(decisions: DecisionChanges) -> Rejections:
    """What was taken back and said again is still said."""
    said = _rejected(decisions.decided)
    return Rejections(said=said, taken_back=_rejected(decisions.undone) - said)


def changed_accounts(changed: RecordedFacts) -> bool:
    """Accounts came or changed: which lines count twice must be looked at anew."""
    return bool(changed.new.accounts or changed.changed.accounts)


def _is_closed(company: Company) -> bool:
    return company.status is not CompanyStatus.ACTIVE


def day_of(company: Company | None, at: datetime) -> date:
    """The company's day at this moment."""
    return at.astimezone(ZoneInfo(company.time_zone)).date() if company else at.date()


def _next_day(company: Company, at: datetime) -> datetime | None:
    if _is_closed(company):
        return None
    zone = ZoneInfo(company.time_zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0, 5), tzinfo=zone)
