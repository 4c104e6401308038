"""The companies of a partner, in the mode of its key."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

import attrs
from aiohttp import web

from domain.actor import acting
from domain.company import Company, CompanyId, CompanyStatus
from domain.money import Currency, UnknownCurrency
from domain.partner import Mode
from entrypoints.http.list_places import moment_of_place, unknown_place
from entrypoints.http.refusals import field_problem
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import (
    CurrencyCode,
    ExternalId,
    Limit,
    Name,
    NoBody,
    NoQuery,
    PageBody,
    TextBounds,
    TypedId,
)
from ports.companies import CompaniesWanted, CompanyChanged, ExternalIdTaken
from ports.erasure import NotArchived
from ports.pages import PageKey
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.archive_company import archive_company
from ports.use_cases.change_company import CompanyChanges, change_company
from ports.use_cases.create_company import create_company
from ports.use_cases.forget_company import forget_company

TimeZone = Annotated[str, TextBounds(64, pattern=r"^[0-9A-Za-z_+/-]+$", example="America/New_York")]
ID_LETTERS = 24


@attrs.frozen(kw_only=True)
class CompanyBody:
    """A company. `updated` is when anything said here last changed."""

    id: str
    external_id: str
    name: str
    time_zone: str
    currency: str
    books_start: date | None
    mode: Mode
    status: CompanyStatus
    created: datetime
    updated: datetime

    @classmethod
    def of(cls, company: Company) -> "CompanyBody":
        """As it is shown."""
        return cls(
            id=company.id,
            external_id=company.external_id,
            name=company.name,
            time_zone=company.time_zone,
            currency=company.currency.code,
            books_start=company.books_start,
            mode=company.tenant.mode,
            status=company.status,
            created=company.created,
            updated=company.updated,
        )


@attrs.frozen(kw_only=True)
class CreateCompany:
    """A customer of yours. `external_id` is your own id of it, and unique among your companies."""

    external_id: ExternalId
    name: Name
    time_zone: TimeZone
    """IANA name: in this zone a day begins for the company."""
    currency: CurrencyCode
    """Of its books."""
    books_start: date | None = None


@attrs.frozen(kw_only=True)
class ChangeCompany:
    """What is to be other than it is. The rest stays."""

    name: Name | None = None
    time_zone: TimeZone | None = None
    books_start: date | None = None


@attrs.frozen(kw_only=True)
class ListCompanies:
    """Filters, and the page."""

    external_id: ExternalId | None = None
    status: CompanyStatus | None = None
    updated_since: datetime | None = None
    starting_after: TypedId | None = None
    limit: Limit = 100


async def list_companies(call: Call[ListCompanies, NoBody]) -> PageBody[CompanyBody]:
    """The newest first. With `updated_since`: those changed then or later, the oldest change first.

    To go on with `updated_since`, give the last company's `updated` in it, and its id as `starting_after`.
    """
    query, tenant = call.query, call.principal.tenant
    wanted = CompaniesWanted(external_id=query.external_id, status=query.status, updated_since=query.updated_since)
    async with call.services.store.control() as transaction:
        after = None
        if query.starting_after is not None:
            last = await transaction.companies.find(tenant, CompanyId(query.starting_after))
            after = _place(last, query.updated_since)
        page = await transaction.companies.page(tenant, wanted, after=after, limit=query.limit)
    return PageBody(data=tuple(map(CompanyBody.of, page.records)), has_more=page.has_more)


def _place(last: Company | None, updated_since: datetime | None) -> PageKey:
    if last is None:
        raise unknown_place()
    if updated_since is None:
        return PageKey(at=last.created, id=last.id)
    previous = None if last.created == last.updated else last.created
    return PageKey(at=moment_of_place(updated_since, last.updated, previous), id=last.id)


async def make_company(call: Call[NoQuery, CreateCompany]) -> CompanyBody:
    """Asked for again with the same content, it is the same company; with other content it is refused."""
    company = await create_company(
        Company(
            id=CompanyId(f"co_{call.services.random_id(ID_LETTERS)}"),
            tenant=call.principal.tenant,
            external_id=call.body.external_id,
            name=call.body.name,
            time_zone=call.body.time_zone,
            currency=_currency(call.body.currency),
            books_start=call.body.books_start,
            created=call.at,
            updated=call.at,
        ),
        who=acting(call.principal),
        store=call.services.store,
    )
    return CompanyBody.of(company)


def _currency(code: str) -> Currency:
    try:
        return Currency.of(code)
    except UnknownCurrency as error:
        raise field_problem("/currency", str(error)) from error


async def read_company(call: Call[NoQuery, NoBody]) -> CompanyBody:
    """Also an archived one."""
    return CompanyBody.of(call.company)


async def patch_company(call: Call[NoQuery, ChangeCompany]) -> CompanyBody:
    """What is not given, or null, stays as it is."""
    changes = CompanyChanges(name=call.body.name, time_zone=call.body.time_zone, books_start=call.body.books_start)
    company = await change_company(
        call.company.id,
        changes,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return CompanyBody.of(company)


@attrs.frozen(kw_only=True)
class DeleteCompany:
    """`forget=true`: an archived company is forgotten for good."""

    forget: bool = False


async def delete_company(call: Call[DeleteCompany, NoBody]) -> CompanyBody | web.Response:
    """Archives it: it can still be read, and takes nothing new.

    With `forget=true` an archived company is forgotten for good: its records, events and audit trail, and the keys to
    its secrets are destroyed. All that is left is that, and when, it was forgotten.
    """
    if call.query.forget:
        await forget_company(
            call.company.id,
            tenant=call.principal.tenant,
            who=acting(call.principal),
            erasure=call.services.erasure,
            at=call.at,
        )
        return web.Response(status=HTTPStatus.NO_CONTENT)
    company = await archive_company(
        call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return CompanyBody.of(company)


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies",
        handler=list_companies,
        summary="List companies",
        tag="Companies",
        may=PARTNERS,
        query=ListCompanies,
        answer=PageBody[CompanyBody],
    ),
    Route(
        method="POST",
        path="/v1/companies",
        handler=make_company,
        summary="Create a company",
        tag="Companies",
        may=PARTNERS,
        body=CreateCompany,
        answer=CompanyBody,
        status=201,
        refusals=(ExternalIdTaken, FieldsRefused),
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}",
        handler=read_company,
        summary="Read a company",
        tag="Companies",
        answer=CompanyBody,
    ),
    Route(
        method="PATCH",
        path="/v1/companies/{company}",
        handler=patch_company,
        summary="Change a company",
        tag="Companies",
        may=PARTNERS,
        body=ChangeCompany,
        answer=CompanyBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused, CompanyChanged),
    ),
    Route(
        method="DELETE",
        path="/v1/companies/{company}",
        handler=delete_company,
        summary="Archive a company, then forget it",
        tag="Companies",
        may=PARTNERS,
        query=DeleteCompany,
        answer=CompanyBody,
        may_answer_nothing=True,
        changes_archived=True,
        refusals=(NoSuchCompany, CompanyChanged, NotArchived),
    ),
)
