"""What is wrong with a request before any handler sees it is told as a problem, and never is it our fault."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from tests.entrypoints.http.callers import PARTNERS_KEY
from tests.entrypoints.http.live_service import LiveService, live_service

JSON: Mapping[str, str] = {"Content-Type": "application/json"}
NAMED = b'{"name": "x"}'


@pytest_asyncio.fixture(scope="module")
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"", 400, "malformed-request"),
        (b"{", 400, "malformed-request"),
        (b'\xef\xbb\xbf{"name": "x"}', 400, "malformed-request"),
        (b'{"name": "caf\xe9"}', 400, "malformed-request"),
        ('{"name": "x"}'.encode("utf-16"), 400, "malformed-request"),
        (b'{"name": "x", "name": "y"}', 400, "malformed-request"),
        (b'{"name": NaN}', 400, "malformed-request"),
        (b'{"name": Infinity}', 400, "malformed-request"),
        (b'{"name": "a\x01"}', 400, "malformed-request"),
        (b'{"name": "x", "\\ud800": 1}', 400, "malformed-request"),
        (b'{"name": "x", "\\u0000": 1}', 400, "malformed-request"),
        (b'{"name": "x"} {}', 400, "malformed-request"),
        (b"[" * 200_000, 400, "malformed-request"),
        (b'{"a":' * 100_000, 400, "malformed-request"),
        (b"[" * 400 + b"]" * 400, 422, "invalid-fields"),
        (b"null", 422, "invalid-fields"),
        (b'{"name": "x", "overlap_seconds": ' + b"9" * 100_000 + b"}", 422, "invalid-fields"),
        (b'{"name": "x", "overlap_seconds": 1e400}', 422, "invalid-fields"),
        (b'{"name": "x", "overlap_seconds": 12.0}', 422, "invalid-fields"),
        (b'{"name": "x", "overlap_seconds": true}', 422, "invalid-fields"),
        (b'{"name": "x", "overlap_seconds": "12"}', 422, "invalid-fields"),
        (b'{"name": "a\\u0000"}', 422, "invalid-fields"),
        (b'{"name": "a\\udfff"}', 422, "invalid-fields"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
async def test_a_body_that_is_not_what_it_must_be(service: LiveService, content: bytes, status: int, kind: str) -> None:
    answer = await service.ask("POST", "/v1/api_keys", content=content, headers=JSON)

    assert (answer.status, answer.problem_kind) == (status, kind)


async def test_every_error_of_a_body_is_told_with_its_pointer(service: LiveService) -> None:
    body = {"name": 7, "overlap_seconds": -1, "a/b~c": None, "replaces": "short"}

    answer = await service.ask("POST", "/v1/api_keys", body=body)

    assert {each["pointer"] for each in answer.json["errors"]} == {
        "/name",
        "/overlap_seconds",
        "/a~1b~0c",
        "/replaces",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/vnd.api+json"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": ";;;"},
    ],
    ids=str,
)
async def test_another_content_type(service: LiveService, headers: Mapping[str, str]) -> None:
    answer = await service.ask("POST", "/v1/api_keys", content=NAMED, headers=headers)

    assert (answer.status, answer.problem_kind) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(NAMED)),
        ("gzip", gzip.compress(b"0" * 10_000_000)),
        ("gzip", NAMED),
        ("deflate", zlib.compress(NAMED)),
        ("br", NAMED),
        ("zstd", NAMED),
        ("unknown", NAMED),
    ],
    ids=["gzip", "bomb", "gzip that is none", "deflate", "br", "zstd", "unknown"],
)
async def test_a_packed_body_is_not_unpacked(service: LiveService, encoding: str, content: bytes) -> None:
    headers = {**JSON, "Content-Encoding": encoding}

    answer = await service.ask("POST", "/v1/api_keys", content=content, headers=headers)

    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")


async def test_a_body_that_is_too_large_is_refused_whether_its_length_is_announced_or_not(service: LiveService) -> None:
    large = b'{"name": "' + b"x" * 2_000_000 + b'"}'
    chunked = b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(large) + large

    announced = await service.ask("POST", "/v1/api_keys", content=large, headers=JSON)
    unannounced = await _raw(service, b"POST", b"/v1/api_keys", b"Content-Type: application/json\r\n" + chunked)

    assert (announced.status, announced.problem_kind) == (413, "too-large")
    assert unannounced.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("?x=1", ["x"]),
        ("?a=1&a=2", ["a", "a"]),
        ("?%00=%00", ["\x00"]),
        ("?%ff", ["\ufffd"]),
        ("?;", [";"]),
    ],
)
async def test_a_query_that_is_not_known(service: LiveService, path: str, parameters: list[str]) -> None:
    answer = await service.ask("GET", "/v1/api_keys" + path)

    assert (answer.status, answer.problem_kind) == (400, "invalid-parameters")
    assert sorted(each["parameter"] for each in answer.json["errors"]) == sorted(parameters)


@pytest.mark.parametrize(
    "path", ["/v1/api_keys/", "//v1/api_keys", "/v1//api_keys", "//", "/%", "/v1/api_keys/%00", "/v1/api_keys/a%2Fb"]
)
async def test_a_path_that_leads_nowhere(service: LiveService, path: str) -> None:
    answer = await service.ask("DELETE", path)

    assert (answer.status, answer.problem_kind) == (404, "not-found")


async def test_what_is_allowed_is_told_with_what_is_not(service: LiveService) -> None:
    answer = await service.ask("PATCH", "/v1/api_keys")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


async def test_an_expectation_that_is_not_known(service: LiveService) -> None:
    answer = await service.ask("POST", "/v1/api_keys", content=NAMED, headers={**JSON, "Expect": "the-moon"})

    assert (answer.status, answer.problem_kind) == (417, "expectation-failed")


async def test_a_client_that_waits_to_be_told_to_go_on_is_told(service: LiveService) -> None:
    head = b"Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(NAMED)

    answer = await _raw(service, b"POST", b"/v1/api_keys", head + NAMED)

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")


async def test_a_sane_request_id_is_kept_and_another_replaced(service: LiveService) -> None:
    sane = await service.ask("GET", "/v1/nothing", headers={"Request-Id": "mine-0123456"})
    odd = await service.ask("GET", "/v1/nothing", headers={"Request-Id": "<script>"})

    assert (sane.headers["Request-Id"], sane.json["request_id"]) == ("mine-0123456", "mine-0123456")
    assert odd.headers["Request-Id"] == odd.json["request_id"]
    assert odd.json["request_id"].startswith("req_")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET /v1/api_keys HTTP/9\r\n\r\n",
        b"GET /v1/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/api_keys HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"POST /v1/api_keys HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"POST /v1/api_keys HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=lambda sent: repr(sent[:30]),
)
async def test_what_is_not_http_is_answered_all_the_same(service: LiveService, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection(service.url.host, service.url.port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()

    assert answer.split(b" ")[1] == b"400"


async def _raw(service: LiveService, method: bytes, path: bytes, rest: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(service.url.host, service.url.port)
    head = b"%b %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %b\r\n"
    writer.write(head % (method, path, PARTNERS_KEY.encode()) + rest)
    answer = await reader.read()
    writer.close()
    return answer
