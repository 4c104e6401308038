-- The facts: company tables, append-only. The version that no later one follows is the current one.
--
-- The indexes by amount have the day as a column of their own (amount_day), so that a search by amount and day can take
-- no other index: where statistics are missing, as after a first large load, the planner would take the one by days. An
-- expression would not do: with row-level security, only what is leakproof may be looked up in an index, and arithmetic
-- is not, so that every day of an amount would be read.
--
-- The indexes by day, account and moment do not hold the id: what is equal in them is stored once, and a large load, all
-- of one moment, costs them next to nothing.
--
-- Few payouts are not paid and few lines not posted; whoever looks for these finds them in indexes of their own.
--
-- Each table has a small index of the versions after the first (…_corrected). Whether a row was replaced is looked up
-- there: what was never corrected, which is nearly everything, costs the reader nothing.

-- The moment of each company's last recording. Its row is locked by whoever records facts of the company, so that
-- moments grow in the order of the commits: a reader who asks for what came after a moment misses nothing.
CREATE TABLE tieout.fact_moments (
  company_id text COLLATE "C" PRIMARY KEY,
  recorded_at timestamptz
) WITH (fillfactor = 50);

CREATE TABLE tieout.bank_accounts (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  feed text NOT NULL,
  institution text,
  name text,
  mask text,
  persistent_id text,
  currency text COLLATE "C",
  covered_from date,
  covered_to date,
  external_id text COLLATE "C",
  told_by text COLLATE "C" NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX bank_accounts_changes ON tieout.bank_accounts (company_id, recorded_at);
CREATE INDEX bank_accounts_corrected ON tieout.bank_accounts (company_id, id, version) WHERE version > 1;

CREATE TABLE tieout.payouts (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  currency text COLLATE "C" NOT NULL,
  minor_units bigint NOT NULL,
  arrival_date date NOT NULL,
  status text COLLATE "C" NOT NULL,
  created timestamptz,
  automatic boolean,
  method text NOT NULL,
  stripe_account text,
  destination text,
  destination_last4 text,
  trace_id text,
  statement_descriptor text,
  source_type text,
  balance_transaction text,
  failure_balance_transaction text,
  failure_code text,
  original_payout text,
  reversed_by text,
  reconciliation_status text COLLATE "C" NOT NULL,
  livemode boolean,
  amount_from_items boolean NOT NULL,
  amount_day date NOT NULL GENERATED ALWAYS AS (arrival_date) STORED,
  external_id text COLLATE "C",
  told_by text COLLATE "C" NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX payouts_amounts ON tieout.payouts (company_id, currency, minor_units, amount_day);
CREATE INDEX payouts_days ON tieout.payouts (company_id, arrival_date);
CREATE INDEX payouts_unpaid ON tieout.payouts (company_id, arrival_date) WHERE status <> 'paid';
CREATE INDEX payouts_changes ON tieout.payouts (company_id, recorded_at);
CREATE INDEX payouts_corrected ON tieout.payouts (company_id, id, version) WHERE version > 1;

CREATE TABLE tieout.balance_transactions (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  currency text COLLATE "C" NOT NULL,
  amount bigint NOT NULL,
  fee bigint NOT NULL,
  net bigint NOT NULL CHECK (net = amount - fee),
  type text,
  reporting_category text,
  payout text COLLATE "C",
  source text,
  created timestamptz,
  available_on date,
  description text,
  status text,
  balance_type text NOT NULL,
  source_type text,
  retracted boolean NOT NULL,      -- its source has taken it out again: it is not among the facts
  external_id text COLLATE "C",
  told_by text COLLATE "C" NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX balance_transactions_payouts ON tieout.balance_transactions (company_id, payout);
CREATE INDEX balance_transactions_changes ON tieout.balance_transactions (company_id, recorded_at);
CREATE INDEX balance_transactions_corrected ON tieout.balance_transactions (company_id, id, version) WHERE version > 1;

CREATE TABLE tieout.bank_deposits (
  company_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  account text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  minor_units bigint NOT NULL,
  day date NOT NULL,
  text text NOT NULL,
  status text COLLATE "C" NOT NULL,
  pending_id text,
  counterparty text,
  payer_company_id text,
  amount_day date NOT NULL GENERATED ALWAYS AS (day) STORED,
  external_id text COLLATE "C",
  told_by text COLLATE "C" NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id, version)
);
CREATE INDEX bank_deposits_amounts ON tieout.bank_deposits (company_id, currency, minor_units, amount_day);
CREATE INDEX bank_deposits_days ON tieout.bank_deposits (company_id, day);
CREATE INDEX bank_deposits_accounts ON tieout.bank_deposits (company_id, account, day);
CREATE INDEX bank_deposits_unposted ON tieout.bank_deposits (company_id, day) WHERE status <> 'posted';
CREATE INDEX bank_deposits_changes ON tieout.bank_deposits (company_id, recorded_at);
CREATE INDEX bank_deposits_corrected ON tieout.bank_deposits (company_id, id, version) WHERE version > 1;

-- What is remembered of statement files. Not facts: how to read the next file, and which days the files state to cover.
CREATE TABLE tieout.statement_columns (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  columns text,                    -- NULL: found by their headings
  remembered_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, account, remembered_at)
);
CREATE TABLE tieout.statement_periods (
  company_id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  first_day date NOT NULL,
  last_day date NOT NULL CHECK (last_day >= first_day),
  added_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, account, first_day, last_day)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'bank_accounts', 'payouts', 'balance_transactions', 'bank_deposits', 'statement_columns', 'statement_periods'
  ] LOOP
    EXECUTE format('GRANT SELECT, INSERT ON tieout.%I TO tieout_runtime', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY[
    'fact_moments', 'bank_accounts', 'payouts', 'balance_transactions', 'bank_deposits', 'statement_columns',
    'statement_periods'
  ] LOOP
    EXECUTE format('ALTER TABLE tieout.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE tieout.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_company ON tieout.%I USING (company_id = current_setting(''tieout.company'', true)) '
      'WITH CHECK (company_id = current_setting(''tieout.company'', true))', name);
    EXECUTE format('GRANT SELECT, DELETE ON tieout.%I TO tieout_eraser', name);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON tieout.fact_moments TO tieout_runtime;
