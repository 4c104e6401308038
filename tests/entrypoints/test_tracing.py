"""Traces of requests and work, for those who have OpenTelemetry."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from entrypoints.in_memory_service import in_memory_service
from entrypoints.tracing import UnknownExporter, exported_traces, traced

pytest.importorskip("opentelemetry.sdk.trace")
from opentelemetry import trace  # after it is known to be there
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

CANARY = "canary-in-a-body"
COMPANY = {"external_id": CANARY, "name": CANARY, "time_zone": "America/New_York", "currency": "usd"}
PAYOUT = {"external_id": "june", "amount": {"minor_units": 100, "currency": "usd"}, "arrival_date": "2026-06-01"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What is exported by a provider of the test's own."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield exporter
    provider.shutdown()


def told(span: ReadableSpan, *without: str) -> tuple[str, dict[str, object]]:
    return span.name, {name: value for name, value in (span.attributes or {}).items() if name not in without}


async def test_requests_and_work_are_spans_by_template_and_id_without_bodies_and_secrets(
    spans: InMemorySpanExporter,
) -> None:
    tieout = in_memory_service(now=datetime(2026, 6, 30, 12, tzinfo=UTC))
    partner = await tieout.add_partner()
    async with TestClient(TestServer(tieout.application())) as http:
        http.session.headers["Authorization"] = f"Bearer {partner.test_key}"
        company = (await (await http.post("/v1/companies", json=COMPANY)).json())["id"]
        await http.post(f"/v1/companies/{company}/payouts?{CANARY}=1", json={"data": [PAYOUT]})
        await http.post(f"/v1/companies/{company}/payouts", json={"data": [PAYOUT]})
        await tieout.work()

    payouts, route = "POST /v1/companies/{company}/payouts", "/v1/companies/{company}/payouts"
    post = {"http.request.method": "POST", "http.route": route}
    finished = spans.get_finished_spans()
    assert [told(span, "tieout.request") for span in finished[1:]] == [
        (payouts, {**post, "http.response.status_code": 400}),
        (payouts, {**post, "http.response.status_code": 200}),
        ("work reconcile", {"tieout.work": "reconcile", "tieout.company": company, "tieout.attempt": 1}),
    ]
    everything = "".join(span.to_json() for span in finished)
    assert CANARY not in everything
    assert partner.test_key not in everything


def test_of_trouble_its_kind_is_told_and_nothing_that_it_says(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=CANARY), traced("work reconcile", {}):
        raise ValueError(CANARY)

    (span,) = spans.get_finished_spans()
    assert told(span) == ("work reconcile", {"error.type": "ValueError"})
    assert not span.status.is_ok
    assert CANARY not in span.to_json()


def test_an_exporter_that_is_not_installed_is_refused_by_name() -> None:
    with (
        pytest.raises(UnknownExporter, match="'carrier_pigeon' is no exporter"),
        exported_traces({"OTEL_TRACES_EXPORTER": "carrier_pigeon"}),
    ):
        pass


def test_without_opentelemetry_nothing_is_traced_and_nothing_is_missed() -> None:
    program = """
import sys
sys.modules["opentelemetry"] = None
from entrypoints.tracing import traced
with traced("work", {}) as span:
    span.say("name", 1)
    span.failed("kind")
print("done")
"""

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "done\n"
