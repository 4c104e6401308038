-- Lines that no pair explains for certain and whose text bears codes: a payout that is open looks among them for its
-- trace id. Where lines were kept before, the company's next run keeps them all again (`KeptBasis.standings`).
ALTER TABLE tieout.deposit_standings ADD COLUMN is_coded boolean NOT NULL DEFAULT false;
CREATE INDEX deposit_standings_coded ON tieout.deposit_standings (company_id, day) WHERE is_coded;
