"""What those who run the service see of it: probes, figures and logs. Never a secret, never a body."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import StringIO

import attrs
import pytest
import pytest_asyncio
import structlog
from aiohttp.test_utils import TestClient, TestServer

from adapters.in_memory.tables import InMemoryTables
from adapters.in_memory.work_list import InMemoryWorkList
from entrypoints.in_memory_service import in_memory_service
from entrypoints.logging_setup import set_up_logging
from ports.transaction import StoreUnavailable
from tests.entrypoints.http.callers import ACME, NOON, PARTNERS_KEY
from tests.entrypoints.http.live_service import LiveService, live_service
from tests.entrypoints.http.made_up_routes import CANARY, Listener

SAID = f"/v1/companies/{ACME}/said"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is written to the log."""
    stream, root = StringIO(), logging.getLogger()
    before, handlers, level = structlog.get_config(), root.handlers, root.level
    set_up_logging(stream)
    yield stream
    structlog.configure(**before)
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest_asyncio.fixture
async def listener() -> Listener:
    return Listener()


@pytest_asyncio.fixture
async def service(written: StringIO, listener: Listener) -> AsyncIterator[LiveService]:
    async with live_service(listener.routes()) as running:
        yield running


def lines(written: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_each_request_is_a_line_with_its_id_and_company(service: LiveService, written: StringIO) -> None:
    answer = await service.ask("POST", SAID, body={"text": "hello"})

    (line,) = lines(written)
    assert {name: line[name] for name in ("event", "level", "method", "request", "route", "status", "company")} == {
        "event": "answered",
        "level": "info",
        "method": "POST",
        "request": answer.headers["Request-Id"],
        "route": "/v1/companies/{company}/said",
        "status": 201,
        "company": ACME,
    }


async def test_a_fault_of_ours_tells_the_client_nothing_and_the_log_where(
    service: LiveService, listener: Listener, written: StringIO
) -> None:
    listener.raises = RuntimeError(CANARY)

    answer = await service.ask("POST", SAID, body={"text": CANARY})

    told = next(line for line in lines(written) if line["event"] == "unexpected")
    assert answer.status == 500
    assert set(answer.json) == {"type", "title", "status", "detail", "request_id"}
    assert told["request"] == answer.json["request_id"]
    assert told["error"] == "RuntimeError"
    assert "made_up_routes.py" in str(told["raised_at"])
    assert CANARY not in answer.content.decode() + written.getvalue()


@pytest.mark.parametrize(
    "sent",
    [
        f"GET /v1/x?secret={CANARY} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {PARTNERS_KEY}\r\n\r\n",
        f"GET /v1/{CANARY} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET /v1/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {CANARY}\x00\r\n\r\n",
        f"{CANARY} / HTTP/1.1\r\n\r\n",
        f"POST {SAID} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {PARTNERS_KEY}\r\nConnection: close\r\n"
        f'Content-Type: application/json\r\nContent-Length: 45\r\n\r\n{{"text": "{CANARY}", "{CANARY}":',
    ],
    ids=["query", "path", "unreadable header", "unreadable method", "body cut off"],
)
async def test_what_was_received_is_not_in_the_log(service: LiveService, written: StringIO, sent: str) -> None:
    reader, writer = await asyncio.open_connection(service.url.host, service.url.port)
    writer.write(sent.encode())
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()

    assert CANARY not in written.getvalue()
    assert PARTNERS_KEY not in written.getvalue()


def test_messages_of_libraries_are_told_by_their_form_without_their_values(written: StringIO) -> None:
    logging.getLogger("some.library").warning("refused %s", CANARY)
    logging.getLogger("some.library").error(f"refused {CANARY}")  # what libraries do

    first, second = lines(written)
    assert (first["event"], first["library"], first["form"]) == ("library_message", "some.library", "refused %s")
    assert second["form"] == ""
    assert CANARY not in written.getvalue()


async def test_figures_are_by_the_routes_template_never_by_what_somebody_asked_for(service: LiveService) -> None:
    await service.ask("POST", SAID, body={"text": "hello"})
    await service.ask("GET", "/v1/made/up")
    await service.ask("GET", "/wp-login.php")

    figures = (await service.ask("GET", "/metrics", secret=None)).content.decode()
    assert 'route="/v1/companies/{company}/said",status="201"} 1.0' in figures
    assert 'tieout_http_requests_total{method="GET",route="(none)",status="404"} 2.0' in figures
    assert "tieout_store_up 1.0" in figures
    assert "wp-login" not in figures
    assert ACME not in figures


async def test_when_the_store_is_gone_it_is_alive_but_not_ready_and_its_own_figures_are_still_told() -> None:
    async def not_ready() -> str:
        return "The store cannot be reached."

    @asynccontextmanager
    async def lost() -> AsyncIterator[InMemoryTables]:
        raise StoreUnavailable("gone")
        yield

    service = LiveService()
    service.services = attrs.evolve(service.services, not_ready=not_ready, work_list=InMemoryWorkList(lost))
    async with service.running():
        alive = await service.ask("GET", "/healthz", secret=None)
        ready = await service.ask("GET", "/readyz", secret=None)
        figures = await service.ask("GET", "/metrics", secret=None)

    assert alive.status == 200
    assert (ready.status, ready.problem_kind, ready.headers["Retry-After"]) == (503, "unavailable", "2")
    assert figures.status == 200
    assert "tieout_store_up 0.0" in figures.content.decode()


async def test_a_service_that_is_ready_says_so_also_to_probes_that_only_want_to_know(service: LiveService) -> None:
    ready = await service.ask("GET", "/readyz", secret=None)
    probed = await service.ask("HEAD", "/readyz", secret=None)

    assert (ready.status, ready.json) == (200, {"status": "ready"})
    assert (probed.status, probed.content) == (200, b"")


async def test_work_and_the_share_that_is_matched_are_told_without_naming_a_company() -> None:
    tieout = in_memory_service(now=NOON)
    partner = await tieout.add_partner()
    payouts = [
        {"external_id": id, "amount": {"minor_units": 100, "currency": "usd"}, "arrival_date": day, "status": status}
        for id, day, status in (("one", "2026-06-01", "failed"), ("two", "2026-07-02", "in_transit"))
    ]
    async with TestClient(TestServer(tieout.application())) as http:
        http.session.headers["Authorization"] = f"Bearer {partner.test_key}"
        made = {"external_id": "4711", "name": "Acme", "time_zone": "America/New_York", "currency": "usd"}
        company = (await (await http.post("/v1/companies", json=made)).json())["id"]
        await http.post(f"/v1/companies/{company}/payouts", json={"data": payouts})
        before = await (await http.get("/metrics")).text()
        await tieout.work()
        after = await (await http.get("/metrics")).text()

    assert 'tieout_work{state="due"} 1.0' in before
    assert 'tieout_work{state="due"} 0.0' in after
    assert 'tieout_work_seconds_count{end="done",work="reconcile"} 1.0' in after
    assert 'tieout_payouts_decided_total{outcome="failed"} 1.0' in after
    assert 'tieout_payouts_decided_total{outcome="in_transit"} 1.0' in after
    assert company not in after
