"""Small companies whose payouts and bank lines are easily confused: few amounts, few texts, dates within weeks."""

from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus

FIRST_DAY: Final = date(2026, 9, 14)
LAST_DAY: Final = FIRST_DAY + timedelta(days=20)
COVERED: Final = (FIRST_DAY - timedelta(days=210), FIRST_DAY + timedelta(days=90))
"""The statements say that they are complete for these days, so that no single line moves the horizon."""
AS_OF_DAYS: Final = st.sampled_from([FIRST_DAY + timedelta(days=days) for days in (12, 30, 80)])

AMOUNTS: Final = (10_000, 25_000, 35_000, 423_782, 95_017, -5_000)
"""10,000 + 25,000 = 35,000; no two are within a fifth of each other, where a difference might be a fee."""
TRACES: Final = ("091000019999999", "111000029658910")
TEXTS: Final = (
    "STRIPE TRANSFER",
    "STRIPE TRANSFER ST-A1B2C3D4E5F6",
    "ORIG CO NAME:Policapital ORIG ID:4270465600 IND ID:ST-G0G9U4P7D3T0",
    "DEPOSIT",
    "SQUARE INC SQ260914",
    "STRIPE CAPITAL",
    "STRIPE TRANSFER RETURN",
    "GATEWAY PROPERTY RENT",
    *(f"STRIPE TRANSFER TRACE#:{trace}" for trace in TRACES),
)
_STATUSES: Final = (PayoutStatus.PAID,) * 6 + (PayoutStatus.IN_TRANSIT, PayoutStatus.FAILED, PayoutStatus.CANCELED)
_LINE_STATUSES: Final = (BankDepositStatus.POSTED,) * 8 + (BankDepositStatus.PENDING, BankDepositStatus.WITHDRAWN)
_ORIGINS: Final = (("acct_a", "ba_a"), ("acct_a", "ba_a"), ("acct_b", "ba_b"), (None, None))
_MASKS: Final = {"checking": "4821", "savings": "7730"}


@st.composite
def small_payouts(draw: st.DrawFn, number: int, currency: str, *, traces: bool = True) -> Payout:
    """A payout of one of the few amounts."""
    stripe_account, destination = draw(st.sampled_from(_ORIGINS))
    return Payout(
        id=PayoutId(f"po_{number}"),
        amount=Money(draw(st.sampled_from(AMOUNTS)), Currency.of(currency)),
        arrival_date=draw(st.dates(FIRST_DAY, LAST_DAY)),
        status=draw(st.sampled_from(_STATUSES)),
        method=draw(st.sampled_from(["standard", "standard", "instant"])),
        stripe_account=stripe_account,
        destination=destination,
        destination_last4=draw(st.sampled_from([None, None, *_MASKS.values(), "0000"])),
        trace_id=draw(st.sampled_from([None, None, None, *TRACES])) if traces else None,
        statement_descriptor=draw(st.sampled_from([None, None, None, "Policapital"])),
    )


@st.composite
def small_lines(draw: st.DrawFn, number: int, payouts: tuple[Payout, ...], currency: str) -> BankDeposit:
    """A bank line: often a payout's, or what two payouts or a part of one bring, sometimes its return, else any."""
    account = draw(st.sampled_from(["checking", "checking", "checking", "savings"]))
    status, text = draw(st.sampled_from(_LINE_STATUSES)), draw(st.sampled_from(TEXTS))
    amount, on = draw(st.sampled_from(AMOUNTS)), draw(st.dates(FIRST_DAY, LAST_DAY))
    kind = draw(st.sampled_from(["own", "own", "own", "own", "sum", "part", "return", "any"]))
    if payouts and kind != "any":
        payout, other = payouts[number % len(payouts)], draw(st.sampled_from(payouts))
        amount = {
            "own": payout.amount.minor_units,
            "sum": (payout.amount + other.amount).minor_units,
            "part": 10_000 if number % 2 else payout.amount.minor_units - 10_000,
            "return": -payout.amount.minor_units,
        }[kind]
        on = payout.arrival_date + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 2, 5, -1])))
        text = draw(st.sampled_from([TEXTS[0], TEXTS[0], TEXTS[0], text]))
    return BankDeposit(
        id=BankDepositId(f"line_{number}"),
        account=BankAccountId(account),
        amount=Money(amount, Currency.of(currency)),
        date=on,
        text=text,
        status=status,
    )


@st.composite
def small_companies(
    draw: st.DrawFn, *, currency: str = "usd", records_max: int = 8, traces: bool = True
) -> CompanyFacts:
    """One company with up to so many payouts, and as many bank lines, in two accounts that say their numbers."""
    payouts = tuple(
        draw(small_payouts(number, currency, traces=traces)) for number in range(draw(st.integers(0, records_max)))
    )
    lines = tuple(draw(small_lines(number, payouts, currency)) for number in range(draw(st.integers(0, records_max))))
    return CompanyFacts(payouts=payouts, accounts=small_accounts(currency), deposits=lines)


def small_accounts(currency: str) -> tuple[BankAccount, ...]:
    """The two accounts of every small company."""
    return tuple(
        BankAccount(
            id=BankAccountId(name),
            feed="statement",
            institution="First Bank",
            mask=mask,
            currency=Currency.of(currency),
            covered_from=COVERED[0],
            covered_to=COVERED[1],
        )
        for name, mask in _MASKS.items()
    )
