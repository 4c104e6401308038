"""What Plaid makes of a bank's own text: a name without numbers, and whose it is."""

import re
from typing import Final

_LABEL: Final = re.compile(
    r"ORIG CO NAME:|ORIG ID:\s*\S+|DESC DATE:\s*\d*|CO ENTRY DESCR:|SEC:\w{3}|TRACE#:\s*\d*|EED:\s*\d*|IND ID:\s*\S*|"
    r"IND NAME:|TRN:\s*\S*|DES:|INDN:|CO ID:\s*\S*",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\b(?:ST-[A-Z0-9]+|[A-Z]?\d{5,}\w*)\b", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")
_KNOWN: Final = ("Stripe", "Square", "PayPal", "Shopify", "Gusto", "Costco", "Staples", "Delta")
_NAME_LONGEST: Final = 100


def cleaned_name(text: str) -> str:
    """`name`: the bank's text without labels, ids and trace numbers (plaid.com/docs/api/products/transactions: cleaned,
    raw only in `original_description`; documented, how is assumed)."""
    name = _BLANKS.sub(" ", _NUMBER.sub(" ", _LABEL.sub(" ", text))).strip()
    return (name or text)[:_NAME_LONGEST]


def merchant_name(text: str, counterparty: str | None) -> str | None:
    """`merchant_name`: who it was, where Plaid knows (documented, may be null)."""
    if counterparty:
        return counterparty
    return next((known for known in _KNOWN if known.lower() in text.lower()), None)
