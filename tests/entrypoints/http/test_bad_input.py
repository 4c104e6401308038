"""Bad input to every route of the live table: a documented refusal that says where, and nothing is changed.

The routes and what they take are read from the document that the service gives to its clients.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
import pytest_asyncio

from entrypoints.http.route import Upload
from tests.entrypoints.http.callers import ABSENT, PARTNERS_KEY
from tests.entrypoints.http.documented import METHODS, Documented, changed, documented_routes, places
from tests.entrypoints.http.live_service import Answer, LiveService, live_service

ALL: Final = documented_routes()
WITH_JSON: Final = [each for each in ALL if each.takes_json]
WITH_BODY: Final = [each for each in ALL if each.route.takes_body]
WITHOUT_BODY: Final = [each for each in ALL if not each.route.takes_body]
WITH_IDS: Final = [each for each in ALL if each.route.parameters]
WRITING: Final = [each for each in ALL if each.route.writes and each.route.may]

JSON: Final = {"Content-Type": "application/json"}
WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "string": (7, True, ["x"], {"x": "x"}, "\x00", "\ud800", "x" * 3_000),
    "integer": (12.0, 12.9, True, "12", "١٢", [1], 10**40, -(10**40)),
    "boolean": (0, 1, "true", "", []),
    "array": ({}, "x", 1, True),
    "object": ([], "x", 1, True),
}
"""What is not of a type, or is of it but cannot be kept."""


@pytest_asyncio.fixture(scope="module")
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_is_changed(service: LiveService) -> Iterator[None]:
    before = service.records()
    yield
    assert service.records() == before


def refused(documented: Documented, answer: Answer, *statuses: int) -> None:
    """It is refused with one of these statuses, as the document announces."""
    assert answer.status in statuses, answer.content
    assert answer.status in documented.statuses()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert answer.json["request_id"] == answer.headers["Request-Id"]


def pointers(answer: Answer) -> list[str]:
    return [each["pointer"] for each in answer.json["errors"]]


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
async def test_a_value_of_a_wrong_type_is_pointed_at(service: LiveService, documented: Documented) -> None:
    valid = documented.whole()
    for pointer, _, schema in places(documented.body_schema, valid):
        for wrong in WRONG.get(schema.get("type", ""), ()):
            body = changed(valid, pointer, wrong)

            answer = await service.ask(documented.route.method, documented.path(), body=body)

            refused(documented, answer, 422)
            assert all(each == pointer or each.startswith(f"{pointer}/") for each in pointers(answer)), (pointer, wrong)


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
async def test_a_missing_field_is_pointed_at(service: LiveService, documented: Documented) -> None:
    valid = documented.whole()
    for pointer, value, schema in places(documented.body_schema, valid):
        for name in schema.get("required", ()):
            without = {each: some for each, some in value.items() if each != name}

            answer = await service.ask(
                documented.route.method, documented.path(), body=changed(valid, pointer, without)
            )

            refused(documented, answer, 422)
            assert pointers(answer) == [f"{pointer}/{name}"]


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
async def test_a_field_that_is_not_known_is_pointed_at(service: LiveService, documented: Documented) -> None:
    valid = documented.whole()
    for pointer, value, schema in places(documented.body_schema, valid):
        if schema.get("type") == "object" and schema.get("additionalProperties") is False:
            body = changed(valid, pointer, {**value, "not/known": 1})

            answer = await service.ask(documented.route.method, documented.path(), body=body)

            refused(documented, answer, 422)
            assert pointers(answer) == [f"{pointer}/not~1known"]


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
async def test_all_errors_are_told_at_once(service: LiveService, documented: Documented) -> None:
    required = documented.body_schema.get("required", [])

    answer = await service.ask(documented.route.method, documented.path(), body={"one": 1, "two": 2})

    refused(documented, answer, 422)
    assert set(pointers(answer)) == {f"/{name}" for name in (*required, "one", "two")}


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"a": "\xff"}', "{}".encode("utf-16"), b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 100_000]
)
async def test_a_body_that_is_not_json_in_utf_8(service: LiveService, documented: Documented, content: bytes) -> None:
    answer = await service.ask(documented.route.method, documented.path(), content=content, headers=JSON)

    refused(documented, answer, 400)
    assert answer.problem_kind == "malformed-request"


@pytest.mark.parametrize("documented", WITH_JSON, ids=str)
async def test_another_content_type(service: LiveService, documented: Documented) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=latin-1"}):
        answer = await service.ask(documented.route.method, documented.path(), content=b"{}", headers=headers)

        refused(documented, answer, 415)


@pytest.mark.parametrize("documented", WITH_BODY, ids=str)
async def test_a_packed_body(service: LiveService, documented: Documented) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}

    answer = await service.ask(documented.route.method, documented.path(), content=b"{}", headers=headers)

    refused(documented, answer, 415)


@pytest.mark.parametrize("documented", WITH_BODY, ids=str)
async def test_a_body_that_is_announced_as_too_large_is_not_waited_for(
    service: LiveService, documented: Documented
) -> None:
    head = f"{documented.route.method} {documented.path()} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    length = f"Authorization: Bearer {PARTNERS_KEY}\r\nContent-Length: {documented.route.body_max + 1}\r\n\r\n"
    reader, writer = await asyncio.open_connection(service.url.host, service.url.port)
    writer.write((head + length).encode())

    answer = await reader.readline()

    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert 413 in documented.statuses()


@pytest.mark.parametrize("documented", [each for each in ALL if each.route.body is Upload], ids=str)
async def test_an_empty_file(service: LiveService, documented: Documented) -> None:
    answer = await service.ask(documented.route.method, documented.path(), content=b"")

    refused(documented, answer, 422)


@pytest.mark.parametrize("documented", WITHOUT_BODY, ids=str)
async def test_a_body_where_none_is_taken(service: LiveService, documented: Documented) -> None:
    answer = await service.ask(documented.route.method, documented.path(), body={})

    refused(documented, answer, 400)


@pytest.mark.parametrize("documented", ALL, ids=str)
async def test_a_parameter_that_is_not_known(service: LiveService, documented: Documented) -> None:
    for query, name in (("?nonsense=1", "nonsense"), ("?%00", "\x00"), ("?%ff=%ff", "\ufffd")):
        answer = await service.ask(documented.route.method, documented.path() + query, **documented.valid())

        refused(documented, answer, 400)
        assert [each["parameter"] for each in answer.json["errors"]] == [name]


@pytest.mark.parametrize("documented", [each for each in ALL if each.queries], ids=str)
async def test_a_parameter_that_is_wrong_or_given_twice_is_named(service: LiveService, documented: Documented) -> None:
    for name, schema in documented.queries.items():
        form = re.compile(schema.get("pattern", "(?!)"))
        wrong = ["%00", "x" * 3_000]
        if schema.get("type") != "string" or schema.keys() & {"format", "pattern", "enum"}:
            wrong += ["", "%D9%A1", "1e3", "%20", "+", "0x10", "1_000", "None", "-0.5", "2026-02-30", "nan"]
        for value in wrong:
            if form.fullmatch(value):
                continue
            answer = await service.ask(
                documented.route.method, f"{documented.path()}?{name}={value}", **documented.valid()
            )

            refused(documented, answer, 400)
            assert {each["parameter"] for each in answer.json["errors"]} == {name}, value
        twice = await service.ask(
            documented.route.method, f"{documented.path()}?{name}=1&{name}=1", **documented.valid()
        )
        refused(documented, twice, 400)
        assert name in {each["parameter"] for each in twice.json["errors"]}


@pytest.mark.parametrize("documented", WITH_IDS, ids=str)
async def test_an_id_that_cannot_be_one_is_like_an_absent_one(service: LiveService, documented: Documented) -> None:
    for name in documented.route.parameters:
        for id in ("%00", "%ff", "..%2F", "%D9%A1", "a%20b", "x" * 2_000, "-", "'", '"', "{}", "%7B%7D", "*"):
            answer = await service.ask(documented.route.method, documented.path(**{name: id}), **documented.valid())

            refused(documented, answer, 404)
            assert set(answer.json) == {"type", "title", "status", "request_id"}


@pytest.mark.parametrize("documented", [each for each in WITH_IDS if "company" in each.route.parameters], ids=str)
async def test_a_company_that_is_not_there(service: LiveService, documented: Documented) -> None:
    answer = await service.ask(documented.route.method, documented.path(company=ABSENT), **documented.valid())

    refused(documented, answer, 404)


@pytest.mark.parametrize("path", sorted({each.route.path for each in ALL}))
async def test_a_method_that_is_not_offered(service: LiveService, path: str) -> None:
    here = [each for each in ALL if each.route.path == path]
    offered = {each.route.method for each in here}
    for method in {*METHODS, "HEAD", "OPTIONS", "TRACE"} - offered:
        answer = await service.ask(method, here[0].path())

        assert (method, answer.status) == (method, 405)
        assert set(answer.headers["Allow"].split(", ")) == offered


@pytest.mark.parametrize("documented", WRITING, ids=str)
async def test_an_idempotency_key_that_cannot_be_one(service: LiveService, documented: Documented) -> None:
    for key in ("", "a b", "x" * 256, "\xe9"):
        valid = documented.valid()
        answer = await service.ask(
            documented.route.method, documented.path(), **valid, headers={"Idempotency-Key": key}
        )

        refused(documented, answer, 400)
        assert [each["parameter"] for each in answer.json["errors"]] == ["Idempotency-Key"]
