"""The pairs that the survey recognised, judged together: most of them differ in day and amount only."""

from collections.abc import Sequence

from domain.matching.evidence import Evidence
from domain.matching.finding import SECURE_MILLINATS, Finding, Pair
from domain.matching.text_evidence import AMOUNT_MILLINATS
from domain.reconciliation_match import MatchKind


def secure_pairs(pairs: Sequence[Pair], evidence: Evidence) -> tuple[list[Finding], list[Pair]]:
    """The findings of those pairs that are secure, and the other pairs.

    The pairs are of one `survey.PairKind`, within the window, and each alone in its amount.
    """
    secure: list[Finding] = []
    others: list[Pair] = []
    one_to_one = MatchKind.ONE_TO_ONE
    for pair, weight in zip(pairs, weights_of_kind(pairs, evidence), strict=True):
        if weight >= SECURE_MILLINATS:
            payout, line = pair
            secure.append(Finding(one_to_one, (payout,), (line,), weight, weight, evidence))
        else:
            others.append(pair)
    return secure, others


def weights_of_kind(pairs: Sequence[Pair], evidence: Evidence) -> list[int]:
    """What `Evidence.weight` gives for each; 0 where there is more to compare, or something asks for a person's look.

    What is the same for all is looked up once. None of their amounts recurs: no payout outside the list and no other
    line takes anything from what they say.
    """
    alike = evidence.of_its_kind(*pairs[0])
    lag = None if alike is None else alike[0]
    if alike is None or lag is None or evidence.judged:
        return [0] * len(pairs)
    _, text, account, most = alike
    said, room = lag + text.millinats + account, most - text.millinats
    distinctive = said + min(AMOUNT_MILLINATS[-1], text.amount_cap, room)
    arrivals: dict[int, int] = {}
    weights: list[int] = []
    for payout, line in pairs:
        arrival = arrivals.get(payout.day)
        if arrival is None:
            arrival = arrivals[payout.day] = evidence.arrival(line.account, payout)
        minor = line.minor
        if minor % 10 and not -99_999 <= minor <= 99_999:  # as in `Evidence.amount`
            weight = distinctive + arrival
        else:
            weight = said + min(evidence.amount(line, text.amount_cap), room) + arrival
        if payout.trace is not None:
            trace = evidence.trace(payout, line)
            weight = 0 if trace is None or evidence.trace_disagrees(payout, line) else weight + trace
        weights.append(0 if payout.stems else weight)
    return weights
