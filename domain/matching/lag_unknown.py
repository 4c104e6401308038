"""Where it is not known how slow a bank is: a finding is as sure as the plausible laws together make it."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.matching.components import connected
from domain.matching.finding import GATE_MILLINATS, Finding, Rival, in_order, lines_in_order
from domain.matching.flow_reading import exchange_rival
from domain.reconciliation_match import EvidenceItem, MatchKind, ResidualClass

SLOWER_BANK: Final = "slower_bank"
"""Names the evidence of a rival that holds if the bank is slower or faster than it seems."""


def under_every_law(under: Mapping[int, Sequence[Finding]], shifts: Mapping[int, int]) -> list[Finding]:
    """Findings under the likeliest law, as sure as all plausible laws together make them.

    `under` gives what is found if the bank is so many days slower than most; `shifts` how far behind the likeliest law
    each of these is, all that is known of the bank taken together.
    """
    first, *others = sorted(shifts, key=lambda shift: (shifts[shift], abs(shift), shift))
    # a law that is itself less likely than what a match may leave open mixes nothing: it only bounds how sure each is
    mixing = [shift for shift in others if shifts[shift] - shifts[first] < GATE_MILLINATS]
    joined = _joined(under[first], [finding for shift in mixing for finding in under[shift]])
    for shift in others:
        joined = [_under_law(each, shifts[shift] - shifts[first], under[shift], shift) for each in joined]
    return joined


def _joined(best: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Findings under the likeliest law, those put together that another law mixes with each other."""
    number: dict[str, int] = {}
    for i, finding in enumerate(best):
        number.update(dict.fromkeys(_names(finding), i))
    edges = []
    for other in others:
        touched = sorted({number[name] for name in _names(other) if name in number})
        edges += [(touched[0], each) for each in touched[1:]]
    joined: list[Finding] = []
    for group in connected(len(best), edges):
        members = [best[i] for i in group]
        joined.append(members[0] if len(members) == 1 else _one_set(members))
    return joined


def _one_set(members: Sequence[Finding]) -> Finding:
    """Several findings of equal records as one set; it is as sure as the least sure of them."""
    payouts = in_order([payout for member in members for payout in member.payouts])
    lines = lines_in_order([line for member in members for line in member.lines])
    pairs = tuple(pair for member in members for pair in (member.pairs or ((member.payouts[0], member.lines[0]),)))
    weight = sum(member.weight for member in members)
    margin = min(member.margin for member in members)
    open_payouts = sum(member.open_payouts for member in members)
    several = (
        len({(p.origin, p.payout.stripe_account) for p in payouts}) > 1 or len({each.account for each in lines}) > 1
    )
    finding = Finding(
        MatchKind.INTERCHANGEABLE,
        payouts,
        lines,
        weight,
        weight,
        members[0].evidence,
        pairs=pairs,
        review=next(filter(None, (m.review for m in members)), None) or ("several accounts" if several else None),
        residual=payouts[0].minor * open_payouts,
        residual_class=ResidualClass.OPEN_PAYOUT if open_payouts else ResidualClass.NONE,
        open_payouts=open_payouts,
        searched=members[0].searched,
    )
    if open_payouts:
        margin = 0  # which day's payout is the open one would differ from law to law
    return (
        finding
        if margin >= weight
        else finding.weakened(margin, exchange_rival(pairs, payouts, lines, weight - margin))
    )


def _under_law(finding: Finding, behind: int, findings: Sequence[Finding], shift: int) -> Finding:
    """The finding with the margin that it has if the bank is slower by so much; the rival is what is then found."""
    records = tuple(sorted(p.id for p in finding.payouts)), tuple(sorted(line.id for line in finding.lines))
    if finding.evidence.stickiness(records):
        return finding  # accepted before: not to be given up because a law is in doubt
    names = _names(finding)
    there = [each for each in findings if names & _names(each)]
    inside = {name for each in there for name in _names(each)}
    margin = behind + (min(each.margin for each in there) if inside == names else 0)
    if margin >= finding.margin:
        return finding
    instead = min(there, key=lambda each: each.sort_key) if there else finding
    level = f"if this bank takes {shift:+d} days more than most"
    rival = Rival(
        instead.kind,
        instead.payouts,
        instead.lines,
        finding.weight - margin,
        items=(EvidenceItem(feature=SLOWER_BANK, level=level, millinats=finding.weight - margin),),
    )
    return finding.weakened(margin, rival)


def _names(finding: Finding) -> set[str]:
    return {payout.id for payout in finding.payouts} | {line.id for line in finding.lines}
