-- Movements of disputes are few, and asked for again until the disputes are decided.
CREATE INDEX balance_transactions_disputes ON tieout.balance_transactions (company_id, id)
  WHERE dispute_status IS NOT NULL;
