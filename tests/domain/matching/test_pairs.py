"""Brute-force oracle: with up to eight equal records, the engine's pairs are the best of all assignments."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bank_deposit import BankDeposit, BankDepositId, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.matching.decided import Decided
from domain.matching.deposit_matching import decide_deposits
from domain.matching.finding import GATE_MILLINATS, Finding
from domain.matching.lag_law import KNOWN_FROM
from domain.money import Currency, Money
from domain.payout import Payout, PayoutStatus
from domain.reconciliation_match import MatchKind
from tests.domain.matching.written_facts import line, payout, weekday
from tests.strategies.company_facts import AS_OF_DAYS, FIRST_DAY, small_accounts, small_lines, small_payouts

Pair = tuple[str, str]
Assignment = tuple[Pair, ...]
Weights = dict[Pair, int]

COUNTED_TO = 2 * GATE_MILLINATS
"""Beyond this it does not matter how great a margin is, and the engine may stop counting."""


def known_company() -> CompanyFacts:
    """A company whose banks' lags are known, so that no belief about them blurs the margins."""
    payouts: list[Payout] = []
    lines: list[BankDeposit] = []
    for number in range(96):
        method, bank = ("standard", "instant")[number % 2], ("checking", "savings")[number // 2 % 2]
        origin, lag = ("ba_a", "ba_b", None)[number // 4 % 3], (0, 0, 0, 1, 0, 2, 1, 5)[number // 4 % 8]
        amount, trace = 123_457 + 7_919 * number, f"0910000{number:08d}"
        payouts.append(payout(f"po_old_{number}", amount, weekday(number - 120), method=method, destination=origin))
        text = "STRIPE TRANSFER"
        if bank == "checking" and number % 3 == 0:
            payouts[-1] = attrs.evolve(payouts[-1], trace_id=trace)
            text += f" TRACE#:{trace}"
        lines.append(line(f"line_old_{number}", amount, weekday(number - 120 + lag), text, account=bank))
    for number in range(5):
        payouts.append(payout(f"po_equal_{number}", 10_000, weekday(12 * number - 120), destination="ba_a"))
        lines.append(line(f"line_equal_{number}", 10_000, weekday(12 * number - 120)))
        lines.append(line(f"rent_{number}", 2_850, weekday(20 * number - 120), "GATEWAY PROPERTY RENT"))
    lines.append(line("stranger", 10_000, weekday(-60)))
    return CompanyFacts(payouts=tuple(payouts), accounts=small_accounts("usd"), deposits=tuple(lines))


LEARNED = decide_deposits(known_company(), as_of=FIRST_DAY).model
MODEL = attrs.evolve(LEARNED, learned_from=LEARNED.learned_from | {BankDepositId("line_0"), BankDepositId("line_3")})
"""Of the lines that are judged, some were learned from and must not testify for themselves."""


@st.composite
def equal_records(draw: st.DrawFn) -> CompanyFacts:
    """Up to four payouts and four lines of one or two amounts that no sum connects, all posted and paid.

    All fall within ten banking days, except that a payout with a trace id may be so old that nothing else reaches it.
    """
    amounts = draw(st.sampled_from([(10_000,), (423_782,), (10_000, 423_782)]))
    traces = len(amounts) == 1  # with two amounts a trace id could propose a pair of different ones
    days = st.integers(0, 13).map(lambda days: FIRST_DAY + timedelta(days=days))

    def money() -> Money:
        return Money(draw(st.sampled_from(amounts)), Currency.of("usd"))

    def old(each: Payout) -> timedelta:
        return timedelta(days=draw(st.sampled_from([0, 0, 70])) if each.trace_id else 0)

    payouts = tuple(
        attrs.evolve(each, amount=money(), status=PayoutStatus.PAID, arrival_date=draw(days) - old(each))
        for number in range(draw(st.integers(1, 4)))
        for each in (draw(small_payouts(number, "usd", traces=traces)),)
    )
    lines = tuple(
        attrs.evolve(each, amount=money(), status=BankDepositStatus.POSTED, date=min(max(each.date, FIRST_DAY), last))
        for number in range(draw(st.integers(1, 4)))
        for each in (draw(small_lines(number, payouts, "usd")),)
        for last in (FIRST_DAY + timedelta(days=13),)
    )
    return CompanyFacts(payouts=payouts, accounts=small_accounts("usd"), deposits=lines)


def weights_of(decided: Decided) -> Weights:
    """What every possible pair says for itself, by the engine's evidence; only what speaks for it counts."""
    weights: Weights = {}
    for paid in decided.placed.payouts:
        for arrived in decided.placed.lines:
            if (paid.currency, paid.minor) == (arrived.currency, arrived.minor):
                parts = decided.evidence.parts(paid, arrived)
                if parts is not None and sum(parts) > 0:
                    weights[paid.id, arrived.id] = sum(parts)
    return weights


def assignments(pairs: Sequence[Pair]) -> Iterator[Assignment]:
    """Every set of pairs that uses no record twice."""
    if not pairs:
        yield ()
        return
    first, rest = pairs[0], pairs[1:]
    yield from assignments(rest)
    free = [pair for pair in rest if pair[0] != first[0] and pair[1] != first[1]]
    for others in assignments(free):
        yield (first, *others)


def is_as_told(finding: Finding, assignment: Assignment) -> bool:
    """The finding's records are explained by each other, as many of them as it says."""
    payouts, lines = {p.id for p in finding.payouts}, {each.id for each in finding.lines}
    inside = [pair for pair in assignment if pair[0] in payouts and pair[1] in lines]
    touching = [pair for pair in assignment if pair[0] in payouts or pair[1] in lines]
    return inside == touching and len(inside) == len(finding.pairs or (finding,))


def test_the_banks_lags_are_known() -> None:
    lags = [counts for account in MODEL.accounts.values() for counts in account.lags.values()]

    assert len(lags) == 4
    assert min(sum(counts) for counts in lags) >= KNOWN_FROM


@given(equal_records(), AS_OF_DAYS)
@settings(max_examples=200)
def test_the_pairs_found_are_the_best_of_all_assignments_and_each_margin_is_the_loss_without_it(
    company: CompanyFacts, as_of: date
) -> None:
    decided = decide_deposits(company, as_of=as_of, model=MODEL)
    weights = weights_of(decided)
    every = [(sum(weights[pair] for pair in each), each) for each in assignments(sorted(weights))]
    best = max(total for total, _ in every)

    assert sum(finding.weight for finding in decided.findings) == best
    for finding in decided.findings:
        loss = best - max(total for total, each in every if not is_as_told(finding, each))
        if finding.kind is MatchKind.ONE_TO_ONE:
            assert min(finding.margin, COUNTED_TO) == min(loss, COUNTED_TO)
        else:
            assert min(finding.margin, GATE_MILLINATS) <= loss


@given(equal_records(), AS_OF_DAYS)
@settings(max_examples=100)
def test_what_is_matched_is_so_in_every_explanation_that_is_nearly_as_good(company: CompanyFacts, as_of: date) -> None:
    decided = decide_deposits(company, as_of=as_of, model=MODEL)
    weights = weights_of(decided)
    every = [(sum(weights[pair] for pair in each), each) for each in assignments(sorted(weights))]
    nearly = max(total for total, _ in every) - GATE_MILLINATS

    for finding in decided.automatic:
        assert all(is_as_told(finding, each) for total, each in every if total > nearly)
