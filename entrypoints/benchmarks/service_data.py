"""One company for `tieout bench service`: years of a mix, and what happens to it afterwards, one by one."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final, TypeVar

import attrs

from adapters.simulator.laws import CompanyLaw
from adapters.simulator.world_generator import make_company
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.money import Money
from domain.payout import Payout
from entrypoints.benchmarks.matching_data import hard_law

A_YEAR: Final = 5_000
"""Payouts in a year: a longer history is more years, as it is for a company that grows old."""
_LIKE: Final = 6
"""Which of the hard mix's companies: the first of its largest whose bank tells traces, and which has no groups."""
_YEAR: Final = timedelta(weeks=52)
_EDGE: Final = timedelta(days=2)
_Fact = TypeVar("_Fact", Payout, BankDeposit)


class Mix(StrEnum):
    """What its payouts are like."""

    HARD = "hard"
    """That of `tieout bench matching`: some amounts round, which come again for years; a processor's look-alikes."""
    EVERYDAY = "everyday"
    """Every cent is as likely as any other, and nobody else's deposits look like Stripe's."""


class ChangeKind(StrEnum):
    """What happens to a company that was reconciled."""

    NEW_LINE = "new line"
    NEW_PAYOUT = "new payout"
    CHANGED_LINE = "changed line"
    WITHDRAWN_LINE = "withdrawn line"


@attrs.frozen(kw_only=True)
class SingleChange:
    """One fact told."""

    kind: ChangeKind
    facts: CompanyFacts


@attrs.frozen(kw_only=True)
class GrownCompany:
    """What is loaded, the changes that follow, and the day of looking."""

    loaded: CompanyFacts
    changes: tuple[SingleChange, ...]
    as_of: date


def grown_company(
    payouts: int, *, changes: int, a_year: int = A_YEAR, mix: Mix = Mix.HARD, seed: int = 1
) -> GrownCompany:
    """So many payouts on one account, newest year last; a quarter of the changes of each kind, in a random order.

    Half of the new ones are the company's newest, as they come day by day; the others come late, from anywhere.
    """
    years = list(_years(payouts, a_year, mix, seed))
    as_of, account = years[0][1], years[0][0].accounts[0]
    made = [payout for facts, _ in years for payout in facts.payouts]
    lines = [line for facts, _ in years for line in facts.deposits]
    random = Random(seed)
    each = changes // len(ChangeKind)
    new_lines, lines = _held_out(lines, each, lambda line: line.date, random)
    new_payouts, made = _held_out(made, each, lambda payout: payout.arrival_date, random)
    first, last = min(line.date for line in lines), max(line.date for line in lines)
    inner = [line for line in lines if _is_inner(line, first, last)]
    told_again = random.sample(inner, 2 * each)
    told = [
        *((ChangeKind.NEW_LINE, CompanyFacts(deposits=(line,))) for line in new_lines),
        *((ChangeKind.NEW_PAYOUT, CompanyFacts(payouts=(payout,))) for payout in new_payouts),
        *((ChangeKind.CHANGED_LINE, CompanyFacts(deposits=(_a_cent_more(line),))) for line in told_again[:each]),
        *((ChangeKind.WITHDRAWN_LINE, CompanyFacts(deposits=(_withdrawn(line),))) for line in told_again[each:]),
    ]
    single = [SingleChange(kind=kind, facts=facts) for kind, facts in told]
    random.shuffle(single)
    return GrownCompany(
        loaded=CompanyFacts(payouts=tuple(made), accounts=(account,), deposits=tuple(lines)),
        changes=tuple(single),
        as_of=as_of,
    )


def _years(payouts: int, a_year: int, mix: Mix, seed: int) -> Iterator[tuple[CompanyFacts, date]]:
    """Newest first. Each year is a world of its own, told of one Stripe account and one bank account."""
    newest: CompanyFacts | None = None
    left, year = payouts, 0
    while left > 0:
        size = min(left, a_year)
        law = hard_law(a_year, _LIKE) if mix is Mix.HARD else _everyday(hard_law(a_year, _LIKE))
        law = attrs.evolve(law, first_day=law.first_day - year * _YEAR, payouts_max=size)
        world = make_company(law, f"{seed}/service/{year}", decide=False)
        newest = newest or world.facts
        yield _as_of_one(world.facts, newest.payouts[0], newest.accounts[0]), world.as_of
        left, year = left - size, year + 1


def _everyday(law: CompanyLaw) -> CompanyLaw:
    """The same company without what makes it hard."""
    without_round = attrs.evolve(law.stripe_accounts[0].amounts, rounds=(), round_share=0.0)
    account = attrs.evolve(law.stripe_accounts[0], amounts=without_round)
    return attrs.evolve(law, stripe_accounts=(account,), mirrors=())


def _as_of_one(facts: CompanyFacts, like: Payout, account: BankAccount) -> CompanyFacts:
    return CompanyFacts(
        payouts=tuple(
            attrs.evolve(payout, stripe_account=like.stripe_account, destination=like.destination)
            for payout in facts.payouts
        ),
        accounts=(account,),
        deposits=tuple(attrs.evolve(line, account=account.id) for line in facts.deposits),
    )


def _held_out(
    facts: list[_Fact], count: int, day: Callable[[_Fact], date], random: Random
) -> tuple[list[_Fact], list[_Fact]]:
    """So many that come later, half of them the newest; and the rest."""
    in_order = sorted(facts, key=day)
    newest = count // 2
    earlier = in_order[: len(in_order) - newest]
    late = set(random.sample(range(len(earlier)), count - newest))
    held = in_order[len(earlier) :] + [earlier[place] for place in late]
    return held, [fact for place, fact in enumerate(earlier) if place not in late]


def _is_inner(line: BankDeposit, first: date, last: date) -> bool:
    """Money, and not of the first or last days: where an account's days end, everything is decided anew."""
    return line.status is BankDepositStatus.POSTED and first + _EDGE < line.date < last - _EDGE


def _a_cent_more(line: BankDeposit) -> BankDeposit:
    return attrs.evolve(line, amount=Money(line.amount.minor_units + 1, line.amount.currency))


def _withdrawn(line: BankDeposit) -> BankDeposit:
    return attrs.evolve(line, status=BankDepositStatus.WITHDRAWN)
