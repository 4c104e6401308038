"""What was decided for a company, kept in PostgreSQL: in pieces of many rows, each piece in the order of ids."""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from datetime import date, datetime
from operator import attrgetter
from typing import Final, TypeVar

import asyncpg
from asyncpg.cursor import CursorFactory

from adapters.postgres import reconciliation_statements as statements
from adapters.postgres.decoded_models import DECODED_MODELS
from adapters.postgres.pieces import PIECE, WHOLE_COMPANY_SECONDS, pieces_ready
from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.matching.evidence import Records
from domain.matching.model import ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.reach import OpenPayouts, Waiting
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import NO_LONGER_HOLDS, MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import PayoutOutcomeKind
from ports.kept_values import basis_bytes, basis_from, kept_records, match_bytes, match_from, model_bytes, model_from
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
    without_lines,
)

FIRST_RUN: Final = 1
"""Nothing is kept before it."""
_ACCEPTED: Final = frozenset({MatchStatus.MATCHED.value})

_ORDER: Final = attrgetter("kind", "where", "reason")
"""The order of breaks, which so need not compare themselves with each other, field by field, in Python."""

T = TypeVar("T")
_Row = tuple[object, ...]
_PAYOUTS: Final = statements.OPEN_PAYOUTS
_LINES: Final = statements.OPEN_DEPOSITS
_CODED: Final = statements.CODED_DEPOSITS


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
        digest = await self._connection.fetchval(statements.DIGEST, self._company, number)
        if digest is None:
            raise LookupError(f"{self._company} has no model {number}")
        model = DECODED_MODELS.of((self._company, number, digest))
        if model is None:
            model = model_from(await self._connection.fetchval(statements.MODEL, self._company, number))
            DECODED_MODELS.hold((self._company, number, digest), model)
        return model

    async def replace(self, decided: DecidedAnew, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Ends what is not among the matches; appends and updates what is different."""
        run = await self._next_run(basis)
        holding = await self._streamed_ids(statements.HOLDING_MATCHES)
        unresolved = await self._ids(statements.UNRESOLVED_BREAKS)
        found = {break_id(each) for each in decided.breaks}
        rejected = kept_ids(decided.rejected)
        matches = await self._keep_matches(decided.matches, run, at, decided_again=holding)
        changes = RecordedChanges(
            ended=await self._end(sorted(holding), run, at, rejected),
            matches=matches,
            payouts=await self._keep_payouts(decided.payouts, at),
            deposits=await self._keep_deposits(decided.deposits, at, decided.new_model),
            resolved=await self._resolve(sorted(unresolved - found), at),
            opened=await self._open(decided.breaks, at),
        )
        no_longer = await self._ids(statements.REJECTED_MATCHES) - rejected
        await self._say_rejected(rejected, no_longer, run, at)
        if decided.new_model is not None:
            await self._keep_model(decided.new_model, basis.model, at)
        await self._keep_basis(basis, at)
        return changes

    async def change(
        self,
        changes: ReconciliationChanges,
        *,
        basis: KeptBasis,
        at: datetime,
        rejections: Rejections = NO_REJECTIONS,
    ) -> RecordedChanges:
        """Appends and updates only what the change names."""
        run = await self._next_run(basis)
        rejected = kept_ids(rejections.said)
        recorded = RecordedChanges(
            ended=await self._end(sorted(kept_id(each) for each in changes.withdrawn), run, at, rejected),
            matches=await self._keep_matches(changes.matches, run, at),
            payouts=await self._keep_payouts(changes.payouts, at),
            deposits=await self._keep_deposits(changes.deposits, at, None),
            resolved=await self._resolve(sorted(break_id(each) for each in changes.resolved), at),
            opened=await self._open(changes.opened, at),
        )
        await self._say_rejected(rejected, kept_ids(rejections.taken_back), run, at)
        await self._keep_basis(basis, at)
        return recorded

    async def find(self, wanted: StandingsWanted) -> StandingsFound:
        """Each question by an index of its own."""
        found: dict[str, set[str]] = {sql: set() for sql in (_PAYOUTS, _LINES, _CODED)}
        for each in wanted.open:
            span: tuple[date, date] = (each.first, each.last)
            if isinstance(each, OpenPayouts):
                found[_PAYOUTS] |= await self._ids(_PAYOUTS, *span, each.only_traced)
            else:
                sql = _CODED if each.only_coded else _LINES
                found[sql] |= await self._ids(sql, *span)
        waiting: dict[str, bool] = {}
        for question in wanted.waiting:
            waiting.update(await self._waiting(question))
        accepted, learned = await self._said_of(wanted.said_of)
        if wanted.all_accepted is not None:
            accepted |= await self._accepted(statements.ALL_ACCEPTED, wanted.all_accepted)
        if wanted.all_learned:
            learned |= await self._streamed_ids(statements.ALL_LEARNED)
        return StandingsFound(
            open_payouts=frozenset(map(PayoutId, found[_PAYOUTS])),
            open_deposits=frozenset(map(BankDepositId, found[_LINES])),
            coded_deposits=frozenset(map(BankDepositId, found[_CODED])),
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

    async def _streamed_ids(self, sql: str, *arguments: object) -> set[str]:
        """The same, of which there may be a million."""
        return {row[0] async for row in self._streamed(sql, *arguments)}

    async def _accepted(self, sql: str, *arguments: object) -> frozenset[Records]:
        """Of the versions that stood, the accepted ones."""
        rows = self._streamed(sql, *arguments)
        return frozenset([kept_records(row["content"]) async for row in rows if row["status"] in _ACCEPTED])

    def _streamed(self, sql: str, *arguments: object) -> CursorFactory:
        return self._connection.cursor(sql, self._company, *arguments, prefetch=PIECE, timeout=WHOLE_COMPANY_SECONDS)

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
        return await self._accepted(statements.ACCEPTED, list(ids), basis.accepted_up_to), learned

    # -- writing -------------------------------------------------------------------------------------------------------

    async def _keep_matches(
        self, matches: Sequence[ReconciliationMatch], run: int, at: datetime, *, decided_again: set[str] | None = None
    ) -> tuple[MatchChange, ...]:
        """Takes the ids of all these matches out of `decided_again`."""
        kept: list[MatchChange] = []
        async for said, rows in pieces_ready(matches, _match_rows):
            if run == FIRST_RUN:
                await statements.FIRST_MATCHES.run(self._connection, rows, self._company, run, at)
                new = sorted(said)
                kept += [MatchChange(match=said[id]) for id in new]
            else:
                changed = await statements.KEEP_MATCHES.run(self._connection, rows, self._company, run, at)
                new = [row["match_id"] for row in changed if row["version"] == 1]
                kept += [MatchChange(match=said[row["match_id"]], before=_held(row["before"])) for row in changed]
            records = sorted(_records_of_matches(said[id] for id in new))
            await statements.KEEP_MATCH_RECORDS.run(self._connection, records, self._company)
            if decided_again is not None:
                decided_again.difference_update(said)
        return tuple(sorted(kept, key=lambda each: each.match.id))

    async def _end(
        self, ids: Sequence[str], run: int, at: datetime, rejected: Collection[str]
    ) -> tuple[MatchSaid, ...]:
        ended: list[MatchSaid] = []
        for piece in _pieces(ids):
            wrong = [id for id in piece if id in rejected]
            rows = await self._connection.fetch(statements.END_MATCHES, self._company, run, at, piece, wrong)
            ended += [MatchSaid.of(match_from(row["content"])) for row in rows]
        return tuple(sorted(ended, key=lambda match: match.id))

    async def _say_rejected(self, ids: Collection[str], no_longer: Collection[str], run: int, at: datetime) -> None:
        """Of matches that hold no longer. Last, when those that hold again are kept."""
        for which, before, after in (
            (ids, MatchStatus.REVERSED, MatchStatus.REJECTED),
            (no_longer, MatchStatus.REJECTED, MatchStatus.REVERSED),
        ):
            for piece in _pieces(sorted(which)):
                await self._connection.execute(
                    statements.SAY_REJECTED, self._company, run, at, piece, before.value, after.value
                )

    async def _keep_payouts(self, standings: Sequence[PayoutStanding], at: datetime) -> tuple[PayoutChange, ...]:
        kept: list[PayoutChange] = []
        async for by_id, rows in pieces_ready(standings, _payout_rows):
            changed = await statements.KEEP_PAYOUTS.run(self._connection, rows, self._company, at)
            for row in changed:
                before = None if row["before"] is None else PayoutOutcomeKind(row["before"])
                kept.append(PayoutChange(standing=by_id[row["payout_id"]], before=before))
        return tuple(sorted(kept, key=lambda each: each.standing.outcome.payout))

    async def _keep_deposits(
        self, standings: Sequence[DepositStanding], at: datetime, new_model: ModelSnapshot | None
    ) -> tuple[DepositStanding, ...]:
        """Which lines were learned from is written only with a new model."""
        learned: frozenset[str] = frozenset() if new_model is None else new_model.learned_from
        kept: list[DepositStanding] = []
        async for by_id, rows in pieces_ready(standings, lambda piece: _deposit_rows(piece, learned)):
            changed = await statements.KEEP_DEPOSITS.run(
                self._connection, rows, self._company, at, new_model is not None
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


def _held(status: str | None) -> MatchStatus | None:
    return None if status is None or status in NO_LONGER_HOLDS else MatchStatus(status)


def _match_rows(matches: Sequence[ReconciliationMatch]) -> tuple[dict[str, MatchSaid], list[_Row]]:
    rows = {kept_id(match): match for match in matches}
    in_order: list[_Row] = [
        (id, match.status.value, match.kind.value, match_bytes(match)) for id, match in sorted(rows.items())
    ]
    return {id: MatchSaid.of(match, id) for id, match in rows.items()}, in_order


def _records_of_matches(matches: Iterable[MatchSaid]) -> Iterator[tuple[str, str, bool]]:
    for match in matches:
        for payout in match.payouts:
            yield payout, match.id, True
        for line in match.deposits:
            yield line, match.id, False


def _payout_rows(
    standings: Sequence[PayoutStanding],
) -> tuple[dict[PayoutId, PayoutStanding], list[_Row]]:
    by_id = {each.outcome.payout: each for each in standings}
    return by_id, [
        (
            id,
            each.outcome.outcome.value,
            each.outcome.reason,
            each.arrival_date,
            each.origin,
            each.is_open,
            each.is_traced,
            each.is_waiting,
            each.in_match,
        )
        for id, each in sorted(by_id.items())
    ]


def _deposit_rows(
    standings: Sequence[DepositStanding], learned: Set[str]
) -> tuple[dict[BankDepositId, DepositStanding], list[_Row]]:
    by_id = {each.outcome.deposit: each for each in standings}
    return by_id, [
        (id, each.outcome.outcome.value, each.outcome.reason, each.date, each.is_open, each.is_coded, id in learned)
        for id, each in sorted(by_id.items())
    ]


def _pieces(ids: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(ids), PIECE):
        yield list(ids[start : start + PIECE])
