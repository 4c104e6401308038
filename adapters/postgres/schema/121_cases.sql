-- By what made a transaction that names no payment (payouts do not, nor charges whose sources may not be read), and by
-- the charge that it is about. What names a payment is found by it.
CREATE INDEX balance_transactions_sources ON tieout.balance_transactions (company_id, source)
  WHERE source IS NOT NULL AND payment_intent IS NULL;
CREATE INDEX balance_transactions_of_charges ON tieout.balance_transactions (company_id, of_charge)
  WHERE of_charge IS NOT NULL;

-- Movements of cases are few beside charges. Each kind has a small index by the key that tells its cases apart, so that
-- a page of cases reads what it shows. The conditions are those of adapters/postgres/case_conditions.py, word for word.
CREATE INDEX balance_transactions_returned_payouts ON tieout.balance_transactions
  (company_id, (CASE WHEN source IS NULL THEN id ELSE source END COLLATE "C"), id)
  WHERE (reporting_category IN ('payout_reversal') OR type IN ('payout_cancel', 'payout_failure'));
CREATE INDEX balance_transactions_disputed ON tieout.balance_transactions
  (company_id, (CASE WHEN source IS NULL THEN id ELSE source END COLLATE "C"), id)
  WHERE reporting_category IN ('dispute', 'dispute_reversal');
CREATE INDEX balance_transactions_refunds ON tieout.balance_transactions
  (company_id, (CASE WHEN source IS NULL THEN id ELSE source END COLLATE "C"), id)
  WHERE (reporting_category IN ('partial_capture_reversal', 'refund', 'refund_failure') OR type IN
    ('payment_refund', 'refund', 'refund_failure'));
CREATE INDEX balance_transactions_returned_payments ON tieout.balance_transactions
  (company_id, (CASE WHEN source IS NULL THEN id ELSE source END COLLATE "C"), id)
  WHERE (reporting_category IN ('charge_failure') OR type IN ('payment_failure_refund', 'payment_reversal'));
CREATE INDEX balance_transactions_held ON tieout.balance_transactions (company_id, id)
  WHERE (reporting_category IN ('advance', 'advance_funding', 'anticipation_repayment',
    'connect_reserved_funds', 'financing_paydown', 'financing_paydown_reversal', 'financing_payout',
    'financing_payout_reversal', 'payment_network_reserve_hold', 'payment_network_reserve_release',
    'payout_minimum_balance_hold', 'payout_minimum_balance_release', 'reserve_hold', 'reserve_release',
    'reserve_transaction', 'reserved_funds', 'risk_reserved_funds') OR type IN ('advance', 'advance_funding',
    'anticipation_repayment', 'connect_reserved_funds', 'financing_paydown', 'financing_paydown_reversal',
    'financing_payout', 'financing_payout_reversal', 'payment_network_reserve_hold',
    'payment_network_reserve_release', 'payout_minimum_balance_hold', 'payout_minimum_balance_release',
    'reserve_hold', 'reserve_release', 'reserve_transaction', 'reserved_funds', 'risk_reserved_funds'));
CREATE INDEX payouts_returned ON tieout.payouts (company_id, id)
  WHERE (status IN ('canceled', 'failed') OR original_payout IS NOT NULL OR reversed_by IS NOT NULL);
