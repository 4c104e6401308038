"""Cases: what belongs together across payouts, and what is open of it."""

from datetime import datetime
from typing import Annotated

import attrs

from domain.payment_case import CaseKind, CaseMovement, CaseState, MovementRole, PaymentCase, place_of_id
from domain.payout import PayoutId
from entrypoints.http.fact_bodies import AnyId
from entrypoints.http.list_places import unknown_place
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import Limit, MoneyBody, NoBody, PageBody, TextBounds
from ports.use_cases.list_cases import CasesWanted, list_cases

CaseId = Annotated[str, TextBounds(200, example="case_dispute_du_1")]


@attrs.frozen(kw_only=True)
class CaseMovementBody:
    """One balance transaction of a case, and the payout whose list it is in: null, if it is in none yet."""

    balance_transaction: str
    role: MovementRole
    amount: MoneyBody
    net: MoneyBody
    payout: str | None
    created: datetime | None

    @classmethod
    def of(cls, movement: CaseMovement) -> "CaseMovementBody":
        """As it is shown."""
        return cls(
            balance_transaction=movement.transaction,
            role=movement.role,
            amount=MoneyBody.of(movement.amount),
            net=MoneyBody.of(movement.net),
            payout=movement.payout,
            created=movement.created,
        )


@attrs.frozen(kw_only=True)
class CaseBody:
    """A case as the facts have it now. `net` is what its movements come to with their fees, in each of their
    currencies; `open_amount` is the same as long as the case is not ended, and then nothing.

    `key` is the payout, dispute, refund or charge; of holds, the first movement. `carried_by` is the payout that
    carries money which came back. `charged` is the charge's own movement: it is no part of `net`.
    """

    id: str
    kind: CaseKind
    key: str
    state: CaseState
    in_words: str
    net: tuple[MoneyBody, ...]
    open_amount: tuple[MoneyBody, ...]
    charge: str | None
    payment_intent: str | None
    payouts: tuple[str, ...]
    carried_by: str | None
    movements: tuple[CaseMovementBody, ...]
    charged: CaseMovementBody | None

    @classmethod
    def of(cls, case: PaymentCase) -> "CaseBody":
        """As it is shown."""
        return cls(
            id=case.id,
            kind=case.kind,
            key=case.key,
            state=case.state,
            in_words=case.in_words,
            net=tuple(map(MoneyBody.of, case.net)),
            open_amount=tuple(map(MoneyBody.of, case.open_amount)),
            charge=case.charge,
            payment_intent=case.payment_intent,
            payouts=case.payouts,
            carried_by=case.carried_by,
            movements=tuple(map(CaseMovementBody.of, case.movements)),
            charged=None if case.charged is None else CaseMovementBody.of(case.charged),
        )


@attrs.frozen(kw_only=True)
class ListCases:
    """Filters, and the page. `open`: true for what is not ended, false for what is."""

    kind: CaseKind | None = None
    open: bool | None = None
    payout: AnyId | None = None
    charge: AnyId | None = None
    starting_after: CaseId | None = None
    limit: Limit = 100


async def list_some_cases(call: Call[ListCases, NoBody]) -> PageBody[CaseBody]:
    """By kind, then by key. A case keeps its id as its story goes on; a page may begin after one that is gone."""
    query = call.query
    after = None
    if query.starting_after is not None:
        after = place_of_id(query.starting_after)
        if after is None:
            raise unknown_place()
    wanted = CasesWanted(
        kind=query.kind,
        open=query.open,
        payout=None if query.payout is None else PayoutId(query.payout),
        charge=query.charge,
    )
    async with call.services.store.snapshot(call.company.id) as snapshot:
        cases, has_more = await list_cases(wanted, after=after, limit=query.limit, snapshot=snapshot)
    return PageBody(data=tuple(map(CaseBody.of, cases)), has_more=has_more)


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/cases",
        handler=list_some_cases,
        summary="List cases",
        tag="Payouts",
        query=ListCases,
        answer=PageBody[CaseBody],
    ),
)
