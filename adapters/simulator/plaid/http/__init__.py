"""Plaid's HTTP API, and the pages that users see."""
