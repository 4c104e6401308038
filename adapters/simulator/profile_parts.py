"""Parts of which profiles are put together: banks, Stripe accounts, and all else that moves in a bank account."""

from random import Random
from typing import Final

from adapters.simulator.bank_voices import PLATFORMS, PROCESSORS, Family, Speaker, SpeakerKind
from adapters.simulator.banking_calendar import Banking
from adapters.simulator.laws import (
    AmountLaw,
    BankLaw,
    ConversionLaw,
    KindLaw,
    LagLaw,
    MirrorLaw,
    NoiseLaw,
    StripeAccountLaw,
)
from domain.money import Currency

ROUNDS: Final = tuple(range(10_000, 100_000, 5_000)) + tuple(range(100_000, 1_100_000, 50_000))
PLAIN: Final = KindLaw(
    manual=0.05, instant=0.0, negative=0.0, zero=0.0, failed=0.0, retried=0.0, canceled=0.0, reversed=0.0
)

USUAL_LAGS: Final = (
    LagLaw(((0, 0.95), (1, 0.04), (2, 0.01))),
    LagLaw(((0, 0.6), (1, 0.35), (2, 0.04), (3, 0.01))),
    LagLaw(((0, 0.1), (1, 0.8), (2, 0.1))),
    LagLaw(((-1, 0.05), (0, 0.9), (1, 0.05))),
    LagLaw(((0, 0.7), (1, 0.2), (2, 0.06), (3, 0.02), (4, 0.01), (6, 0.01))),
)
UNUSUAL_LAGS: Final = (
    LagLaw(((3, 0.2), (4, 0.5), (5, 0.2), (6, 0.1))),
    LagLaw(((5, 0.7), (6, 0.3))),
    LagLaw(((-2, 0.2), (-1, 0.7), (0, 0.1))),
    LagLaw(((0, 0.5), (4, 0.5))),
    LagLaw(((0, 0.3), (1, 0.2), (2, 0.15), (3, 0.1), (4, 0.08), (5, 0.07), (6, 0.05), (8, 0.05))),
)
VERBOSE: Final = (
    Family.CHASE,
    Family.CHASE,
    Family.WELLS_FARGO,
    Family.BANK_OF_AMERICA,
    Family.MERCURY,
    Family.GENERIC_US,
    Family.TD_CANADA,
    Family.NEW_ZEALAND,
    Family.UNITED_KINGDOM,
    Family.SEPA,
)
_NAMES: Final = (
    "Harbor Goods",
    "Brightline Studio",
    "Norms Restaurants",
    "Cedar & Pine",
    "Lumen Tutoring",
    "Kettle Works",
    "Blue Heron Yoga",
    "Fjord Supply",
)
_FORMS: Final = ("LLC", "Inc", "Ltd", "Co")
_INSTITUTIONS: Final = {
    Family.CHASE: "Chase",
    Family.CHASE_MASKED: "Chase",
    Family.WELLS_FARGO: "Wells Fargo",
    Family.BANK_OF_AMERICA: "Bank of America",
    Family.MERCURY: "Mercury",
    Family.GENERIC_US: "First Valley Bank",
    Family.CLEANED: "Capital Community Bank",
    Family.TD_CANADA: "TD Canada Trust",
    Family.NEW_ZEALAND: "ANZ New Zealand",
    Family.UNITED_KINGDOM: "Starling Bank",
    Family.SEPA: "Sparkasse Musterstadt",
    Family.DEPOSIT: "Prairie State Bank",
    Family.ACH_CREDIT: "Lakeside Credit Union",
}
_CURRENCIES: Final = {
    Family.TD_CANADA: "cad",
    Family.NEW_ZEALAND: "nzd",
    Family.UNITED_KINGDOM: "gbp",
    Family.SEPA: "eur",
}
_CALENDARS: Final = {Family.UNITED_KINGDOM: Banking.UNITED_KINGDOM, Family.SEPA: Banking.TARGET2}
_CUSTOMERS: Final = (
    "Acme Holdings",
    "J Peterson",
    "Ridgeway Dental",
    "Ostrava Trading",
    "Maple Court HOA",
    "City Water",
)


def company_name(rng: Random) -> str:
    """A company's legal name."""
    return f"{rng.choice(_NAMES)} {rng.choice(_FORMS)}"


def bank(rng: Random, families: tuple[Family, ...], **habits: object) -> BankLaw:
    """A bank of one of these families, with these habits beside a usual lag."""
    family = rng.choice(families)
    fields: dict[str, object] = {
        "institution": _INSTITUTIONS[family],
        "family": family,
        "banking": _CALENDARS.get(family, Banking.FEDERAL_RESERVE),
        "currency": Currency.of(_CURRENCIES.get(family, "usd")),
        "lag": rng.choice(USUAL_LAGS),
        **habits,
    }
    return BankLaw(**fields)  # type: ignore[arg-type]


def stripe(rng: Random, law: BankLaw, *, bank_index: int = 0, **habits: object) -> StripeAccountLaw:
    """A Stripe account that pays into this bank account."""
    low = rng.choice((8_000, 30_000, 120_000))
    fields: dict[str, object] = {
        "currency": law.currency,
        "amounts": AmountLaw(low, low * 30),
        "bank": bank_index,
        **habits,
    }
    return StripeAccountLaw(**fields)  # type: ignore[arg-type]


def business(rng: Random, bank_index: int, family: Family) -> tuple[NoiseLaw, ...]:
    """Customers who pay by bank, rent, payroll and what the company buys."""
    customers = tuple(
        NoiseLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.CUSTOMER, name=name, payee="", entry=entry),
            per_day=rng.choice((0.02, 0.08, 0.2)),
            amounts=AmountLaw(5_000, 900_000, ROUNDS, 0.3),
        )
        for name, entry in zip(rng.sample(_CUSTOMERS, 2), ("Zelle payment from", "Incoming wire from"), strict=True)
    )
    outgoing = tuple(
        NoiseLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.OUTGOING, name=name, payee="", entry=entry),
            per_day=rate,
            amounts=AmountLaw(low, high, rounds, share),
            sign=-1,
        )
        for name, entry, rate, low, high, rounds, share in (
            ("Gateway Property Mgmt", "ONLINE PAYMENT", 0.05, 150_000, 400_000, (250_000,), 0.9),
            ("GUSTO PAYROLL", "ACH DEBIT", 0.1, 200_000, 2_000_000, (), 0.0),
            ("AMZN MKTP", "CARD PURCHASE", 0.5, 500, 40_000, (), 0.0),
        )
    )
    return customers + outgoing if family is not Family.SEPA else customers + outgoing[1:]


def processors(rng: Random, bank_index: int, amounts: AmountLaw) -> tuple[NoiseLaw, ...]:
    """Other processors that pay this company too."""
    return tuple(
        NoiseLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.PROCESSOR, name=name, payee="", entry=entry, company_id=company_id),
            per_day=rng.choice((0.1, 0.4)),
            amounts=amounts,
        )
        for name, entry, company_id in rng.sample(PROCESSORS, 2)
    )


def platforms(rng: Random, bank_index: int, amounts: AmountLaw, payee: str) -> tuple[NoiseLaw, ...]:
    """Other people's Stripe accounts that pay this company: platforms by name, and one that says Stripe."""
    named = rng.sample(PLATFORMS, 2)
    return (
        *(
            NoiseLaw(
                bank=bank_index,
                speaker=Speaker(kind=SpeakerKind.STRIPE, name=name, payee=payee, entry=name, company_id="4270465600"),
                per_day=0.15,
                amounts=amounts,
            )
            for name in named
        ),
        NoiseLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.STRIPE, name="STRIPE", payee=payee),
            per_day=rng.choice((0.0, 0.05)),
            amounts=amounts,
        ),
    )


def stray(rng: Random, bank_index: int, payee: str) -> NoiseLaw:
    """Now and then something that says Stripe and is none of the payouts: a second account, a loan, an invoice paid."""
    return NoiseLaw(
        bank=bank_index,
        speaker=Speaker(kind=SpeakerKind.STRIPE, name="STRIPE", payee=payee),
        per_day=rng.choice((0.0005, 0.003, 0.01)),
        amounts=AmountLaw(2_000, 2_000_000, ROUNDS, 0.3),
    )


def capital(bank_index: int, payee: str) -> NoiseLaw:
    """Stripe Capital pays out a loan, in the same voice as a payout."""
    return NoiseLaw(
        bank=bank_index,
        speaker=Speaker(kind=SpeakerKind.STRIPE, name="STRIPE", payee=payee),
        per_day=0.004,
        amounts=AmountLaw(200_000, 2_000_000, (420_000, 500_000, 1_000_000), 0.9),
    )


def mirrors(rng: Random, bank_index: int, payee: str, share: float) -> tuple[MirrorLaw, ...]:
    """Lines of a payout's very amount that are not it: a processor's, a customer's, a foreign Stripe account's."""
    name, entry, company_id = rng.choice(PROCESSORS)
    return (
        MirrorLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.PROCESSOR, name=name, payee=payee, entry=entry, company_id=company_id),
            per_payout=share / 3,
        ),
        MirrorLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.CUSTOMER, name=_CUSTOMERS[0], payee="", entry="Zelle payment from"),
            per_payout=share / 3,
        ),
        MirrorLaw(
            bank=bank_index,
            speaker=Speaker(kind=SpeakerKind.STRIPE, name="STRIPE", payee=payee),
            per_payout=share / 3,
        ),
    )


_RATES: Final = {
    "usd": ("eur", 1_090_000),
    "cad": ("usd", 1_370_000),
    "gbp": ("usd", 780_000),
    "eur": ("gbp", 1_170_000),
    "nzd": ("aud", 1_080_000),
}


def foreign(currency: Currency) -> Currency:
    """The currency in which payouts reach an account of this one."""
    return Currency.of(_RATES[currency.code][0])


def conversion(rng: Random, currency: Currency) -> ConversionLaw:
    """A bank that converts with a spread of half to one and a half per cent, give or take 0.15."""
    spread = rng.randrange(500, 1_500)
    return ConversionLaw(
        currency=currency,
        rate_micros=_RATES[currency.code][1],
        drift_micros=3_000,
        spread_low=spread - 150,
        spread_high=spread + 150,
    )
