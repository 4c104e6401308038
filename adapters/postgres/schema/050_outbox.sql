-- What happened to a company, numbered without a gap, and kept as it was told.

-- How far a company's numbered records go: one row a company, taken last in a transaction and held until it commits, so
-- that numbers follow the order of commits and none is left out. One row for events and audit alike: one lock, no order
-- of two to get wrong.
CREATE TABLE tieout.trail_heads (
  company_id text COLLATE "C" PRIMARY KEY,
  events bigint NOT NULL DEFAULT 0,
  links bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE tieout.outbox_events (
  company_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  type text COLLATE "C" NOT NULL,
  data text COLLATE "C" NOT NULL, -- canonical JSON; text, because jsonb refuses what text may hold
  at timestamptz NOT NULL,
  PRIMARY KEY (company_id, sequence)
);

ALTER TABLE tieout.trail_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.trail_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY company_only ON tieout.trail_heads
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));

ALTER TABLE tieout.outbox_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.outbox_events FORCE ROW LEVEL SECURITY;
CREATE POLICY company_only ON tieout.outbox_events
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));

GRANT SELECT, INSERT, UPDATE ON tieout.trail_heads TO tieout_runtime;
GRANT SELECT, INSERT ON tieout.outbox_events TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.trail_heads, tieout.outbox_events TO tieout_eraser;

-- A control table: whose records wait to be handed to endpoints or signed, across companies.
CREATE TABLE tieout.trail_tips (
  company_id text COLLATE "C" PRIMARY KEY,
  events bigint NOT NULL,           -- the number of the company's last event
  handed bigint NOT NULL DEFAULT 0, -- up to here endpoints know of them
  links bigint NOT NULL,            -- the number of its last audit link
  signed bigint NOT NULL DEFAULT 0  -- up to here they are under a checkpoint
) WITH (fillfactor = 50);

-- Idle companies are in neither.
CREATE INDEX trail_tips_to_hand ON tieout.trail_tips (company_id) WHERE events > handed;
CREATE INDEX trail_tips_to_sign ON tieout.trail_tips (company_id) WHERE links > signed;

GRANT SELECT, INSERT, UPDATE ON tieout.trail_tips TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.trail_tips TO tieout_eraser;

-- Control tables: partners' webhook endpoints, and what is on its way to them.
CREATE TABLE tieout.webhook_endpoints (
  id text COLLATE "C" PRIMARY KEY,
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  url text NOT NULL,
  event_types text[] NOT NULL, -- none: all
  description text NOT NULL,
  disabled text COLLATE "C",   -- why; NULL: it is enabled
  disabled_at timestamptz,
  failing_since timestamptz,
  secret_number integer NOT NULL,
  older_secret_until timestamptz,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_of_tenant ON tieout.webhook_endpoints (partner_id, mode, created, id);

-- How far an endpoint has got with a company's events. `due_at` is both when to send next and, while somebody sends,
-- when that one's lease runs out; `lease` is the fence.
CREATE TABLE tieout.webhook_streams (
  endpoint_id text COLLATE "C" NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  next_sequence bigint NOT NULL,
  tip bigint NOT NULL, -- the last event that it knows of
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz,  -- NULL: nothing to send, or the endpoint is disabled
  lease bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (endpoint_id, company_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
CREATE INDEX webhook_streams_due ON tieout.webhook_streams (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_streams_of_company ON tieout.webhook_streams (company_id);

-- Events that did not get through in their turn, or were asked for again.
CREATE TABLE tieout.webhook_parked (
  endpoint_id text COLLATE "C" NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz,
  lease bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (endpoint_id, company_id, sequence)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
CREATE INDEX webhook_parked_due ON tieout.webhook_parked (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_parked_of_company ON tieout.webhook_parked (company_id);

CREATE TABLE tieout.webhook_attempts (
  endpoint_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  id text COLLATE "C" NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  turn text COLLATE "C" NOT NULL,
  attempt integer NOT NULL,
  took interval NOT NULL,
  failure text COLLATE "C", -- NULL: the endpoint took it
  status integer,
  beginning text NOT NULL,
  PRIMARY KEY (endpoint_id, at, id)
);
CREATE INDEX webhook_attempts_old ON tieout.webhook_attempts (at);
CREATE INDEX webhook_attempts_of_company ON tieout.webhook_attempts (company_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON tieout.webhook_endpoints, tieout.webhook_streams, tieout.webhook_parked
  TO tieout_runtime;
GRANT SELECT, INSERT, DELETE ON tieout.webhook_attempts TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.webhook_streams, tieout.webhook_parked, tieout.webhook_attempts TO tieout_eraser;

-- Control tables: all events of a partner in one order, a row for each run of a company's events that was handed out.
CREATE TABLE tieout.partner_event_heads (
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL,
  ranges bigint NOT NULL,
  PRIMARY KEY (partner_id, mode)
) WITH (fillfactor = 50);

CREATE TABLE tieout.partner_events (
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (partner_id, mode, number)
);
CREATE INDEX partner_events_of_company ON tieout.partner_events (company_id, first);

GRANT SELECT, INSERT, UPDATE ON tieout.partner_event_heads TO tieout_runtime;
GRANT SELECT, INSERT ON tieout.partner_events TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.partner_events TO tieout_eraser;
