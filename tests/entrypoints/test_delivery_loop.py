"""The delivery loop over the store in memory, sending for real to receivers on this machine."""

import asyncio
import base64
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import attrs
import pytest
import pytest_asyncio
from aiohttp import web

from adapters.encryption.aes_secret_box import AesSecretBox
from adapters.encryption.master_keys import LocalMasterKey, MasterKeyText
from adapters.in_memory.store import InMemoryStore
from adapters.partner_webhooks.http_sender import HttpWebhookSender
from adapters.postgres.store import PostgresStore
from domain.actor import Actor, ActorKind
from domain.company import CompanyId
from domain.company_event import EventType
from domain.secret import Secret
from domain.webhook_delivery import DeliveryAttempt, FailureKind, Turn
from domain.webhook_endpoint import DisabledReason, WebhookEndpoint, WebhookEndpointId
from entrypoints.delivery_loop import DeliveryLoop
from ports.transaction import Store
from ports.use_cases.add_webhook_endpoint import add_webhook_endpoint
from ports.use_cases.change_webhook_endpoint import EndpointChange, change_webhook_endpoint
from ports.use_cases.redeliver_event import NoSuchEvent, redeliver_event
from ports.use_cases.rotate_webhook_secret import rotate_webhook_secret
from tests.adapters.partner_webhooks.receiver import Answering, Received, Receiver, listening, take
from tests.ports.deliveries_contract import OTHER, TEST, company
from tests.ports.trail_contract import event

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
WHO = Actor(kind=ActorKind.PARTNER, id="key_1")
MASTER_KEY = LocalMasterKey(MasterKeyText(base64.b64encode(bytes(32)).decode()))
BOX = AesSecretBox()


def signing_secret(byte: int) -> str:
    return "whsec_" + base64.b64encode(bytes([byte]) * 32).decode()


@attrs.define
class Clock:
    """The real time, which signatures are checked against, plus what the test adds to it."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@attrs.define
class World:
    """A store, a clock, and a loop that sends."""

    store: Store
    clock: Clock
    loop: DeliveryLoop

    async def endpoint(self, receiver: Receiver, name: str = "one", *types: EventType) -> WebhookEndpoint:
        endpoint = WebhookEndpoint(
            id=WebhookEndpointId(f"we_{name}"),
            tenant=TEST,
            url=receiver.url,
            event_types=types,
            created=self.clock(),
            updated=self.clock(),
        )
        await add_webhook_endpoint(
            endpoint,
            Secret(signing_secret(1)),
            who=WHO,
            store=self.store,
            master_key=MASTER_KEY,
            secret_box=BOX,
            loopback_allowed=True,
        )
        return endpoint

    async def happens(self, id: CompanyId, *types: EventType) -> None:
        async with self.store.control() as transaction:
            await transaction.companies.add(company(id))
        async with self.store.company(id) as of_company:
            await of_company.outbox.append([event(number, type) for number, type in enumerate(types)])

    async def later(self, wait: timedelta) -> int:
        self.clock.ahead += wait
        return await self.loop.run_until_idle()

    async def found(self, id: WebhookEndpointId) -> WebhookEndpoint:
        async with self.store.control() as transaction:
            endpoint = await transaction.webhook_endpoints.find(TEST, id)
        assert endpoint is not None
        return endpoint

    async def log(self, id: WebhookEndpointId) -> list[DeliveryAttempt]:
        async with self.store.control() as transaction:
            page = await transaction.delivery_log.page(id, limit=250)
        return list(reversed(page.records))


def loop(store: Store, sender: HttpWebhookSender, clock: Clock) -> DeliveryLoop:
    return DeliveryLoop(store=store, sender=sender, master_key=MASTER_KEY, secret_box=BOX, clock=clock)


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[HttpWebhookSender]:
    async with HttpWebhookSender(loopback_allowed=True, timeout=timedelta(seconds=5)) as sender:
        yield sender


@pytest.fixture
def world(sender: HttpWebhookSender) -> World:
    store, clock = InMemoryStore(), Clock()
    return World(store=store, clock=clock, loop=loop(store, sender, clock))


def failing(statuses: list[int]) -> Answering:
    async def answer(_: Received) -> web.StreamResponse:
        return web.Response(status=statuses.pop(0) if statuses else 204)

    return answer


def sequences(receiver: Receiver, company: CompanyId = ACME) -> list[int]:
    return [one.told["sequence"] for one in receiver.received if one.told["company"] == company]


LATE = EventType.PAYOUT_LATE


async def test_an_event_arrives_signed_with_its_number_and_an_id_that_stays(world: World) -> None:
    async with listening(failing([500])) as receiver:
        await world.endpoint(receiver)
        await world.happens(ACME, LATE)

        await world.later(timedelta(0))
        await world.later(timedelta(seconds=5))

    first, second = receiver.received
    assert first.verified(signing_secret(1)) == second.verified(signing_secret(1))
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == first.told["id"]
    assert first.told["sequence"] == 1


async def test_events_of_a_company_arrive_in_order_and_companies_do_not_wait_for_each_other(world: World) -> None:
    async def answer(received: Received) -> web.StreamResponse:
        refused = received.told["company"] == ACME and len(sequences(receiver)) == 1
        return web.Response(status=500 if refused else 204)

    async with listening(answer) as receiver:
        await world.endpoint(receiver)
        await world.happens(ACME, LATE, LATE, LATE)
        await world.happens(BOLT, LATE, LATE)

        await world.later(timedelta(0))
        held_up, other = sequences(receiver), sequences(receiver, BOLT)
        await world.later(timedelta(seconds=5))

    assert (held_up, other) == ([1], [1, 2])
    assert sequences(receiver) == [1, 1, 2, 3]


async def test_an_event_that_fails_too_often_is_parked_and_arrives_later(world: World) -> None:
    async with listening(failing([503, 503, 503, 503])) as receiver:
        endpoint = await world.endpoint(receiver)
        await world.happens(ACME, LATE, LATE)

        for wait in (0, 5, 30, 120):
            await world.later(timedelta(seconds=wait))
        assert sequences(receiver) == [1, 1, 1, 1, 2]
        await world.later(timedelta(minutes=10))

    assert sequences(receiver) == [1, 1, 1, 1, 2, 1]
    assert [(one.sequence, one.turn, one.attempt, one.answer.status) for one in await world.log(endpoint.id)] == [
        (1, Turn.IN_TURN, 1, 503),
        (1, Turn.IN_TURN, 2, 503),
        (1, Turn.IN_TURN, 3, 503),
        (1, Turn.IN_TURN, 4, 503),
        (2, Turn.IN_TURN, 1, 204),
        (1, Turn.PARKED, 1, 204),
    ]


async def test_unwanted_events_are_passed_over(world: World) -> None:
    async with listening() as receiver:
        await world.endpoint(receiver, "one", EventType.PERIOD_CLOSED)
        await world.happens(ACME, LATE, EventType.PERIOD_CLOSED, *[LATE] * 150, EventType.PERIOD_CLOSED, LATE)

        await world.later(timedelta(0))

    assert sequences(receiver) == [2, 153]


async def test_an_endpoint_that_says_gone_gets_nothing_more_and_its_partner_can_see_why(world: World) -> None:
    async with listening(failing([410])) as receiver:
        endpoint = await world.endpoint(receiver)
        await world.happens(ACME, LATE, LATE)
        await world.later(timedelta(0))
        await world.later(timedelta(days=30))
        disabled = await world.found(endpoint.id)
        while_disabled = sequences(receiver)

        await change_webhook_endpoint(
            endpoint.id,
            EndpointChange(enabled=True),
            tenant=TEST,
            who=WHO,
            store=world.store,
            loopback_allowed=True,
            at=world.clock(),
        )
        await world.later(timedelta(0))

    assert disabled.disabled is DisabledReason.GONE
    assert (while_disabled, sequences(receiver)) == ([1], [1, 1, 2])
    async with world.store.control() as transaction:
        links = await transaction.partner_trail.log(TEST).links(after=0, limit=9)
    assert [(row.action, row.who_kind, row.note) for link in links for row in link.rows] == [
        ("webhook_endpoint.added", "partner", ""),
        ("webhook_endpoint.disabled", "engine", "gone"),
        ("webhook_endpoint.changed", "partner", ""),
    ]


async def test_an_endpoint_dead_for_days_is_disabled(world: World) -> None:
    async with listening(failing([500] * 1_000)) as receiver:
        endpoint = await world.endpoint(receiver)
        for _ in range(6):
            await world.happens(ACME, LATE)
            for wait in (0, 5, 30, 120):
                await world.later(timedelta(seconds=wait))
            await world.later(timedelta(days=1))
        tried = len(receiver.received)
        await world.later(timedelta(days=1))

    assert (await world.found(endpoint.id)).disabled is DisabledReason.UNREACHABLE
    assert len(receiver.received) == tried


async def test_a_redirect_into_a_private_network_is_a_failure_like_any_other(world: World) -> None:
    async def answer(_: Received) -> web.StreamResponse:
        raise web.HTTPMovedPermanently("http://169.254.169.254/latest/meta-data/")

    async with listening(answer) as receiver:
        endpoint = await world.endpoint(receiver)
        await world.happens(ACME, LATE)

        await world.later(timedelta(0))

    (attempt,) = await world.log(endpoint.id)
    assert (attempt.answer.failure, attempt.answer.status) == (FailureKind.REDIRECTED, 301)


async def test_after_a_rotation_the_receiver_may_know_either_secret(world: World) -> None:
    async with listening() as receiver:
        endpoint = await world.endpoint(receiver)
        await rotate_webhook_secret(
            endpoint.id,
            Secret(signing_secret(2)),
            overlap=timedelta(seconds=60),
            tenant=TEST,
            who=WHO,
            store=world.store,
            master_key=MASTER_KEY,
            secret_box=BOX,
            at=world.clock(),
        )
        await world.happens(ACME, LATE)
        await world.later(timedelta(0))
        await world.happens(ACME, LATE)
        await world.later(timedelta(seconds=60))

    during, after = receiver.received
    assert during.verified(signing_secret(1)) == during.verified(signing_secret(2))
    assert len(after.headers["webhook-signature"].split(" ")) == 1
    assert after.verified(signing_secret(2))["sequence"] == 2


async def test_an_event_is_delivered_again_when_asked_for_and_only_to_its_own_partner(world: World) -> None:
    async with listening() as receiver:
        endpoint = await world.endpoint(receiver)
        await world.happens(ACME, LATE, LATE)
        await world.later(timedelta(0))
        first = receiver.received[0].told["id"]

        await redeliver_event(endpoint.id, first, tenant=TEST, store=world.store, at=world.clock())
        await world.later(timedelta(0))

    assert sequences(receiver) == [1, 2, 1]
    with pytest.raises(NoSuchEvent):
        await redeliver_event(endpoint.id, first[:-1] + "9", tenant=TEST, store=world.store, at=world.clock())
    async with world.store.control() as transaction:
        await transaction.companies.add(company(BOLT, OTHER))
    async with world.store.company(BOLT) as of_company:
        await of_company.outbox.append([event()])
    theirs = first.replace("acme0000", "bolt0000")
    with pytest.raises(NoSuchEvent):
        await redeliver_event(endpoint.id, theirs, tenant=TEST, store=world.store, at=world.clock())


async def test_an_endpoint_that_hangs_holds_up_no_other(world: World) -> None:
    release = asyncio.Event()

    async def hang(_: Received) -> web.StreamResponse:
        await release.wait()
        return web.Response(status=204)

    ids = [CompanyId(f"co_number{number:03d}") for number in range(40)]
    async with listening(hang) as hanging, listening() as healthy:
        await world.endpoint(hanging, "hanging")
        await world.endpoint(healthy, "healthy")
        for id in ids:
            await world.happens(id, LATE)

        stop = asyncio.Event()
        running = asyncio.create_task(world.loop.run(stop, grace=timedelta(seconds=5)))
        while len(healthy.received) < len(ids):
            await asyncio.sleep(0.01)
        hung = len(hanging.received)
        release.set()
        stop.set()
        await running

    assert 0 < hung < 20


async def test_a_loop_told_to_stop_gives_back_what_does_not_end(world: World, sender: HttpWebhookSender) -> None:
    async def hang(_: Received) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with listening(hang, shutdown_timeout=0.01) as receiver:
        await world.endpoint(receiver)
        await world.happens(ACME, LATE)
        stop = asyncio.Event()
        running = asyncio.create_task(world.loop.run(stop, grace=timedelta(0)))
        while not receiver.received:
            await asyncio.sleep(0.01)
        stop.set()
        await running

        receiver.answer = take
        await loop(world.store, sender, world.clock).run_until_idle()

    assert sequences(receiver) == [1, 1]


async def test_nothing_is_lost_or_out_of_order_among_several_workers_and_failures(
    postgres_store: PostgresStore, sender: HttpWebhookSender
) -> None:
    """On PostgreSQL: three loops at once, receivers that fail up to three times, new events all the time."""
    clock = Clock()
    loops = [loop(postgres_store, sender, clock) for _ in range(3)]
    world = World(store=postgres_store, clock=clock, loop=loops[0])
    ids = [CompanyId(f"co_number{number:03d}") for number in range(4)]
    tried: Counter[tuple[str, str, int]] = Counter()
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)

    async def answer(received: Received) -> web.StreamResponse:
        path, company, sequence = received.path, received.told["company"], received.told["sequence"]
        tried[path, company, sequence] += 1
        if tried[path, company, sequence] <= (sequence * 7 + ids.index(company)) % 4:
            return web.Response(status=500)
        taken[path, company].append(sequence)
        return web.Response(status=204)

    async with listening(answer) as receiver:
        await world.endpoint(attrs.evolve(receiver, path="/one"), "one")
        await world.endpoint(attrs.evolve(receiver, path="/two"), "two")
        for round in range(16):
            if round < 3:
                for id in ids:
                    await world.happens(id, LATE, LATE)
            await asyncio.gather(*(each.run_until_idle() for each in loops))
            clock.ahead += timedelta(minutes=3)

    assert taken == {(path, id): [1, 2, 3, 4, 5, 6] for path in ("/one", "/two") for id in ids}
