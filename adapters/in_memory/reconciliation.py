"""What was decided for a company, in memory: versions in tuples, looked through from end to end."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.matching.model import ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.reach import OpenLines, OpenPayouts
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.payout import PayoutId
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import NO_LONGER_HOLDS, MatchStatus, ReconciliationMatch
from ports.pages import Page, PageKey, checked_limit
from ports.reconciliation_lists import (
    BreaksWanted,
    DepositOutcomesWanted,
    KeptBreak,
    KeptDepositOutcome,
    KeptMatch,
    KeptPayoutOutcome,
    MatchesWanted,
    PayoutOutcomesWanted,
)
from ports.reconciliation_record import (
    NO_REJECTIONS,
    DecidedAnew,
    KeptBasis,
    MatchChange,
    MatchSaid,
    PayoutChange,
    RecordedChanges,
    Rejections,
    RunOvertaken,
    StandingsFound,
    StandingsWanted,
    break_id,
    kept_id,
    kept_ids,
    records_of,
    without_lines,
)

T = TypeVar("T")
_REVERSED, _REJECTED = MatchStatus.REVERSED, MatchStatus.REJECTED


@attrs.frozen
class _Version:
    run: int
    kept: KeptMatch
    content: ReconciliationMatch
    """As the engine said it: the kept match bears the status of this version."""


@attrs.frozen
class _Standing:
    standing: Any
    at: datetime
    learned: bool = False


class InMemoryReconciliationRecord:
    """Keeps the promises of `ports.reconciliation_record.ReconciliationRecord`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def basis(self) -> KeptBasis | None:
        """The basis of the last run."""
        basis: KeptBasis | None = self._tables.table("reconciliation_basis").get(self._company)
        return basis

    async def model(self, number: int) -> ModelSnapshot:
        """The model of this number."""
        model: ModelSnapshot = self._tables.table("model_snapshots")[self._company, number]
        return model

    async def replace(self, decided: DecidedAnew, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Ends what is not among the matches; keeps what is different."""
        run = await self._next_run(basis)
        status = {id: versions[-1].kept.match.status for id, versions in self._matches()}
        holding = {id for id, each in status.items() if each not in NO_LONGER_HOLDS}
        rejected = kept_ids(decided.rejected)
        unresolved = {each.id for each in self._breaks() if each.resolved_at is None}
        learned = None if decided.new_model is None else decided.new_model.learned_from
        changes = RecordedChanges(
            ended=self._end(holding - {kept_id(each) for each in decided.matches}, run, at, rejected),
            matches=self._keep_matches(decided.matches, run, at),
            payouts=self._keep_payouts(decided.payouts, at),
            deposits=self._keep_deposits(decided.deposits, at, learned),
            resolved=self._resolve(unresolved - {break_id(each) for each in decided.breaks}, at),
            opened=self._open(decided.breaks, at),
        )
        self._say_rejected(rejected, {id for id, each in status.items() if each is _REJECTED} - rejected, run, at)
        if decided.new_model is not None:
            self._tables.table("model_snapshots")[self._company, basis.model] = without_lines(decided.new_model)
        self._tables.table("reconciliation_basis")[self._company] = basis
        return changes

    async def change(
        self,
        changes: ReconciliationChanges,
        *,
        basis: KeptBasis,
        at: datetime,
        rejections: Rejections = NO_REJECTIONS,
    ) -> RecordedChanges:
        """Keeps only what the change names."""
        run = await self._next_run(basis)
        rejected = kept_ids(rejections.said)
        recorded = RecordedChanges(
            ended=self._end({kept_id(each) for each in changes.withdrawn}, run, at, rejected),
            matches=self._keep_matches(changes.matches, run, at),
            payouts=self._keep_payouts(changes.payouts, at),
            deposits=self._keep_deposits(changes.deposits, at, None),
            resolved=self._resolve({break_id(each) for each in changes.resolved}, at),
            opened=self._open(changes.opened, at),
        )
        self._say_rejected(rejected, kept_ids(rejections.taken_back), run, at)
        self._tables.table("reconciliation_basis")[self._company] = basis
        return recorded

    async def find(self, wanted: StandingsWanted) -> StandingsFound:
        """Looks at every standing."""
        payouts: list[PayoutStanding] = [each.standing for _, each in self._of("payout_standings")]
        deposits: list[_Standing] = [each for _, each in self._of("deposit_standings")]
        waiting = {
            each.outcome.payout: each.in_match
            for each in payouts
            for question in wanted.waiting
            if each.is_waiting
            and (question.days.first is None or question.days.first <= each.arrival_date)
            and (question.days.last is None or each.arrival_date <= question.days.last)
            and (question.origins is None or each.origin in question.origins)
        }
        basis = await self.basis()
        accepted_up_to = None if basis is None else basis.accepted_up_to
        if wanted.all_accepted is not None:
            accepted_up_to = wanted.all_accepted
        return StandingsFound(
            open_payouts=frozenset(
                each.outcome.payout
                for each in payouts
                for span in wanted.open
                if isinstance(span, OpenPayouts)
                and each.is_open
                and span.first <= each.arrival_date <= span.last
                and (each.is_traced or not span.only_traced)
            ),
            open_deposits=_open_lines(deposits, wanted, coded=False),
            coded_deposits=_open_lines(deposits, wanted, coded=True),
            waiting=frozenset(id for id, in_match in waiting.items() if not in_match),
            waiting_in_match=frozenset(id for id, in_match in waiting.items() if in_match),
            accepted=frozenset(
                records_of(stood.content)
                for _, versions in self._matches()
                for stood in _as_of(versions, accepted_up_to)
                if stood.kept.match.status is MatchStatus.MATCHED
                and (
                    wanted.all_accepted is not None
                    or {*stood.content.payouts, *stood.content.deposits} & {*wanted.said_of}
                )
            ),
            learned=frozenset(
                each.standing.outcome.deposit
                for each in deposits
                if each.learned and (wanted.all_learned or each.standing.outcome.deposit in wanted.said_of)
            ),
            breaks=frozenset(
                each.found
                for each in self._breaks()
                if each.resolved_at is None and each.found.where in wanted.breaks_at
            ),
        )

    async def _next_run(self, basis: KeptBasis) -> int:
        last = await self.basis()
        if basis.run != (1 if last is None else last.run + 1):
            raise RunOvertaken(basis.run)
        return basis.run

    def _of(self, table: str) -> list[tuple[str, Any]]:
        return [(key[1], row) for key, row in self._tables.table(table).items() if key[0] == self._company]  # type: ignore[index]

    def _matches(self) -> list[tuple[str, tuple[_Version, ...]]]:
        return self._of("matches")

    def _breaks(self) -> list[KeptBreak]:
        return [row for _, row in self._of("breaks")]

    def _keep_matches(self, matches: Iterable[ReconciliationMatch], run: int, at: datetime) -> tuple[MatchChange, ...]:
        table, kept = self._tables.table("matches"), []
        for match in matches:
            versions: tuple[_Version, ...] = table.get((self._company, kept_id(match)), ())
            if versions and versions[-1].kept.match == match:
                continue
            table[self._company, kept_id(match)] = (*versions, _version(versions, match, match, run, at))
            before = versions[-1].kept.match.status if versions else _REVERSED
            kept.append(MatchChange(match=MatchSaid.of(match), before=None if before in NO_LONGER_HOLDS else before))
        return tuple(sorted(kept, key=lambda each: each.match.id))

    def _end(self, ids: Iterable[str], run: int, at: datetime, rejected: Collection[str]) -> tuple[MatchSaid, ...]:
        ended = []
        for id in ids:
            versions: tuple[_Version, ...] = self._tables.table("matches").get((self._company, id), ())
            if not versions or versions[-1].kept.match.status in NO_LONGER_HOLDS:
                continue
            match = versions[-1].content
            self._append(id, _REJECTED if id in rejected else _REVERSED, run, at)
            ended.append(MatchSaid.of(match))
        return tuple(sorted(ended, key=lambda match: match.id))

    def _say_rejected(self, ids: Collection[str], no_longer: Collection[str], run: int, at: datetime) -> None:
        for which, before, after in ((ids, _REVERSED, _REJECTED), (no_longer, _REJECTED, _REVERSED)):
            for id in which:
                versions: tuple[_Version, ...] = self._tables.table("matches").get((self._company, id), ())
                if versions and versions[-1].kept.match.status is before:
                    self._append(id, after, run, at)

    def _append(self, id: str, status: MatchStatus, run: int, at: datetime) -> None:
        table = self._tables.table("matches")
        versions: tuple[_Version, ...] = table[self._company, id]
        content = versions[-1].content
        ended = attrs.evolve(content, status=status)
        table[self._company, id] = (*versions, _version(versions, ended, content, run, at))

    def _keep_payouts(self, standings: Iterable[PayoutStanding], at: datetime) -> tuple[PayoutChange, ...]:
        table, kept = self._tables.table("payout_standings"), []
        for each in standings:
            key = self._company, each.outcome.payout
            known: _Standing | None = table.get(key)
            if known is None or known.standing != each:
                table[key] = _Standing(each, at)
                before = None if known is None else known.standing.outcome.outcome
                kept.append(PayoutChange(standing=each, before=before))
        return tuple(sorted(kept, key=lambda each: each.standing.outcome.payout))

    def _keep_deposits(
        self, standings: Iterable[DepositStanding], at: datetime, learned: frozenset[BankDepositId] | None
    ) -> tuple[DepositStanding, ...]:
        table, kept = self._tables.table("deposit_standings"), []
        for each in standings:
            key = self._company, each.outcome.deposit
            before: _Standing | None = table.get(key)
            is_learned = (before is not None and before.learned) if learned is None else each.outcome.deposit in learned
            if before is None or before.standing != each or before.learned != is_learned:
                table[key] = _Standing(each, at, is_learned)
                kept.append(each)
        return tuple(sorted(kept, key=lambda each: each.outcome.deposit))

    def _open(self, breaks: Iterable[ReconciliationBreak], at: datetime) -> tuple[ReconciliationBreak, ...]:
        table, opened = self._tables.table("breaks"), []
        for each in sorted(set(breaks)):
            key = self._company, break_id(each)
            known: KeptBreak | None = table.get(key)
            if known is None or known.resolved_at is not None:
                before = None if known is None else known.changed_at
                table[key] = KeptBreak(
                    id=break_id(each), found=each, opened_at=at, resolved_at=None, changed_before=before
                )
                opened.append(each)
        return tuple(opened)

    def _resolve(self, ids: Iterable[str], at: datetime) -> tuple[ReconciliationBreak, ...]:
        table, resolved = self._tables.table("breaks"), []
        for id in ids:
            known: KeptBreak | None = table.get((self._company, id))
            if known is not None and known.resolved_at is None:
                table[self._company, id] = attrs.evolve(known, resolved_at=at, changed_before=known.changed_at)
                resolved.append(known.found)
        return tuple(sorted(resolved))


class InMemoryReconciliationLists:
    """Keeps the promises of `ports.reconciliation_lists.ReconciliationLists`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._record = InMemoryReconciliationRecord(tables, company)

    async def matches(
        self, wanted: MatchesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptMatch]:
        """By id, or by the last change."""
        holding = wanted.status not in NO_LONGER_HOLDS and wanted.updated_since is None
        found = [
            each
            for each in (versions[-1].kept for _, versions in self._record._matches())
            if (wanted.status in (None, each.match.status))
            and wanted.kind in (None, each.match.kind)
            and (wanted.record is None or wanted.record in {*each.match.payouts, *each.match.deposits})
            and (wanted.ids is None or each.id in wanted.ids)
            and not (holding and each.match.status in NO_LONGER_HOLDS)
        ]
        return _page(found, wanted.updated_since, after, limit, lambda each: (each.id, each.recorded_at))

    async def match_history(self, id: str) -> Sequence[KeptMatch]:
        """All versions, the first one first."""
        return [version.kept for known, versions in self._record._matches() if known == id for version in versions]

    async def payout_outcomes(
        self, wanted: PayoutOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptPayoutOutcome]:
        """By payout."""
        found = [
            KeptPayoutOutcome(outcome=row.standing.outcome, match=self._match_of(PayoutId(id)), recorded_at=row.at)
            for id, row in self._record._of("payout_standings")
            if (wanted.ids is None or id in wanted.ids)
            and (wanted.outcomes is None or row.standing.outcome.outcome in wanted.outcomes)
        ]
        return _page(found, None, after, limit, lambda each: (each.outcome.payout, each.recorded_at))

    async def deposit_outcomes(
        self, wanted: DepositOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptDepositOutcome]:
        """By bank line."""
        found = [
            KeptDepositOutcome(
                outcome=row.standing.outcome, match=self._match_of(BankDepositId(id)), recorded_at=row.at
            )
            for id, row in self._record._of("deposit_standings")
            for line in (BankDepositId(id),)
            if (wanted.ids is None or id in wanted.ids)
            and (wanted.outcomes is None or row.standing.outcome.outcome in wanted.outcomes)
        ]
        return _page(found, None, after, limit, lambda each: (each.outcome.deposit, each.recorded_at))

    async def breaks(self, wanted: BreaksWanted, *, after: PageKey | None = None, limit: int = 100) -> Page[KeptBreak]:
        """By id, or by the last change."""
        found = [
            each
            for each in self._record._breaks()
            if wanted.id in (None, each.id)
            and wanted.kind in (None, each.found.kind)
            and wanted.is_resolved in (None, each.resolved_at is not None)
        ]
        return _page(found, wanted.updated_since, after, limit, lambda each: (each.id, each.changed_at))

    def _match_of(self, record: PayoutId | BankDepositId) -> str | None:
        holding = [
            (versions[-1].kept.match.status is MatchStatus.NEEDS_REVIEW, id)
            for id, versions in self._record._matches()
            if versions[-1].kept.match.status not in NO_LONGER_HOLDS
            and record in {*versions[-1].content.payouts, *versions[-1].content.deposits}
        ]
        return min(holding)[1] if holding else None


def _version(
    versions: Sequence[_Version], match: ReconciliationMatch, content: ReconciliationMatch, run: int, at: datetime
) -> _Version:
    kept = KeptMatch(id=kept_id(match), version=len(versions) + 1, match=match, recorded_at=at)
    return _Version(run, kept, content)


def _as_of(versions: Sequence[_Version], run: int | None) -> Sequence[_Version]:
    """The version that stood after this run, if any."""
    return [version for version in versions if run is not None and version.run <= run][-1:]


def _page(
    found: Sequence[T],
    since: datetime | None,
    after: PageKey | None,
    limit: int,
    key: Callable[[T], tuple[str, datetime]],
) -> Page[T]:
    checked_limit(limit)
    if since is None:
        ordered = sorted(found, key=lambda each: key(each)[0])
        ordered = [each for each in ordered if after is None or key(each)[0] > after.id]
    else:
        ordered = sorted((each for each in found if key(each)[1] >= since), key=lambda each: key(each)[::-1])
        ordered = [each for each in ordered if after is None or key(each)[::-1] > (after.at, after.id)]
    shown = ordered[:limit]
    if len(ordered) <= limit:
        return Page(records=tuple(shown))
    id, at = key(shown[-1])
    return Page(records=tuple(shown), next=PageKey(id=id, at=None if since is None else at))


def _open_lines(deposits: Iterable[_Standing], wanted: StandingsWanted, *, coded: bool) -> frozenset[BankDepositId]:
    return frozenset(
        each.standing.outcome.deposit
        for each in deposits
        for span in wanted.open
        if isinstance(span, OpenLines)
        and span.only_coded == coded
        and (each.standing.is_coded if coded else each.standing.is_open)
        and span.first <= each.standing.date <= span.last
    )
