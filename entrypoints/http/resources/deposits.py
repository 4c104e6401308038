"""Bank lines: pushed by a partner, or out of statement files and feeds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

import attrs

from domain.actor import acting
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.pushed_deposit import LINE_TEXT_MAX, PushedDeposit, pushed_deposit_id
from domain.reconciliation_outcome import DepositOutcomeKind
from entrypoints.http.fact_bodies import (
    AccountName,
    AmountParameter,
    AnyId,
    PushedListBody,
    amount_wanted,
    place_of,
    pushed,
)
from entrypoints.http.problem_details import not_found
from entrypoints.http.route import BULK_MAX, PARTNERS, Call, Route
from entrypoints.http.wire_types import (
    CurrencyCode,
    ExternalId,
    Limit,
    ListBounds,
    MoneyBody,
    Name,
    NoBody,
    NoQuery,
    PageBody,
    TextBounds,
)
from ports.fact_lists import DepositsWanted, ListedFact
from ports.facts import FactSource
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import DepositOutcomesWanted, KeptDepositOutcome, ReconciliationLists
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.push_deposits import DEPOSITS_MAX, push_deposits


@attrs.frozen(kw_only=True)
class PushDeposit:
    """One bank line; positive adds to the account. Pushed again, it replaces what was pushed before."""

    external_id: ExternalId
    account: AccountName
    """The id of one of the company's bank accounts, or your own external id of one that you keep."""
    amount: MoneyBody
    date: date
    text: Annotated[str, TextBounds(LINE_TEXT_MAX, example="STRIPE TRANSFER ST-A1B2C3D4E5F6")]
    """All that the bank says about it, as it says it."""
    status: BankDepositStatus = BankDepositStatus.POSTED
    replaces: ExternalId | None = None
    """The external id of the pending line that this posted line replaces."""
    counterparty: Name | None = None
    payer_company_id: Name | None = None

    def deposit(self) -> PushedDeposit:
        """As the domain knows it."""
        return PushedDeposit(
            external_id=self.external_id,
            account=BankAccountId(self.account),
            amount=self.amount.money(),
            date=self.date,
            text=self.text,
            status=self.status,
            replaces=self.replaces,
            counterparty=self.counterparty,
            payer_company_id=self.payer_company_id,
        )


@attrs.frozen(kw_only=True)
class PushDeposits:
    """One or many lines: all are kept, or none."""

    data: Annotated[tuple[PushDeposit, ...], ListBounds(DEPOSITS_MAX, least=1)]


@attrs.frozen(kw_only=True)
class DepositBody:
    """A bank line as it is known now; `external_id` is yours, or the bank's own reference."""

    id: str
    external_id: str | None
    source: FactSource
    account: str
    amount: MoneyBody
    date: date
    text: str
    status: BankDepositStatus
    replaces: str | None
    counterparty: str | None
    payer_company_id: str | None
    outcome: DepositOutcomeKind | None
    """What it is; null until it is worked out, which is right after it was told."""
    outcome_reason: str | None
    match: str | None
    """The match that it is in."""
    updated: datetime

    @classmethod
    def of(cls, listed: ListedFact[BankDeposit], standing: KeptDepositOutcome | None) -> "DepositBody":
        """As it is shown."""
        deposit, told = listed.fact, listed.told
        return cls(
            id=deposit.id,
            external_id=told.external_id,
            source=told.told_by,
            account=deposit.account,
            amount=MoneyBody.of(deposit.amount),
            date=deposit.date,
            text=deposit.text,
            status=deposit.status,
            replaces=deposit.pending_id,
            counterparty=deposit.counterparty,
            payer_company_id=deposit.company_id,
            outcome=None if standing is None else standing.outcome.outcome,
            outcome_reason=None if standing is None else standing.outcome.reason,
            match=None if standing is None else standing.match,
            updated=told.recorded_at,
        )


@attrs.frozen(kw_only=True)
class ListDeposits:
    """Filters, and the page. An amount is `minor_units` and `currency`; `external_id` is one that you pushed."""

    external_id: ExternalId | None = None
    account: AnyId | None = None
    status: BankDepositStatus | None = None
    minor_units: AmountParameter | None = None
    currency: CurrencyCode | None = None
    date_from: date | None = None
    date_to: date | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100


async def push_some_deposits(call: Call[NoQuery, PushDeposits]) -> PushedListBody:
    """Known by your own ids: pushing the same again changes nothing, pushing something else under one replaces it.

    One bad line refuses them all, with a pointer to each field that is wrong. A line that the bank took back is pushed
    as `withdrawn`. A line that a statement of the account told before, by day and amount, counts once: the pushed one
    stands, the statement's is withdrawn.
    """
    deposits = [each.deposit() for each in call.body.data]
    recorded = await push_deposits(
        deposits,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    ids = [(pushed_deposit_id(call.company.id, each.external_id), each.external_id) for each in deposits]
    return pushed(recorded, "deposits", ids)


async def list_deposits(call: Call[ListDeposits, NoBody]) -> PageBody[DepositBody]:
    """The latest date first. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last line's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = DepositsWanted(
        account=None if query.account is None else BankAccountId(query.account),
        status=query.status,
        amount=amount_wanted(query.minor_units, query.currency),
        ids=None if query.external_id is None else (pushed_deposit_id(call.company.id, query.external_id),),
        first_day=query.date_from,
        last_day=query.date_to,
        updated_since=query.updated_since,
    )
    async with call.services.store.company(call.company.id) as transaction:
        after = await place_of(query.starting_after, "deposits", "date", query.updated_since, transaction)
        page = await transaction.fact_lists.deposits(wanted, after=after, limit=query.limit)
        standing = await _standing(page.records, transaction.reconciliation_lists)
    return PageBody(
        data=tuple(DepositBody.of(each, standing.get(each.fact.id)) for each in page.records), has_more=page.has_more
    )


async def _standing(
    listed: Sequence[ListedFact[BankDeposit]], lists: ReconciliationLists
) -> Mapping[BankDepositId, KeptDepositOutcome]:
    """What these are; at most a page of them."""
    if not listed:
        return {}
    wanted = DepositOutcomesWanted(ids=tuple(each.fact.id for each in listed))
    found = await lists.deposit_outcomes(wanted, limit=PAGE_MAX)
    return {each.outcome.deposit: each for each in found.records}


async def read_deposit(call: Call[NoQuery, NoBody]) -> DepositBody:
    """Also one that was withdrawn."""
    wanted = DepositsWanted(ids=(call.path["deposit"],))
    async with call.services.store.company(call.company.id) as transaction:
        page = await transaction.fact_lists.deposits(wanted)
        standing = await _standing(page.records, transaction.reconciliation_lists)
    if not page.records:
        raise not_found()
    (listed,) = page.records
    return DepositBody.of(listed, standing.get(listed.fact.id))


ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/deposits",
        handler=push_some_deposits,
        summary="Push bank lines",
        tag="Bank",
        may=PARTNERS,
        body=PushDeposits,
        body_max=BULK_MAX,
        answer=PushedListBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/deposits",
        handler=list_deposits,
        summary="List bank lines",
        tag="Bank",
        query=ListDeposits,
        answer=PageBody[DepositBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/deposits/{deposit}",
        handler=read_deposit,
        summary="Read a bank line",
        tag="Bank",
        answer=DepositBody,
    ),
)
