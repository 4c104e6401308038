"""What if: the effect of rules and decisions before anybody makes them, and making them."""

from domain.actor import acting
from domain.what_if import what_if_id
from entrypoints.http.list_places import unknown_place
from entrypoints.http.resources.what_if_bodies import AskWhatIf, ListWhatIfs, WhatIfBody, WhatIfSummaryBody
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import NoBody, NoQuery, PageBody
from ports.pages import PageKey
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.apply_what_if import AlreadyApplied, NoSuchWhatIf, WhatIfOutdated, apply_what_if
from ports.use_cases.ask_what_if import ask_what_if
from ports.use_cases.make_changes import ChangeContradicts
from ports.use_cases.reconcile_company import TooMuchToDecide

ID_LETTERS = 16


async def ask_a_what_if(call: Call[NoQuery, AskWhatIf]) -> WhatIfBody:
    """Nothing is changed by asking. What would be refused if it were done is refused here too.

    The answer holds for the company's day, and as long as no facts, decisions or rules change.
    """
    what_if = await ask_what_if(
        what_if_id(call.services.random_id(ID_LETTERS)),
        call.body.proposed(call.company.id),
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return WhatIfBody.whole(what_if, call.at)


async def list_what_ifs(call: Call[ListWhatIfs, NoBody]) -> PageBody[WhatIfSummaryBody]:
    """The newest first, without the lists of each effect."""
    async with call.services.store.company(call.company.id) as transaction:
        after = None
        if call.query.starting_after is not None:
            last = await transaction.what_ifs.find(call.query.starting_after)
            if last is None:
                raise unknown_place()
            after = PageKey(at=last.head.asked_at, id=last.head.id)
        page = await transaction.what_ifs.page(after=after, limit=call.query.limit)
    return PageBody(data=tuple(WhatIfSummaryBody.of(head, call.at) for head in page.records), has_more=page.has_more)


async def read_what_if(call: Call[NoQuery, NoBody]) -> WhatIfBody:
    """As it was answered, and whether it was applied."""
    async with call.services.store.company(call.company.id) as transaction:
        what_if = await transaction.what_ifs.find(call.path["what_if"])
    if what_if is None:
        raise NoSuchWhatIf(call.path["what_if"])
    return WhatIfBody.whole(what_if, call.at)


async def apply_a_what_if(call: Call[NoQuery, NoBody]) -> WhatIfBody:
    """Makes the changes, all of them, as the one who applies it, each with its own note; once.

    Refused, with what moved, if facts, decisions or rules changed since, or the company's day is over: then ask again.
    They hold at once; what was foretold comes with the reconciliation right after.
    """
    what_if = await apply_what_if(
        call.path["what_if"],
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return WhatIfBody.whole(what_if, call.at)


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/what_if",
        handler=list_what_ifs,
        summary="List what was asked",
        tag="What if",
        query=ListWhatIfs,
        answer=PageBody[WhatIfSummaryBody],
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/what_if",
        handler=ask_a_what_if,
        summary="Ask what would come of rules and decisions",
        tag="What if",
        body=AskWhatIf,
        answer=WhatIfBody,
        status=201,
        example={
            "add_rules": [{"kind": "not_stripe", "text": "GATEWAY PROPERTY", "note": "The landlord's, not Stripe's."}]
        },
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused, ChangeContradicts, TooMuchToDecide),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/what_if/{what_if}",
        handler=read_what_if,
        summary="Read what was asked, and its effect",
        tag="What if",
        answer=WhatIfBody,
        refusals=(NoSuchWhatIf,),
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/what_if/{what_if}/apply",
        handler=apply_a_what_if,
        summary="Apply what was asked",
        tag="What if",
        answer=WhatIfBody,
        refusals=(NoSuchCompany, CompanyIsArchived, NoSuchWhatIf, AlreadyApplied, WhatIfOutdated),
    ),
)
