"""Visits to Stripe that end at two processes of the service at once, over one PostgreSQL: each state is used once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import attrs
import pytest

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.faults import Fault
from entrypoints.composition.service import opened_service
from entrypoints.settings import Settings
from tests.adapters.simulator.stripe.shop import Shop, open_shop
from tests.entrypoints.http.callers import SISTER, introduce_everybody
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import PUBLIC, back
from tests.entrypoints.http.test_connecting_stripe import accounts, begun, result

MASTER_KEY: Final = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@asynccontextmanager
async def two_processes(database: str) -> AsyncIterator[tuple[LiveService, LiveService, Shop, AccountBook]]:
    """Each with connections, caches and keys of its own, as `tieout serve` has them."""
    async with open_shop() as shop, AsyncExitStack() as stack:
        settings = Settings(
            database_url=database,
            master_key=MASTER_KEY,
            stripe_api_base=shop.stripe.url,
            stripe_connect_base=shop.stripe.url,
        )
        served: list[LiveService] = []
        for number in range(2):
            opened = await stack.enter_async_context(opened_service(settings, public_url=PUBLIC))
            if number == 0:
                await introduce_everybody(opened.store)
            live = LiveService()
            live.services = attrs.evolve(opened.services, clock=live.clock)
            served.append(await stack.enter_async_context(live.running()))
        one, two = served
        shop.platform.redirect_uris[False].append(f"{PUBLIC}/integrations/stripe/callback")
        given = {"secret_key": shop.secret, "client_id": shop.stripe.simulation.client_id(shop.platform)}
        answer = await one.ask("PUT", "/v1/integrations/stripe", body=given)
        assert answer.status == 200, answer.content
        yield one, two, shop, shop.stripe.simulation.open_account()


async def test_a_code_that_comes_to_two_processes_at_once_is_redeemed_once(postgres_database: str) -> None:
    """Failure 26: Stripe revokes what it gave for the first."""
    async with two_processes(postgres_database) as (one, two, shop, account):
        address = shop.stripe.oauth.decide((await begun(one))["url"], account.id)
        told = [result(each) for each in await asyncio.gather(*(back(each, address) for each in (one, two, one, two)))]

        assert sorted(each["result"] for each in told) == ["connected", *["error"] * 3]
        assert {each["error"] for each in told if "error" in each} == {"state_used"}
        assert shop.platform.reaches(account.id, livemode=False) is not None
        assert await accounts(two) == [(account.id, "connected")]


async def test_a_state_that_is_replayed_at_the_other_process_changes_nothing(postgres_database: str) -> None:
    async with two_processes(postgres_database) as (one, two, shop, account):
        address = shop.stripe.oauth.decide((await begun(one))["url"], account.id)
        first, again = result(await back(one, address)), result(await back(two, address))

        assert (first["result"], again) == ("connected", {"result": "error", "error": "state_used"})
        assert shop.platform.reaches(account.id, livemode=False) is not None


async def test_two_companies_that_want_one_account_at_once_do_not_both_get_it(postgres_database: str) -> None:
    async with two_processes(postgres_database) as (one, two, shop, account):
        paths = [f"/v1/companies/{each}/stripe/authorizations" for each in ("co_acme0000", SISTER)]
        visits = [await begun(one, path) for path in paths]
        addresses = [shop.stripe.oauth.decide(visit["url"], account.id) for visit in visits]
        told = [result(each) for each in await asyncio.gather(back(one, addresses[0]), back(two, addresses[1]))]

        assert sorted(each["result"] for each in told) == ["connected", "error"]
        assert [each["error"] for each in told if "error" in each] == ["account_taken"]


@pytest.mark.parametrize("kind", ["reset", "server_error", "lost_answer"])
async def test_stripe_down_in_the_middle_leaves_no_half_connection(postgres_database: str, kind: Any) -> None:
    async with two_processes(postgres_database) as (one, two, shop, account):
        address = shop.stripe.oauth.decide((await begun(one))["url"], account.id)
        shop.stripe.api.faults.add(Fault(kind=kind, path="/oauth/token"))
        told = result(await back(one, address))
        after = result(await back(two, address))

        assert told == {"result": "error", "error": "stripe_unavailable"}
        assert after == {"result": "error", "error": "state_used"}
        assert await accounts(two) == []
