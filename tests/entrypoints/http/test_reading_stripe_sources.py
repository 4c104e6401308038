"""What is behind each movement is read with it, if the key may read it; else the money is read all the same."""

from typing import Any, Literal

import pytest

from adapters.simulator.stripe import accounts, charges, disputes, refunds
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY
from domain.balance_transaction import BalanceTransaction
from ports.facts import Everything
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, integrity, progress, set_clock, work

Permissions = dict[str, Literal["read", "write"]]
MONEY_ONLY: Permissions = {"balance": "read", "payout": "read", "accounts": "read"}


async def movements(service: LiveService) -> dict[str | None, BalanceTransaction]:
    """By what made them."""
    async with service.services.store.snapshot(ACME) as transaction:
        facts = await transaction.facts.load(Everything())
    return {each.source: each for each in facts.balance_transactions}


async def use_key(service: LiveService, shop: Shop, permissions: Permissions) -> None:
    secret = shop.stripe.simulation.restricted_key(shop.platform, permissions)
    answer = await service.ask("PUT", "/v1/integrations/stripe", body={"secret_key": secret})
    assert answer.status == 200, answer.content


def some_trade(shop: Shop) -> tuple[Any, Any, Any]:
    charge = charges.charge(shop.account, 10_000, application_fee=100)
    return charge, refunds.refund(shop.account, charge, 1_000), disputes.open_dispute(shop.account, charge, 2_000)


async def test_the_charge_and_payment_behind_each_movement_and_the_parts_of_its_fee_are_kept() -> None:
    async with at_the_door() as (service, shop, _):
        charge, refund, dispute = some_trade(shop)
        await connect(service, shop.account.id)
        await work(service)
        kept = await movements(service)
        shown = (await service.ask("GET", f"/v1/companies/{ACME}/balance_transactions")).json["data"]

        for source in (charge, refund, dispute):
            found = kept[source["id"]]
            assert (found.charge, found.payment_intent) == (charge["id"], charge["payment_intent"])
            assert found.fee.minor_units == sum(part.amount.minor_units for part in found.fee_parts or ())
        assert kept[dispute["id"]].dispute_status == "needs_response"
        assert {part.kind for part in kept[charge["id"]].fee_parts or ()} == {"application_fee", "stripe_fee"}
        assert {each["source_object"]: each["charge"] for each in shown} == dict.fromkeys(kept, charge["id"])
        assert (await progress(service, shop.account.id))["without_sources"] is None


async def test_a_key_that_may_not_read_sources_reads_the_money_and_says_so_until_it_may() -> None:
    async with at_the_door(switches=Switches(sources_permission="for_expanding")) as (service, shop, _):
        accounts.set_schedule(shop.account, "manual")  # no payout's list says it again
        charge, refund, _dispute = some_trade(shop)
        for _ in range(2):  # so many, and so much later, that other passes do not come down to it
            await shop.stripe.advance(DAY)
            for _ in range(60):
                charges.charge(shop.account, 1_000)
        set_clock(service, shop)
        await use_key(service, shop, MONEY_ONLY)
        await connect(service, shop.account.id)
        await work(service)
        told, kept = await progress(service, shop.account.id), await movements(service)

        assert told["history_read"]
        assert told["without_sources"] == "the key lacks rak_balance_transaction_source_read"
        assert (kept[charge["id"]].charge, kept[refund["id"]].charge) == (charge["id"], None)
        assert (await integrity(service))["complete"]

        await use_key(service, shop, {**MONEY_ONLY, "balance_transaction_source": "read"})
        for _ in range(3):
            await shop.stripe.advance(DAY)
            set_clock(service, shop)
            await work(service)

        assert (await progress(service, shop.account.id))["without_sources"] is None
        assert (await movements(service))[refund["id"]].charge == charge["id"]


async def test_what_was_known_of_a_movement_is_not_taken_back_by_a_key_that_may_read_less() -> None:
    async with at_the_door(switches=Switches(sources_permission="for_expanding")) as (service, shop, _):
        charge, refund, _dispute = some_trade(shop)
        await connect(service, shop.account.id)
        await work(service)
        await use_key(service, shop, MONEY_ONLY)
        for _ in range(2):
            await shop.stripe.advance(DAY)
            set_clock(service, shop)
            await work(service)

        assert (await progress(service, shop.account.id))["without_sources"] is not None
        assert (await movements(service))[refund["id"]].charge == charge["id"]


@pytest.mark.parametrize("switch", ["for_listing", "for_expanding"])
async def test_the_check_of_a_key_says_whether_it_may_read_sources(
    switch: Literal["for_listing", "for_expanding"],
) -> None:
    async with at_the_door(switches=Switches(sources_permission=switch)) as (service, shop, _):
        await use_key(service, shop, MONEY_ONLY)
        capabilities = (await service.ask("GET", "/v1/integrations/stripe")).json["key"]["capabilities"]

        verdicts = {each["capability"]: each["verdict"] for each in capabilities}
        assert verdicts["reading_sources"] == "missing"
        needed = {need["access"]: need["verdict"] for each in capabilities for need in each["needs"]}
        assert (needed["balance_transactions"] == "missing") == (switch == "for_listing")
