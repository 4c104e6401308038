"""What befalls a request on its way, and what the adapter makes of it: a refusal that ports promise, or the answer."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from plaid.model.item_get_request import ItemGetRequest

from adapters.plaid_api import plaid_requests
from adapters.plaid_api.exact_json import object_in
from adapters.plaid_api.feed import PlaidApiFeed
from adapters.plaid_api.link import PlaidApiLink
from adapters.plaid_api.plaid_requests import ATTEMPTS_MAX, PlaidRequests
from adapters.simulator.faults import Fault
from adapters.simulator.local_server import serving
from domain.secret import Secret
from ports.plaid_feed import FeedProgress, PlaidSource
from ports.plaid_refusals import (
    PlaidAccessGone,
    PlaidAnswerUnreadable,
    PlaidLoginRequired,
    PlaidRateLimited,
    PlaidRefused,
    PlaidUnavailable,
)
from ports.use_cases.read_plaid_update import read_plaid_update
from tests.adapters.plaid_api.simulated import at_once, keys_of, requests_to, source_of
from tests.adapters.simulator.plaid.desk import open_desk
from tests.ports.plaid_feed_contract import SECRET, keys

SYNC = "/transactions/sync"
SOURCE = PlaidSource(keys=keys(), access_token=Secret("access-sandbox-canary"), item="item-1")
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(answer: Answer, **options: Any) -> AsyncIterator[PlaidRequests]:
    """Something that is not quite Plaid."""
    application = web.Application()
    application.router.add_post("/{path:.*}", answer)
    settings: dict[str, Any] = {"sleep": at_once, **options}
    async with serving(application) as url, PlaidRequests(base=url, **settings) as requests:
        yield requests


def says(body: bytes, *, status: int = 200, content_type: str = "application/json") -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type=content_type)

    return answer


@pytest.mark.parametrize("kind", ["cut_body", "reset", "lost_answer", "server_error", "not_json"])
async def test_what_passes_is_asked_again(kind: Any) -> None:
    async with open_desk() as desk, requests_to(desk) as requests:
        desk.post(5_000)
        item = await desk.ready_item()
        desk.plaid.api.faults.add(Fault(kind=kind, path=SYNC, times=ATTEMPTS_MAX - 1))

        page = await PlaidApiFeed(requests).page(source_of(desk, item), cursor=None)

        assert [line.amount.minor_units for line in page.added] == [5_000]


@pytest.mark.parametrize("kind", ["cut_body", "reset", "lost_answer", "server_error", "not_json"])
async def test_what_does_not_pass_is_unavailable(kind: Any) -> None:
    """Failure 28: plaid-python lets urllib3's errors escape."""
    async with open_desk() as desk, requests_to(desk) as requests:
        item = await desk.ready_item()
        desk.plaid.api.faults.add(Fault(kind=kind, path=SYNC, times=100))

        with pytest.raises(PlaidUnavailable):
            await PlaidApiFeed(requests).page(source_of(desk, item), cursor=None)

        assert desk.plaid.api.requests.count(SYNC) == ATTEMPTS_MAX


async def test_a_slow_answer_is_given_up_in_time() -> None:
    async with open_desk() as desk, requests_to(desk, read_seconds=0.1) as requests:
        item = await desk.ready_item()
        desk.plaid.api.faults.add(Fault(kind="slow_body", path=SYNC, times=100, seconds=0.5))

        with pytest.raises(PlaidUnavailable):
            await PlaidApiFeed(requests).page(source_of(desk, item), cursor=None)


async def test_a_body_that_trickles_is_given_up_though_each_piece_is_in_time() -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(100):
                await response.write(b" " * 70_000)
                await asyncio.sleep(0.05)
        except ConnectionResetError:
            pass
        return response

    async with answering(trickle, read_seconds=0.2, patience=timedelta(0)) as requests:
        begun = time.monotonic()
        with pytest.raises(PlaidUnavailable, match="took too long"):
            await PlaidApiFeed(requests).page(SOURCE, cursor=None)

        assert time.monotonic() - begun < 2


async def test_an_exchange_is_tried_once() -> None:
    async with open_desk() as desk, requests_to(desk) as requests:
        public = desk.plaid.simulation.link.public_token(desk.open_item())
        desk.plaid.api.faults.add(Fault(kind="lost_answer", path="/item/public_token/exchange"))

        with pytest.raises(PlaidUnavailable):
            await PlaidApiLink(requests).exchange(keys_of(desk), Secret(public))

        assert desk.plaid.api.requests.count("/item/public_token/exchange") == 1


@pytest.mark.parametrize(
    ("code", "refusal", "attempts"),
    [
        ("TRANSACTIONS_SYNC_LIMIT", PlaidRateLimited, 1),
        ("INSTITUTION_DOWN", PlaidUnavailable, 1),
        ("INSTITUTION_NOT_RESPONDING", PlaidUnavailable, 1),
        ("PLANNED_MAINTENANCE", PlaidUnavailable, ATTEMPTS_MAX),
        ("PRODUCT_NOT_READY", PlaidUnavailable, ATTEMPTS_MAX),
        ("ITEM_LOGIN_REQUIRED", PlaidLoginRequired, 1),
        ("ITEM_NOT_FOUND", PlaidAccessGone, 1),
        ("INVALID_ACCESS_TOKEN", PlaidAccessGone, 1),
        ("USER_PERMISSION_REVOKED", PlaidAccessGone, 1),
        ("ACCESS_NOT_GRANTED", PlaidAccessGone, 1),
        ("NO_ACCOUNTS", PlaidAccessGone, 1),
        ("INVALID_FIELD", PlaidRefused, 1),
        ("UNKNOWN_FIELDS", PlaidRefused, 1),
    ],
)
async def test_plaids_errors_are_told_apart(code: str, refusal: type[Exception], attempts: int) -> None:
    async with open_desk() as desk, requests_to(desk) as requests:
        item = await desk.ready_item()
        desk.plaid.api.faults.add(Fault(kind="refusal", path=SYNC, code=code, times=100))

        with pytest.raises(refusal) as refused:
            await PlaidApiFeed(requests).page(source_of(desk, item), cursor=None)

        assert type(refused.value) is refusal
        assert desk.plaid.api.requests.count(SYNC) == attempts


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (200, b"", PlaidAnswerUnreadable),
        (200, b"[]", PlaidAnswerUnreadable),
        (200, b"{}", PlaidAnswerUnreadable),
        (200, b"\xff\xfe", PlaidAnswerUnreadable),
        (200, b"[" * 100_000, PlaidAnswerUnreadable),
        (200, b"<html>", PlaidAnswerUnreadable),
        (200, b'{"added":{},"modified":[],"removed":[],"accounts":[]}', PlaidAnswerUnreadable),
        (
            200,
            b'{"added":[],"modified":[],"removed":[],"accounts":[],"next_cursor":"","has_more":true}',
            PlaidAnswerUnreadable,
        ),
        (302, b"", PlaidAnswerUnreadable),
        (400, b"", PlaidAnswerUnreadable),
        (400, b"\xff\xfe", PlaidUnavailable),
        (400, b'{"error_code": 7}', PlaidAnswerUnreadable),
        (404, b"<html>", PlaidAnswerUnreadable),
        (429, b"slow down", PlaidRateLimited),
        (500, b"\xff", PlaidUnavailable),
        (503, b"<html>", PlaidUnavailable),
    ],
)
async def test_answers_that_plaid_never_documented(status: int, body: bytes, refusal: type[Exception]) -> None:
    async with answering(says(body, status=status)) as requests:
        with pytest.raises(refusal) as refused:
            await PlaidApiFeed(requests).page(SOURCE, cursor=None)

        assert type(refused.value) is refusal


async def test_an_answer_that_is_too_long_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaid_requests, "BODY_BYTES_MAX", 1_000)
    async with answering(says(b" " * 200_000)) as requests:
        with pytest.raises(PlaidAnswerUnreadable, match="too long"):
            await PlaidApiFeed(requests).page(SOURCE, cursor=None)


async def test_nobody_is_redirected_with_a_key_in_hand() -> None:
    async def away(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect("http://127.0.0.1:9/elsewhere")

    async with answering(away) as requests:
        with pytest.raises(PlaidAnswerUnreadable, match="307"):
            await PlaidApiFeed(requests).page(SOURCE, cursor=None)


async def test_no_secret_is_in_a_refusal() -> None:
    words = f"bad secret {SECRET} of access-sandbox-canary".encode()
    body = b'{"error_type":"INVALID_INPUT","error_code":"ODD","error_message":"%s"}' % words
    async with answering(says(body, status=400)) as requests:
        with pytest.raises(PlaidRefused) as refused:
            await PlaidApiFeed(requests).page(SOURCE, cursor=None)

    assert "canary" not in str(refused.value)
    assert "canary" not in repr(SOURCE)


async def test_keys_go_in_headers_and_the_next_request_has_its_own() -> None:
    seen: list[tuple[str, str, str]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append(
            (
                request.headers["PLAID-CLIENT-ID"],
                request.headers["PLAID-SECRET"],
                request.headers["Plaid-Version"],
            )
        )
        assert "secret" not in await request.json()
        return web.json_response({"item": {}})

    async with answering(note) as requests:
        request = ItemGetRequest(access_token="a")
        await requests.ask("item_get", request, keys=keys())
        await requests.ask("item_get", request, keys=keys().__class__(client_id="other", secret=Secret("s")))

    assert seen == [(keys().client_id, SECRET, "2020-09-14"), ("other", "s", "2020-09-14")]


async def test_no_more_requests_are_under_way_than_there_are_threads() -> None:
    under_way, most = 0, 0

    async def slowly(_request: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        return web.json_response({"item": {}})

    async with answering(slowly, threads=3) as requests:
        request = ItemGetRequest(access_token="a")
        await asyncio.gather(*(requests.ask("item_get", request, keys=keys()) for _ in range(20)))

    assert most == 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("plaid") and thread.daemon]


async def test_amounts_are_exactly_what_was_printed() -> None:
    line = b'{"transaction_id":"t1","account_id":"a1","amount":%s,"iso_currency_code":"USD","date":"2026-03-02"}'
    page = (
        b'{"added":[%s],"modified":[],"removed":[],"accounts":[],"next_cursor":"c","has_more":false,'
        b'"transactions_update_status":"SOMETHING_NEW"}'
    )
    for printed, cents in ((b"9007199254740.93", -900719925474093), (b"-0.1", 10), (b"1e2", -10_000), (b"7", -700)):
        async with answering(says(page % (line % printed))) as requests:
            read = await PlaidApiFeed(requests).page(SOURCE, cursor=None)
        assert [each.amount.minor_units for each in read.added] == [cents]
        assert read.progress is FeedProgress.UNKNOWN


async def test_a_line_that_cannot_be_read_is_named_and_the_others_are_read() -> None:
    body = (
        b'{"added":[{"transaction_id":"t1","account_id":"a1","amount":1.005,"iso_currency_code":"USD","date":"2026-03-02"},'
        b'{"transaction_id":"t2","account_id":"a1","amount":-1,"iso_currency_code":"USD","date":"2026-03-02"}, 7],'
        b'"modified":[],"removed":[{}],"accounts":[{"account_id":7}],"next_cursor":"c","has_more":false}'
    )
    async with answering(says(body)) as requests:
        read = await PlaidApiFeed(requests).page(SOURCE, cursor=None)

    assert [line.id for line in read.added] == ["t2"]
    assert [(each.line, each.where) for each in read.unreadable] == [
        ("t1", "added[0]"),
        (None, "added[2]"),
        (None, "removed[0]"),
    ]
    assert "1.005" in read.unreadable[0].reason


async def test_eight_updates_at_once_read_the_same() -> None:
    async with open_desk() as desk, requests_to(desk) as requests:
        for number in range(30):
            desk.post(100 + number)
        item = await desk.ready_item()
        feed, source = PlaidApiFeed(requests, page_lines=7), source_of(desk, item)

        updates = await asyncio.gather(*(read_plaid_update(feed=feed, source=source, cursor=None) for _ in range(8)))

        assert all(update == updates[0] for update in updates)
        assert len({line.id for line in updates[0].added}) == 30


async def test_before_it_is_open_nothing_is_asked() -> None:
    with pytest.raises(RuntimeError, match="open it first"):
        await PlaidRequests(base="http://127.0.0.1:9").ask("item_get", ItemGetRequest(access_token="a"), keys=keys())


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": 1e999999999999}', b'{"a": 123456789012345678901234567890}'])
def test_odd_numbers_never_make_the_decoder_stumble(body: bytes) -> None:
    try:
        value = object_in(body)["a"]
    except PlaidAnswerUnreadable:
        return
    assert not isinstance(value, float)
