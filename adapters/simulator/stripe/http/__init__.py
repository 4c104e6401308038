"""Stripe's HTTP API and Connect OAuth over the simulated accounts."""
