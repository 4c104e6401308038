"""Matches, as they go over the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import attrs

from domain.reconciliation_decision import DecisionKind, Verdict, VerdictOnMatch
from domain.reconciliation_match import (
    Alternative,
    EvidenceItem,
    MatchKind,
    MatchStatus,
    ReconciliationMatch,
    Residual,
    ResidualClass,
)
from entrypoints.http.fact_bodies import AnyId
from entrypoints.http.wire_types import Limit, ListBounds, MoneyBody, Note
from ports.decisions import NumberedDecision
from ports.reconciliation_lists import KeptMatch
from ports.use_cases.decide_matches import BULK_MAX, DecidedMatch


@attrs.frozen(kw_only=True)
class EvidenceBody:
    """One reason, and its weight in thousandths of a nat: log odds for (+) or against (−) the match."""

    feature: str
    level: str
    millinats: int

    @classmethod
    def of(cls, item: EvidenceItem) -> "EvidenceBody":
        """As it is shown."""
        return cls(feature=item.feature, level=item.level, millinats=item.millinats)


@attrs.frozen(kw_only=True)
class ResidualBody:
    """Payouts less deposits, and what that difference is."""

    amount: MoneyBody
    named: ResidualClass

    @classmethod
    def of(cls, residual: Residual) -> "ResidualBody":
        """As it is shown."""
        return cls(amount=MoneyBody.of(residual.amount), named=residual.named)


@attrs.frozen(kw_only=True)
class AlternativeBody:
    """A rival explanation of some of the same records."""

    kind: MatchKind
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    residual: ResidualBody
    evidence: tuple[EvidenceBody, ...]

    @classmethod
    def of(cls, rival: Alternative) -> "AlternativeBody":
        """As it is shown."""
        return cls(
            kind=rival.kind,
            payouts=rival.payouts,
            deposits=rival.deposits,
            residual=ResidualBody.of(rival.residual),
            evidence=tuple(map(EvidenceBody.of, rival.evidence)),
        )


@attrs.frozen(kw_only=True)
class MatchBody:
    """Payouts and bank lines that are the same money: how sure that is, and why."""

    id: str
    status: MatchStatus
    kind: MatchKind
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    residual: ResidualBody
    probability: float
    margin_millinats: int
    evidence: tuple[EvidenceBody, ...]
    alternatives: tuple[AlternativeBody, ...]
    explanation: str
    version: int
    updated: datetime

    @classmethod
    def of(cls, kept: KeptMatch) -> "MatchBody":
        """As it is shown."""
        match: ReconciliationMatch = kept.match
        return cls(
            id=kept.id,
            status=match.status,
            kind=match.kind,
            payouts=match.payouts,
            deposits=match.deposits,
            residual=ResidualBody.of(match.residual),
            probability=match.probability,
            margin_millinats=match.margin_millinats,
            evidence=tuple(map(EvidenceBody.of, match.evidence)),
            alternatives=tuple(map(AlternativeBody.of, match.alternatives)),
            explanation=match.explanation,
            version=kept.version,
            updated=kept.recorded_at,
        )


@attrs.frozen(kw_only=True)
class SaidBody:
    """What a person said of a match, and holds."""

    status: MatchStatus
    by: str
    note: str
    at: datetime

    @classmethod
    def of(cls, said: NumberedDecision) -> "SaidBody":
        """As it is shown."""
        confirmed = said.decision.kind is DecisionKind.CONFIRM
        return cls(
            status=MatchStatus.CONFIRMED if confirmed else MatchStatus.REJECTED,
            by=said.decision.by,
            note=said.decision.note,
            at=said.at,
        )


@attrs.frozen(kw_only=True)
class MatchDetailBody:
    """A match with its history. `said`: what a person said of it last, which may be newer than what was worked out."""

    id: str
    status: MatchStatus
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    said: SaidBody | None
    history: tuple[MatchBody, ...]
    """All versions, the oldest first; none yet where a person has just made it."""

    @classmethod
    def of(
        cls,
        id: str,
        records: tuple[Sequence[str], Sequence[str]],
        history: Sequence[KeptMatch],
        said: NumberedDecision | None,
    ) -> "MatchDetailBody":
        """As it is shown."""
        spoken = None if said is None else SaidBody.of(said)
        kept = history[-1].match.status if history else MatchStatus.REVERSED
        return cls(
            id=id,
            status=kept if spoken is None else spoken.status,
            payouts=tuple(records[0]),
            deposits=tuple(records[1]),
            said=spoken,
            history=tuple(map(MatchBody.of, history)),
        )


@attrs.frozen(kw_only=True)
class DecidedMatchBody:
    """What was decided. It holds at once; what follows from it for other records is worked out right after."""

    id: str
    status: MatchStatus
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    note: str
    by: str
    at: datetime

    @classmethod
    def of(cls, decided: DecidedMatch) -> "DecidedMatchBody":
        """As it is shown."""
        return cls(
            id=decided.match,
            status=decided.status,
            payouts=decided.payouts,
            deposits=decided.deposits,
            note=decided.note,
            by=decided.by,
            at=decided.at,
        )


@attrs.frozen(kw_only=True)
class DecidedMatchesBody:
    """What was decided, in the order asked."""

    data: tuple[DecidedMatchBody, ...]


@attrs.frozen(kw_only=True)
class MatchByHand:
    """These payouts and bank lines are the same money."""

    payouts: Annotated[tuple[AnyId, ...], ListBounds(100, least=1)]
    deposits: Annotated[tuple[AnyId, ...], ListBounds(100, least=1)]
    note: Note


@attrs.frozen(kw_only=True)
class WithNote:
    """Why."""

    note: Note


@attrs.frozen(kw_only=True)
class DecideOne:
    """One verdict."""

    match: AnyId
    verdict: Verdict
    note: Note

    def verdict_on_match(self) -> VerdictOnMatch:
        """As the use case takes it."""
        return VerdictOnMatch(match=self.match, verdict=self.verdict, note=self.note)


@attrs.frozen(kw_only=True)
class DecideMany:
    """Verdicts: all are kept, or none."""

    data: Annotated[tuple[DecideOne, ...], ListBounds(BULK_MAX, least=1)]


@attrs.frozen(kw_only=True)
class ListMatches:
    """Filters, and the page. Matches that hold no longer show with `status=reversed` (found otherwise by what came
    since) or `status=rejected` (said by a person to be wrong), or with `updated_since`."""

    status: MatchStatus | None = None
    kind: MatchKind | None = None
    record: AnyId | None = None
    """Of this payout or bank line."""
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100
