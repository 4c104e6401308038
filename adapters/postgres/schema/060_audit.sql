-- The audit trail: a hash chain a company, one link for each transaction that did something.

CREATE TABLE tieout.audit_links (
  company_id text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (company_id, number)
);

CREATE TABLE tieout.audit_rows (
  company_id text COLLATE "C" NOT NULL,
  number bigint NOT NULL,   -- of the link
  position integer NOT NULL,
  who_kind text COLLATE "C" NOT NULL,
  who_id text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  note text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  detail text COLLATE "C" NOT NULL, -- canonical JSON: the hash is of these very characters
  PRIMARY KEY (company_id, number, position)
);

CREATE INDEX audit_rows_subject ON tieout.audit_rows (company_id, subject, number);

ALTER TABLE tieout.audit_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.audit_links FORCE ROW LEVEL SECURITY;
CREATE POLICY company_only ON tieout.audit_links
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));

ALTER TABLE tieout.audit_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.audit_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY company_only ON tieout.audit_rows
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));

GRANT SELECT, INSERT ON tieout.audit_links, tieout.audit_rows TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.audit_links, tieout.audit_rows TO tieout_eraser;

-- Control tables: the same for what a partner does with its keys, endpoints and companies.
CREATE TABLE tieout.partner_trail_heads (
  chain text COLLATE "C" PRIMARY KEY, -- partner:mode
  links bigint NOT NULL
);

CREATE TABLE tieout.partner_audit_links (
  chain text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (chain, number)
);

CREATE TABLE tieout.partner_audit_rows (
  chain text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  position integer NOT NULL,
  who_kind text COLLATE "C" NOT NULL,
  who_id text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  note text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  detail text COLLATE "C" NOT NULL,
  PRIMARY KEY (chain, number, position)
);

CREATE INDEX partner_audit_rows_subject ON tieout.partner_audit_rows (chain, subject, number);

-- Signed by a key that the database does not hold.
CREATE TABLE tieout.audit_checkpoints (
  chain text COLLATE "C" NOT NULL, -- a company's id, or partner:mode
  number bigint NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL,
  key text COLLATE "C" NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (chain, number, at, key)
);

GRANT SELECT, INSERT, UPDATE ON tieout.partner_trail_heads TO tieout_runtime;
GRANT SELECT, INSERT ON tieout.partner_audit_links, tieout.partner_audit_rows, tieout.audit_checkpoints TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.audit_checkpoints TO tieout_eraser;

-- A kept answer may name a company that is to be forgotten.
GRANT SELECT, DELETE ON tieout.idempotency_keys TO tieout_eraser;
