"""Bank accounts: those that the partner keeps itself, and those that statements and feeds brought."""

from datetime import date, datetime
from typing import Annotated, Any

import attrs

from domain.actor import acting
from domain.bank_deposit import BankAccount, BankAccountId
from domain.money import Currency, UnknownCurrency
from domain.pushed_deposit import PushedAccount, pushed_account_id
from entrypoints.http.fact_bodies import AnyId, place_of
from entrypoints.http.problem_details import not_found
from entrypoints.http.refusals import field_problem
from entrypoints.http.resources.payout_bodies import LastDigits
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.services import Services
from entrypoints.http.wire_types import (
    CurrencyCode,
    ExternalId,
    Limit,
    Name,
    NoBody,
    NoQuery,
    PageBody,
    TextBounds,
)
from ports.fact_lists import BankAccountsWanted, ListedFact
from ports.facts import FactSource
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.put_bank_account import put_bank_account

CsvColumns = Annotated[str, TextBounds(1_000, example="date=Posted,amount=Value,text=Details,dates=dmy")]


@attrs.frozen(kw_only=True)
class PutBankAccount:
    """An account that you keep. Put again, it replaces what was said before."""

    external_id: ExternalId
    currency: CurrencyCode
    name: Name | None = None
    institution: Name | None = None
    mask: LastDigits | None = None
    """The last two to four characters of the account number."""
    persistent_id: Name | None = None
    """The bank's own lasting identity of the account, such as its IBAN."""
    covered_from: date | None = None
    """First and last day for which all lines have been pushed."""
    covered_to: date | None = None
    csv_columns: CsvColumns | None = None
    """How the columns of its CSV statements are called, if their headings do not say it."""


@attrs.frozen(kw_only=True)
class BankAccountBody:
    """A bank account. It is complete from `covered_from` to `covered_to`, as its statements say."""

    id: str
    external_id: str | None
    source: FactSource
    currency: str | None
    name: str | None
    institution: str | None
    mask: str | None
    persistent_id: str | None
    covered_from: date | None
    covered_to: date | None
    updated: datetime

    @classmethod
    def of(cls, listed: ListedFact[BankAccount]) -> "BankAccountBody":
        """As it is shown."""
        account, told = listed.fact, listed.told
        return cls(
            id=account.id,
            external_id=told.external_id,
            source=told.told_by,
            currency=None if account.currency is None else account.currency.code,
            name=account.name,
            institution=account.institution,
            mask=account.mask,
            persistent_id=account.persistent_id,
            covered_from=account.covered_from,
            covered_to=account.covered_to,
            updated=told.recorded_at,
        )


@attrs.frozen(kw_only=True)
class BankAccountDetailBody(BankAccountBody):
    """A bank account, and what is remembered of its statements."""

    csv_columns: str | None


@attrs.frozen(kw_only=True)
class ListBankAccounts:
    """Filters, and the page."""

    external_id: ExternalId | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100


async def put_account(call: Call[NoQuery, PutBankAccount]) -> BankAccountDetailBody:
    """Known by your own id. The days that it covers are added to those that its statements cover.

    An account that has lines keeps its currency.
    """
    if call.body.csv_columns is not None:
        check_columns(call.services, call.body.csv_columns)
    account = await put_bank_account(
        _account(call.body),
        csv_columns=call.body.csv_columns,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return await _shown(account.id, call)


def check_columns(services: Services, columns: str) -> None:
    """Raises Problem if the description of a CSV's columns is not understood."""
    try:
        services.bank_readers(columns)
    except ValueError as error:
        raise field_problem("/csv_columns", str(error)) from error


def _account(body: PutBankAccount) -> PushedAccount:
    try:
        currency = Currency.of(body.currency)
    except UnknownCurrency as error:
        raise field_problem("/currency", str(error)) from error
    return PushedAccount(
        external_id=body.external_id,
        currency=currency,
        name=body.name,
        institution=body.institution,
        mask=body.mask,
        persistent_id=body.persistent_id,
        covered_from=body.covered_from,
        covered_to=body.covered_to,
    )


async def list_accounts(call: Call[ListBankAccounts, NoBody]) -> PageBody[BankAccountBody]:
    """By id. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last account's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = BankAccountsWanted(
        ids=None if query.external_id is None else (pushed_account_id(call.company.id, query.external_id),),
        updated_since=query.updated_since,
    )
    async with call.services.store.company(call.company.id) as transaction:
        after = await place_of(query.starting_after, "accounts", None, query.updated_since, transaction)
        page = await transaction.fact_lists.accounts(wanted, after=after, limit=query.limit)
    return PageBody(data=tuple(map(BankAccountBody.of, page.records)), has_more=page.has_more)


async def read_account(call: Call[NoQuery, NoBody]) -> BankAccountDetailBody:
    """With how the columns of its CSV statements are called, if that is remembered."""
    return await _shown(BankAccountId(call.path["account"]), call)


async def _shown(id: BankAccountId, call: Call[Any, Any]) -> BankAccountDetailBody:
    async with call.services.store.company(call.company.id) as transaction:
        page = await transaction.fact_lists.accounts(BankAccountsWanted(ids=(id,)))
        columns = await transaction.statements.columns(id)
    if not page.records:
        raise not_found()
    listed = BankAccountBody.of(page.records[0])
    return BankAccountDetailBody(**attrs.asdict(listed, recurse=False), csv_columns=columns)


ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/bank/accounts",
        handler=put_account,
        summary="Put a bank account that you keep",
        tag="Bank",
        may=PARTNERS,
        body=PutBankAccount,
        answer=BankAccountDetailBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/bank/accounts",
        handler=list_accounts,
        summary="List bank accounts",
        tag="Bank",
        query=ListBankAccounts,
        answer=PageBody[BankAccountBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/bank/accounts/{account}",
        handler=read_account,
        summary="Read a bank account",
        tag="Bank",
        answer=BankAccountDetailBody,
    ),
)
