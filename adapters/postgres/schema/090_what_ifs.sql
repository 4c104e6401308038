-- What people asked before they changed anything, as it was answered; that it was applied is another row.
CREATE TABLE tieout.what_ifs (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  asked_at timestamptz NOT NULL,
  head bytea NOT NULL,               -- who asked, on what the answer stands, and it in figures, as JSON
  content bytea NOT NULL,            -- what was proposed, and the answer, as JSON
  PRIMARY KEY (company_id, id)
);
CREATE INDEX what_ifs_newest ON tieout.what_ifs (company_id, asked_at, id);

CREATE TABLE tieout.what_ifs_applied (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  applied_kind text COLLATE "C" NOT NULL,
  applied_by text NOT NULL,
  applied_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['what_ifs', 'what_ifs_applied'] LOOP
    EXECUTE format('ALTER TABLE tieout.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE tieout.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_company ON tieout.%I USING (company_id = current_setting(''tieout.company'', true)) '
      'WITH CHECK (company_id = current_setting(''tieout.company'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT ON tieout.%I TO tieout_runtime', name);
    EXECUTE format('GRANT SELECT, DELETE ON tieout.%I TO tieout_eraser', name);
  END LOOP;
END
$$;
