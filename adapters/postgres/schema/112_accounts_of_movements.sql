-- Whose balance a movement is of. Rows of before are of files and of pushed payouts, which do not say.
ALTER TABLE tieout.balance_transactions ADD COLUMN stripe_account text;
