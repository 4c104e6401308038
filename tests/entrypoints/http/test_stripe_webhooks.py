"""Stripe tells the service of events: what is acknowledged, what is refused, and what is left of each."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest
import pytest_asyncio

from adapters.in_memory.stripe_events import InMemoryStripeInbox
from domain.stripe_account import StripeAccountId, StripeConnection
from domain.work import WorkKind
from entrypoints.stripe_event_loop import StripeEventLoop
from entrypoints.stripe_intake import StripeIntake
from entrypoints.stripe_keys import FRESH_SECONDS
from ports.stripe_refusals import StripeUnavailable
from tests.entrypoints.http.callers import ACME, LIVE_KEY, NOON, PARTNERS_KEY, PLATFORM, RIVAL, TEST
from tests.entrypoints.http.held_inbox import HeldInbox, live_service_with
from tests.entrypoints.http.live_service import Answer, LiveService, live_service
from tests.entrypoints.http.losable_store import LosableStore
from tests.entrypoints.http.test_stripe_integration import stripe_of
from tests.stripe_signing import ACCOUNT_SECRET, CONNECT_SECRET, SIGNERS, event, signed

HERE: Final = f"/webhooks/stripe/{PLATFORM}/test"
JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
OTHERS_SECRET: Final = "whsec_OFSOMEBODYELSE00000000000"


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        await keys(running, [ACCOUNT_SECRET, CONNECT_SECRET])
        yield running


async def keys(service: LiveService, secrets: list[str], secret: str = PARTNERS_KEY) -> None:
    mode = "live" if secret == LIVE_KEY else "test"
    body = {"secret_key": f"sk_{mode}_0000000000000000", "webhook_secrets": secrets}
    answer = await service.ask("PUT", "/v1/integrations/stripe", body=body, secret=secret)
    assert answer.status == 200, answer.content


async def tell(
    service: LiveService, body: bytes, header: str | None = None, *, path: str = HERE, secret: str = CONNECT_SECRET
) -> Answer:
    """As Stripe does it, unless the header is given."""
    proof = signed(body, service.clock(), secret) if header is None else header
    headers = {**JSON, **({"Stripe-Signature": proof} if proof else {})}
    return await service.ask("POST", path, secret=None, content=body, headers=headers)


def kept(service: LiveService) -> dict[Any, Any]:
    return service.records().get("stripe_events", {})


def parked(service: LiveService) -> list[str]:
    return sorted(row.parked.value for row in kept(service).values() if row.parked is not None)


async def figures(service: LiveService) -> str:
    return (await service.ask("GET", "/metrics", secret=None)).content.decode()


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
@pytest.mark.parametrize("secret", [ACCOUNT_SECRET, CONNECT_SECRET], ids=["account", "connect"])
async def test_an_authentic_event_is_kept_as_it_arrived(service: LiveService, signer: Any, secret: str) -> None:
    body = event("evt_1")

    answer = await tell(service, body, signer(body, secret, NOON))

    assert (answer.status, answer.json) == (200, {"received": True, "parked": False})
    (row,) = kept(service).values()
    assert (row.event.body, row.event.account, row.event.tenant) == (body, "acct_acme", TEST)


BAD: Final = {
    "no header": lambda _body: "",
    "nonsense": lambda _body: "nonsense",
    "another's secret": lambda body: signed(body, NOON, OTHERS_SECRET),
    "tampered": lambda body: signed(body + b" ", NOON, CONNECT_SECRET),
    "old": lambda body: signed(body, NOON - timedelta(seconds=301), CONNECT_SECRET),
    "future": lambda body: signed(body, NOON + timedelta(seconds=301), CONNECT_SECRET),
    "v0": lambda body: signed(body, NOON, CONNECT_SECRET).replace("v1", "v0"),
    "digits of another script": lambda body: signed(body, NOON, CONNECT_SECRET).replace("1", "١"),
}


@pytest.mark.parametrize("header", BAD.values(), ids=BAD)
@pytest.mark.parametrize("body", [event(), b"", b"\xff\xfe{}", b"[" * 50_000], ids=["event", "empty", "bytes", "deep"])
async def test_what_is_not_proved_is_refused_and_leaves_nothing_behind(
    service: LiveService, header: Any, body: bytes
) -> None:
    before = service.records()

    answer = await tell(service, body, header(body))

    assert (answer.status, answer.problem_kind) == (400, "bad-signature")
    assert service.records() == before


async def test_a_body_that_is_not_utf_8_is_refused_whoever_signed_it(service: LiveService) -> None:
    """Failure 27: such a body raised before it was verified, a 500 for anyone who asked."""
    before = service.records()

    answer = await tell(service, event()[:-1] + b"\xff}")

    assert answer.status == 400
    assert service.records() == before


async def test_two_headers_prove_nothing(service: LiveService) -> None:
    body = event()
    proof = signed(body, NOON, CONNECT_SECRET)
    async with service.client.post(
        service.url.join(service.url.with_path(HERE)), data=body, headers=[("Stripe-Signature", proof)] * 2
    ) as answer:
        assert answer.status == 400
    assert kept(service) == {}


@pytest.mark.parametrize("repeated", [1, 3])
async def test_an_event_told_again_changes_nothing(service: LiveService, repeated: int) -> None:
    await tell(service, event("evt_1"))
    before = service.records()
    service.clock.move(timedelta(minutes=4))

    again = [await tell(service, event("evt_1", created=1)) for _ in range(repeated)]

    assert {answer.status for answer in again} == {200}
    assert service.records() == before
    assert f'became="repeated",type="payout.paid"}} {repeated}.0' in await figures(service)


async def test_events_of_the_account_endpoint_are_the_platforms_own(service: LiveService) -> None:
    await tell(service, event("evt_1", account=...), secret=ACCOUNT_SECRET)

    (row,) = kept(service).values()
    assert row.event.account == stripe_of(service).account


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (event(livemode=True), "other_mode"),
        (event(object="v2.core.event", type="v2.core.account.closed", account=...), "thin"),
        (event(object="payout"), "unreadable"),
        (b"{}", "unreadable"),
        (b"no JSON", "unreadable"),
        (b"[" * 50_000, "unreadable"),
        (event(id="evt_\u0000"), "unreadable"),
    ],
)
async def test_what_is_authentic_and_of_no_use_is_acknowledged_parked_counted_and_told(
    service: LiveService, body: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Failure 3: 4xx for our own reasons made Stripe repeat for days, and nearly disable the endpoint."""
    answer, again = await tell(service, body), await tell(service, body)

    assert (answer.status, again.status) == (200, 200)
    assert answer.json == again.json == {"received": True, "parked": True}
    assert parked(service) == [reason]
    assert next(iter(kept(service).values())).event.body == body
    assert f'tieout_stripe_events_parked{{reason="{reason}"}} 1.0' in await figures(service)
    assert capsys.readouterr().out.count("stripe_event_parked") == 1


async def test_an_unknown_account_is_acknowledged_and_parked_until_a_company_has_it(service: LiveService) -> None:
    """Failure 3, and what comes of it: nothing is lost."""
    answer = await tell(service, event("evt_1"))
    loop = loop_of(service)
    await loop.run_once()
    parked_first = parked(service)
    connection = StripeConnection(
        tenant=TEST, account=StripeAccountId("acct_acme"), company=ACME, connected=NOON, changed=NOON
    )
    async with service.services.store.control() as transaction:
        await transaction.stripe_accounts.connect(connection)
    service.clock.move(timedelta(seconds=5))
    taken = await loop.run_once()

    assert (answer.status, answer.json["parked"]) == (200, False)
    assert (parked_first, parked(service), taken) == (["unknown_account"], [], 1)
    at = service.clock()
    claimed = await service.services.work_list.claim("w", at=at, until=at + timedelta(minutes=1))
    assert claimed is not None
    assert (claimed.kind, claimed.company) == (WorkKind.SYNC_STRIPE, ACME)


async def test_a_type_that_nobody_knows_is_taken_and_counted(service: LiveService) -> None:
    answer = await tell(service, event(type="payout.turned_to_gold"))

    assert answer.json == {"received": True, "parked": False}
    shown = await figures(service)
    assert 'tieout_stripe_events_total{became="new",type="(other)"} 1.0' in shown
    assert "turned_to_gold" not in shown


async def test_nobody_asks_stripe_inside_its_own_request(service: LiveService) -> None:
    """Failure 9."""
    stripe_of(service).refusal = StripeUnavailable("it would be asked")

    assert (await tell(service, event())).status == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/webhooks/stripe/{PLATFORM}/live",
        f"/webhooks/stripe/{RIVAL}/test",
        "/webhooks/stripe/partner_absent000/test",
    ],
)
async def test_a_secret_proves_nothing_at_anothers_address_and_who_is_there_is_not_told(
    service: LiveService, path: str
) -> None:
    answer = await tell(service, event(), path=path)
    wrong_here = await tell(service, event(), secret=OTHERS_SECRET)

    assert answer.status == 400
    assert {**answer.json, "request_id": ""} == {**wrong_here.json, "request_id": ""}
    assert kept(service) == {}


async def test_a_mode_that_is_none_is_no_address(service: LiveService) -> None:
    assert (await tell(service, event(), path=f"/webhooks/stripe/{PLATFORM}/sandbox")).status == 404


async def test_the_live_address_knows_the_live_secrets(service: LiveService) -> None:
    await keys(service, [OTHERS_SECRET], LIVE_KEY)
    service.clock.move(timedelta(seconds=FRESH_SECONDS))
    path = f"/webhooks/stripe/{PLATFORM}/live"

    live, test = [
        await tell(service, event(f"evt_{livemode}", livemode=livemode), path=path, secret=OTHERS_SECRET)
        for livemode in (True, False)
    ]

    assert (live.json["parked"], test.json["parked"]) == (False, True)
    assert parked(service) == ["other_mode"]


async def test_a_rolled_secret_is_followed_within_seconds(service: LiveService) -> None:
    await tell(service, event("evt_1"))
    await keys(service, [OTHERS_SECRET])
    service.clock.move(timedelta(seconds=FRESH_SECONDS))

    new, old = await tell(service, event("evt_2"), secret=OTHERS_SECRET), await tell(service, event("evt_3"))

    assert (new.status, old.status) == (200, 400)


async def test_a_body_or_header_too_long_is_not_read(service: LiveService) -> None:
    body = b'"' + b"x" * (1024 * 1024) + b'"'

    long_body = await tell(service, body)
    long_header = await tell(service, event(), signed(event(), NOON, CONNECT_SECRET) + ",x=" + "x" * 5_000)

    assert (long_body.status, long_header.status) == (413, 400)
    assert kept(service) == {}


async def test_when_too_much_waits_more_is_told_to_come_back() -> None:
    service = LiveService()
    held = HeldInbox(InMemoryStripeInbox(lambda: service.services.store.tables()))  # type: ignore[attr-defined]
    async with live_service_with(service, StripeIntake(held, waiting_max=2)) as running:
        await keys(running, [CONNECT_SECRET])
        told = [asyncio.create_task(tell(running, event(f"evt_{number}"))) for number in range(3)]
        await held.asked.wait()
        await asyncio.sleep(0.05)
        away = await tell(running, event("evt_away"))
        held.free.set()
        answers = await asyncio.gather(*told)
        later = await tell(running, event("evt_away"))

    assert (away.status, away.headers["Retry-After"]) == (503, "5")
    assert [answer.status for answer in answers] == [200] * 3
    assert later.status == 200
    assert len(kept(service)) == 4


async def test_while_the_database_is_lost_nothing_is_acknowledged() -> None:
    """Failure 2: a handler swallowed an error, and answered 200."""
    service = LiveService()
    losable = LosableStore(service.services.store)
    service.services = attrs.evolve(service.services, store=losable)
    inbox = HeldInbox(InMemoryStripeInbox(lambda: losable.store.tables()))  # type: ignore[attr-defined]
    inbox.free.set()
    async with live_service_with(service, StripeIntake(inbox)) as running:
        await keys(running, [CONNECT_SECRET])
        inbox.lost = True
        answer = await tell(running, event())
        before = kept(running)
        inbox.lost = False
        again = await tell(running, event())

    assert (answer.status, answer.problem_kind, "Retry-After" in answer.headers) == (503, "unavailable", True)
    assert before == {}
    assert again.status == 200


def loop_of(service: LiveService) -> StripeEventLoop:
    services = service.services
    return StripeEventLoop(store=services.store, metrics=services.metrics, clock=services.clock)
