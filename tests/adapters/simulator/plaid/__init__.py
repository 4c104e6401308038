"""Tests of the simulated Plaid."""
