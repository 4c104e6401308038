-- Invoices, what pays them, and credit notes: company tables, append-only. The last version of an id is the current one.
-- What is looked up is a column of its own; the rest is in the content, as JSON.
CREATE TABLE tieout.invoices (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  content bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);

CREATE TABLE tieout.invoice_payments (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  invoice text COLLATE "C" NOT NULL,
  content bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX invoice_payments_of ON tieout.invoice_payments (company_id, invoice);

-- Which invoices payments by a payment intent or charge are of; one of them may pay several.
CREATE TABLE tieout.invoice_payment_names (
  company_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  invoice text COLLATE "C" NOT NULL,
  PRIMARY KEY (company_id, name, invoice)
);

CREATE TABLE tieout.credit_notes (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  invoice text COLLATE "C" NOT NULL,
  content bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX credit_notes_of ON tieout.credit_notes (company_id, invoice);

-- What partners were last told of each invoice. It follows from the facts, and changes in place.
CREATE TABLE tieout.invoice_standings (
  company_id text COLLATE "C" NOT NULL,
  invoice text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  customer text COLLATE "C",
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  previous timestamptz,            -- when it became what it was before
  settled boolean NOT NULL,        -- Stripe says nothing more of it by itself
  content bytea NOT NULL,
  PRIMARY KEY (company_id, invoice)
) WITH (fillfactor = 70);
CREATE INDEX invoice_standings_created ON tieout.invoice_standings (company_id, created, invoice);
CREATE INDEX invoice_standings_updated ON tieout.invoice_standings (company_id, updated, invoice);
CREATE INDEX invoice_standings_unsettled ON tieout.invoice_standings (company_id, account, invoice) WHERE NOT settled;

-- Whoever records or follows invoices of a company holds its row, so that they see each other's work, and moments grow
-- in the order of the commits.
CREATE TABLE tieout.invoice_heads (
  company_id text COLLATE "C" PRIMARY KEY,
  moment timestamptz
) WITH (fillfactor = 50);

-- By which the movement of a payment is found. Of what partners push, none has one. A charge without is found by source.
CREATE INDEX balance_transactions_payments ON tieout.balance_transactions (company_id, payment_intent)
  WHERE payment_intent IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['invoices', 'invoice_payments', 'invoice_payment_names', 'credit_notes',
                              'invoice_standings', 'invoice_heads'] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON tieout.%I TO tieout_runtime', name);
    EXECUTE format('ALTER TABLE tieout.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE tieout.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_company ON tieout.%I USING (company_id = current_setting(''tieout.company'', true)) '
      'WITH CHECK (company_id = current_setting(''tieout.company'', true))', name);
    EXECUTE format('GRANT SELECT, DELETE ON tieout.%I TO tieout_eraser', name);
  END LOOP;
END
$$;
GRANT UPDATE ON tieout.invoice_standings, tieout.invoice_heads TO tieout_runtime;
