"""What was decided for a company, kept in PostgreSQL: in pieces of many rows, each piece in the order of ids."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Final, TypeVar

import asyncpg

from adapters.postgres import reconciliation_statements as statements
from domain.company import CompanyId
from domain.matching.evidence import Records
from domain.matching.model import ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.reach import Waiting
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import PayoutOutcomeKind
from ports.kept_values import basis_bytes, basis_from, match_bytes, match_from, model_bytes, model_from
from ports.reconciliation_record import (
    DecidedAnew,
    KeptBasis,
    MatchChange,
    PayoutChange,
    RecordedChanges,
    RunOvertaken,
    StandingsFound,
    StandingsWanted,
    break_id,
    kept_id,
    records_of,
    without_lines,
)

PIECE: Final = 10_000
_ACCEPTED: Final = frozenset({MatchStatus.MATCHED.value})

_ORDER: Final = attrgetter("kind", "where", "reason")
"""The order of breaks, which so need not compare themselves with each other, field by field, in Python."""

T = TypeVar("T")


class PostgresReconciliationRecord:
    """Keeps the promises of `ports.reconciliation_record.ReconciliationRecord`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def basis(self) -> KeptBasis | None:
        """The basis of the last run."""
        content = await self._connection.fetchval(statements.BASIS, self._company)
        return None if content is None else basis_from(content)

    async def model(self, number: int) -> ModelSnapshot:
        """The model of this number."""
        content = await self._connection.fetchval(statements.MODEL, self._company, number)
        if content is None:
            raise LookupError(f"{self._company} has no model {number}")
        return model_from(content)

    async def replace(self, decided: DecidedAnew, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Ends what is not among the matches; appends and updates what is different."""
        run = await self._next_run(basis)
        holding = await self._ids(statements.HOLDING_MATCHES)
        unresolved = await self._ids(statements.UNRESOLVED_BREAKS)
        found = {break_id(each) for each in decided.breaks}
        changes = RecordedChanges(
            ended=await self._end(sorted(holding - {kept_id(each) for each in decided.matches}), run, at),
            matches=await self._keep_matches(decided.matches, run, at),
            payouts=await self._keep_payouts(decided.payouts, at),
            deposits=await self._keep_deposits(decided.deposits, at, decided.new_model),
            resolved=await self._resolve(sorted(unresolved - found), at),
            opened=await self._open(decided.breaks, at),
        )
        if decided.new_model is not None:
            await self._keep_model(decided.new_model, basis.model, at)
        await self._keep_basis(basis, at)
        return changes

    async def change(self, changes: ReconciliationChanges, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Appends and updates only what the change names."""
        run = await self._next_run(basis)
        recorded = RecordedChanges(
            ended=await self._end(sorted(kept_id(each) for each in changes.withdrawn), run, at),
            matches=await self._keep_matches(changes.matches, run, at),
            payouts=await self._keep_payouts(changes.payouts, at),
            deposits=await self._keep_deposits(changes.deposits, at, None),
            resolved=await self._resolve(sorted(break_id(each) for each in changes.resolved), at),
            opened=await self._open(changes.opened, at),
        )
        await self._keep_basis(basis, at)
        return recorded

    async def find(self, wanted: StandingsWanted) -> StandingsFound:
        """Each question by an index of its own."""
        open_payouts: set[str] = set()
        open_deposits: set[str] = set()
        for each in wanted.open:
            span: tuple[date, date] = (each.first, each.last)
            open_payouts |= await self._ids(statements.OPEN_PAYOUTS, *span, each.only_traced_payouts)
            if not each.only_traced_payouts:
                open_deposits |= await self._ids(statements.OPEN_DEPOSITS, *span)
        waiting: dict[str, bool] = {}
        for question in wanted.waiting:
            waiting.update(await self._waiting(question))
        accepted, learned = await self._said_of(wanted.said_of)
        if wanted.all_accepted is not None:
            rows = await self._connection.fetch(statements.ALL_ACCEPTED, self._company, wanted.all_accepted)
            accepted |= _accepted(rows)
        return StandingsFound(
            open_payouts=frozenset(map(PayoutId, open_payouts)),
            open_deposits=frozenset(open_deposits),  # type: ignore[arg-type]  # ids, as they were kept
            waiting=frozenset(PayoutId(id) for id, in_match in waiting.items() if not in_match),
            waiting_in_match=frozenset(PayoutId(id) for id, in_match in waiting.items() if in_match),
            accepted=accepted,
            learned=learned,  # type: ignore[arg-type]
            breaks=await self._breaks_at(wanted.breaks_at),
        )

    # -- reading -------------------------------------------------------------------------------------------------------

    async def _next_run(self, basis: KeptBasis) -> int:
        """Holds the company's row until the transaction ends, so that runs follow one another."""
        last = await self._connection.fetchval(statements.HOLD_BASIS, self._company)
        if last is None:
            await self._connection.execute(statements.FIRST_BASIS, self._company)
            last = await self._connection.fetchval(statements.HOLD_BASIS, self._company)
        if basis.run != last + 1:
            raise RunOvertaken(basis.run)
        return basis.run

    async def _ids(self, sql: str, *arguments: object) -> set[str]:
        return {row[0] for row in await self._connection.fetch(sql, self._company, *arguments)}

    async def _waiting(self, wanted: Waiting) -> dict[str, bool]:
        days = wanted.days.first, wanted.days.last
        if wanted.origins is None:
            rows = await self._connection.fetch(statements.WAITING_ON_DAYS, self._company, *days)
        else:
            rows = await self._connection.fetch(
                statements.WAITING_OF_ORIGINS, self._company, *days, list(wanted.origins)
            )
        return {row["payout_id"]: row["in_match"] for row in rows}

    async def _breaks_at(self, places: Sequence[str]) -> frozenset[ReconciliationBreak]:
        if not places:
            return frozenset()
        rows = await self._connection.fetch(statements.BREAKS_AT, self._company, list(places))
        return frozenset(map(_break, rows))

    async def _said_of(self, ids: Sequence[str]) -> tuple[frozenset[Records], frozenset[str]]:
        if not ids:
            return frozenset(), frozenset()
        learned = frozenset(await self._ids(statements.LEARNED, list(ids)))
        basis = await self.basis()
        if basis is None or basis.accepted_up_to is None:
            return frozenset(), learned
        rows = await self._connection.fetch(statements.ACCEPTED, self._company, list(ids), basis.accepted_up_to)
        return _accepted(rows), learned

    # -- writing -------------------------------------------------------------------------------------------------------

    async def _keep_matches(
        self, matches: Sequence[ReconciliationMatch], run: int, at: datetime
    ) -> tuple[MatchChange, ...]:
        by_id = {kept_id(match): match for match in matches}
        kept: list[MatchChange] = []
        for piece in _pieces(sorted(by_id)):
            some = [by_id[id] for id in piece]
            rows = await self._connection.fetch(
                statements.KEEP_MATCHES,
                self._company,
                run,
                at,
                piece,
                [match.status.value for match in some],
                [match.kind.value for match in some],
                [match_bytes(match) for match in some],
            )
            for row in rows:
                held = row["before"] not in (None, MatchStatus.REVERSED.value)
                before = MatchStatus(row["before"]) if held else None
                kept.append(MatchChange(match=by_id[row["match_id"]], before=before))
            new = [row["match_id"] for row in rows if row["version"] == 1]
            records = [(str(record), id, True) for id in new for record in by_id[id].payouts]
            records += [(str(record), id, False) for id in new for record in by_id[id].deposits]
            if records:
                columns = [list(column) for column in zip(*records, strict=True)]
                await self._connection.execute(statements.KEEP_MATCH_RECORDS, self._company, *columns)
        return tuple(sorted(kept, key=lambda each: each.match.id))

    async def _end(self, ids: Sequence[str], run: int, at: datetime) -> tuple[ReconciliationMatch, ...]:
        ended: list[ReconciliationMatch] = []
        for piece in _pieces(ids):
            rows = await self._connection.fetch(statements.END_MATCHES, self._company, run, at, piece)
            ended += [match_from(row["content"]) for row in rows]
        return tuple(sorted(ended, key=lambda match: match.id))

    async def _keep_payouts(self, standings: Sequence[PayoutStanding], at: datetime) -> tuple[PayoutChange, ...]:
        by_id = {each.outcome.payout: each for each in standings}
        kept: list[PayoutChange] = []
        for piece in _pieces(sorted(by_id)):
            rows = [
                (
                    each.outcome.payout,
                    each.outcome.outcome.value,
                    each.outcome.reason,
                    each.arrival_date,
                    each.origin,
                    each.is_open,
                    each.is_traced,
                    each.is_waiting,
                    each.in_match,
                )
                for each in (by_id[id] for id in piece)
            ]
            columns = [list(column) for column in zip(*rows, strict=True)]
            changed = await self._connection.fetch(statements.KEEP_PAYOUTS, self._company, at, *columns)
            for row in changed:
                before = None if row["before"] is None else PayoutOutcomeKind(row["before"])
                kept.append(PayoutChange(standing=by_id[row["payout_id"]], before=before))
        return tuple(sorted(kept, key=lambda each: each.standing.outcome.payout))

    async def _keep_deposits(
        self, standings: Sequence[DepositStanding], at: datetime, new_model: ModelSnapshot | None
    ) -> tuple[DepositStanding, ...]:
        """Which lines were learned from is written only with a new model."""
        learned: frozenset[str] = frozenset() if new_model is None else new_model.learned_from
        by_id = {each.outcome.deposit: each for each in standings}
        kept: list[DepositStanding] = []
        for piece in _pieces(sorted(by_id)):
            rows = [
                (
                    each.outcome.deposit,
                    each.outcome.outcome.value,
                    each.outcome.reason,
                    each.date,
                    each.is_open,
                    each.outcome.deposit in learned,
                )
                for each in (by_id[id] for id in piece)
            ]
            columns = [list(column) for column in zip(*rows, strict=True)]
            changed = await self._connection.fetch(
                statements.KEEP_DEPOSITS, self._company, at, *columns, new_model is not None
            )
            kept += [by_id[row["deposit_id"]] for row in changed]
        return tuple(sorted(kept, key=lambda each: each.outcome.deposit))

    async def _open(self, breaks: Sequence[ReconciliationBreak], at: datetime) -> tuple[ReconciliationBreak, ...]:
        by_id = {break_id(each): each for each in breaks}
        opened: list[ReconciliationBreak] = []
        for piece in _pieces(sorted(by_id)):
            rows = [(id, by_id[id].kind.value, by_id[id].where, by_id[id].reason) for id in piece]
            columns = [list(column) for column in zip(*rows, strict=True)]
            found = await self._connection.fetch(statements.OPEN_BREAKS, self._company, at, *columns)
            opened += [by_id[row["break_id"]] for row in found]
        return tuple(sorted(opened, key=_ORDER))

    async def _resolve(self, ids: Sequence[str], at: datetime) -> tuple[ReconciliationBreak, ...]:
        if not ids:
            return ()
        rows = await self._connection.fetch(statements.RESOLVE_BREAKS, self._company, at, list(ids))
        return tuple(sorted(map(_break, rows)))

    async def _keep_model(self, model: ModelSnapshot, number: int, at: datetime) -> None:
        await self._connection.execute(
            statements.KEEP_MODEL, self._company, number, model.digest(), model_bytes(without_lines(model)), at
        )

    async def _keep_basis(self, basis: KeptBasis, at: datetime) -> None:
        await self._connection.execute(statements.KEEP_BASIS, self._company, basis.run, basis_bytes(basis), at)


def _break(row: asyncpg.Record) -> ReconciliationBreak:
    return ReconciliationBreak(kind=BreakKind(row["kind"]), where=row["place"], reason=row["reason"])


def _accepted(rows: Sequence[asyncpg.Record]) -> frozenset[Records]:
    """Of the versions that stood, the accepted ones."""
    return frozenset(records_of(match_from(row["content"])) for row in rows if row["status"] in _ACCEPTED)


def _pieces(ids: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(ids), PIECE):
        yield list(ids[start : start + PIECE])
