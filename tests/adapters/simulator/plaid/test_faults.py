"""What goes wrong on the way, as Plaid's SDK meets it."""

import asyncio
import contextlib
import json

import plaid
import pytest
import urllib3

from adapters.simulator.faults import Fault
from adapters.simulator.plaid import item_updates
from adapters.simulator.plaid.refused import is_known
from adapters.simulator.wire import DAY
from tests.adapters.simulator.plaid.desk import Copy, Desk, asking, bank_shows, open_desk

SYNC = "/transactions/sync"


def goes_wrong(desk: Desk, fault: Fault) -> None:
    desk.plaid.api.faults.add(fault)


async def test_a_cut_body_leaks_the_http_clients_own_error() -> None:
    async with open_desk() as desk:
        desk.post(5_000)
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="cut_body", path=SYNC))

        with pytest.raises(urllib3.exceptions.HTTPError):
            await desk.sync(item)

        assert len((await desk.sync(item))["added"]) == 1


async def test_a_slow_body_runs_into_the_clients_timeout() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="slow_body", path=SYNC, seconds=0.6))

        with pytest.raises(urllib3.exceptions.HTTPError):
            await asking(desk.api, "transactions_sync", timeout=0.2, access_token=item.access_token)


async def test_a_slow_answer_comes_to_who_waits() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="slow_answer", path=SYNC, seconds=0.05))
        goes_wrong(desk, Fault(kind="slow_body", path=SYNC, seconds=0.05))

        assert (await desk.sync(item))["has_more"] is False
        assert (await desk.sync(item))["has_more"] is False


@pytest.mark.parametrize("kind", ["reset", "lost_answer"])
async def test_a_connection_that_is_cut_is_the_http_clients_error(kind: str) -> None:
    async with open_desk() as desk:
        item = desk.open_item()
        public = desk.plaid.simulation.link.public_token(item)
        goes_wrong(desk, Fault(kind=kind, path="/item/public_token/exchange"))  # type: ignore[arg-type]

        with pytest.raises(urllib3.exceptions.HTTPError):
            await desk.ask("item_public_token_exchange", public_token=public)

        if kind == "reset":
            assert (await desk.ask("item_public_token_exchange", public_token=public))["item_id"] == item.item_id
        else:  # it was carried out, and the answer with the access token is lost
            _, error = await desk.refused("item_public_token_exchange", public_token=public)
            assert error["error_code"] == "INVALID_PUBLIC_TOKEN"


async def test_a_server_error_and_a_gateways_page_are_api_exceptions() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="server_error", path=SYNC))
        goes_wrong(desk, Fault(kind="not_json", path=SYNC))

        with pytest.raises(plaid.exceptions.ServiceException) as server:
            await desk.sync(item)
        with pytest.raises(plaid.exceptions.ServiceException) as gateway:
            await desk.sync(item)

        assert json.loads(server.value.body)["error_code"] == "INTERNAL_SERVER_ERROR"
        assert (gateway.value.status, gateway.value.body[:6]) == (502, "<html>")


@pytest.mark.parametrize(
    ("code", "type", "status"),
    [
        ("INSTITUTION_DOWN", "INSTITUTION_ERROR", 400),
        ("INSTITUTION_NOT_RESPONDING", "INSTITUTION_ERROR", 400),
        ("PLANNED_MAINTENANCE", "API_ERROR", 503),
        ("INTERNAL_SERVER_ERROR", "API_ERROR", 500),
        ("ITEM_LOGIN_REQUIRED", "ITEM_ERROR", 400),
        ("ACCESS_NOT_GRANTED", "ITEM_ERROR", 400),
        ("NO_ACCOUNTS", "ITEM_ERROR", 400),
        ("TRANSACTIONS_SYNC_LIMIT", "RATE_LIMIT_EXCEEDED", 429),
        ("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION", "TRANSACTIONS_ERROR", 400),
    ],
)
async def test_any_error_can_be_had_on_demand(code: str, type: str, status: int) -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="refusal", path=SYNC, code=code))

        found, error = await desk.refused("transactions_sync", access_token=item.access_token)

        assert is_known(code)
        assert (found, error["error_type"], error["error_code"]) == (status, type, code)
        assert (await desk.sync(item))["added"] == []


async def test_lines_that_change_between_pages_break_off_and_a_restart_gets_them_all() -> None:
    async with open_desk() as desk:
        for number in range(40):
            desk.post(100 + number)
        item = await desk.ready_item()
        left = [3]

        def another() -> None:
            if left[0]:
                left[0] -= 1
                desk.post(9_000 + left[0])
                item_updates.look(desk.plaid.simulation.kernel, item)

        desk.plaid.api.faults.after_each(SYNC, another)
        copy = Copy(desk, item)
        await copy.sync(count=10)

        assert copy.restarts == 2  # the second change came with the first restart
        assert copy.shown == bank_shows(desk.account)


async def test_a_fault_can_wait_for_a_later_page() -> None:
    async with open_desk() as desk:
        for number in range(30):
            desk.post(100 + number)
        item = await desk.ready_item()
        goes_wrong(desk, Fault(kind="server_error", path=SYNC, skip=2))
        copy = Copy(desk, item)

        with pytest.raises(plaid.ApiException):
            await copy.sync(count=10)
        assert (copy.lines, copy.cursor) == ({}, "")
        await copy.sync(count=10)

        assert copy.shown == bank_shows(desk.account)
        assert desk.plaid.api.requests.count(SYNC) == 6


async def test_time_passes_by_itself_for_demonstrations() -> None:
    async with open_desk() as desk:
        before = desk.plaid.simulation.now
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(desk.plaid.keep_time(speed=DAY, every_seconds=0.01), 0.2)

        assert desk.plaid.simulation.now > before + DAY // 100
