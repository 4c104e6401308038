-- What statements say of themselves. Not facts: they tell whether the next statement follows on the last, and which days
-- are closed to interim reports. `digest` is of all columns but where it was found, so that one statement is kept once.
CREATE TABLE tieout.bank_statements (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  found_in text NOT NULL,
  currency text COLLATE "C" NOT NULL,
  number text,
  sequence bigint,
  page integer NOT NULL,
  opening bigint,
  closing bigint,
  moved bigint NOT NULL,
  lines integer NOT NULL,
  first_day date,
  last_day date NOT NULL CHECK (last_day >= first_day),
  is_interim boolean NOT NULL,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, account, digest)
);

ALTER TABLE tieout.bank_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.bank_statements FORCE ROW LEVEL SECURITY;
CREATE POLICY own_company ON tieout.bank_statements
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));
GRANT SELECT, INSERT ON tieout.bank_statements TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.bank_statements TO tieout_eraser;
