-- People's own matching rules: a company table, append-only. The last version of a rule says whether it holds.
CREATE TABLE tieout.matching_rules (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  kind text COLLATE "C" NOT NULL,
  test text COLLATE "C" NOT NULL,
  text text NOT NULL,
  account text,
  sign text COLLATE "C",
  minor_units bigint,
  currency text COLLATE "C",
  is_removed boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
ALTER TABLE tieout.matching_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.matching_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY own_company ON tieout.matching_rules
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));
GRANT SELECT, INSERT ON tieout.matching_rules TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.matching_rules TO tieout_eraser;
