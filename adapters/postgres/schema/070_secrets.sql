-- Secrets, sealed, and the wrapped keys to them. Control tables: whoever reads only these learns nothing.
CREATE TABLE tieout.data_keys (
  owner text COLLATE "C" NOT NULL, -- a company's id, or partner:mode
  number integer NOT NULL CHECK (number > 0),
  master_key text COLLATE "C" NOT NULL, -- the id of the one that wraps it
  wrapped bytea NOT NULL,
  PRIMARY KEY (owner, number)
);
CREATE INDEX data_keys_by_master_key ON tieout.data_keys (master_key);

CREATE TABLE tieout.sealed_secrets (
  owner text COLLATE "C" NOT NULL,
  of_table text COLLATE "C" NOT NULL, -- the place that it is bound to: elsewhere it does not open
  of_column text COLLATE "C" NOT NULL,
  of_row text COLLATE "C" NOT NULL,
  key_number integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (owner, of_table, of_column, of_row)
);

GRANT SELECT, INSERT ON tieout.data_keys TO tieout_runtime;
GRANT UPDATE (master_key, wrapped) ON tieout.data_keys TO tieout_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON tieout.sealed_secrets TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.data_keys, tieout.sealed_secrets TO tieout_eraser;
