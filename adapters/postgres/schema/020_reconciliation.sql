-- What was decided: matches (appended), where every record stands, breaks, people's decisions (appended), models.

-- How far the last run got. Its row is what runs of one company wait for.
CREATE TABLE tieout.reconciliation_basis (
  company_id text COLLATE "C" PRIMARY KEY,
  run bigint NOT NULL DEFAULT 0,
  basis bytea,                       -- NULL until the first run ends
  recorded_at timestamptz
);

CREATE TABLE tieout.model_snapshots (
  company_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  digest text COLLATE "C" NOT NULL,
  content bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, number)
);

CREATE TABLE tieout.matches (
  company_id text COLLATE "C" NOT NULL,
  match_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  run bigint NOT NULL,
  status text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  content bytea NOT NULL,            -- the match, whole, as JSON; the status in it is the engine's
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, match_id, version)
);
CREATE INDEX matches_changes ON tieout.matches (company_id, recorded_at, match_id);
CREATE INDEX matches_open ON tieout.matches (company_id, status, match_id)
  WHERE status IN ('needs_review', 'confirmed', 'rejected');

-- Which payouts and bank lines a match is about.
CREATE TABLE tieout.match_records (
  company_id text COLLATE "C" NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  match_id text COLLATE "C" NOT NULL,
  is_payout boolean NOT NULL,
  PRIMARY KEY (company_id, record_id, match_id)
);

CREATE TABLE tieout.payout_standings (
  company_id text COLLATE "C" NOT NULL,
  payout_id text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  day date NOT NULL,
  origin text COLLATE "C" NOT NULL,
  is_open boolean NOT NULL,
  is_traced boolean NOT NULL,
  is_waiting boolean NOT NULL,
  in_match boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, payout_id)
);
CREATE INDEX payout_standings_open ON tieout.payout_standings (company_id, day) WHERE is_open;
CREATE INDEX payout_standings_waiting ON tieout.payout_standings (company_id, day) WHERE is_waiting;
CREATE INDEX payout_standings_origins ON tieout.payout_standings (company_id, origin) WHERE is_waiting;
CREATE INDEX payout_standings_unmatched ON tieout.payout_standings (company_id, outcome, payout_id)
  WHERE outcome <> 'matched';

CREATE TABLE tieout.deposit_standings (
  company_id text COLLATE "C" NOT NULL,
  deposit_id text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  day date NOT NULL,
  is_open boolean NOT NULL,
  is_learned boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, deposit_id)
);
CREATE INDEX deposit_standings_open ON tieout.deposit_standings (company_id, day) WHERE is_open;
CREATE INDEX deposit_standings_unmatched ON tieout.deposit_standings (company_id, outcome, deposit_id)
  WHERE outcome NOT IN ('matched', 'not_stripe');

CREATE TABLE tieout.breaks (
  company_id text COLLATE "C" NOT NULL,
  break_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, break_id)
);
CREATE INDEX breaks_changes ON tieout.breaks (company_id, changed_at, break_id);
CREATE INDEX breaks_places ON tieout.breaks (company_id, place) WHERE resolved_at IS NULL;
CREATE INDEX breaks_open ON tieout.breaks (company_id, break_id) WHERE resolved_at IS NULL;

CREATE TABLE tieout.decision_heads (
  company_id text COLLATE "C" PRIMARY KEY,
  last bigint NOT NULL
);

CREATE TABLE tieout.decisions (
  company_id text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,    -- or 'undo'
  payouts text[] COLLATE "C" NOT NULL,
  deposits text[] COLLATE "C" NOT NULL,
  decided_by text NOT NULL,
  note text NOT NULL,
  undoes bigint,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, number)
);
CREATE UNIQUE INDEX decisions_undone ON tieout.decisions (company_id, undoes) WHERE undoes IS NOT NULL;

CREATE TABLE tieout.decision_records (
  company_id text COLLATE "C" NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  PRIMARY KEY (company_id, record_id, number)
);

DO $$
DECLARE
  name text;
  appended text[] := ARRAY['model_snapshots', 'matches', 'match_records', 'decisions', 'decision_records'];
  kept_current text[] := ARRAY['reconciliation_basis', 'payout_standings', 'deposit_standings', 'breaks', 'decision_heads'];
BEGIN
  FOREACH name IN ARRAY appended || kept_current LOOP
    EXECUTE format('ALTER TABLE tieout.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE tieout.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_company ON tieout.%I USING (company_id = current_setting(''tieout.company'', true)) '
      'WITH CHECK (company_id = current_setting(''tieout.company'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT ON tieout.%I TO tieout_runtime', name);
    EXECUTE format('GRANT SELECT, DELETE ON tieout.%I TO tieout_eraser', name);
  END LOOP;
  FOREACH name IN ARRAY kept_current LOOP
    EXECUTE format('GRANT UPDATE ON tieout.%I TO tieout_runtime', name);
  END LOOP;
END
$$;
