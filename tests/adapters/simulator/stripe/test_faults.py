"""What goes wrong on the way: as the SDK meets it, and once each."""

import asyncio
import contextlib
import gc
import warnings
from collections.abc import Iterator

import aiohttp
import pytest
import stripe

from adapters.simulator.stripe import charges, customers, invoices
from adapters.simulator.stripe.http.faults import Fault
from adapters.simulator.stripe.http.rate_limits import RateLimits
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, HOUR
from tests.adapters.simulator.stripe.shop import Shop, open_shop


@pytest.fixture(autouse=True)
def what_the_sdk_leaves_open_is_closed() -> Iterator[None]:
    """Where a body breaks off, Stripe's SDK does not give the connection back: it is closed, with a warning, when it is
    collected."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def goes_wrong(shop: Shop, fault: Fault) -> None:
    shop.stripe.api.faults.add(fault)


async def test_a_cut_body_leaks_the_http_clients_own_error() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="cut_body", path="/v1/balance"))

        with pytest.raises(aiohttp.ClientPayloadError):
            await shop.ask("/v1/balance")

        assert (await shop.ask("/v1/balance"))["object"] == "balance"


async def test_a_slow_body_runs_into_the_clients_timeout() -> None:
    async with open_shop(timeout=0.2) as shop:
        goes_wrong(shop, Fault(kind="slow_body", path="/v1/balance", seconds=0.6))

        with pytest.raises(TimeoutError):
            await shop.ask("/v1/balance")


async def test_a_slow_body_comes_whole_to_who_waits() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="slow_body", path="/v1/balance", seconds=0.05))

        assert (await shop.ask("/v1/balance"))["object"] == "balance"


async def test_a_connection_that_is_reset_is_a_connection_error() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="reset", path="/v1/balance", times=2))  # aiohttp asks a second time by itself

        with pytest.raises(stripe.APIConnectionError):
            await shop.ask("/v1/balance")


async def test_an_answer_that_is_lost_was_carried_out() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="lost_answer", path="/v1/customers", method="POST"))

        with pytest.raises(stripe.APIConnectionError):
            await shop.tell("/v1/customers", name="Ada")

        assert [customer["name"] for customer in await shop.every("/v1/customers")] == ["Ada"]


async def test_a_server_error_did_nothing_and_the_sdk_tries_again() -> None:
    async with open_shop(retries=1) as shop:
        goes_wrong(shop, Fault(kind="server_error", path="/v1/customers", method="POST"))

        await shop.tell("/v1/customers", name="Ada")

        assert len(await shop.every("/v1/customers")) == 1


async def test_a_gateways_page_is_no_json() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="not_json", path="/v1/balance"))

        with pytest.raises(stripe.APIError) as refused:
            await shop.ask("/v1/balance")

        assert refused.value.http_status == 502


async def test_a_lock_timeout_is_a_429_that_names_no_rate_limit() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="lock_timeout", path="/v1/balance"))

        with pytest.raises(stripe.RateLimitError) as refused:
            await shop.ask("/v1/balance")

        assert refused.value.error is not None
        assert refused.value.error.code == "lock_timeout"
        assert "stripe-rate-limited-reason" not in {name.lower() for name in refused.value.headers or {}}


async def test_a_fault_can_wait_for_a_later_page() -> None:
    async with open_shop() as shop:
        for _ in range(250):
            charges.charge(shop.account, 1_000)
        goes_wrong(shop, Fault(kind="server_error", path="/v1/charges", skip=2))

        with pytest.raises(stripe.APIError):
            await shop.every("/v1/charges")

        assert len([1 for _, path in shop.stripe.api.requests if path.startswith("/v1/charges")]) == 3


async def test_pages_change_under_the_cursor() -> None:
    async with open_shop() as shop:
        for _ in range(150):
            charges.charge(shop.account, 1_000)

        def another() -> None:
            charges.charge(shop.account, 700)

        shop.stripe.api.faults.after_each("/v1/charges", another)

        seen = await shop.every("/v1/charges")

        assert len(seen) == 150  # what came meanwhile is before the cursor
        assert len({charge["id"] for charge in seen}) == 150
        shop.stripe.api.faults.clear()
        assert len(await shop.every("/v1/charges")) == 152


async def test_a_cursor_may_vanish() -> None:
    async with open_shop() as shop:
        customer = customers.create(shop.account)
        drafts = [invoices.create(shop.account, customer) for _ in range(3)]
        page = await shop.ask("/v1/invoices", limit=2)

        invoices.delete(shop.account, drafts[1])

        with pytest.raises(stripe.InvalidRequestError, match="No such invoice") as refused:
            await shop.ask("/v1/invoices", limit=2, starting_after=page["data"][-1]["id"])
        assert refused.value.param == "starting_after"


async def test_objects_of_one_second_keep_one_order() -> None:
    async with open_shop() as shop:
        made = [charges.charge(shop.account, 1_000)["id"] for _ in range(130)]

        seen = await shop.every("/v1/charges")

        assert {charge["created"] for charge in seen} == {shop.stripe.simulation.now}
        assert [charge["id"] for charge in reversed(seen)] == made


async def test_a_rate_limit_refuses_with_its_reason_and_passes_with_the_second() -> None:
    async with open_shop(limits=RateLimits(account=5, endpoint=3)) as shop:
        seconds = [0.0]
        shop.stripe.api.limiter._seconds = lambda: seconds[0]
        seconds[0] = 1.0
        for _ in range(3):
            await shop.ask("/v1/balance")

        with pytest.raises(stripe.RateLimitError) as endpoint:
            await shop.ask("/v1/balance")
        await shop.ask("/v1/charges")
        with pytest.raises(stripe.RateLimitError) as account:
            await shop.ask("/v1/charges")
        seconds[0] = 2.0
        await shop.ask("/v1/balance")

        reasons = [dict(each.value.headers or {})["Stripe-Rate-Limited-Reason"] for each in (endpoint, account)]
        assert reasons == ["endpoint-rate", "global-rate"]
        assert endpoint.value.error is not None
        assert endpoint.value.error.code == "rate_limit"
        assert shop.stripe.api.limiter.refused == 2


@pytest.mark.parametrize(("bucket", "refused"), [("connected_account", 0), ("platform", 2), ("both", 2)])
async def test_whose_bucket_counts_is_a_switch(bucket: str, refused: int) -> None:
    switches = {"platform": Switches(rate_bucket="platform"), "both": Switches(rate_bucket="both")}
    async with open_shop(switches=switches.get(bucket, Switches()), limits=RateLimits(account=2)) as shop:
        simulation = shop.stripe.simulation
        shop.stripe.api.limiter._seconds = lambda: 1.0
        other = simulation.open_account()
        simulation.connect(shop.platform, other)

        for account in (shop.account.id, shop.account.id, other.id, other.id):
            with contextlib.suppress(stripe.RateLimitError):
                await shop.client.v1.balance.retrieve_async(None, {"stripe_account": account})

        assert shop.stripe.api.limiter.refused == refused


async def test_too_many_at_once_are_refused() -> None:
    async with open_shop(limits=RateLimits(concurrent=1)) as shop:
        goes_wrong(shop, Fault(kind="slow_answer", path="/v1/balance", seconds=0.3))
        slow = asyncio.create_task(shop.ask("/v1/balance"))
        await asyncio.sleep(0.1)

        with pytest.raises(stripe.RateLimitError) as refused:
            await shop.ask("/v1/charges")

        assert dict(refused.value.headers or {})["Stripe-Rate-Limited-Reason"] == "global-concurrency"
        assert (await slow)["object"] == "balance"


async def test_an_idempotency_key_gives_the_first_answer_again_for_a_day() -> None:
    async with open_shop() as shop:
        first = await shop.tell("/v1/customers", name="Ada", idempotency_key="key-1")
        again = await shop.tell("/v1/customers", name="Ada", idempotency_key="key-1")
        with pytest.raises(stripe.IdempotencyError) as refused:
            await shop.tell("/v1/customers", name="Eve", idempotency_key="key-1")
        await shop.stripe.advance(DAY + 1)
        later = await shop.tell("/v1/customers", name="Eve", idempotency_key="key-1")

        assert first == again
        assert refused.value.http_status == 400
        assert later["id"] != first["id"]
        assert len(await shop.every("/v1/customers")) == 2


async def test_an_idempotency_key_in_use_is_a_conflict() -> None:
    async with open_shop() as shop:
        goes_wrong(shop, Fault(kind="slow_answer", path="/v1/customers", seconds=0.3))
        slow = asyncio.create_task(shop.tell("/v1/customers", name="Ada", idempotency_key="key-1"))
        await asyncio.sleep(0.1)

        with pytest.raises(stripe.StripeError) as refused:
            await shop.tell("/v1/customers", name="Ada", idempotency_key="key-1")

        assert refused.value.http_status == 409
        assert (await slow)["name"] == "Ada"
        assert len(await shop.every("/v1/customers")) == 1


async def test_what_was_never_begun_is_not_kept_under_its_key() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(2 * DAY - HOUR)
        with pytest.raises(stripe.InvalidRequestError):
            await shop.tell("/v1/payouts", amount="much", currency="usd", idempotency_key="key-1")
        with pytest.raises(stripe.InvalidRequestError) as poor:
            await shop.tell("/v1/payouts", amount=100, currency="usd", idempotency_key="key-1")
        await shop.stripe.advance(HOUR)
        with pytest.raises(stripe.InvalidRequestError) as kept:
            await shop.tell("/v1/payouts", amount=100, currency="usd", idempotency_key="key-1")
        paid = await shop.tell("/v1/payouts", amount=100, currency="usd", idempotency_key="key-2")

        assert poor.value.code == "balance_insufficient"
        assert kept.value.request_id != poor.value.request_id
        assert kept.value.user_message == poor.value.user_message
        assert paid["amount"] == 100
