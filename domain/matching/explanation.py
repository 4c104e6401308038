"""From a finding to a match with its evidence, its rivals and its reason in words. Made when asked for."""

from typing import Final

from domain.bank_deposit import BankDepositId
from domain.matching.evidence import Evidence
from domain.matching.finding import Finding, Rival, searched_words
from domain.matching.log_odds import probability_of
from domain.matching.records import LineRecord, PayoutRecord
from domain.money import Currency, Money
from domain.payout import PayoutId
from domain.reconciliation_match import (
    Alternative,
    EvidenceItem,
    MatchKind,
    MatchStatus,
    ReconciliationMatch,
    Residual,
)

_SHAPES: Final = {
    MatchKind.ONE_TO_ONE: "One payout, one deposit.",
    MatchKind.COMBINED: "The bank put several payouts into one deposit.",
    MatchKind.SPLIT: "The bank paid one payout in several deposits.",
    MatchKind.INTERCHANGEABLE: (
        "Equal payouts and equal deposits: as a set they are the same money; which is whose inside the set cannot be "
        "known and changes no balance on any day."
    ),
    MatchKind.RETURNED: "The payout was credited and came back; together they are nothing.",
    MatchKind.BANK_FEE: "The deposit is short of the payout by what the bank kept.",
    MatchKind.CONVERSION: "The bank converted the payout into the account's currency.",
}
_WORDS: Final = {
    "on the day": "Arrived on the day that Stripe said it would",
    "usual_for_this_account": "the text is the usual one for this account's Stripe deposits",
    "names_stripe": "the text names Stripe",
    "names_nobody": "the text names nobody",
    "names_somebody_else": "the text does not name Stripe",
    "names_a_platform_on_stripe": "the text bears Stripe's code, but another name",
    "names_another_processor": "the text names another payment processor",
    "names_another_stripe_product": "the text names another product of Stripe",
    "unlike_this_accounts_deposits": "the text is unlike that of this account's other Stripe deposits",
    "new_among_many_texts": "the text is new, as texts of this account often are",
    "bears_the_payouts_descriptor": "the text bears the payout's own statement descriptor",
}


def match_of(finding: Finding) -> ReconciliationMatch:
    """The finding as a match that can be recomputed from itself."""
    evidence = items_of(finding)
    rivals = tuple(_alternative(rival) for rival in finding.rivals)
    status = MatchStatus(finding.status) if finding.status else None
    if status is None:
        status = MatchStatus.MATCHED if finding.automatic else MatchStatus.NEEDS_REVIEW
    payouts = tuple(PayoutId(payout.id) for payout in finding.payouts)
    deposits = tuple(BankDepositId(line.id) for line in finding.lines)
    probability = 1.0 if finding.status else probability_of(finding.gaps) if finding.weight else 0.0
    return ReconciliationMatch(
        id="match_" + "+".join((*payouts, *deposits))
        if len(payouts) + len(deposits) < 4
        else _long_id(payouts, deposits),
        status=status,
        kind=finding.kind,
        payouts=payouts,
        deposits=deposits,
        residual=Residual(
            amount=Money(finding.residual, _currency(finding)),
            named=finding.residual_class,
        ),
        probability=probability,
        margin_millinats=finding.margin,
        evidence=evidence,
        alternatives=rivals,
        explanation=_in_words(finding, evidence, probability),
    )


def _long_id(payouts: tuple[str, ...], deposits: tuple[str, ...]) -> str:
    return f"match_{payouts[0] if payouts else ''}+{deposits[0] if deposits else ''}+{len(payouts)}:{len(deposits)}"


def _currency(finding: Finding) -> Currency:
    of = finding.payouts[0].payout.amount if finding.payouts else finding.lines[0].line.amount
    return of.currency


def items_of(finding: Finding) -> tuple[EvidenceItem, ...]:
    """The evidence, item by item; it adds up to the finding's weight."""
    if finding.items is not None:
        return finding.items
    if not finding.pairs:
        return _pair_items(finding.evidence, finding.payouts[0], finding.lines[0])
    totals: dict[str, int] = {}
    levels: dict[str, set[str]] = {}
    for payout, line in finding.pairs:
        for item in _pair_items(finding.evidence, payout, line):
            totals[item.feature] = totals.get(item.feature, 0) + item.millinats
            levels.setdefault(item.feature, set()).add(item.level)
    count = len(finding.pairs)
    return tuple(
        EvidenceItem(
            feature=feature,
            level=f"{count} pairs: {', '.join(sorted(levels[feature])[:3])}" if count > 1 else min(levels[feature]),
            millinats=millinats,
        )
        for feature, millinats in totals.items()
    )


def _pair_items(evidence: Evidence, payout: PayoutRecord, line: LineRecord) -> tuple[EvidenceItem, ...]:
    parts = evidence.parts(payout, line)
    return () if parts is None else evidence.items(payout, line, parts)


def _alternative(rival: Rival) -> Alternative:
    items = rival.items
    if items is None and rival.evidence is not None:
        items = _pair_items(rival.evidence, rival.payouts[0], rival.lines[0])
    items = items or ()
    rest = rival.millinats - sum(item.millinats for item in items)
    if rest:
        level = "what the other records gain or lose by it"
        items = (*items, EvidenceItem(feature="consequences", level=level, millinats=rest))
    currency = rival.payouts[0].payout.amount.currency
    return Alternative(
        kind=rival.kind,
        payouts=tuple(PayoutId(payout.id) for payout in rival.payouts),
        deposits=tuple(BankDepositId(line.id) for line in rival.lines),
        residual=Residual(amount=Money(rival.residual, currency), named=rival.residual_class),
        evidence=items,
    )


def _in_words(finding: Finding, evidence: tuple[EvidenceItem, ...], probability: float) -> str:
    if finding.status:
        return finding.searched
    sentences = [_SHAPES[finding.kind]]
    by_feature = {item.feature: item for item in evidence}
    said = [_lag_words(by_feature["lag"].level)] if "lag" in by_feature else []
    if "text" in by_feature:
        level = by_feature["text"].level
        said.append(_WORDS.get(level, level))
    if "amount" in by_feature:
        said.append(f"the amount is {by_feature['amount'].level}")
    if "trace" in by_feature and by_feature["trace"].level != "missing":
        said.append(f"the trace id {'agrees' if by_feature['trace'].millinats > 0 else 'is different'}")
    for feature in ("combination", "fee", "rate", "return", "status", "unlisted_payouts", "account"):
        if feature in by_feature:
            said.append(f"{feature.replace('_', ' ')}: {by_feature[feature].level}")
    if said:
        sentences.append("; ".join(said) + ".")
    if finding.open_payouts:
        sentences.append(
            f"{finding.open_payouts} of these {len(finding.payouts)} payouts has no deposit yet; which cannot be known."
        )
    if finding.rivals:
        sentences.append(
            f"{len(finding.rivals)} other explanation{'s' if len(finding.rivals) > 1 else ''} of these records; "
            f"the best is {_gap(finding.margin)}."
        )
    if not finding.automatic:
        sentences.append(
            f"Left for a person: {finding.review or _doubt(finding, probability)}. {what_would_decide(finding)}"
        )
    sentences.append(f"Searched: {finding.searched or searched_words(1, 1)}.")
    return " ".join(sentences)


def _lag_words(level: str) -> str:
    words = _WORDS.get(level)
    if words:
        return words
    return f"Arrived {level} from the day that Stripe said it would" if not level[0].isdigit() else level


def _gap(margin: int) -> str:
    return "just as likely" if margin < 700 else f"{margin / 1000:.1f} nats behind"


def _doubt(finding: Finding, probability: float) -> str:
    if finding.margin < 700:
        return "another explanation is just as likely"
    return f"at {probability:.4%} it is not sure enough (99.99 % is required)"


def what_would_decide(finding: Finding) -> str:
    """The fact that would settle it, in words."""
    waiting = [p for p in finding.payouts if p.trace is None and not p.came_back]
    if waiting:
        first = min(waiting, key=lambda p: (p.day, p.id))
        return f"The trace id of {first.id} would decide, if Stripe gives it and the bank prints it."
    return "A person who knows the payment can decide."
