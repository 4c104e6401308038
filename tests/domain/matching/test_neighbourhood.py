"""Law: after any sequence of changes, what is kept up to date is what a full recompute gives, and little was read."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.simulator.profiles import company_of
from domain.bank_deposit import BankDeposit
from domain.company_facts import CompanyFacts
from domain.matching.neighbourhood import NeighbourhoodTooLarge
from domain.payout import Payout
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from tests.domain.matching.kept_company import KeptCompany
from tests.domain.matching.written_facts import account, facts, line, payout, weekday
from tests.strategies.company_facts import AS_OF_DAYS, small_companies, small_lines, small_payouts

PROFILES = ("everyday", "groups", "failures", "relinked_feed", "many_accounts", "traces", "fees_and_conversion")


@st.composite
def decisions(draw: st.DrawFn, company: KeptCompany) -> ReconciliationDecision | None:
    """What a person may say of records that the company has."""
    kind = draw(st.sampled_from(DecisionKind))
    lines = [line.id for line in company.lines.values()]
    payouts = [payout.id for payout in company.payouts.values()]
    if not lines or (kind is not DecisionKind.NOT_STRIPE and not payouts):
        return None
    said = ReconciliationDecision(
        kind=kind,
        payouts=() if kind is DecisionKind.NOT_STRIPE else (draw(st.sampled_from(payouts)),),
        deposits=tuple(draw(st.lists(st.sampled_from(lines), min_size=1, max_size=2, unique=True))),
        by="Ada",
    )
    return None if said in company.decisions else said


@given(small_companies(), st.booleans(), AS_OF_DAYS, st.data())
@settings(max_examples=120)
def test_any_changes_end_in_what_a_full_recompute_gives(
    first: CompanyFacts, days_stated: bool, as_of: date, data: st.DataObject
) -> None:
    if not days_stated:
        first = attrs.evolve(
            first, accounts=tuple(attrs.evolve(a, covered_from=None, covered_to=None) for a in first.accounts)
        )
    company = KeptCompany(first, as_of)
    for _ in range(data.draw(st.integers(1, 4))):
        try:
            change(company, days_stated, data)
        except NeighbourhoodTooLarge:
            return  # an account lost its only line: everything is to be decided again
        company.assert_as_if_decided_anew()


def change(company: KeptCompany, days_stated: bool, data: st.DataObject) -> None:
    """Some change, of facts, decisions, or the day."""
    has_accounts = {each.account for each in company.lines.values()}
    number = data.draw(st.integers(0, 11))
    match data.draw(st.sampled_from(["line", "line", "payout", "remove", "decide", "undo", "day"])):
        case "line":
            new = data.draw(small_lines(number, tuple(company.payouts.values()), "usd"))
            if days_stated or new.account in has_accounts:
                company.change(deposits=[new])
        case "payout":
            company.change(payouts=[data.draw(small_payouts(number, "usd"))])
        case "remove":
            company.change(removed=[f"po_{number}", *([f"line_{number}"] if days_stated else [])])
        case "decide":
            said = data.draw(decisions(company))
            if said is not None:
                company.change(decided=[said])
        case "undo" if company.decisions:
            company.change(undone=[data.draw(st.sampled_from(company.decisions))])
        case _:
            company.change(as_of=data.draw(AS_OF_DAYS))


def held_back(world: CompanyFacts, count: int, seed: int) -> tuple[CompanyFacts, list[Payout | BankDeposit]]:
    """The facts without so many of them, and those; every account keeps a line."""
    everything: list[Payout | BankDeposit] = [*world.payouts, *world.deposits]
    held = random.Random(seed).sample(everything, min(count, len(everything)))
    ids = {each.id for each in held}
    rest = attrs.evolve(
        world,
        payouts=tuple(each for each in world.payouts if each.id not in ids),
        deposits=tuple(each for each in world.deposits if each.id not in ids),
    )
    accounts = {each.account for each in rest.deposits}
    return rest, [each for each in held if isinstance(each, Payout) or each.account in accounts]


def tell(company: KeptCompany, fact: Payout | BankDeposit) -> None:
    if isinstance(fact, Payout):
        company.change(payouts=[fact])
    else:
        company.change(deposits=[fact])


@pytest.mark.parametrize("profile", PROFILES)
def test_facts_that_come_one_by_one_while_days_pass_end_in_what_a_full_recompute_gives(profile: str) -> None:
    world = company_of(profile, 3, 1, decide=False)
    rest, held = held_back(world.facts, 14, seed=5)
    company = KeptCompany(rest, world.as_of - timedelta(days=6))

    for number, fact in enumerate(held):
        tell(company, fact)
        if number % 5 == 4:
            company.change(as_of=company.as_of + timedelta(days=number // 5 + 1))

        company.assert_as_if_decided_anew()


def test_an_accepted_match_weighs_the_same_in_its_neighbourhood() -> None:
    world = company_of("everyday", 3, 2, decide=False)
    kept = KeptCompany(world.facts, world.as_of)
    accepted = list(kept.matches)[::3]
    rest, held = held_back(world.facts, 10, seed=6)
    company = KeptCompany(rest, world.as_of, accepted=accepted)

    for fact in held:
        tell(company, fact)

    company.assert_as_if_decided_anew()


def daily_company(days: int) -> CompanyFacts:
    """A payout a banking day of an amount of its own, its line two days later, and somebody's card payment."""
    payouts: list[Payout] = []
    lines: list[BankDeposit] = []
    for number in range(days):
        amount = 100_003 + 7 * number * 37 % 900_001
        payouts.append(payout(f"po_{number}", amount, weekday(number), destination="ba_a"))
        lines.append(line(f"line_{number}", amount, weekday(number + 2), "STRIPE TRANSFER"))
        lines.append(line(f"card_{number}", -1_999 - number % 300, weekday(number), f"CARD 4821 SHOP {number % 9}"))
    return facts(payouts, lines, [account("checking")])


def rows_of_a_day(days: int) -> Sequence[int]:
    """Rows read for each fact of one more day, and for the day itself, after a history of so many days."""
    company = KeptCompany(daily_company(days), weekday(days))
    rows = []
    new = daily_company(days + 1)
    facts_of_the_day: list[Payout | BankDeposit] = [new.payouts[-1], *new.deposits[-2:]]
    for fact in facts_of_the_day:
        tell(company, fact)
        rows.append(company.rows_read)
    company.change(as_of=weekday(days + 1))
    rows.append(company.rows_read)
    return rows


def test_what_is_read_stays_small_and_does_not_grow_with_the_history() -> None:
    short, long = rows_of_a_day(60), rows_of_a_day(600)

    assert max(*short, *long) <= 50 + 10  # one record changed; a holiday in the window makes a few rows more


def test_a_correction_deep_in_the_past_reads_its_own_amount_only() -> None:
    company = KeptCompany(daily_company(300), weekday(300))
    old = company.lines["line_100"]

    company.change(deposits=[attrs.evolve(old, text="STRIPE TRANSFER ST-A1B2C3D4E5F6")])

    assert company.rows_read <= 5
    company.assert_as_if_decided_anew()


@pytest.mark.parametrize("lost", [33, 36, 38])
def test_a_line_weeks_late_could_be_that_of_a_lost_payout_which_nothing_else_ties_to_the_change(lost: int) -> None:
    background = daily_company(90)
    payouts = [payout("po_seen", 50_000, weekday(20)), payout("po_lost", 50_000, weekday(lost))]
    lines = [
        line("line_seen", 50_000, weekday(22), "STRIPE TRANSFER"),
        line("line_weeks_late", 50_000, weekday(lost + 12), "STRIPE TRANSFER"),
    ]
    world = attrs.evolve(background, payouts=(*background.payouts, *payouts), deposits=(*background.deposits, *lines))
    company = KeptCompany(world, weekday(95))

    company.change(deposits=[attrs.evolve(lines[0], text="DEPOSIT")])

    company.assert_as_if_decided_anew()
