"""What a bank line could be, and a person's word that it is not Stripe's."""

import attrs

from domain.actor import acting
from domain.bank_deposit import BankDepositId
from domain.matching.candidates import Candidate
from domain.reconciliation_match import MatchKind
from entrypoints.http.resources.match_bodies import EvidenceBody, WithNote
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import NoBody, NoQuery
from ports.use_cases.active_company import CompanyIsArchived, NoSuchCompany
from ports.use_cases.decide_matches import DecidedOtherwise
from ports.use_cases.deposit_candidates import deposit_candidates
from ports.use_cases.say_not_stripe import NoSuchDeposit, say_not_stripe


@attrs.frozen(kw_only=True)
class CandidateBody:
    """Payouts that the line could be; `deposits` names the line, and others that would be part of the same money."""

    kind: MatchKind
    payouts: tuple[str, ...]
    deposits: tuple[str, ...]
    millinats: int
    """How much speaks for it: the sum of the evidence."""
    evidence: tuple[EvidenceBody, ...]
    review: str | None
    """Why a person must look, however likely it is."""

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateBody":
        """As it is shown."""
        return cls(
            kind=candidate.kind,
            payouts=candidate.payouts,
            deposits=candidate.deposits,
            millinats=candidate.millinats,
            evidence=tuple(map(EvidenceBody.of, candidate.evidence)),
            review=candidate.review,
        )


@attrs.frozen(kw_only=True)
class CandidatesBody:
    """The likeliest first; at most 25."""

    data: tuple[CandidateBody, ...]


@attrs.frozen(kw_only=True)
class NotStripeBody:
    """Whether a person says that the line has nothing to do with Stripe."""

    deposit: str
    not_stripe: bool
    changed: bool
    """False: it was so already."""


async def list_candidates(call: Call[NoQuery, NoBody]) -> CandidatesBody:
    """Nothing is changed by asking."""
    found = await deposit_candidates(
        BankDepositId(call.path["deposit"]), company=call.company, at=call.at, store=call.services.store
    )
    return CandidatesBody(data=tuple(map(CandidateBody.of, found)))


async def _say(call: Call[NoQuery, WithNote], *, is_so: bool) -> NotStripeBody:
    deposit = BankDepositId(call.path["deposit"])
    changed = await say_not_stripe(
        deposit,
        call.body.note,
        is_so=is_so,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return NotStripeBody(deposit=deposit, not_stripe=is_so, changed=changed)


async def is_not_stripe(call: Call[NoQuery, WithNote]) -> NotStripeBody:
    """The line has nothing to do with Stripe: no payout is ever matched to it."""
    return await _say(call, is_so=True)


async def may_be_stripe(call: Call[NoQuery, WithNote]) -> NotStripeBody:
    """Takes back that the line has nothing to do with Stripe."""
    return await _say(call, is_so=False)


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/deposits/{deposit}/candidates",
        handler=list_candidates,
        summary="List what a bank line could be",
        tag="Matches",
        answer=CandidatesBody,
        refusals=(NoSuchDeposit,),
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/deposits/{deposit}/not_stripe",
        handler=is_not_stripe,
        summary="Say that a bank line is not Stripe's",
        tag="Matches",
        body=WithNote,
        answer=NotStripeBody,
        refusals=(NoSuchCompany, CompanyIsArchived, NoSuchDeposit, DecidedOtherwise),
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/deposits/{deposit}/not_stripe/reverse",
        handler=may_be_stripe,
        summary="Take back that a bank line is not Stripe's",
        tag="Matches",
        body=WithNote,
        answer=NotStripeBody,
        refusals=(NoSuchCompany, CompanyIsArchived, NoSuchDeposit),
    ),
)
