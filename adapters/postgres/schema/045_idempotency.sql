-- Idempotency keys and the answers kept for them: a control table.
CREATE TABLE tieout.idempotency_keys (
  owner text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint bytea NOT NULL,
  begun timestamptz NOT NULL,
  status integer,            -- NULL: under way
  content_type text,
  body bytea,
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_keys_begun ON tieout.idempotency_keys (begun);

GRANT SELECT, INSERT, UPDATE, DELETE ON tieout.idempotency_keys TO tieout_runtime;
