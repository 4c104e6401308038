-- What was asked for of invoices at Stripe, kept from before Stripe is asked: a company table.
CREATE TABLE tieout.invoice_requests (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL CHECK (action IN ('create', 'send', 'void')),
  account text COLLATE "C" NOT NULL,
  invoice text COLLATE "C",        -- of a new one: once Stripe has made it
  customer text COLLATE "C",       -- of a new one: once it is known at Stripe
  attempt integer NOT NULL,        -- of which the idempotency keys are
  begun timestamptz NOT NULL,
  done timestamptz,
  PRIMARY KEY (company_id, id)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON tieout.invoice_requests TO tieout_runtime;
GRANT SELECT, DELETE ON tieout.invoice_requests TO tieout_eraser;
ALTER TABLE tieout.invoice_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE tieout.invoice_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY own_company ON tieout.invoice_requests
  USING (company_id = current_setting('tieout.company', true))
  WITH CHECK (company_id = current_setting('tieout.company', true));
