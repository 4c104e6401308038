"""Decides again what a change of facts, decisions or the day touches, and reads nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.neighbourhood import (
    MatchingBasis,
    Neighbourhood,
    NeighbourhoodTooLarge,
    ReconciliationChanges,
)
from domain.matching.reach import Found, OfAmount, Wanted
from domain.matching_rule import MatchingRule, as_read, said_by_rules
from domain.money import Money
from domain.payout_totals import added
from ports.decisions import DecisionChanges
from ports.facts import (
    AllAccounts,
    AmountDays,
    AmountsWithin,
    FactSelection,
    LinesDated,
    PayoutsArriving,
    RecordedFacts,
    WithIds,
)
from ports.reconciliation_record import KeptBasis, StandingsWanted
from ports.transaction import CompanyTransaction
from ports.use_cases.in_thread import in_thread
from ports.use_cases.itemised_breaks import changed_breaks
from ports.use_cases.ruled_changes import ruled_changes
from ports.use_cases.statement_breaks import changed_statement_breaks


async def decide_change(
    snapshot: CompanyTransaction,
    *,
    as_of: date,
    changed: RecordedFacts,
    decisions: DecisionChanges,
    rules: Sequence[MatchingRule],
    basis: KeptBasis,
    records: int,
    model: ModelSnapshot,
) -> tuple[ReconciliationChanges, KeptBasis]:
    """What is different now, and the basis from here on. Raises NeighbourhoodTooLarge where all is to be decided anew.

    `records`: how many payouts and bank lines there are now.
    """
    horizon = horizon_after(basis, changed, as_of)
    accounts = (await snapshot.facts.load(AllAccounts())).accounts
    changes_read = await ruled_changes(snapshot, changed, decisions, rules)
    seen: dict[str, BankDeposit] = {line.id: line for line in changes_read.now.deposits}
    neighbourhood = Neighbourhood(
        changes_read,
        MatchingBasis(
            model=model,
            horizon=basis.horizon,
            accounts=accounts,
            same_accounts=basis.same_accounts,
            sightings=basis.sightings,
        ),
        horizon,
    )
    while (wanted := await in_thread(neighbourhood.wanted)) is not None:
        neighbourhood.add(await _found(snapshot, wanted, rules, seen))
    changes = await in_thread(neighbourhood.changes)
    for opened, resolved in (
        await changed_breaks(snapshot, changed),
        await changed_statement_breaks(snapshot, changed),
    ):
        changes = attrs.evolve(
            changes, opened=(*changes.opened, *sorted(opened)), resolved=(*changes.resolved, *sorted(resolved))
        )
    return changes, attrs.evolve(
        basis,
        run=basis.run + 1,
        facts=changed.recorded_at,
        decisions=decisions.last,
        horizon=horizon,
        sightings=changes.sightings,
        repeated=basis.repeated + changes.repeated,
        records=records,
        totals=None if basis.totals is None else added(basis.totals, changes.totals),
    )


def horizon_after(basis: KeptBasis, changed: RecordedFacts, as_of: date) -> Horizon:
    """Up to when things are known now: the days known before, and those of what came since.

    Raises NeighbourhoodTooLarge where that cannot be told from the change alone: accounts came or changed, lines of a
    feed that brings another's again, or a record that was the first or last one has another day now.
    """
    was = basis.horizon
    lines = (*changed.new.deposits, *changed.changed.deposits)
    twice = {*basis.same_accounts, *basis.same_accounts.values()}
    if _are_other_accounts(changed, was, twice) or any(
        line.account in twice or line.account not in was.covered for line in lines
    ):
        raise NeighbourhoodTooLarge(0)
    payouts = (*changed.new.payouts, *changed.changed.payouts)
    now = {payout.id: payout.arrival_date for payout in payouts} | {line.id: line.date for line in lines}
    for payout in changed.before.payouts:
        _must_not_be_an_edge(payout.arrival_date, now[payout.id], was.payouts_from, was.payouts_to)
    for line in changed.before.deposits:
        _must_not_be_an_edge(line.date, now[line.id], *was.covered[line.account])
    days = [day for day in (was.payouts_from, was.payouts_to) if day is not None]
    days += [payout.arrival_date for payout in payouts]
    return Horizon(
        as_of=as_of,
        payouts_from=min(days, default=None),
        payouts_to=max(days, default=None),
        covered=_covered(was.covered, lines, changed.changed.accounts),
    )


def _must_not_be_an_edge(before: date, now: date, first: date | None, last: date | None) -> None:
    if before != now and before in (first, last):
        raise NeighbourhoodTooLarge(0)


def _are_other_accounts(changed: RecordedFacts, was: Horizon, twice: set[BankAccountId]) -> bool:
    """An account came or changed in more than that its statements cover more days than before."""
    if changed.new.accounts:
        return True
    before = {account.id: account for account in changed.before.accounts}
    return any(
        now.id in twice or now.id not in was.covered or not _covers_more(before[now.id], now)
        for now in changed.changed.accounts
    )


def _covers_more(before: BankAccount, now: BankAccount) -> bool:
    first, last = now.covered_from, now.covered_to
    if first is None or last is None or attrs.evolve(before, covered_from=first, covered_to=last) != now:
        return False
    return (before.covered_from or first) >= first and (before.covered_to or last) <= last


def _covered(
    was: Mapping[BankAccountId, tuple[date, date]],
    lines: tuple[BankDeposit, ...],
    accounts: tuple[BankAccount, ...],
) -> dict[BankAccountId, tuple[date, date]]:
    covered = dict(was)
    for account in accounts:
        if account.covered_from is not None and account.covered_to is not None:
            first, last = covered[account.id]
            covered[account.id] = min(first, account.covered_from), max(last, account.covered_to)
    for line in lines:
        first, last = covered[line.account]
        covered[line.account] = min(first, line.date), max(last, line.date)
    return covered


async def _found(
    snapshot: CompanyTransaction, wanted: Wanted, rules: Sequence[MatchingRule], seen: dict[str, BankDeposit]
) -> Found:
    """Reads what a neighbourhood asks for. `seen`: the lines that it has, of which the rules may speak."""
    standing = await snapshot.reconciliation.find(
        StandingsWanted(open=wanted.open, waiting=wanted.waiting, said_of=wanted.said_of)
    )
    open_ids = {*standing.open_payouts, *standing.open_deposits}
    ids = {*wanted.ids, *open_ids, *standing.coded_deposits, *standing.waiting, *standing.waiting_in_match}
    facts = await snapshot.facts.load(*_selections(wanted, ids))
    decisions = await snapshot.decisions.in_force(wanted.said_of) if wanted.said_of else ()
    people = [each.decision for each in decisions]
    read = as_read(facts, rules).deposits
    seen.update({line.id: line for line in read if line.id not in seen})
    ruled = said_by_rules((seen[id_] for id_ in wanted.said_of if id_ in seen), rules, people)
    return Found(
        payouts=facts.payouts,
        deposits=read,
        open_ids=frozenset(open_ids),
        waiting=frozenset(standing.waiting),
        waiting_in_match=frozenset(standing.waiting_in_match),
        decisions=(*people, *ruled),
        accepted=standing.accepted,
        learned=standing.learned,
    )


def _selections(wanted: Wanted, ids: set[str]) -> list[FactSelection]:
    selections: list[FactSelection] = [PayoutsArriving(first_day=s.first, last_day=s.last) for s in wanted.arriving]
    selections += [LinesDated(first_day=span.first, last_day=span.last) for span in wanted.dated]
    if ids:
        selections.append(WithIds(ids=tuple(sorted(ids))))
    if wanted.payouts or wanted.lines:
        payouts, lines = tuple(map(_days_of, wanted.payouts)), tuple(map(_days_of, wanted.lines))
        selections.append(AmountsWithin(payouts=payouts, lines=lines))
    return selections


def _days_of(wanted: OfAmount) -> AmountDays:
    return AmountDays(
        amount=Money(wanted.minor, wanted.currency),
        first_day=wanted.first,
        last_day=wanted.last,
        only_traced=wanted.traced,
    )
