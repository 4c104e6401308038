-- The companies of all partners: a control table, asked before it is known which company a request is about.
CREATE TABLE tieout.companies (
  id text COLLATE "C" PRIMARY KEY,
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  external_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  currency text COLLATE "C" NOT NULL,
  books_start date,
  status text COLLATE "C" NOT NULL,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  UNIQUE (partner_id, mode, external_id)
);

CREATE INDEX companies_newest ON tieout.companies (partner_id, mode, created, id);
CREATE INDEX companies_changes ON tieout.companies (partner_id, mode, updated, id);

GRANT SELECT, INSERT, UPDATE ON tieout.companies TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.companies TO tieout_eraser;
