"""A seeded world of companies, Stripe accounts and banks, with the truth about it."""
