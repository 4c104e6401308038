"""What if, as it goes over the wire: the changes in the shapes in which they are made elsewhere, and their effect."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import attrs

from domain.bank_deposit import BankDepositId
from domain.money import Currency, Money
from domain.payout import PayoutId
from domain.payout_totals import PayoutTotals
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchKind, MatchStatus
from domain.reconciliation_outcome import DepositOutcomeKind, PayoutOutcomeKind
from domain.what_if import (
    LISTED_MAX,
    ForetoldDeposit,
    ForetoldMatch,
    ForetoldPayout,
    MatchToMake,
    NotStripeToSay,
    ProposedChanges,
    RuleToAdd,
    RuleToRemove,
)
from entrypoints.http.fact_bodies import AnyId
from entrypoints.http.resources.match_bodies import DecideOne, EvidenceBody, MatchByHand, ResidualBody
from entrypoints.http.resources.rules import AddRule
from entrypoints.http.wire_types import Limit, ListBounds, MoneyBody, Note
from ports.reconciliation_record import break_id
from ports.use_cases.change_rules import RULES_MAX
from ports.use_cases.decide_matches import BULK_MAX
from ports.what_ifs import WhatIf, WhatIfHead

MATCHES_MAX = 50


@attrs.frozen(kw_only=True)
class RemoveRule:
    """A rule that would no longer hold."""

    rule: AnyId
    note: Note = "No rule of ours any more."


@attrs.frozen(kw_only=True)
class SayNotStripe:
    """A bank line of which it would be said, or taken back, that it has nothing to do with Stripe."""

    deposit: AnyId
    not_stripe: bool = True
    note: Note


@attrs.frozen(kw_only=True)
class AskWhatIf:
    """Changes that would be made together, each in the shape in which it is made by itself; at least one.

    What frees a record comes first, whatever its place: rules and decisions that are taken back, then what is said of
    bank lines, then what is confirmed or matched.
    """

    add_rules: Annotated[tuple[AddRule, ...], ListBounds(RULES_MAX)] = ()
    remove_rules: Annotated[tuple[RemoveRule, ...], ListBounds(RULES_MAX)] = ()
    verdicts: Annotated[tuple[DecideOne, ...], ListBounds(BULK_MAX)] = ()
    not_stripe: Annotated[tuple[SayNotStripe, ...], ListBounds(BULK_MAX)] = ()
    matches: Annotated[tuple[MatchByHand, ...], ListBounds(MATCHES_MAX)] = ()

    def proposed(self, company: str) -> ProposedChanges:
        """As the domain knows them."""
        return ProposedChanges(
            add_rules=tuple(RuleToAdd(rule=each.rule(company), note=each.note) for each in self.add_rules),
            remove_rules=tuple(RuleToRemove(rule=each.rule, note=each.note) for each in self.remove_rules),
            verdicts=tuple(each.verdict_on_match() for each in self.verdicts),
            not_stripe=tuple(
                NotStripeToSay(deposit=BankDepositId(each.deposit), is_so=each.not_stripe, note=each.note)
                for each in self.not_stripe
            ),
            matches=tuple(
                MatchToMake(
                    payouts=tuple(dict.fromkeys(map(PayoutId, each.payouts))),
                    deposits=tuple(dict.fromkeys(map(BankDepositId, each.deposits))),
                    note=each.note,
                )
                for each in self.matches
            ),
        )


class WhatIfStatus(StrEnum):
    """Whether it can still be applied."""

    OPEN = "open"
    """Not applied, and its day is not over. What it stands on may have changed all the same: applying it says so."""
    APPLIED = "applied"
    EXPIRED = "expired"


@attrs.frozen(kw_only=True)
class ForetoldMatchBody:
    """A match that would be new (`before` is null), stand otherwise, or hold no longer (`after` is null)."""

    id: str
    before: MatchStatus | None
    after: MatchStatus | None
    kind: MatchKind
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    residual: ResidualBody
    probability: float
    margin_millinats: int
    evidence: tuple[EvidenceBody, ...]
    explanation: str
    """As it would be explained; as it is, if it would hold no longer."""

    @classmethod
    def of(cls, told: ForetoldMatch) -> "ForetoldMatchBody":
        """As it is shown."""
        match = told.match
        return cls(
            id=told.id,
            before=told.before,
            after=told.after,
            kind=match.kind,
            payouts=match.payouts,
            deposits=match.deposits,
            residual=ResidualBody.of(match.residual),
            probability=match.probability,
            margin_millinats=match.margin_millinats,
            evidence=tuple(map(EvidenceBody.of, match.evidence)),
            explanation=match.explanation,
        )


@attrs.frozen(kw_only=True)
class ForetoldPayoutBody:
    """A payout whose outcome would be another. `before`: null if none was worked out yet."""

    id: str
    amount: MoneyBody
    before: PayoutOutcomeKind | None
    after: PayoutOutcomeKind
    reason: str

    @classmethod
    def of(cls, told: ForetoldPayout) -> "ForetoldPayoutBody":
        """As it is shown."""
        return cls(
            id=told.after.payout,
            amount=MoneyBody.of(told.amount),
            before=told.before,
            after=told.after.outcome,
            reason=told.after.reason,
        )


@attrs.frozen(kw_only=True)
class ForetoldDepositBody:
    """A bank line whose outcome would be another. `before`: null if none was worked out yet."""

    id: str
    amount: MoneyBody
    before: DepositOutcomeKind | None
    after: DepositOutcomeKind
    reason: str

    @classmethod
    def of(cls, told: ForetoldDeposit) -> "ForetoldDepositBody":
        """As it is shown."""
        return cls(
            id=told.after.deposit,
            amount=MoneyBody.of(told.amount),
            before=told.before,
            after=told.after.outcome,
            reason=told.after.reason,
        )


@attrs.frozen(kw_only=True)
class ForetoldBreakBody:
    """A break that would be opened, or resolved."""

    id: str
    kind: BreakKind
    where: str
    reason: str

    @classmethod
    def of(cls, found: ReconciliationBreak) -> "ForetoldBreakBody":
        """As it is shown."""
        return cls(id=break_id(found), kind=found.kind, where=found.where, reason=found.reason)


@attrs.frozen(kw_only=True)
class TotalsBody:
    """Where the payouts of one currency are: the figures of the proof."""

    paid_out: MoneyBody
    matched: MoneyBody
    in_transit: MoneyBody
    late_or_missing: MoneyBody
    in_review: MoneyBody
    failed_or_canceled: MoneyBody
    other_account: MoneyBody
    """Of what is late or missing."""

    @classmethod
    def of(cls, totals: PayoutTotals, code: str) -> "TotalsBody":
        """As it is shown."""
        sums = totals.get(code, {})

        def amount(*kinds: PayoutOutcomeKind) -> MoneyBody:
            return MoneyBody.of(Money(sum(sums.get(kind, 0) for kind in kinds), Currency.of(code)))

        kind = PayoutOutcomeKind
        return cls(
            paid_out=amount(*kind),
            matched=amount(kind.MATCHED),
            in_transit=amount(kind.IN_TRANSIT),
            late_or_missing=amount(kind.LATE, kind.MISSING, kind.OTHER_ACCOUNT),
            in_review=amount(kind.NEEDS_REVIEW),
            failed_or_canceled=amount(kind.FAILED, kind.CANCELED),
            other_account=amount(kind.OTHER_ACCOUNT),
        )


@attrs.frozen(kw_only=True)
class TotalsChangeBody:
    """The figures of one currency, as they are and as they would be."""

    before: TotalsBody
    after: TotalsBody


@attrs.frozen(kw_only=True)
class CountsBody:
    """How much would be other. All of it is counted, also what is not listed."""

    matches_new: int
    matches_changed: int
    """Of another status."""
    matches_reversed: int
    matches_weighed_anew: int
    """The same decision, on other evidence; not listed."""
    payouts: int
    deposits: int
    breaks_opened: int
    breaks_resolved: int


_LISTED = ListBounds(LISTED_MAX)


@attrs.frozen(kw_only=True)
class EffectBody:
    """What would be other. Lists are in the order of ids, and end at 250, or where matches become too large."""

    matches: Annotated[tuple[ForetoldMatchBody, ...], _LISTED]
    payouts: Annotated[tuple[ForetoldPayoutBody, ...], _LISTED]
    deposits: Annotated[tuple[ForetoldDepositBody, ...], _LISTED]
    breaks_opened: Annotated[tuple[ForetoldBreakBody, ...], _LISTED]
    breaks_resolved: Annotated[tuple[ForetoldBreakBody, ...], _LISTED]
    totals: tuple[TotalsChangeBody, ...]
    """One for each currency of payouts."""


@attrs.frozen(kw_only=True)
class WhatIfSummaryBody:
    """A question and its answer in figures."""

    id: str
    status: WhatIfStatus
    by: str
    asked: datetime
    expires: datetime
    as_of: date
    """The day for which it was worked out."""
    up_to_date: bool
    """False: what had been told before was still being worked out. Look at it, but to apply it, ask again."""
    applied_by: str | None
    applied: datetime | None
    counts: CountsBody

    @classmethod
    def of(cls, head: WhatIfHead, now: datetime) -> "WhatIfSummaryBody":
        """As it is shown."""
        return cls(**_head(head, now))


@attrs.frozen(kw_only=True)
class WhatIfBody(WhatIfSummaryBody):
    """A question and its answer. Nothing of it is so before it is applied."""

    effect: EffectBody

    @classmethod
    def whole(cls, what_if: WhatIf, now: datetime) -> "WhatIfBody":
        """As it is shown."""
        effect = what_if.effect
        before, after = effect.totals_before, effect.totals_after
        shown = EffectBody(
            matches=tuple(map(ForetoldMatchBody.of, effect.matches.listed)),
            payouts=tuple(map(ForetoldPayoutBody.of, effect.payouts.listed)),
            deposits=tuple(map(ForetoldDepositBody.of, effect.deposits.listed)),
            breaks_opened=tuple(map(ForetoldBreakBody.of, effect.opened.listed)),
            breaks_resolved=tuple(map(ForetoldBreakBody.of, effect.resolved.listed)),
            totals=tuple(
                TotalsChangeBody(before=TotalsBody.of(before, code), after=TotalsBody.of(after, code))
                for code in sorted({*before, *after})
            ),
        )
        return cls(**_head(what_if.head, now), effect=shown)


def _head(head: WhatIfHead, now: datetime) -> dict[str, Any]:
    status = WhatIfStatus.OPEN if now < head.expires_at else WhatIfStatus.EXPIRED
    return {
        "id": head.id,
        "status": status if head.applied_at is None else WhatIfStatus.APPLIED,
        "by": head.asked_by.id,
        "asked": head.asked_at,
        "expires": head.expires_at,
        "as_of": head.stands_on.as_of,
        "up_to_date": head.stands_on.is_up_to_date,
        "applied_by": None if head.applied_by is None else head.applied_by.id,
        "applied": head.applied_at,
        "counts": CountsBody(**attrs.asdict(head.counts)),
    }


@attrs.frozen(kw_only=True)
class ListWhatIfs:
    """The page."""

    starting_after: AnyId | None = None
    limit: Limit = 100
