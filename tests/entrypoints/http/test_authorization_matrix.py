"""Who may do what, every cell: each route of the live table × caller × whose company × state of the secret.

The reference is a request for a company that is not there: whatever a caller may not know of must look just like it.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
import pytest_asyncio

from domain.access import Role
from domain.company import CompanyId
from tests.entrypoints.http import callers
from tests.entrypoints.http.callers import ABSENT, ACME, ARCHIVED, LIVE_ACME, RIVALS_COMPANY, SISTER
from tests.entrypoints.http.documented import Documented, documented_routes
from tests.entrypoints.http.live_service import Answer, LiveService, live_service
from tests.entrypoints.http.records_of_others import some_records

GUARDED: Final = [each for each in documented_routes() if each.route.may]
OF_A_COMPANY: Final = [each for each in GUARDED if "company" in each.route.parameters]
OF_A_PARTNER: Final = [each for each in GUARDED if "company" not in each.route.parameters]

COMPANIES: Final = (ACME, SISTER, ARCHIVED, LIVE_ACME, RIVALS_COMPANY, ABSENT)
CALLERS: Final = {
    callers.PARTNERS_KEY: (Role.PARTNER, {ACME, SISTER, ARCHIVED}),
    callers.SECOND_KEY: (Role.PARTNER, {ACME, SISTER, ARCHIVED}),
    callers.LIVE_KEY: (Role.PARTNER, {LIVE_ACME}),
    callers.RIVALS_KEY: (Role.PARTNER, {RIVALS_COMPANY}),
    callers.OWNERS_SESSION: (Role.OWNER, {ACME}),
    callers.BOOKKEEPERS_SESSION: (Role.BOOKKEEPER, {ACME}),
}
"""Each valid secret: its role, and the companies that it may know of."""
INVALID: Final = {
    "none": {},
    "another scheme": {"Authorization": f"Basic {callers.PARTNERS_KEY}"},
    "no scheme": {"Authorization": callers.PARTNERS_KEY},
    "garbage": {"Authorization": "Bearer garbage"},
    "not ASCII": {"Authorization": f"Bearer {callers.PARTNERS_KEY[:-1]}\u0664"},
    "a known id with another secret": {"Authorization": f"Bearer {callers.WRONG_SECRET}"},
    "too long": {"Authorization": f"Bearer {callers.PARTNERS_KEY}0"},
    "of the other mode": {"Authorization": f"Bearer {callers.PARTNERS_KEY.replace('test', 'live')}"},
    "expired key": {"Authorization": f"Bearer {callers.EXPIRED_KEY}"},
    "revoked key": {"Authorization": f"Bearer {callers.REVOKED_KEY}"},
    "expired session": {"Authorization": f"Bearer {callers.EXPIRED_SESSION}"},
    "revoked session": {"Authorization": f"Bearer {callers.REVOKED_SESSION}"},
    "unspent token": {"Authorization": f"Bearer {callers.UNSPENT_TOKEN}"},
    "session as a key": {"Authorization": f"Bearer {callers.OWNERS_SESSION.replace('session', 'test')}"},
}
"""What proves nobody."""


KINDS: Final = {
    "company": ("company",),
    "account": ("account",),
    "payout": ("payout",),
    "deposit": ("deposit",),
    "match": ("match",),
    "record": ("payout", "deposit"),
    "starting_after": ("company", "account", "payout", "deposit", "match", "invoice", "what_if", "endpoint", "key"),
}
"""Which ids are tried in which parameter of a query."""


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


def seen(answer: Answer) -> tuple[int, dict[str, Any], dict[str, str]]:
    """All that a caller can see of an answer, but for the request's own id and the moment."""
    body = {name: value for name, value in answer.json.items() if name != "request_id"}
    headers = {name: value for name, value in answer.headers.items() if name not in ("Request-Id", "Date")}
    return answer.status, body, headers


async def ask(service: LiveService, documented: Documented, secret: str | None, **ids: str) -> Answer:
    return await service.ask(documented.route.method, documented.path(**ids), secret=secret, **documented.valid())


@pytest.mark.parametrize("documented", GUARDED, ids=str)
async def test_without_a_valid_secret_all_look_the_same_and_nothing_is_done(
    service: LiveService, documented: Documented
) -> None:
    before = service.records()
    answers = {}
    for state, headers in INVALID.items():
        for company in (ACME, ABSENT):
            answer = await service.ask(
                documented.route.method, documented.path(company=company), secret=None, headers=headers
            )
            answers[state, company] = seen(answer)

    one = answers["none", ABSENT]
    assert one[0] == 401
    assert one[2]["WWW-Authenticate"].startswith("Bearer ")
    assert {cell: answer for cell, answer in answers.items() if answer != one} == {}
    assert service.records() == before


@pytest.mark.parametrize("documented", OF_A_COMPANY, ids=str)
async def test_whose_company_it_is(service: LiveService, documented: Documented) -> None:
    absent = seen(await ask(service, documented, callers.PARTNERS_KEY, company=ABSENT))
    before = service.records()
    wrong = {}
    for secret, (role, known) in CALLERS.items():
        for company in COMPANIES:
            if company in known and role in documented.route.may:
                continue
            answer = seen(await ask(service, documented, secret, company=company))
            if company not in known and answer != absent:
                wrong[role, company] = answer
            if company in known and answer[0] != 403:
                wrong[role, company] = answer

    assert absent[0] == 404
    assert wrong == {}
    assert service.records() == before


@pytest.mark.parametrize("documented", OF_A_COMPANY, ids=str)
async def test_who_may_is_let_through_to_the_companies_of_its_own(documented: Documented) -> None:
    for secret, (role, known) in CALLERS.items():
        if role not in documented.route.may:
            continue
        for company in sorted(known):
            async with live_service() as service:
                answer = await ask(service, documented, secret, company=company)

            stopped = answer.status in (401, 403) or answer.status >= 500
            absent = answer.status == 404 and documented.route.parameters == ("company",)
            assert not stopped, (role, company, answer.content)
            assert not absent, (role, company, answer.content)
            assert answer.status in documented.statuses(), (role, company, answer.content)


@pytest.mark.parametrize("documented", OF_A_PARTNER, ids=str)
async def test_what_is_the_partners_is_not_for_people_of_a_company(
    service: LiveService, documented: Documented
) -> None:
    before = service.records()
    for secret, (role, _) in CALLERS.items():
        if role not in documented.route.may:
            answer = await ask(service, documented, secret)

            assert (role, answer.status) == (role, 403)
    assert service.records() == before


@pytest_asyncio.fixture(scope="module")
async def peopled() -> AsyncIterator[tuple[LiveService, dict[CompanyId, Mapping[str, str]]]]:
    """A service in which each company has records, and what they are."""
    async with live_service() as running:
        records = {
            company: await some_records(running, company, secret)
            for company, secret in (
                (SISTER, callers.PARTNERS_KEY),
                (LIVE_ACME, callers.LIVE_KEY),
                (RIVALS_COMPANY, callers.RIVALS_KEY),
            )
        }
        yield running, records


@pytest.mark.parametrize("documented", [each for each in GUARDED if each.route.parameters], ids=str)
async def test_a_record_of_somebody_else_is_like_one_that_is_not_there(
    peopled: tuple[LiveService, dict[CompanyId, Mapping[str, str]]], documented: Documented
) -> None:
    """Asked for under one's own company, or, above companies, under one's own partner."""
    service, records = peopled
    before = service.records()
    wrong = {}
    for name in documented.route.parameters:
        if name == "company":
            continue
        absent = seen(await ask(service, documented, callers.PARTNERS_KEY, **{name: "absent000000"}))
        for owner, ids in records.items():
            if owner == SISTER and documented in OF_A_PARTNER:
                continue  # the same partner's
            there = seen(await ask(service, documented, callers.PARTNERS_KEY, **{name: ids[name]}))
            if there != absent:
                wrong[owner, name] = there

    assert wrong == {}
    assert service.records() == before


@pytest.mark.parametrize("documented", GUARDED, ids=str)
async def test_what_is_said_of_somebody_elses_records_is_like_what_is_said_of_none(
    peopled: tuple[LiveService, dict[CompanyId, Mapping[str, str]]], documented: Documented
) -> None:
    """The same, where an id stands in the query."""
    service, records = peopled
    for parameter in documented.queries.keys() & KINDS.keys():
        path = f"{documented.path()}?{parameter}="
        for secret in (callers.PARTNERS_KEY, callers.OWNERS_SESSION):
            for kind in KINDS[parameter]:
                form = records[SISTER][kind]
                absent = await service.ask(documented.route.method, path + absent_of(form), secret=secret)
                for owner, ids in records.items():
                    if owner == SISTER and secret == callers.PARTNERS_KEY and documented in OF_A_PARTNER:
                        continue
                    there = await service.ask(documented.route.method, path + ids[kind], secret=secret)

                    assert seen(there) == seen(absent), (parameter, kind, owner)


def absent_of(id: str) -> str:
    """An id of the same form that nothing has."""
    prefix, _, rest = id.rpartition("_")
    return f"{prefix}_{'0' * len(rest)}" if prefix else "0" * len(rest)


def test_every_route_says_who_may_call_it_or_that_everybody_may() -> None:
    open_to_everybody = {str(each) for each in documented_routes() if not each.route.may}

    assert open_to_everybody <= {"POST /v1/sessions", "POST /webhooks/stripe/{partner}/{mode}"}
