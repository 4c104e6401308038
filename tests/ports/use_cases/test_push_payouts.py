from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from adapters.in_memory.store import InMemoryStore
from domain.balance_transaction import BalanceTransaction
from domain.money import Currency, Money
from domain.partner import Mode
from domain.payout import Payout, PayoutStatus, ReconciliationStatus
from domain.payout_breakdown import break_down_payouts
from domain.pushed_payout import PushedItem, PushedPayout, pushed_item_id, pushed_payout_id
from domain.remainder import RemainderLabel
from ports.fact_lists import PayoutsWanted
from ports.facts import RecordedFacts
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.push_payouts import PAYOUTS_MAX, push_payouts
from tests.ports.use_cases.companies_told import (
    ACME,
    NOON,
    TENANT,
    USD,
    WHO,
    actions_in,
    archived,
    facts_in,
    is_work_asked_for,
    store_with,
)

JUNE_2 = date(2026, 6, 2)


def usd(units: int) -> Money:
    return Money(units, USD)


def item(external_id: str = "pay_1", units: int = 100_000, fee: int = 2_500, **said: Any) -> PushedItem:
    return PushedItem(external_id=external_id, amount=usd(units), fee=usd(fee), **{"type": "charge", **said})


ONE_ITEM = (item(),)


def payout(external_id: str = "out_1", units: int = 97_500, items: Any = ONE_ITEM, **said: Any) -> PushedPayout:
    return PushedPayout(external_id=external_id, amount=usd(units), **{"arrival_date": JUNE_2, "items": items, **said})


async def push(store: InMemoryStore, *payouts: PushedPayout) -> RecordedFacts:
    return await push_payouts(payouts, company=ACME.id, tenant=TENANT, who=WHO, at=NOON, store=store)


async def test_a_pushed_payout_and_its_items_are_facts_under_ids_made_of_the_partners_own() -> None:
    store = await store_with()
    created = datetime(2026, 6, 1, 8, tzinfo=UTC)
    said: dict[str, Any] = {
        "created": created,
        "trace_id": "0910000",
        "destination_last4": "4821",
        "status": PayoutStatus.IN_TRANSIT,
    }

    recorded = await push(store, payout(items=(item(description="Invoice 7", available_on=JUNE_2),), **said))

    id_ = pushed_payout_id(ACME.id, "out_1")
    assert recorded.new == await facts_in(store)
    assert recorded.new.payouts == (
        Payout(
            id=id_,
            amount=usd(97_500),
            arrival_date=JUNE_2,
            reconciliation_status=ReconciliationStatus.COMPLETED,
            livemode=False,
            **said,
        ),
    )
    assert recorded.new.balance_transactions == (
        BalanceTransaction(
            id=pushed_item_id(ACME.id, "out_1", "pay_1"),
            amount=usd(100_000),
            fee=usd(2_500),
            net=usd(97_500),
            type="charge",
            payout=id_,
            available_on=JUNE_2,
            description="Invoice 7",
        ),
    )
    async with store.company(ACME.id) as transaction:
        listed = await transaction.fact_lists.payouts(PayoutsWanted())
    assert [each.told.external_id for each in listed.records] == ["out_1"]
    assert await actions_in(store) == ["payouts.pushed"]
    assert await is_work_asked_for(store)


async def test_pushing_the_same_again_leaves_no_trace() -> None:
    store = await store_with()
    await push(store, payout("out_1"), payout("out_2"))
    facts = await facts_in(store)

    again = await push(store, payout("out_2"), payout("out_1"))

    assert again.is_empty
    assert await facts_in(store) == facts
    assert await actions_in(store) == ["payouts.pushed"]


async def test_an_update_replaces_the_items_and_says_nothing_of_those_not_told() -> None:
    store = await store_with()
    await push(store, payout(items=(item("pay_1"), item("pay_2"))))

    updated = await push(store, payout(items=(item("pay_2"), item("pay_3", units=1))))
    untouched = await push(store, payout(items=None, status=PayoutStatus.FAILED))
    emptied = await push(store, payout(items=()))

    ids = {name: pushed_item_id(ACME.id, "out_1", name) for name in ("pay_1", "pay_2", "pay_3")}
    assert [each.id for each in updated.retracted] == [ids["pay_1"]]
    assert [each.id for each in updated.new.balance_transactions] == [ids["pay_3"]]
    assert [each.id for each in updated.unchanged.balance_transactions] == [ids["pay_2"]]
    assert untouched.retracted == ()
    assert untouched.changed.payouts[0].reconciliation_status is ReconciliationStatus.COMPLETED
    assert {each.id for each in emptied.retracted} == {ids["pay_2"], ids["pay_3"]}
    assert (await facts_in(store)).balance_transactions == ()


async def test_a_payout_that_its_items_do_not_add_up_to_is_kept_and_its_remainder_named() -> None:
    store = await store_with()

    await push(store, payout("short", units=97_400), payout("bare", items=None), payout("whole"))

    breakdowns = {each.payout: each for each in break_down_payouts(await facts_in(store)).payouts}
    labels = {name: breakdowns[pushed_payout_id(ACME.id, name)].remainder for name in ("short", "bare", "whole")}
    assert {name: (remainder.amount, remainder.label) for name, remainder in labels.items()} == {
        "short": (usd(-100), RemainderLabel.UNEXPLAINED),
        "bare": (usd(97_500), RemainderLabel.ITEMS_MISSING),
        "whole": (usd(0), RemainderLabel.NONE),
    }


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        (payout(units=0), "/amount/minor_units"),
        (payout(units=10**16), "/amount/minor_units"),
        (payout(arrival_date=date(1626, 6, 2)), "/arrival_date"),
        (payout(arrival_date=date(2062, 6, 2)), "/arrival_date"),
        (payout(created=datetime(1066, 6, 2, tzinfo=UTC)), "/created"),
        (payout(external_id=""), "/external_id"),
        (payout(external_id="nul \0"), "/external_id"),
        (payout(destination_last4="12345"), "/destination_last4"),
        (payout(items=(item(), item())), "/items/1/external_id"),
        (payout(items=(item(type=" "),)), "/items/0/type"),
        (payout(items=(item(units=0, fee=0),)), "/items/0/amount/minor_units"),
        (payout(items=(item(net=usd(1)),)), "/items/0/net/minor_units"),
        (payout(items=(attrs.evolve(item(), amount=Money(1, Currency.of("eur"))),)), "/items/0/amount/currency"),
        (payout(items=(attrs.evolve(item(), fee=Money(1, Currency.of("eur"))),)), "/items/0/fee/currency"),
        (payout("out_fine"), "/external_id"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
async def test_one_bad_payout_refuses_the_whole_bulk_with_a_pointer(bad: PushedPayout, pointer: str) -> None:
    store = await store_with()

    with pytest.raises(FieldsRefused) as refusal:
        await push(store, payout("out_fine"), payout("out_fine_too"), bad)

    assert [field.pointer for field in refusal.value.fields] == [f"/data/2{pointer}"]
    assert (await facts_in(store)).payouts == ()
    assert await actions_in(store) == []
    assert not await is_work_asked_for(store)


async def test_more_than_the_most_at_once_are_refused() -> None:
    store = await store_with()

    with pytest.raises(FieldsRefused, match="at most 1000"):
        await push(store, *(payout(f"out_{number}") for number in range(PAYOUTS_MAX + 1)))


async def test_an_archived_or_foreign_company_takes_no_payouts() -> None:
    with pytest.raises(CompanyIsArchived):
        await push(await archived(), payout())
    with pytest.raises(NoSuchCompany):
        await push_payouts(
            [payout()],
            company=ACME.id,
            tenant=attrs.evolve(TENANT, mode=Mode.LIVE),
            who=WHO,
            at=NOON,
            store=await store_with(),
        )
