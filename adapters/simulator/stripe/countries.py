"""What depends on the country: currency, how long charges settle, whose banking days count, least payouts."""

from datetime import UTC, date, datetime
from typing import Final

import attrs

from adapters.simulator.banking_calendar import Banking


@attrs.frozen(kw_only=True)
class Country:
    """One country's rules (docs.stripe.com/payouts, docs.stripe.com/connect/manage-payout-schedule; documented)."""

    code: str
    currency: str
    delay_days: int
    delay_in_business_days: bool
    banking: Banking
    bank_name: str


COUNTRIES: Final = {
    country.code: country
    for country in (
        Country(
            code="US",
            currency="usd",
            delay_days=2,
            delay_in_business_days=True,
            banking=Banking.FEDERAL_RESERVE,
            bank_name="STRIPE TEST BANK",
        ),
        Country(
            code="GB",
            currency="gbp",
            delay_days=3,
            delay_in_business_days=False,
            banking=Banking.UNITED_KINGDOM,
            bank_name="STRIPE TEST BANK UK",
        ),
        Country(
            code="DE",
            currency="eur",
            delay_days=3,
            delay_in_business_days=False,
            banking=Banking.TARGET2,
            bank_name="STRIPE TEST BANK DE",
        ),
        Country(
            code="HU",
            currency="huf",
            delay_days=3,
            delay_in_business_days=False,
            banking=Banking.TARGET2,
            bank_name="STRIPE TEST BANK HU",
        ),
        Country(
            code="JP",
            currency="jpy",
            delay_days=4,
            delay_in_business_days=True,
            banking=Banking.TARGET2,
            bank_name="STRIPE TEST BANK JP",
        ),
    )
}
"""Japan's and Hungary's own bank holidays are not modelled: TARGET2's stand in for them (assumed)."""

PAYOUT_LEAST: Final = {
    "usd": 1, "aud": 1, "cad": 1, "eur": 100, "gbp": 100, "czk": 3000, "dkk": 2000, "huf": 36000, "jpy": 1, "chf": 500,
    "nok": 2000, "sek": 2000, "pln": 500, "ron": 500, "mxn": 1000, "myr": 500, "sgd": 100, "inr": 100, "aed": 200,
    "hkd": 1, "nzd": 1, "brl": 1, "thb": 1, "php": 200, "vnd": 81125,
}  # fmt: skip
"""Least payout in minor units (docs.stripe.com/payouts, minimum payout amounts; documented). Below it nothing is sent
and the balance rolls forward."""

WHOLE_UNIT_PAYOUTS: Final = frozenset({"huf", "twd"})
"""Two decimals for charges, none for payouts (docs.stripe.com/currencies; documented)."""


def midnight(day: date) -> int:
    """The start of the day, in UTC: the form of `arrival_date` and `available_on` (seen in exports)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
