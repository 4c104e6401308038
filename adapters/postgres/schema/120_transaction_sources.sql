-- What the object behind a balance transaction says of it, and what its fee is made of. NULL: not known, as for whatever
-- was kept before; a later reading that knows it appends a version.
ALTER TABLE tieout.balance_transactions
  ADD COLUMN of_charge text COLLATE "C",      -- the charge that its source gives back, disputes or is taken from
  ADD COLUMN payment_intent text COLLATE "C",
  ADD COLUMN invoice text COLLATE "C",
  ADD COLUMN of_source text COLLATE "C",      -- what its source undoes or comes from, if that is no charge
  ADD COLUMN dispute_status text COLLATE "C",
  ADD COLUMN fee_parts text COLLATE "C";      -- JSON: kind, minor units, currency, description, application
