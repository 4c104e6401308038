"""What is open: breaks, payouts that should come, and the proof that nothing is missing."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from domain.completeness import CurrencyProof
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind
from domain.reconciliation_outcome import PayoutOutcomeKind
from entrypoints.http.fact_bodies import AnyId, wrong_parameter
from entrypoints.http.list_places import moment_of_place, unknown_place
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import Limit, MoneyBody, NoBody, PageBody
from ports.facts import WithIds
from ports.pages import PageKey
from ports.reconciliation_lists import BreaksWanted, KeptBreak, PayoutOutcomesWanted, ReconciliationLists
from ports.use_cases.prove_company import ProvedCompany, prove_company

EXPECTED = (
    PayoutOutcomeKind.IN_TRANSIT,
    PayoutOutcomeKind.LATE,
    PayoutOutcomeKind.MISSING,
    PayoutOutcomeKind.OTHER_ACCOUNT,
)
FIRST_DAY: Final = date(2010, 1, 1)
"""Stripe is not older."""


@attrs.frozen(kw_only=True)
class BreakBody:
    """Something in the records that does not fit: where, and why."""

    id: str
    kind: BreakKind
    where: str
    reason: str
    opened: datetime
    resolved: datetime | None
    updated: datetime

    @classmethod
    def of(cls, kept: KeptBreak) -> "BreakBody":
        """As it is shown."""
        found = kept.found
        return cls(
            id=kept.id,
            kind=found.kind,
            where=found.where,
            reason=found.reason,
            opened=kept.opened_at,
            resolved=kept.resolved_at,
            updated=kept.changed_at,
        )


@attrs.frozen(kw_only=True)
class ListBreaks:
    """Filters, and the page. The open ones, unless `resolved`; with `updated_since`, both, unless it is said."""

    kind: BreakKind | None = None
    resolved: bool | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100


async def list_breaks(call: Call[ListBreaks, NoBody]) -> PageBody[BreakBody]:
    """By id. With `updated_since`: those opened or resolved then or later, the oldest change first.

    To go on with `updated_since`, give the last break's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = BreaksWanted(kind=query.kind, resolved=query.resolved, updated_since=query.updated_since)
    async with call.services.store.company(call.company.id) as transaction:
        lists = transaction.reconciliation_lists
        after = await _place_of(query, lists)
        page = await lists.breaks(wanted, after=after, limit=query.limit)
    return PageBody(data=tuple(map(BreakBody.of, page.records)), has_more=page.has_more)


async def _place_of(query: ListBreaks, lists: ReconciliationLists) -> PageKey | None:
    if query.starting_after is None:
        return None
    known = (await lists.breaks(BreaksWanted(id=query.starting_after))).records
    if not known:
        raise unknown_place()
    (seen,) = known
    if query.updated_since is None:
        return PageKey(id=seen.id)
    return PageKey(id=seen.id, at=moment_of_place(query.updated_since, seen.changed_at, seen.changed_before))


@attrs.frozen(kw_only=True)
class ExpectedDepositBody:
    """A payout whose bank line has not been seen."""

    id: str
    """The payout's."""
    amount: MoneyBody
    arrival_date: date
    outcome: PayoutOutcomeKind
    reason: str
    since: datetime
    """Since when this is said of it."""


@attrs.frozen(kw_only=True)
class ListExpectedDeposits:
    """Filters, and the page."""

    outcome: PayoutOutcomeKind | None = None
    """One of in_transit, late, missing, other_account; of others there are none here."""
    starting_after: AnyId | None = None
    limit: Limit = 100


async def list_expected_deposits(call: Call[ListExpectedDeposits, NoBody]) -> PageBody[ExpectedDepositBody]:
    """Payouts that are on their way, late, missing, or went to another account; by the payout's id."""
    query = call.query
    outcomes = tuple(each for each in EXPECTED if query.outcome in (None, each))
    async with call.services.store.company(call.company.id) as transaction:
        after = None
        if query.starting_after is not None:
            if not (await transaction.facts.load(WithIds(ids=(query.starting_after,)))).payouts:
                raise unknown_place()
            after = PageKey(id=query.starting_after)
        page = await transaction.reconciliation_lists.payout_outcomes(
            PayoutOutcomesWanted(outcomes=outcomes), after=after, limit=query.limit
        )
        ids = tuple(each.outcome.payout for each in page.records)
        facts = await transaction.facts.load(WithIds(ids=ids))
    payouts = {payout.id: payout for payout in facts.payouts}
    data = tuple(
        ExpectedDepositBody(
            id=each.outcome.payout,
            amount=MoneyBody.of(payouts[PayoutId(each.outcome.payout)].amount),
            arrival_date=payouts[PayoutId(each.outcome.payout)].arrival_date,
            outcome=each.outcome.outcome,
            reason=each.outcome.reason,
            since=each.recorded_at,
        )
        for each in page.records
    )
    return PageBody(data=data, has_more=page.has_more)


@attrs.frozen(kw_only=True)
class CurrencyProofBody:
    """Where the payouts of one currency are; the parts add up to what was paid out."""

    paid_out: MoneyBody
    matched: MoneyBody
    in_transit: MoneyBody
    late_or_missing: MoneyBody
    in_review: MoneyBody
    failed_or_canceled: MoneyBody
    other_account: MoneyBody
    ties_out: bool

    @classmethod
    def of(cls, proof: CurrencyProof) -> "CurrencyProofBody":
        """As it is shown."""
        return cls(
            paid_out=MoneyBody.of(proof.paid_out),
            matched=MoneyBody.of(proof.matched),
            in_transit=MoneyBody.of(proof.in_transit),
            late_or_missing=MoneyBody.of(proof.late_or_missing),
            in_review=MoneyBody.of(proof.in_review),
            failed_or_canceled=MoneyBody.of(proof.failed_or_canceled),
            other_account=MoneyBody.of(proof.other_account),
            ties_out=proof.ties_out,
        )


@attrs.frozen(kw_only=True)
class OpenQuestionsBody:
    """What is left unexplained, each thing counted once."""

    late_or_missing: int
    in_review: int
    unexplained_deposits: int
    remainders: int
    breaks: int
    defects: int


@attrs.frozen(kw_only=True)
class ProofBody:
    """The certificate of completeness: every record has one outcome, and the outcomes add up."""

    as_of: date
    holds: bool
    currencies: tuple[CurrencyProofBody, ...]
    payouts: int
    items_add_up: int
    items_inferred: int
    remainder_named: int
    not_itemised: int
    without_one_outcome: tuple[str, ...]
    unbalanced_matches: tuple[str, ...]
    open_questions: OpenQuestionsBody
    model_version: str

    @classmethod
    def of(cls, proved: ProvedCompany) -> "ProofBody":
        """As it is shown."""
        certificate = proved.certificate
        return cls(
            as_of=certificate.as_of,
            holds=certificate.holds,
            currencies=tuple(map(CurrencyProofBody.of, certificate.currencies)),
            payouts=certificate.payouts,
            items_add_up=certificate.add_up,
            items_inferred=certificate.inferred,
            remainder_named=certificate.named_remainder,
            not_itemised=certificate.not_itemised,
            without_one_outcome=certificate.without_one_outcome,
            unbalanced_matches=certificate.unbalanced_matches,
            open_questions=OpenQuestionsBody(**attrs.asdict(proved.questions)),
            model_version=proved.model_version,
        )


@attrs.frozen(kw_only=True)
class AsOf:
    """The day; today, in the company's time zone, unless given."""

    as_of: date | None = None


async def read_proof(call: Call[AsOf, NoBody]) -> ProofBody:
    """Worked out when asked for, from everything that is known now; bank lines after the day are left out."""
    today = call.at.astimezone(ZoneInfo(call.company.time_zone)).date()
    as_of = call.query.as_of or today
    if not FIRST_DAY <= as_of <= today:
        raise wrong_parameter("as_of", f"is no day from {FIRST_DAY} to {today}")
    return ProofBody.of(await prove_company(call.company.id, as_of=as_of, store=call.services.store))


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/breaks",
        handler=list_breaks,
        summary="List breaks",
        tag="Proof",
        query=ListBreaks,
        answer=PageBody[BreakBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/expected_deposits",
        handler=list_expected_deposits,
        summary="List deposits that are expected",
        tag="Proof",
        query=ListExpectedDeposits,
        answer=PageBody[ExpectedDepositBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/proof",
        handler=read_proof,
        summary="Prove that nothing is missing",
        tag="Proof",
        query=AsOf,
        answer=ProofBody,
    ),
)
