"""The statements that keep decisions. Each takes a piece of many rows; `$1` is the company.

What is kept of each is looked up one by one (LATERAL): a planner that may choose, and has statistics of before a large
transaction or none, once read the whole table for every row of a piece.
"""

from typing import Final

from adapters.postgres.many_rows import RowsStatement, columns_of

BASIS: Final = "SELECT basis FROM reconciliation_basis WHERE company_id = $1"
HOLD_BASIS: Final = "SELECT run FROM reconciliation_basis WHERE company_id = $1 FOR UPDATE"
FIRST_BASIS: Final = "INSERT INTO reconciliation_basis (company_id) VALUES ($1) ON CONFLICT (company_id) DO NOTHING"
KEEP_BASIS: Final = """
UPDATE reconciliation_basis SET run = $2, basis = $3, recorded_at = $4 WHERE company_id = $1
"""

KEEP_MATCHES: Final = RowsStatement(
    """
WITH changed AS (
  SELECT t.match_id, t.status, t.kind, t.content, COALESCE(l.version, 0) + 1 AS version, l.status AS before
  FROM {rows} LEFT JOIN LATERAL (
    SELECT m.version, m.status, m.content FROM matches AS m
    WHERE m.company_id = $1 AND m.match_id = t.match_id ORDER BY m.version DESC LIMIT 1
  ) AS l ON true
  WHERE l.version IS NULL OR l.status <> t.status OR l.content <> t.content
), kept AS (
  INSERT INTO matches (company_id, match_id, version, run, status, kind, content, recorded_at)
  SELECT $1, match_id, version, $2, status, kind, content, $3 FROM changed ORDER BY match_id
)
SELECT match_id, version, before FROM changed
""",
    "incoming_matches",
    columns_of("match_id, status, kind, content:bytea"),
    others=3,
)
FIRST_MATCHES: Final = RowsStatement(
    """
INSERT INTO matches (company_id, match_id, version, run, status, kind, content, recorded_at)
SELECT $1, t.match_id, 1, $2, t.status, t.kind, t.content, $3 FROM {rows}
""",
    "incoming_matches",
    KEEP_MATCHES.columns,
    others=3,
)
"""Where none was ever kept, none needs to be looked up."""
KEEP_MATCH_RECORDS: Final = RowsStatement(
    """
INSERT INTO match_records (company_id, record_id, match_id, is_payout)
SELECT $1, t.record_id, t.match_id, t.is_payout FROM {rows} ORDER BY t.record_id, t.match_id
""",
    "incoming_match_records",
    columns_of("record_id, match_id, is_payout:boolean"),
    others=1,
)
END_MATCHES: Final = """
WITH latest AS (
  SELECT l.* FROM unnest($4::text[]) AS t (match_id) CROSS JOIN LATERAL (
    SELECT m.match_id, m.version, m.status, m.kind, m.content FROM matches AS m
    WHERE m.company_id = $1 AND m.match_id = t.match_id ORDER BY m.version DESC LIMIT 1
  ) AS l
)
INSERT INTO matches (company_id, match_id, version, run, status, kind, content, recorded_at)
SELECT $1, match_id, version + 1, $2, CASE WHEN match_id = ANY ($5::text[]) THEN 'rejected' ELSE 'reversed' END,
  kind, content, $3
FROM latest WHERE status NOT IN ('reversed', 'rejected')
ORDER BY match_id
RETURNING match_id, content
"""
SAY_REJECTED: Final = """
WITH latest AS (
  SELECT DISTINCT ON (m.match_id) m.match_id, m.version, m.status, m.kind, m.content
  FROM matches AS m WHERE m.company_id = $1 AND m.match_id = ANY ($4::text[]) ORDER BY m.match_id, m.version DESC
)
INSERT INTO matches (company_id, match_id, version, run, status, kind, content, recorded_at)
SELECT $1, match_id, version + 1, $2, $6, kind, content, $3 FROM latest WHERE status = $5
ORDER BY match_id
"""
"""Of matches that hold no longer: from one word for that to the other."""
HOLDING_MATCHES: Final = """
SELECT m.match_id FROM matches AS m
WHERE m.company_id = $1 AND m.status NOT IN ('reversed', 'rejected') AND NOT EXISTS (
  SELECT FROM matches AS n WHERE n.company_id = $1 AND n.match_id = m.match_id AND n.version = m.version + 1)
"""
REJECTED_MATCHES: Final = """
SELECT m.match_id FROM matches AS m
WHERE m.company_id = $1 AND m.status = 'rejected' AND NOT EXISTS (
  SELECT FROM matches AS n WHERE n.company_id = $1 AND n.match_id = m.match_id AND n.version = m.version + 1)
"""

KEEP_PAYOUTS: Final = RowsStatement(
    """
WITH before AS (
  SELECT l.* FROM {rows} CROSS JOIN LATERAL (
    SELECT p.payout_id, p.outcome FROM payout_standings AS p
    WHERE p.company_id = $1 AND p.payout_id = t.payout_id OFFSET 0
  ) AS l
), kept AS (
INSERT INTO payout_standings AS s
  (company_id, payout_id, outcome, reason, day, origin, is_open, is_traced, is_waiting, in_match, recorded_at)
SELECT $1, t.payout_id, t.outcome, t.reason, t.day, t.origin, t.is_open, t.is_traced, t.is_waiting, t.in_match, $2
FROM {rows} ORDER BY t.payout_id
ON CONFLICT (company_id, payout_id) DO UPDATE SET
  outcome = excluded.outcome, reason = excluded.reason, day = excluded.day, origin = excluded.origin,
  is_open = excluded.is_open, is_traced = excluded.is_traced, is_waiting = excluded.is_waiting,
  in_match = excluded.in_match, recorded_at = excluded.recorded_at
WHERE (s.outcome, s.reason, s.day, s.origin, s.is_open, s.is_traced, s.is_waiting, s.in_match) IS DISTINCT FROM
  (excluded.outcome, excluded.reason, excluded.day, excluded.origin, excluded.is_open, excluded.is_traced,
   excluded.is_waiting, excluded.in_match)
RETURNING payout_id
)
SELECT k.payout_id, b.outcome AS before FROM kept AS k LEFT JOIN before AS b ON b.payout_id = k.payout_id
""",
    "incoming_payout_standings",
    columns_of(
        "payout_id, outcome, reason, day:date, origin, is_open:boolean, is_traced:boolean, is_waiting:boolean, "
        "in_match:boolean"
    ),
    others=2,
)
KEEP_DEPOSITS: Final = RowsStatement(
    """
INSERT INTO deposit_standings AS s
  (company_id, deposit_id, outcome, reason, day, is_open, is_coded, is_learned, recorded_at)
SELECT $1, t.deposit_id, t.outcome, t.reason, t.day, t.is_open, t.is_coded, t.is_learned, $2
FROM {rows} ORDER BY t.deposit_id
ON CONFLICT (company_id, deposit_id) DO UPDATE SET
  outcome = excluded.outcome, reason = excluded.reason, day = excluded.day, is_open = excluded.is_open,
  is_coded = excluded.is_coded, is_learned = CASE WHEN $3 THEN excluded.is_learned ELSE s.is_learned END,
  recorded_at = excluded.recorded_at
WHERE (s.outcome, s.reason, s.day, s.is_open, s.is_coded) IS DISTINCT FROM
  (excluded.outcome, excluded.reason, excluded.day, excluded.is_open, excluded.is_coded)
  OR ($3 AND s.is_learned <> excluded.is_learned)
RETURNING deposit_id
""",
    "incoming_deposit_standings",
    columns_of("deposit_id, outcome, reason, day:date, is_open:boolean, is_coded:boolean, is_learned:boolean"),
    others=3,
)

OPEN_BREAKS: Final = """
INSERT INTO breaks AS b (company_id, break_id, kind, place, reason, opened_at, changed_at)
SELECT $1, t.break_id, t.kind, t.place, t.reason, $2, $2
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS t (break_id, kind, place, reason)
ORDER BY t.break_id
ON CONFLICT (company_id, break_id) DO UPDATE SET
  opened_at = excluded.opened_at, resolved_at = NULL, changed_at = excluded.changed_at, changed_before = b.changed_at
WHERE b.resolved_at IS NOT NULL
RETURNING break_id
"""
RESOLVE_BREAKS: Final = """
UPDATE breaks SET resolved_at = $2, changed_at = $2, changed_before = changed_at
WHERE company_id = $1 AND break_id = ANY ($3::text[]) AND resolved_at IS NULL
RETURNING break_id, kind, place, reason
"""
UNRESOLVED_BREAKS: Final = "SELECT break_id FROM breaks WHERE company_id = $1 AND resolved_at IS NULL"

KEEP_MODEL: Final = """
INSERT INTO model_snapshots (company_id, number, digest, content, recorded_at) VALUES ($1, $2, $3, $4, $5)
"""
DIGEST: Final = "SELECT digest FROM model_snapshots WHERE company_id = $1 AND number = $2"
MODEL: Final = "SELECT content FROM model_snapshots WHERE company_id = $1 AND number = $2"

OPEN_PAYOUTS: Final = """
SELECT payout_id FROM payout_standings
WHERE company_id = $1 AND is_open AND day BETWEEN $2 AND $3 AND (is_traced OR NOT $4)
"""
OPEN_DEPOSITS: Final = """
SELECT deposit_id FROM deposit_standings WHERE company_id = $1 AND is_open AND day BETWEEN $2 AND $3
"""
CODED_DEPOSITS: Final = """
SELECT deposit_id FROM deposit_standings WHERE company_id = $1 AND is_coded AND day BETWEEN $2 AND $3
"""
WAITING_ON_DAYS: Final = """
SELECT payout_id, in_match FROM payout_standings
WHERE company_id = $1 AND is_waiting
  AND day >= COALESCE($2, '-infinity'::date) AND day <= COALESCE($3, 'infinity'::date)
"""
WAITING_OF_ORIGINS: Final = """
SELECT payout_id, in_match FROM payout_standings
WHERE company_id = $1 AND is_waiting AND origin = ANY ($4::text[])
  AND day >= COALESCE($2, '-infinity'::date) AND day <= COALESCE($3, 'infinity'::date)
"""
LEARNED: Final = """
SELECT deposit_id FROM deposit_standings WHERE company_id = $1 AND deposit_id = ANY ($2::text[]) AND is_learned
"""
ALL_LEARNED: Final = "SELECT deposit_id FROM deposit_standings WHERE company_id = $1 AND is_learned"
ACCEPTED: Final = """
SELECT l.* FROM (
  SELECT DISTINCT r.match_id FROM match_records AS r WHERE r.company_id = $1 AND r.record_id = ANY ($2::text[])
) AS r CROSS JOIN LATERAL (
  SELECT m.match_id, m.status, m.content FROM matches AS m
  WHERE m.company_id = $1 AND m.match_id = r.match_id AND m.run <= $3 ORDER BY m.version DESC LIMIT 1
) AS l
"""
ALL_ACCEPTED: Final = """
SELECT DISTINCT ON (m.match_id) m.match_id, m.status, m.content FROM matches AS m
WHERE m.company_id = $1 AND m.run <= $2 ORDER BY m.match_id, m.version DESC
"""
BREAKS_AT: Final = """
SELECT b.kind, b.place, b.reason FROM unnest($2::text[]) AS t (place) CROSS JOIN LATERAL (
  SELECT o.kind, o.place, o.reason FROM breaks AS o
  WHERE o.company_id = $1 AND o.place = t.place AND o.resolved_at IS NULL OFFSET 0
) AS b
"""
