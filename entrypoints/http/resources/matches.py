"""Matches, and people's decisions on them."""

from domain.actor import acting
from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId
from domain.reconciliation_decision import DecisionKind, Verdict, VerdictOnMatch
from entrypoints.http.list_places import moment_of_place, unknown_place
from entrypoints.http.refusals import field_problem
from entrypoints.http.resources.match_bodies import (
    DecidedMatchBody,
    DecidedMatchesBody,
    DecideMany,
    ListMatches,
    MatchBody,
    MatchByHand,
    MatchDetailBody,
    WithNote,
)
from entrypoints.http.route import Call, Handler, Route
from entrypoints.http.wire_types import NoBody, NoQuery, PageBody
from ports.pages import PageKey
from ports.reconciliation_lists import MatchesWanted
from ports.transaction import CompanyTransaction
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.decide_matches import (
    DecidedOtherwise,
    NoSuchMatch,
    decide_matches,
    match_by_hand,
    records_of_match,
)


async def list_matches(call: Call[ListMatches, NoBody]) -> PageBody[MatchBody]:
    """By id. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last match's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = MatchesWanted(status=query.status, kind=query.kind, record=query.record, updated_since=query.updated_since)
    async with call.services.store.company(call.company.id) as transaction:
        after = await _place_of(query, transaction)
        page = await transaction.reconciliation_lists.matches(wanted, after=after, limit=query.limit)
    return PageBody(data=tuple(map(MatchBody.of, page.records)), has_more=page.has_more)


async def _place_of(query: ListMatches, transaction: CompanyTransaction) -> PageKey | None:
    if query.starting_after is None:
        return None
    history = await transaction.reconciliation_lists.match_history(query.starting_after)
    if not history:
        raise unknown_place()
    if query.updated_since is None:
        return PageKey(id=query.starting_after)
    previous = history[-2].recorded_at if len(history) > 1 else None
    at = moment_of_place(query.updated_since, history[-1].recorded_at, previous)
    return PageKey(id=query.starting_after, at=at)


async def read_match(call: Call[NoQuery, NoBody]) -> MatchDetailBody:
    """With all its versions, and what a person said of it."""
    id = call.path["match"]
    async with call.services.store.company(call.company.id) as transaction:
        records = await records_of_match(id, transaction)
        history = await transaction.reconciliation_lists.match_history(id)
        in_force = await transaction.decisions.in_force((*records[0], *records[1]))
    said = [
        each
        for each in in_force
        if each.decision.kind is not DecisionKind.NOT_STRIPE and each.decision.records == records
    ]
    return MatchDetailBody.of(id, records, history, said[-1] if said else None)


async def make_match(call: Call[NoQuery, MatchByHand]) -> DecidedMatchBody:
    """A match by hand stands above whatever the engine would say, until it is reversed."""
    decided = await match_by_hand(
        tuple(dict.fromkeys(map(PayoutId, call.body.payouts))),
        tuple(dict.fromkeys(map(BankDepositId, call.body.deposits))),
        call.body.note,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return DecidedMatchBody.of(decided)


async def decide_many(call: Call[NoQuery, DecideMany]) -> DecidedMatchesBody:
    """All verdicts are kept, or none."""
    verdicts = [each.verdict_on_match() for each in call.body.data]
    try:
        decided = await decide_matches(
            verdicts,
            company=call.company.id,
            tenant=call.principal.tenant,
            who=acting(call.principal),
            at=call.at,
            store=call.services.store,
        )
    except NoSuchMatch as error:
        place = [each.match for each in verdicts].index(error.match)
        raise field_problem(f"/data/{place}/match", "is no match of this company") from error
    return DecidedMatchesBody(data=tuple(map(DecidedMatchBody.of, decided)))


async def _decide(call: Call[NoQuery, WithNote], verdict: Verdict) -> DecidedMatchBody:
    said = VerdictOnMatch(match=call.path["match"], verdict=verdict, note=call.body.note)
    (decided,) = await decide_matches(
        [said],
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return DecidedMatchBody.of(decided)


async def confirm_match(call: Call[NoQuery, WithNote]) -> DecidedMatchBody:
    """It is right: it stands whatever comes, until it is reversed."""
    return await _decide(call, Verdict.CONFIRM)


async def reject_match(call: Call[NoQuery, WithNote]) -> DecidedMatchBody:
    """It is wrong, and never proposed again, until that is reversed."""
    return await _decide(call, Verdict.REJECT)


async def reverse_match(call: Call[NoQuery, WithNote]) -> DecidedMatchBody:
    """What a person said of it is taken back, and it is decided anew; a match of the engine's own is rejected."""
    return await _decide(call, Verdict.REVERSE)


_REFUSALS = (NoSuchCompany, CompanyIsArchived, NoSuchMatch, DecidedOtherwise)


def _verdict(name: str, handler: Handler, summary: str) -> Route:
    return Route(
        method="POST",
        path=f"/v1/companies/{{company}}/matches/{{match}}/{name}",
        handler=handler,
        summary=summary,
        tag="Matches",
        body=WithNote,
        answer=DecidedMatchBody,
        refusals=_REFUSALS,
    )


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/matches",
        handler=list_matches,
        summary="List matches",
        tag="Matches",
        query=ListMatches,
        answer=PageBody[MatchBody],
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/matches",
        handler=make_match,
        summary="Match by hand",
        tag="Matches",
        body=MatchByHand,
        answer=DecidedMatchBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused, DecidedOtherwise),
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/matches/bulk",
        handler=decide_many,
        summary="Decide on many matches",
        tag="Matches",
        body=DecideMany,
        answer=DecidedMatchesBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused, DecidedOtherwise),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/matches/{match}",
        handler=read_match,
        summary="Read a match, with its history",
        tag="Matches",
        answer=MatchDetailBody,
        refusals=(NoSuchMatch,),
    ),
    _verdict("confirm", confirm_match, "Confirm a match"),
    _verdict("reject", reject_match, "Reject a match"),
    _verdict("reverse", reverse_match, "Reverse a match"),
)
