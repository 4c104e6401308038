-- Partners, their keys, and people's sessions: control tables. Secrets are here as SHA-256 only.
CREATE TABLE tieout.partners (
  partner_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE tieout.api_keys (
  key_id text COLLATE "C" PRIMARY KEY,
  partner_id text COLLATE "C" NOT NULL REFERENCES tieout.partners,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  name text NOT NULL,
  shown text NOT NULL,
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  created timestamptz NOT NULL,
  expires timestamptz,
  revoked timestamptz,
  last_used timestamptz
);
CREATE INDEX api_keys_of_tenant ON tieout.api_keys (partner_id, mode, created);

CREATE TABLE tieout.sessions (
  session_id text COLLATE "C" PRIMARY KEY,
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  company_id text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  person text NOT NULL,
  token_digest bytea NOT NULL CHECK (octet_length(token_digest) = 32),
  token_expires timestamptz NOT NULL,
  session_digest bytea CHECK (octet_length(session_digest) = 32),
  expires timestamptz,
  revoked timestamptz
);
CREATE INDEX sessions_of_company ON tieout.sessions (company_id);
CREATE INDEX sessions_ended ON tieout.sessions (COALESCE(expires, token_expires));

GRANT SELECT, INSERT ON tieout.partners TO tieout_runtime;
GRANT SELECT, INSERT ON tieout.api_keys TO tieout_runtime;
GRANT UPDATE (expires, revoked, last_used) ON tieout.api_keys TO tieout_runtime;
GRANT SELECT, INSERT, DELETE ON tieout.sessions TO tieout_runtime;
GRANT UPDATE (session_digest, expires, revoked) ON tieout.sessions TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.sessions TO tieout_eraser;
