"""What was decided, page by page, from PostgreSQL."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import asyncpg
import attrs

from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import NO_LONGER_HOLDS, MatchStatus
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from ports.kept_values import match_from
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

T = TypeVar("T")

_MATCHES: Final = """
SELECT m.match_id AS id, m.version, m.status, m.content, m.recorded_at AS at FROM matches AS m
WHERE m.company_id = $1 AND NOT EXISTS (
    SELECT FROM matches AS n WHERE n.company_id = $1 AND n.match_id = m.match_id AND n.version = m.version + 1)
  AND ($2::text IS NULL OR m.status = $2) AND ($3::text IS NULL OR m.kind = $3)
  AND ($4::text IS NULL OR EXISTS (
    SELECT FROM match_records AS r WHERE r.company_id = $1 AND r.record_id = $4 AND r.match_id = m.match_id))
"""
_HOLDING: Final = " AND m.status NOT IN ('reversed', 'rejected')"
_THESE: Final = " AND m.match_id = ANY ($5::text[])"
_ALL: Final = " AND $5::text[] IS NULL"
"""A statement of its own, so that no plan is made for both."""
_HISTORY: Final = """
SELECT match_id AS id, version, status, content, recorded_at AS at FROM matches
WHERE company_id = $1 AND match_id = $2 ORDER BY version
"""
_MATCH_OF: Final = """
(SELECT r.match_id FROM match_records AS r JOIN matches AS m ON m.company_id = r.company_id AND m.match_id = r.match_id
 WHERE r.company_id = $1 AND r.record_id = s.{id} AND r.is_payout = {is_payout}
   AND m.status NOT IN ('reversed', 'rejected') AND NOT EXISTS (
     SELECT FROM matches AS n WHERE n.company_id = $1 AND n.match_id = m.match_id AND n.version = m.version + 1)
 ORDER BY m.status = 'needs_review', r.match_id LIMIT 1)
"""
_PAYOUTS: Final = f"""
SELECT s.payout_id AS id, s.outcome, s.reason, s.recorded_at AS at,
  {_MATCH_OF.format(id="payout_id", is_payout="true")} AS match_id
FROM payout_standings AS s
WHERE s.company_id = $1 AND ($2::text[] IS NULL OR s.payout_id = ANY ($2))
  AND ($3::text[] IS NULL OR s.outcome = ANY ($3))
  AND ($4::text IS NULL OR s.payout_id > $4)
ORDER BY s.payout_id LIMIT $5
"""
_DEPOSITS: Final = f"""
SELECT s.deposit_id AS id, s.outcome, s.reason, s.recorded_at AS at,
  {_MATCH_OF.format(id="deposit_id", is_payout="false")} AS match_id
FROM deposit_standings AS s
WHERE s.company_id = $1 AND ($2::text[] IS NULL OR s.deposit_id = ANY ($2))
  AND ($3::text[] IS NULL OR s.outcome = ANY ($3))
  AND ($4::text IS NULL OR s.deposit_id > $4)
ORDER BY s.deposit_id LIMIT $5
"""
_BREAKS: Final = """
SELECT b.break_id AS id, b.kind, b.place, b.reason, b.opened_at, b.resolved_at, b.changed_at AS at, b.changed_before
FROM breaks AS b
WHERE b.company_id = $1 AND ($2::text IS NULL OR b.kind = $2)
  AND ($3::boolean IS NULL OR $3 = (b.resolved_at IS NOT NULL)) AND ($4::text IS NULL OR b.break_id = $4)
"""


class PostgresReconciliationLists:
    """Keeps the promises of `ports.reconciliation_lists.ReconciliationLists`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def matches(
        self, wanted: MatchesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptMatch]:
        """By id, or by the last change."""
        filters = (
            wanted.status and wanted.status.value,
            wanted.kind and wanted.kind.value,
            wanted.record,
            _list(wanted.ids),
        )
        these = _ALL if wanted.ids is None else _THESE
        if wanted.updated_since is not None:
            tail = these + _since("m.recorded_at", "m.match_id", 6)
            begins = (wanted.updated_since, after.at if after else None, after.id if after else None)
            rows = await self._fetch(_MATCHES + tail, *filters, *begins, limit=limit)
            return _page(rows, limit, _match, by_change=True)
        holding = "" if wanted.status in NO_LONGER_HOLDS else _HOLDING
        tail = these + holding + " AND ($6::text IS NULL OR m.match_id > $6) ORDER BY m.match_id LIMIT $7"
        rows = await self._fetch(_MATCHES + tail, *filters, after and after.id, limit=limit)
        return _page(rows, limit, _match)

    async def match_history(self, id: str) -> Sequence[KeptMatch]:
        """All versions, the first one first."""
        return [_match(row) for row in await self._connection.fetch(_HISTORY, self._company, id)]

    async def payout_outcomes(
        self, wanted: PayoutOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptPayoutOutcome]:
        """By payout."""
        filters = _list(wanted.ids), _list(wanted.outcomes)
        return _page(await self._fetch(_PAYOUTS, *filters, after and after.id, limit=limit), limit, _payout)

    async def deposit_outcomes(
        self, wanted: DepositOutcomesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptDepositOutcome]:
        """By bank line."""
        filters = _list(wanted.ids), _list(wanted.outcomes)
        return _page(await self._fetch(_DEPOSITS, *filters, after and after.id, limit=limit), limit, _deposit)

    async def breaks(self, wanted: BreaksWanted, *, after: PageKey | None = None, limit: int = 100) -> Page[KeptBreak]:
        """By id, or by the last change."""
        filters = wanted.kind and wanted.kind.value, wanted.is_resolved, wanted.id
        if wanted.updated_since is not None:
            tail = _since("b.changed_at", "b.break_id", 5)
            begins = (wanted.updated_since, after.at if after else None, after.id if after else None)
            rows = await self._fetch(_BREAKS + tail, *filters, *begins, limit=limit)
            return _page(rows, limit, _break, by_change=True)
        opened = " AND b.resolved_at IS NULL" if wanted.is_resolved is False else ""  # as the index of open ones says
        tail = opened + " AND ($5::text IS NULL OR b.break_id > $5) ORDER BY b.break_id LIMIT $6"
        rows = await self._fetch(_BREAKS + tail, *filters, after and after.id, limit=limit)
        return _page(rows, limit, _break)

    async def _fetch(self, sql: str, *arguments: object, limit: int) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self._connection.fetch(
            sql, self._company, *arguments, checked_limit(limit) + 1
        )
        return found


def _since(at: str, id: str, number: int) -> str:
    """In the order of changes, from a moment on, after the key of the page before."""
    since, key_at, key_id, limit = (f"${number + i}" for i in range(4))
    return (
        f" AND {at} >= {since} AND ({key_id}::text IS NULL OR ({at}, {id}) > ({key_at}::timestamptz, {key_id})) "
        f"ORDER BY {at}, {id} LIMIT {limit}"
    )


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else [str(value) for value in values]


def _page(
    rows: Sequence[asyncpg.Record], limit: int, made: Callable[[asyncpg.Record], T], *, by_change: bool = False
) -> Page[T]:
    shown = rows[:limit]
    more = len(rows) > limit
    key = PageKey(id=shown[-1]["id"], at=shown[-1]["at"] if by_change else None) if more else None
    return Page(records=tuple(map(made, shown)), next=key)


def _match(row: asyncpg.Record) -> KeptMatch:
    match = attrs.evolve(match_from(row["content"]), status=MatchStatus(row["status"]))
    return KeptMatch(id=row["id"], version=row["version"], match=match, recorded_at=row["at"])


def _payout(row: asyncpg.Record) -> KeptPayoutOutcome:
    outcome = PayoutOutcome(payout=PayoutId(row["id"]), outcome=PayoutOutcomeKind(row["outcome"]), reason=row["reason"])
    return KeptPayoutOutcome(outcome=outcome, match=row["match_id"], recorded_at=row["at"])


def _deposit(row: asyncpg.Record) -> KeptDepositOutcome:
    outcome = DepositOutcome(
        deposit=BankDepositId(row["id"]), outcome=DepositOutcomeKind(row["outcome"]), reason=row["reason"]
    )
    return KeptDepositOutcome(outcome=outcome, match=row["match_id"], recorded_at=row["at"])


def _break(row: asyncpg.Record) -> KeptBreak:
    found = ReconciliationBreak(kind=BreakKind(row["kind"]), where=row["place"], reason=row["reason"])
    return KeptBreak(
        id=row["id"],
        found=found,
        opened_at=row["opened_at"],
        resolved_at=row["resolved_at"],
        changed_before=row["changed_before"],
    )
