-- Users' visits to Stripe: a control table. The state is in no row, only its digest; a state is used once.
CREATE TABLE tieout.stripe_authorizations (
  digest bytea PRIMARY KEY,
  partner_id text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL CHECK (mode IN ('test', 'live')),
  company_id text COLLATE "C" NOT NULL,
  method text COLLATE "C" NOT NULL CHECK (method IN ('oauth', 'account_link')),
  return_url text NOT NULL,
  state text NOT NULL,              -- the partner's own, echoed to it
  scope text COLLATE "C" NOT NULL,
  account text COLLATE "C",
  expires timestamptz NOT NULL,
  used timestamptz
);
CREATE INDEX stripe_authorizations_expired ON tieout.stripe_authorizations (expires);
CREATE INDEX stripe_authorizations_of_company ON tieout.stripe_authorizations (company_id);

GRANT SELECT, INSERT, DELETE ON tieout.stripe_authorizations TO tieout_runtime;
GRANT UPDATE (used) ON tieout.stripe_authorizations TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.stripe_authorizations TO tieout_eraser;
