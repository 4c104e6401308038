-- How far companies' Stripe accounts have been read, and what checks against Stripe found: company tables.
CREATE TABLE tieout.stripe_feeds (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,        -- the fence: who has read another one changes nothing
  content bytea NOT NULL,          -- cursors and progress, as JSON
  PRIMARY KEY (company_id, account)
) WITH (fillfactor = 50);

CREATE TABLE tieout.stripe_itemisations (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  payout text COLLATE "C" NOT NULL,
  after text COLLATE "C",          -- the list goes on after this record
  done boolean NOT NULL,
  refused text,                    -- why Stripe does not list it
  PRIMARY KEY (company_id, account, payout)
) WITH (fillfactor = 85);
CREATE INDEX stripe_itemisations_waiting ON tieout.stripe_itemisations (company_id, account, payout) WHERE NOT done;

CREATE TABLE tieout.feed_checks (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  content bytea NOT NULL,          -- Stripe's balance at that moment among it, as JSON
  PRIMARY KEY (company_id, account, at)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['stripe_feeds', 'stripe_itemisations', 'feed_checks'] LOOP
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
GRANT UPDATE ON tieout.stripe_feeds TO tieout_runtime;
GRANT UPDATE (after, done, refused) ON tieout.stripe_itemisations TO tieout_runtime;
