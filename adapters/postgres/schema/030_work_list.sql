-- The work list: a control table. One row for each kind of work and company, kept when idle, so that leases only grow.
CREATE TABLE tieout.work_list (
  kind text COLLATE "C" NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  run_after timestamptz,           -- due from then on; NULL: nothing to do
  again_after timestamptz,         -- asked for while it was running
  lease bigint NOT NULL DEFAULT 0, -- the fence: grows with each claim
  leased_until timestamptz,        -- NULL: nobody holds it
  worker text,
  attempts integer NOT NULL DEFAULT 0,
  parked_at timestamptz,
  reason text,
  PRIMARY KEY (company_id, kind)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

-- Idle and parked rows are not in it: looking for work costs the same however many companies there are.
CREATE INDEX work_list_due ON tieout.work_list (run_after) WHERE run_after IS NOT NULL AND parked_at IS NULL;
CREATE INDEX work_list_parked ON tieout.work_list (company_id) WHERE parked_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON tieout.work_list TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.work_list TO tieout_eraser;
