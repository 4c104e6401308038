"""Named kinds of worlds, each with the parameters that make it. `make_world` draws the companies of one, one by one."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

import attrs

from adapters.simulator import profile_parts as parts
from adapters.simulator.bank_voices import Family
from adapters.simulator.laws import AmountLaw, CombineLaw, CompanyLaw, KindLaw, LagLaw, SplitLaw
from adapters.simulator.world import CompanyWorld
from adapters.simulator.world_generator import make_company


@attrs.frozen(kw_only=True)
class Profile:
    """A named kind of world."""

    name: str
    says: str
    """What is special about it, with its parameters, for the report's reader."""
    typical_payouts: int
    draw: Callable[[Random], CompanyLaw]
    """One company's law."""
    unlike_defaults: bool = False
    """Its laws are far from what anybody would assume at first."""


def _profile(
    says: str, *, typical_payouts: int, unlike_defaults: bool = False
) -> Callable[[Callable[[Random], CompanyLaw]], Profile]:
    """Makes a profile of the function that draws a company's law."""

    def made(draw: Callable[[Random], CompanyLaw]) -> Profile:
        return Profile(
            name=draw.__name__,
            says=says,
            typical_payouts=typical_payouts,
            draw=draw,
            unlike_defaults=unlike_defaults,
        )

    return made


def _company(rng: Random, days: int, tail: int | None = None, **fields: object) -> CompanyLaw:
    first = date(2025, 1, 6) + timedelta(days=rng.randrange(430))
    law: dict[str, object] = {
        "name": parts.company_name(rng),
        "first_day": first,
        "days": days,
        "tail": rng.choice((0, 1, 3, 12, 15)) if tail is None else tail,
        **fields,
    }
    made = CompanyLaw(**law)  # type: ignore[arg-type]
    strays = tuple(parts.stray(rng, bank, made.name) for bank in range(len(made.banks)))
    return attrs.evolve(made, noises=made.noises + strays)


@_profile(
    "one Stripe account, a bank that names Stripe, usual lags, all payout kinds",
    typical_payouts=70,
)
def everyday(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE, pending_share=rng.choice((0.0, 0.1)))
    account = parts.stripe(rng, bank, every=rng.choice((1, 1, 1, 2, 5)), destination_known=rng.random() < 0.8)
    return _company(
        rng,
        rng.choice((60, 120, 200)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "companies with one to three payouts, 60 % round amounts",
    typical_payouts=2,
)
def first_payout(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, (*parts.VERBOSE, Family.CLEANED, Family.TD_CANADA), cut_end=0)
    amounts = AmountLaw(20_000, 900_000, parts.ROUNDS, 0.6)
    account = parts.stripe(rng, bank, every=5, amounts=amounts, kinds=parts.PLAIN)
    return _company(
        rng,
        rng.choice((1, 8, 15)),
        tail=rng.choice((6, 10, 20)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "one price over and over, daily to fortnightly, at times several a day",
    typical_payouts=40,
)
def repeated_amounts(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE, missing=rng.choice((0.001, 0.004)))
    price = rng.choice((50_000, 24_900, 9_900, 100_000, 48_525))
    amounts = AmountLaw(price, price + 1, (price, price, price, 2 * price), rng.choice((0.8, 1.0)))
    account = parts.stripe(rng, bank, every=rng.choice((1, 5, 5, 10)), amounts=amounts, kinds=parts.PLAIN)
    if rng.random() < 0.3:
        account = attrs.evolve(account, at_once=(0.5, 0.3, 0.2), same_at_once=0.8)
    return _company(
        rng,
        rng.choice((60, 120)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "90 % of amounts out of forty round ones; other processors pay round amounts too",
    typical_payouts=35,
)
def round_amounts(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE)
    amounts = AmountLaw(10_000, 2_000_000, parts.ROUNDS, 0.9)
    account = parts.stripe(rng, bank, every=rng.choice((1, 2, 5)), amounts=amounts)
    noises = (*parts.business(rng, 0, bank.family), *parts.processors(rng, 0, amounts))
    return _company(rng, rng.choice((60, 120)), stripe_accounts=(account,), banks=(bank,), noises=noises)


@_profile(
    "other processors, platforms, Capital, foreign Stripe accounts; 6 % of payouts have a double of the same amount",
    typical_payouts=55,
)
def look_alikes(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE)
    descriptor = rng.choice((None, None, "Harbor Goods Weekly Pay"))
    account = parts.stripe(rng, bank, every=rng.choice((1, 2)), descriptor=descriptor, payout_descriptors=True)
    law = _company(rng, 100, stripe_accounts=(account,), banks=(bank,))
    amounts = AmountLaw(5_000, 800_000, parts.ROUNDS, 0.3)
    return attrs.evolve(
        law,
        noises=(
            *law.noises,
            *parts.business(rng, 0, bank.family),
            *parts.processors(rng, 0, amounts),
            *parts.platforms(rng, 0, amounts, law.name),
            parts.capital(0, law.name),
        ),
        mirrors=parts.mirrors(rng, 0, law.name, 0.06),
    )


@_profile(
    "two Stripe accounts pay into one bank account with one text, a third into another, seen or not",
    typical_payouts=120,
)
def many_accounts(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, (Family.WELLS_FARGO, Family.CHASE, Family.GENERIC_US, Family.SEPA, Family.UNITED_KINGDOM))
    second = parts.bank(rng, (bank.family,), in_feed=rng.random() < 0.5)
    second = attrs.evolve(second, currency=bank.currency, banking=bank.banking)
    rounds = AmountLaw(10_000, 600_000, parts.ROUNDS, rng.choice((0.0, 0.3)))
    accounts = tuple(
        parts.stripe(
            rng, law, bank_index=index, every=rng.choice((1, 2)), amounts=rounds, kinds=KindLaw(elsewhere=0.03)
        )
        for index, law in ((0, bank), (0, bank), (1, second))
    )
    noises = parts.business(rng, 0, bank.family)
    return _company(rng, 80, stripe_accounts=accounts, banks=(bank, second), noises=noises)


@_profile(
    "the bank adds up payouts of one day or of a run of days, or splits 10 % into two or three lines",
    typical_payouts=75,
)
def groups(rng: Random) -> CompanyLaw:
    combine = CombineLaw(day_share=0.8) if rng.random() < 0.5 else CombineLaw(day_share=0.5, run_share=0.15)
    split = SplitLaw(share=0.1)
    bank = parts.bank(rng, parts.VERBOSE)
    bank = attrs.evolve(bank, combine=combine) if rng.random() < 0.6 else attrs.evolve(bank, split=split)
    account = parts.stripe(rng, bank, every=rng.choice((1, 2)))
    if bank.combine is not None:
        account = attrs.evolve(account, at_once=(0.6, 0.3, 0.1))
    return _company(
        rng,
        rng.choice((60, 120)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "10 % fail, half of them retried with the same amount; returns shown never, half the time or always; 5 % negative",
    typical_payouts=50,
)
def failures(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE, missing=0.01, returned_shown=rng.choice((0.0, 0.5, 1.0)))
    kinds = KindLaw(failed=0.05, retried=0.05, canceled=0.03, reversed=0.02, negative=0.05, zero=0.02, instant=0.05)
    account = parts.stripe(rng, bank, every=rng.choice((1, 2, 5)), kinds=kinds)
    return _company(
        rng,
        rng.choice((60, 150)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "the bank keeps a constant fee of every payout, or converts at a drifting rate less a spread of 0.5–1.5 %",
    typical_payouts=50,
)
def fees_and_conversion(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE)
    if rng.random() < 0.5:
        bank = attrs.evolve(bank, fee=rng.choice((100, 250, 1_500)))
        account = parts.stripe(rng, bank, every=rng.choice((1, 2)))
    else:
        bank = attrs.evolve(bank, conversion=parts.conversion(rng, bank.currency))
        account = attrs.evolve(
            parts.stripe(rng, bank, every=rng.choice((1, 2, 5))), currency=parts.foreign(bank.currency)
        )
    return _company(rng, 120, stripe_accounts=(account,), banks=(bank,), noises=parts.business(rng, 0, bank.family))


@_profile(
    "the account is linked twice: a third of the time both feeds bring every line",
    typical_payouts=45,
)
def relinked_feed(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, (*parts.VERBOSE, Family.CLEANED), relinked=True, pending_share=0.1)
    rounds = AmountLaw(10_000, 600_000, parts.ROUNDS, rng.choice((0.0, 0.5)))
    account = parts.stripe(rng, bank, every=rng.choice((1, 2)), amounts=rounds)
    return _company(
        rng,
        rng.choice((60, 120)),
        stripe_accounts=(account,),
        banks=(bank,),
        noises=parts.business(rng, 0, bank.family),
    )


@_profile(
    "lags of 3–6 days, a day or two early, bimodal, or heavy-tailed",
    typical_payouts=80,
    unlike_defaults=True,
)
def slow_bank(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, parts.VERBOSE, lag=rng.choice(parts.UNUSUAL_LAGS))
    rounds = AmountLaw(10_000, 900_000, parts.ROUNDS, rng.choice((0.0, 0.2)))
    account = parts.stripe(rng, bank, every=rng.choice((1, 1, 2)), amounts=rounds)
    noises = (*parts.business(rng, 0, bank.family), *parts.processors(rng, 0, rounds))
    return _company(rng, rng.choice((90, 180)), stripe_accounts=(account,), banks=(bank,), noises=noises)


@_profile(
    "texts such as DEPOSIT, ACH CREDIT or a custom name: no word of Stripe, like the customers' own",
    typical_payouts=60,
    unlike_defaults=True,
)
def sparse_text(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, (Family.DEPOSIT, Family.ACH_CREDIT, Family.CLEANED, Family.CHASE_MASKED))
    account = parts.stripe(rng, bank, every=rng.choice((1, 2)), amounts=AmountLaw(5_000, 900_000, parts.ROUNDS, 0.1))
    if bank.family is Family.CLEANED and rng.random() < 0.5:
        account = attrs.evolve(account, descriptor="Northwind Daily Sales Pay")
    customers = parts.business(rng, 0, bank.family)
    return _company(rng, 120, stripe_accounts=(account,), banks=(bank,), noises=customers)


@_profile(
    "trace numbers: Stripe's own at 60 % of the banks, unrelated at the rest; 50–100 % supported, some late",
    typical_payouts=80,
    unlike_defaults=True,
)
def traces(rng: Random) -> CompanyLaw:
    bank = parts.bank(rng, (Family.CHASE,), trace_equal=rng.random() < 0.6)
    bank = attrs.evolve(bank, lag=rng.choice((*parts.USUAL_LAGS, *parts.UNUSUAL_LAGS)))
    amounts = AmountLaw(10_000, 600_000, parts.ROUNDS, rng.choice((0.2, 0.9)))
    account = parts.stripe(rng, bank, every=1, amounts=amounts, trace_supported=rng.choice((0.5, 1.0)))
    account = attrs.evolve(account, trace_days=rng.choice((2, 10)))
    law = _company(rng, 120, stripe_accounts=(account,), banks=(bank,))
    return attrs.evolve(
        law, noises=law.noises + parts.business(rng, 0, bank.family), mirrors=parts.mirrors(rng, 0, law.name, 0.03)
    )


@_profile(
    "statements that begin after the first payouts or end before the last",
    typical_payouts=50,
)
def cut_statements(rng: Random) -> CompanyLaw:
    bank = parts.bank(
        rng, (*parts.VERBOSE, Family.CLEANED), cut_start=rng.choice((0, 20)), cut_end=rng.choice((0, 5, 15))
    )
    rounds = AmountLaw(10_000, 600_000, parts.ROUNDS, 0.2)
    account = parts.stripe(rng, bank, every=rng.choice((1, 2)), amounts=rounds)
    return _company(rng, 100, stripe_accounts=(account,), banks=(bank,), noises=parts.business(rng, 0, bank.family))


@_profile(
    "two accounts, two round amounts, no names, 0.4 % missing, 15 % doubles: much that nobody can know",
    typical_payouts=60,
    unlike_defaults=True,
)
def undecidable(rng: Random) -> CompanyLaw:
    bank = parts.bank(
        rng,
        (Family.DEPOSIT, Family.ACH_CREDIT, Family.GENERIC_US),
        missing=0.004,
        lag=LagLaw(((0, 1), (1, 2), (2, 2), (3, 1))),
    )
    amounts = AmountLaw(10_000, 200_000, (50_000, 100_000), rng.choice((0.6, 1.0)))
    account = parts.stripe(rng, bank, every=1, amounts=amounts, kinds=KindLaw(failed=0.03, retried=0.03))
    other = attrs.evolve(parts.stripe(rng, bank, every=2, amounts=amounts), destination_known=True)
    law = _company(rng, 60, stripe_accounts=(account, other), banks=(bank,))
    return attrs.evolve(
        law, noises=law.noises + parts.business(rng, 0, bank.family), mirrors=parts.mirrors(rng, 0, law.name, 0.15)
    )


PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        everyday,
        first_payout,
        repeated_amounts,
        round_amounts,
        look_alikes,
        many_accounts,
        groups,
        failures,
        fees_and_conversion,
        relinked_feed,
        slow_bank,
        sparse_text,
        traces,
        cut_statements,
        undecidable,
    )
}
"""Every profile by name."""


def company_of(profile: str, seed: int, index: int, *, decide: bool = True) -> CompanyWorld:
    """The so-manieth company of a profile's world."""
    name = f"{seed}/{profile}/{index}"
    law = PROFILES[profile].draw(Random(f"{name}/law"))
    return make_company(law, name, decide=decide)


def make_world(profile: str, seed: int, payouts: int, *, decide: bool = True) -> Iterator[CompanyWorld]:
    """Companies of a profile until they have at least so many payouts."""
    made, index = 0, 0
    while made < payouts:
        world = company_of(profile, seed, index, decide=decide)
        made, index = made + max(1, len(world.facts.payouts)), index + 1
        yield world
