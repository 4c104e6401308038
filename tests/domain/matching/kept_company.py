"""A company whose matching is kept up to date change by change, over an index that counts what is read from it."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

import attrs

from domain.bank_deposit import BankDeposit
from domain.company_facts import CompanyFacts
from domain.matching.decided import Decided, duplicate_feeds
from domain.matching.deposit_matching import decide_deposits, horizon_of
from domain.matching.duplicates import Duplicates
from domain.matching.evidence import Records
from domain.matching.model import Horizon
from domain.matching.neighbourhood import (
    FactChanges,
    MatchingBasis,
    Neighbourhood,
    ReconciliationChanges,
)
from domain.matching.reach import Found, OfAmount, OpenLines, OpenPayouts, Waiting, Wanted
from domain.matching.standing import DepositStanding, PayoutStanding, standings
from domain.payout import Payout
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_decision import ReconciliationDecision
from domain.reconciliation_match import ReconciliationMatch


def records_of(match: ReconciliationMatch) -> Records:
    return tuple(sorted(match.payouts)), tuple(sorted(match.deposits))


class KeptCompany:
    """Facts, decisions, and where everything stands; each change reads only its neighbourhood."""

    def __init__(
        self,
        facts: CompanyFacts,
        as_of: date,
        decisions: Sequence[ReconciliationDecision] = (),
        accepted: Collection[Records] = (),
    ) -> None:
        self.payouts: dict[str, Payout] = {payout.id: payout for payout in facts.payouts}
        self.lines: dict[str, BankDeposit] = {line.id: line for line in facts.deposits}
        self.accounts = facts.accounts
        self.decisions = tuple(decisions)
        self.accepted = frozenset(accepted)
        self.as_of = as_of
        learned = decide_deposits(facts, as_of=as_of, decisions=decisions, accepted=accepted)
        self.model = learned.model
        self.same_accounts = learned.placed.duplicates.account_of
        decided = self.decided_anew()
        self.horizon = self.horizon_now()
        self.sightings = decided.sightings()
        self.repeated = len(decided.placed.duplicates.repeats)
        self.matches = {records_of(match): match for match in decided.matches()}
        self.payout_standings, self.deposit_standings = standings(decided)
        self.breaks: Counter[ReconciliationBreak] = Counter(set(decided.breaks()))
        self.rows_read = 0
        self.rounds = 0

    # -- the law's other side ------------------------------------------------------------------------------------------

    @property
    def facts(self) -> CompanyFacts:
        return CompanyFacts(
            payouts=tuple(self.payouts.values()), accounts=self.accounts, deposits=tuple(self.lines.values())
        )

    def horizon_now(self) -> Horizon:
        return horizon_of(self.facts, self.as_of, Duplicates(self.same_accounts, {}))

    def decided_anew(self) -> Decided:
        """Everything, under the same model and decisions."""
        return decide_deposits(
            self.facts,
            as_of=self.as_of,
            model=self.model,
            horizon=self.horizon_now(),
            decisions=self.decisions,
            accepted=self.accepted,
            same_accounts=self.same_accounts,
        )

    def assert_as_if_decided_anew(self) -> None:
        """What is kept is what a full recompute gives."""
        decided = self.decided_anew()
        payouts, deposits = standings(decided)
        assert self.matches == {records_of(match): match for match in decided.matches()}
        assert self.payout_standings == payouts
        assert self.deposit_standings == deposits
        assert self.breaks == Counter(set(decided.breaks()))
        assert self.sightings == {origin: each for origin, each in decided.sightings().items() if each != (0, 0)}
        lines = Counter(line.account for line in self.lines.values())
        kept = [*self.breaks, *duplicate_feeds(self.same_accounts, lines, self.repeated)]
        assert sorted(kept) == list(decided.reconciliation().breaks)

    # -- a change ------------------------------------------------------------------------------------------------------

    def change(
        self,
        *,
        payouts: Sequence[Payout] = (),
        deposits: Sequence[BankDeposit] = (),
        removed: Collection[str] = (),
        decided: Sequence[ReconciliationDecision] = (),
        undone: Sequence[ReconciliationDecision] = (),
        as_of: date | None = None,
    ) -> ReconciliationChanges:
        """Takes the change in, reading as little as is needed."""
        known: set[str] = {*(each.id for each in payouts), *(each.id for each in deposits), *removed}
        before = CompanyFacts(
            payouts=tuple(each for id, each in self.payouts.items() if id in known),
            deposits=tuple(each for id, each in self.lines.items() if id in known),
        )
        self.payouts.update({payout.id: payout for payout in payouts})
        self.lines.update({line.id: line for line in deposits})
        for id in removed:
            self.payouts.pop(id, None)
            self.lines.pop(id, None)
        self.decisions = (*(each for each in self.decisions if each not in undone), *decided)
        self.as_of = as_of or self.as_of
        was = MatchingBasis(
            model=attrs.evolve(self.model, learned_from=frozenset()),
            horizon=self.horizon,
            accounts=self.accounts,
            same_accounts=self.same_accounts,
            sightings=self.sightings,
        )
        neighbourhood = Neighbourhood(
            FactChanges(
                before=before,
                now=CompanyFacts(payouts=tuple(payouts), deposits=tuple(deposits)),
                decided=tuple(decided),
                undone=tuple(undone),
            ),
            was,
            self.horizon_now(),
        )
        self.rows_read = len(known)
        self.rounds = 0
        while (wanted := neighbourhood.wanted()) is not None:
            self.rounds += 1
            neighbourhood.add(self._read(wanted))
        changes = neighbourhood.changes()
        self._record(changes, removed)
        return changes

    def _record(self, changes: ReconciliationChanges, removed: Collection[str]) -> None:
        for match in changes.withdrawn:
            del self.matches[records_of(match)]
        self.matches.update({records_of(match): match for match in changes.matches})
        self.payout_standings.update({each.outcome.payout: each for each in changes.payouts})
        self.deposit_standings.update({each.outcome.deposit: each for each in changes.deposits})
        for id in removed:
            self.payout_standings.pop(id, None)  # type: ignore[call-overload]
            self.deposit_standings.pop(id, None)  # type: ignore[call-overload]
        self.breaks = Counter((set(self.breaks) - set(changes.resolved)) | set(changes.opened))
        self.sightings = changes.sightings
        self.repeated += changes.repeated
        self.horizon = self.horizon_now()

    def _read(self, wanted: Wanted) -> Found:
        """Answers as an index would, and counts each row of each answer."""
        payouts: dict[str, Payout] = {}
        lines: dict[str, BankDeposit] = {}
        open_ids: set[str] = set()

        def see(*found: Payout | BankDeposit) -> None:
            self.rows_read += len(found)
            for fact in found:
                if isinstance(fact, Payout):
                    payouts[fact.id] = fact
                else:
                    lines[fact.id] = fact

        for id in wanted.ids:
            see(*(each for each in (self.payouts.get(id), self.lines.get(id)) if each is not None))
        for amount in wanted.payouts:
            see(*(each for each in self.payouts.values() if _payout_of(each, amount)))
        for amount in wanted.lines:
            see(*(each for each in self.lines.values() if _line_of(each, amount)))
        for days in wanted.arriving:
            see(*(each for each in self.payouts.values() if days.first <= each.arrival_date <= days.last))
        for days in wanted.dated:
            see(*(each for each in self.lines.values() if days.first <= each.date <= days.last))
        for each in wanted.open:
            found = self._open(each)
            if isinstance(each, OpenPayouts) or not each.only_coded:
                open_ids.update(fact.id for fact in found)
            see(*found)
        waiting = {id: standing for each in wanted.waiting for id, standing in self._waiting(each)}
        see(*(self.payouts[id] for id in waiting))
        asked = frozenset(wanted.said_of)
        decisions = [each for each in self.decisions if asked & {*each.payouts, *each.deposits}]
        accepted = frozenset(each for each in self.accepted if asked & {*each[0], *each[1]})
        self.rows_read += len(decisions) + len(accepted)
        return Found(
            payouts=tuple(payouts.values()),
            deposits=tuple(lines.values()),
            open_ids=frozenset(open_ids),
            waiting=frozenset(id for id, each in waiting.items() if not each.in_match),
            waiting_in_match=frozenset(id for id, each in waiting.items() if each.in_match),
            decisions=decisions,
            accepted=accepted,
            learned=self.model.learned_from & asked,
        )

    def _open(self, wanted: OpenPayouts | OpenLines) -> list[Payout | BankDeposit]:
        if isinstance(wanted, OpenPayouts):
            return [
                self.payouts[id]
                for id, each in self.payout_standings.items()
                if each.is_open
                and id in self.payouts
                and wanted.first <= each.arrival_date <= wanted.last
                and (each.is_traced or not wanted.only_traced)
            ]
        return [
            self.lines[id]
            for id, line in self.deposit_standings.items()
            if (line.is_coded if wanted.only_coded else line.is_open)
            and id in self.lines
            and wanted.first <= line.date <= wanted.last
        ]

    def _waiting(self, wanted: Waiting) -> list[tuple[str, PayoutStanding]]:
        return [
            (id, each)
            for id, each in self.payout_standings.items()
            if each.is_waiting
            and id in self.payouts
            and (wanted.days.first is None or wanted.days.first <= each.arrival_date)
            and (wanted.days.last is None or each.arrival_date <= wanted.days.last)
            and (wanted.origins is None or each.origin in wanted.origins)
        ]


def _payout_of(payout: Payout, wanted: OfAmount) -> bool:
    return (
        payout.amount.minor_units == wanted.minor
        and payout.amount.currency == wanted.currency
        and wanted.first <= payout.arrival_date <= wanted.last
        and (payout.trace_id is not None or not wanted.traced)
    )


def _line_of(line: BankDeposit, wanted: OfAmount) -> bool:
    return (
        line.amount.minor_units == wanted.minor
        and line.amount.currency == wanted.currency
        and wanted.first <= line.date <= wanted.last
    )


__all__ = ["DepositStanding", "KeptCompany", "records_of"]
