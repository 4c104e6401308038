-- Partners' Stripe platforms, whose accounts are whose, and what Stripe told: control tables.
CREATE TABLE tieout.stripe_integrations (
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  revision text COLLATE "C" NOT NULL, -- another at each change: by it, caches notice
  client_id text COLLATE "C",
  key_hint text NOT NULL,             -- the key itself is in sealed_secrets, as the webhook secrets are
  key_check bytea NOT NULL,           -- what the key was seen to do, as JSON
  webhook_secrets text[] NOT NULL,    -- their ids …
  webhook_hints text[] NOT NULL,      -- … and, in the same order, by what people know them, and since when they are kept
  webhook_added timestamptz[] NOT NULL,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  PRIMARY KEY (partner_id, mode)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON tieout.stripe_integrations TO tieout_runtime;

-- Which company has which account. An account is one company's, whatever its state, until that company is forgotten.
CREATE TABLE tieout.stripe_accounts (
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  account text COLLATE "C" NOT NULL,
  company_id text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('connected', 'disconnected', 'deauthorised')),
  connected timestamptz NOT NULL,
  changed timestamptz NOT NULL,
  PRIMARY KEY (partner_id, mode, account)
);
CREATE INDEX stripe_accounts_of_company ON tieout.stripe_accounts (company_id, account);
CREATE INDEX stripe_accounts_changed ON tieout.stripe_accounts (changed);

GRANT SELECT, INSERT, UPDATE ON tieout.stripe_accounts TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.stripe_accounts TO tieout_eraser;

-- Every authentic event, from before it is acknowledged until some days after it was taken.
CREATE TABLE tieout.stripe_events (
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')), -- of the address that it was sent to
  event_id text COLLATE "C" NOT NULL,
  account text COLLATE "C",           -- NULL: not known
  type text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'handled', 'parked')),
  reason text COLLATE "C",            -- why it is parked
  received timestamptz NOT NULL,
  settled timestamptz,                -- when it was handled or parked
  body bytea NOT NULL,                -- as it arrived: jsonb refuses what JSON may hold
  PRIMARY KEY (partner_id, mode, event_id),
  CHECK ((state = 'parked') = (reason IS NOT NULL)),
  CHECK ((state = 'waiting') = (settled IS NULL))
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX stripe_events_waiting ON tieout.stripe_events (received, event_id) WHERE state = 'waiting';
CREATE INDEX stripe_events_parked ON tieout.stripe_events (partner_id, mode, reason) WHERE state = 'parked';
CREATE INDEX stripe_events_settled ON tieout.stripe_events (state, settled) WHERE settled IS NOT NULL;
CREATE INDEX stripe_events_of_account ON tieout.stripe_events (partner_id, mode, account, state);

GRANT SELECT, INSERT, DELETE ON tieout.stripe_events TO tieout_runtime;
GRANT UPDATE (state, reason, settled) ON tieout.stripe_events TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.stripe_events TO tieout_eraser;
