"""The document and the page: whole, true to each other, and nothing in them comes from elsewhere."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from openapi_spec_validator import validate

from entrypoints.http.problem_details import DOCUMENTED_AT, ProblemKind
from entrypoints.http.resources import ROUTES
from tests.entrypoints.http.documented import DOCUMENT, Documented, documented_routes
from tests.entrypoints.http.live_service import LiveService, live_service


@pytest_asyncio.fixture(scope="module")
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


async def test_the_document_that_is_served_is_valid_openapi_3_1(service: LiveService) -> None:
    served = await service.ask("GET", "/openapi.json", secret=None)

    assert served.json["openapi"].startswith("3.1.")
    validate(served.json)


async def test_the_bare_address_leads_to_the_documentation_and_names_what_a_program_wants(service: LiveService) -> None:
    answer = await service.ask("GET", "/", secret=None)

    assert (answer.status, answer.headers["Location"]) == (302, "docs")
    assert set(answer.json) == {"documentation", "openapi", "api"}
    for each in ("documentation", "openapi"):
        path = urlsplit(answer.json[each]).path
        assert (await service.ask("GET", path, secret=None)).status == 200


async def test_every_route_is_in_the_document_and_nothing_else(service: LiveService) -> None:
    document = (await service.ask("GET", "/openapi.json", secret=None)).json

    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert documented == {(route.method, route.path) for route in ROUTES}


def test_no_two_operations_bear_one_name() -> None:
    names = [each.operation["operationId"] for each in documented_routes()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("documented", documented_routes(), ids=str)
def test_an_operation_says_what_it_does_and_how_it_may_end(documented: Documented) -> None:
    assert documented.operation["summary"]
    assert {400, 500, 503} <= documented.statuses()
    if documented.route.may:
        assert {401, 403, 429} <= documented.statuses()


def test_every_text_and_number_that_is_taken_is_bounded() -> None:
    boundless = [
        place
        for documented in documented_routes()
        if documented.takes_json
        for place in unbounded(documented.body_schema, str(documented))
    ]

    assert boundless == []


def unbounded(schema: Any, place: str) -> Iterator[str]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for each in schema.get("anyOf", ()):
        yield from unbounded(each, place)
    match schema.get("type"):
        case "string" if not schema.keys() & {"maxLength", "enum", "format"}:
            yield place
        case "integer" if "maximum" not in schema:
            yield place
        case "array":
            if "maxItems" not in schema:
                yield place
            yield from unbounded(schema["items"], f"{place}/0")
        case "object":
            for name, each in schema.get("properties", {}).items():
                yield from unbounded(each, f"{place}/{name}")


async def test_every_kind_of_problem_is_described_where_its_type_leads(service: LiveService) -> None:
    page = (await service.ask("GET", DOCUMENTED_AT.partition("#")[0], secret=None)).content.decode()

    assert [kind.slug for kind in ProblemKind if f'id="{kind.slug}"' not in page] == []


async def test_the_page_shows_every_operation_and_needs_nothing_from_elsewhere(service: LiveService) -> None:
    answer = await service.ask("GET", "/docs", secret=None)
    page = answer.content.decode()

    assert [each for each in documented_routes() if f'id="{each.operation["operationId"]}"' not in page] == []
    assert re.findall(r"<(?:script|img|link|iframe)|src=|@import|url\(", page) == []
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
