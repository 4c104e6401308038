"""Plaid: its JSON, with sign and decimals made right in one place."""
