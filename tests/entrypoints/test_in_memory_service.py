"""The service in memory, as a partner's developer uses it. The README's example is another test of it."""

from datetime import UTC, datetime, timedelta

from aiohttp.test_utils import TestClient, TestServer

from domain.webhook_delivery import Answer, FailureKind
from entrypoints.in_memory_service import InMemoryService, in_memory_service
from ports.webhook_sender import OutgoingWebhook

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
COMPANY = {"external_id": "4711", "name": "Acme Roasters", "time_zone": "America/New_York", "currency": "usd"}
AMOUNT = {"minor_units": 148830, "currency": "usd"}
PAYOUT = {"external_id": "june", "amount": AMOUNT, "arrival_date": "2026-06-01", "status": "failed"}
ENDPOINT = {"url": "https://hooks.partner.example/tieout", "event_types": ["payout.failed"]}


async def a_failed_payout(tieout: InMemoryService) -> None:
    """With an endpoint that wants to be told of it."""
    partner = await tieout.add_partner()
    async with TestClient(TestServer(tieout.application())) as http:
        http.session.headers["Authorization"] = f"Bearer {partner.test_key}"
        company = (await (await http.post("/v1/companies", json=COMPANY)).json())["id"]
        await http.post("/v1/webhook_endpoints", json=ENDPOINT)
        await http.post(f"/v1/companies/{company}/payouts", json={"data": [PAYOUT]})


async def test_nothing_is_told_before_the_work_is_done_and_then_it_is_kept_as_it_would_be_sent() -> None:
    tieout = in_memory_service(now=NOON)
    await a_failed_payout(tieout)
    before = list(tieout.sent)
    await tieout.work()

    (sent,) = tieout.sent
    assert before == []
    assert (sent.url, sent.at) == (ENDPOINT["url"], NOON)
    assert b'"payout.failed"' in sent.body


async def test_a_sender_of_ones_own_is_asked_again_when_the_clock_has_moved() -> None:
    class Broken:
        def __init__(self) -> None:
            self.asked: list[OutgoingWebhook] = []

        async def send(self, webhook: OutgoingWebhook) -> Answer:
            self.asked.append(webhook)
            return Answer(failure=FailureKind.TIMED_OUT, took=timedelta(seconds=15))

    broken = Broken()
    tieout = in_memory_service(now=NOON, sender=broken)
    await a_failed_payout(tieout)
    await tieout.work()
    await tieout.work()
    tieout.clock.move(timedelta(minutes=1))
    await tieout.work()

    assert [each.at for each in broken.asked] == [NOON, NOON + timedelta(minutes=1)]
    assert len({each.id for each in broken.asked}) == 1
    assert tieout.sent == []
