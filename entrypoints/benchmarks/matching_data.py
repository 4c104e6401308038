"""Facts for `tieout bench matching`, built in memory before any clock starts."""

from datetime import date
from random import Random
from typing import Final

import attrs

from adapters.simulator import banking_calendar
from adapters.simulator.bank_voices import Family, Speaker, SpeakerKind
from adapters.simulator.banking_calendar import Banking
from adapters.simulator.laws import (
    AmountLaw,
    BankLaw,
    CombineLaw,
    CompanyLaw,
    KindLaw,
    LagLaw,
    MirrorLaw,
    NoiseLaw,
    StripeAccountLaw,
)
from adapters.simulator.world_generator import make_company
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus

COMPANY_SIZES: Final = (1_000, 2_000, 5_000, 2_000)
"""Payouts of the companies, over and over: every total has the same mix of sizes."""
_USD: Final = Currency.of("usd")
_FIRST: Final = date(2024, 1, 2)
_LAST: Final = date(2025, 12, 31)


@attrs.frozen(kw_only=True)
class Company:
    """One company's facts, the day of looking, and how many true links there are."""

    facts: CompanyFacts
    as_of: date
    links: int


def hard_mix(payouts: int, seed: int) -> list[Company]:
    """Companies of 1,000 to 5,000 payouts over a year: a third round amounts, look-alikes, groups, failures, noise."""
    companies: list[Company] = []
    left, index = payouts, 0
    while left > 0:
        size = min(left, COMPANY_SIZES[index % len(COMPANY_SIZES)])
        world = make_company(hard_law(size, index), f"{seed}/matching/{index}", decide=False)
        companies.append(Company(facts=world.facts, as_of=world.as_of, links=len(world.truth.links)))
        left, index = left - size, index + 1
    return companies


def hard_law(size: int, index: int) -> CompanyLaw:
    """A company of the hard mix, with so many payouts in a year."""
    a_day = size / 250
    most = max(1, round(2 * a_day) - 1)
    rounds = tuple(range(10_000, 100_000, 5_000))
    bank = BankLaw(
        institution="Chase",
        family=(Family.CHASE, Family.WELLS_FARGO, Family.GENERIC_US)[index % 3],
        banking=Banking.FEDERAL_RESERVE,
        currency=_USD,
        lag=LagLaw(((0, 0.7), (1, 0.2), (2, 0.06), (3, 0.03), (5, 0.01))),
        combine=CombineLaw(run_share=0.01, run_longest=3) if index % 4 == 0 else None,
        pending_share=0.02,
    )
    account = StripeAccountLaw(
        currency=_USD,
        amounts=AmountLaw(5_000, 2_000_000, rounds, 0.05),
        bank=0,
        at_once=(1.0,) * most,
        kinds=KindLaw(),
        trace_supported=0.5 if index % 3 == 0 else 0.0,
    )
    name = f"Company {index}"
    square = Speaker(
        kind=SpeakerKind.PROCESSOR, name="Square Inc", payee=name, entry="SDV-VRFY", company_id="9424300002"
    )
    rent = Speaker(kind=SpeakerKind.OUTGOING, name="AMZN MKTP", payee=name, entry="CARD PURCHASE")
    return CompanyLaw(
        name=name,
        first_day=_FIRST,
        days=362,
        tail=12,
        stripe_accounts=(account,),
        banks=(bank,),
        noises=(
            NoiseLaw(bank=0, speaker=square, per_day=a_day / 10, amounts=account.amounts),
            NoiseLaw(bank=0, speaker=rent, per_day=a_day / 10, amounts=AmountLaw(500, 40_000), sign=-1),
        ),
        mirrors=(MirrorLaw(bank=0, speaker=square, per_payout=0.03),),
        payouts_max=size,
    )


def all_equal(payouts: int, *, one_day: bool) -> Company:
    """One company whose every payout is $100.00, spread over two years' banking days or all on one day."""
    days = banking_calendar.open_days(Banking.FEDERAL_RESERVE, _FIRST, _LAST)
    rng, amount, account = Random(payouts), Money(10_000, _USD), BankAccountId("acc_1")
    made: list[Payout] = []
    lines: list[BankDeposit] = []
    for number in range(payouts):
        place = 0 if one_day else number * (len(days) - 2) // payouts
        made.append(
            Payout(
                id=PayoutId(f"po_{number:09d}"),
                amount=amount,
                arrival_date=days[place],
                status=PayoutStatus.PAID,
                automatic=True,
                stripe_account="acct_1",
                destination="ba_1",
                destination_last4="4821",
            )
        )
        lag = 0 if one_day or rng.random() < 0.8 else 1
        lines.append(
            BankDeposit(
                id=BankDepositId(f"line_{number:09d}"),
                account=account,
                amount=amount,
                date=days[place + lag],
                text="STRIPE TRANSFER ST-A1B2C3D4E5F6",
            )
        )
    bank = BankAccount(id=account, feed="one", institution="Chase", mask="4821", currency=_USD)
    facts = CompanyFacts(payouts=tuple(made), accounts=(bank,), deposits=tuple(lines))
    return Company(facts=facts, as_of=_LAST, links=payouts)
