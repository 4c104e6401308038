"""The service and the simulated Stripe over real HTTP: keys are tried by the SDK, events come as Stripe sends them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from adapters.simulator.stripe import charges
from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.simulation import Permissions
from adapters.simulator.stripe.webhook_endpoints import WebhookEndpoint
from adapters.simulator.stripe.wire import DAY
from adapters.stripe_api.platform import StripeApiPlatform
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.stripe_account import StripeAccountId, StripeConnection
from domain.work import WorkKind
from entrypoints.stripe_keys import FRESH_SECONDS
from tests.adapters.simulator.stripe.shop import Shop, open_shop
from tests.entrypoints.http.callers import ACME, LIVE_KEY, PLATFORM, TEST, introduce_everybody
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.test_stripe_webhooks import HERE, kept, loop_of, parked

HALF_AN_HOUR = timedelta(minutes=30)


@asynccontextmanager
async def both(policy: DeliveryPolicy | None = None) -> AsyncIterator[tuple[LiveService, Shop]]:
    """The service as it is, but in memory, and a Stripe with a shop that is connected to the partner's platform."""
    service = LiveService()
    async with (
        open_shop(policy=policy) as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url) as requests,
    ):
        service.services = attrs.evolve(service.services, stripe=StripeApiPlatform(requests))
        await introduce_everybody(service.services.store)
        service.clock.move(datetime.fromtimestamp(shop.stripe.simulation.now, UTC) - service.clock.now)
        async with service.running():
            yield service, shop


async def put(service: LiveService, **given: Any) -> Any:
    # Sessions and keys of the tests' callers are of June; the simulated Stripe's clock is not.
    answer = await service.ask("PUT", "/v1/integrations/stripe", body=given)
    return answer.json if answer.status == 200 else answer


def endpoint(service: LiveService, shop: Shop, *, connect: bool, path: str = HERE, **more: Any) -> WebhookEndpoint:
    return shop.stripe.simulation.webhook_endpoints.add(
        shop.platform.id, str(service.url).rstrip("/") + path, connect=connect, api_version="2026-10-28.endive", **more
    )


async def hears(service: LiveService, shop: Shop) -> tuple[WebhookEndpoint, WebhookEndpoint]:
    """Both endpoints, and a service that knows their secrets."""
    of_account, of_connected = endpoint(service, shop, connect=False), endpoint(service, shop, connect=True)
    secrets = [each.secrets[-1].value for each in (of_account, of_connected)]
    assert (await put(service, secret_key=shop.secret, webhook_secrets=secrets))["webhook_secrets"]
    return of_account, of_connected


def all_answered(shop: Shop) -> bool:
    return all(delivery.statuses[-1:] == [200] for delivery in shop.stripe.sender.deliveries)


def verdicts(kept_now: Any) -> dict[str, str]:
    return {each["capability"]: each["verdict"] for each in kept_now["key"]["capabilities"]}


async def test_a_secret_key_may_do_all_that_is_needed() -> None:
    async with both() as (service, shop):
        client_id = shop.stripe.simulation.client_id(shop.platform)
        kept_now = await put(service, secret_key=shop.secret, client_id=client_id)

    assert kept_now["key"]["account"] == shop.platform.id
    assert verdicts(kept_now) == dict.fromkeys(verdicts(kept_now), "works")


async def test_a_restricted_key_is_told_which_permissions_it_lacks_and_what_for() -> None:
    async with both() as (service, shop):
        reads: Permissions = dict.fromkeys(
            ("accounts", "balance", "balance_transaction_source", "payout", "charge", "dispute", "event"), "read"
        )
        key = shop.stripe.simulation.restricted_key(shop.platform, {}, connect={**reads, "invoice": "read"})
        kept_now = await put(service, secret_key=key)

    assert verdicts(kept_now) == {
        "reading_payouts": "unknown",  # it may not list the accounts that it could be tried with
        "reading_sources": "unknown",
        "reading_invoices": "unknown",
        "writing_invoices": "unknown",
        "connecting_by_oauth": "missing",
        "connecting_by_account_link": "missing",
        "reading_own_account": "missing",
    }


async def test_what_a_restricted_key_may_do_for_connected_accounts_is_tried_with_one_of_them() -> None:
    async with both() as (service, shop):
        reads: Permissions = dict.fromkeys(
            ("accounts", "balance", "balance_transaction_source", "payout", "charge", "dispute", "event"), "read"
        )
        key = shop.stripe.simulation.restricted_key(
            shop.platform, {"accounts": "read"}, connect={**reads, "invoice": "read"}
        )
        kept_now = await put(service, secret_key=key)

    seen = verdicts(kept_now)
    needs = {each["capability"]: each["needs"] for each in kept_now["key"]["capabilities"]}
    assert (seen["reading_payouts"], seen["reading_invoices"], seen["writing_invoices"]) == (
        "works",
        "works",
        "missing",
    )
    assert [each["permissions"] for each in needs["writing_invoices"]] == [
        ["rak_customer_write"],
        ["rak_invoice_write"],
    ]


@pytest.mark.parametrize("how", ["made up", "rolled"])
async def test_a_key_that_stripe_does_not_know_is_refused(how: str) -> None:
    async with both() as (service, shop):
        key = shop.secret
        if how == "rolled":
            shop.stripe.simulation.expire_key(key)
        else:
            key = "sk_test_51" + "x" * 97
        answer = await put(service, secret_key=key)

    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/secret_key")


async def test_what_stripe_tells_becomes_work_of_the_company_that_has_the_account() -> None:
    async with both(DeliveryPolicy(repeated=0.5, shuffled=True, twinned=0.2)) as (service, shop):
        await hears(service, shop)
        connection = StripeConnection(
            tenant=TEST,
            account=StripeAccountId(shop.account.id),
            company=ACME,
            connected=service.clock(),
            changed=service.clock(),
        )
        async with service.services.store.control() as transaction:
            await transaction.stripe_accounts.connect(connection)
        for amount in (1_000, 2_000, 3_000):
            charges.charge(shop.account, amount)
        await shop.stripe.deliver()
        events = {row.event.id for row in kept(service).values()}
        taken = await loop_of(service).run_once()
        at = service.clock()
        claimed = await service.services.work_list.claim("w", at=at, until=at + HALF_AN_HOUR)

        sent = {json.loads(delivery.body)["id"] for delivery in shop.stripe.sender.deliveries}
        assert all_answered(shop)
        assert events == sent
        assert taken == len(sent) > 3
        assert claimed is not None
        assert (claimed.kind, claimed.company) == (WorkKind.SYNC_STRIPE, ACME)


async def test_events_of_the_platforms_own_account_name_it() -> None:
    async with both() as (service, shop):
        await hears(service, shop)
        charges.charge(shop.stripe.simulation.book(shop.platform.id), 2_000)
        await shop.stripe.deliver()

        assert {row.event.account for row in kept(service).values()} == {shop.platform.id}


async def test_while_a_secret_is_rolled_nothing_is_refused() -> None:
    async with both() as (service, shop):
        of_account, of_connected = await hears(service, shop)
        old = [of_account.secrets[-1].value, of_connected.secrets[-1].value]
        new = shop.stripe.simulation.webhook_endpoints.roll(of_connected)
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        during = all_answered(shop)
        await put(service, webhook_secrets=[*old, new])
        await put(service, webhook_secrets=[old[0], new])
        await shop.stripe.advance(DAY)
        service.clock.move(timedelta(seconds=DAY + FRESH_SECONDS))
        charges.charge(shop.account, 2_000)
        await shop.stripe.deliver()

        assert during
        assert all_answered(shop)


async def test_thin_events_and_those_of_the_other_mode_are_answered_and_parked() -> None:
    async with both() as (service, shop):
        _, of_connected = await hears(service, shop)
        live = endpoint(service, shop, connect=True, path=f"/webhooks/stripe/{PLATFORM}/live", livemode=True)
        given = {
            "secret_key": shop.stripe.simulation.secret_key(shop.platform, livemode=True),
            "webhook_secrets": [live.secrets[-1].value],
        }
        answer = await service.ask("PUT", "/v1/integrations/stripe", body=given, secret=LIVE_KEY)
        assert answer.status == 200
        service.clock.move(timedelta(seconds=FRESH_SECONDS))
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        of_the_other_mode = parked(service)
        thin = shop.stripe.sender.thin_event("v2.core.account.closed", shop.account.id)
        status = await shop.stripe.sender.post(of_connected, thin)

        assert all_answered(shop)
        assert set(of_the_other_mode) == {"other_mode"}
        assert status == 200
        assert set(parked(service)) == {"other_mode", "thin"}


async def test_without_a_secret_stripe_is_refused_and_tells_again_until_there_is_one() -> None:
    async with both() as (service, shop):
        where = endpoint(service, shop, connect=True)
        await put(service, secret_key=shop.secret)
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        before = dict(kept(service))
        await put(service, secret_key=shop.secret, webhook_secrets=[where.secrets[-1].value])
        for _ in range(16):
            service.clock.move(timedelta(minutes=4))
            await shop.stripe.advance(4 * 60)

        assert before == {}
        assert all_answered(shop)
        assert {row.event.account for row in kept(service).values()} == {shop.account.id}
