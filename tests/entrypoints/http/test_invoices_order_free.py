"""However and whenever Stripe is asked, and whatever breaks off, the same is known of invoices, and told once."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any

import attrs
import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.simulator.stripe import credit_notes, invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.faults import Fault
from domain.invoice import InvoiceStatus
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.invoicing import billed, billing, every, later, told, units
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, days, integrity, reader_of, work
from tests.entrypoints.http.test_stripe_for_real import endpoint
from tests.entrypoints.http.test_stripe_order_free import POLICIES, a_day


@pytest.mark.parametrize("kind", ["cut_body", "server_error", "reset"])
async def test_whatever_breaks_off_is_tried_again_and_nothing_is_told_twice(kind: Any) -> None:
    async with at_the_door() as (service, shop, _):
        made = [billed(shop.account, 1_000 + number) for number in range(130)]
        await connect(service, shop.account.id)
        shop.stripe.api.faults.add(Fault(kind=kind, path="/v1/invoice.*", skip=1, times=9))
        for number in range(5):
            await work(service)
            invoices.pay(shop.account, made[number])
            await later(service, shop, 31 * 60)
        await later(service, shop)

        assert {each["id"]: each["status"] for each in await every(service)} == {
            each["id"]: each["status"] for each in made
        }
        events = await told(service)
        assert len({repr(each) for each in events}) == len(events)


async def test_polled_daily_or_once_at_the_end_the_same_is_known_of_invoices() -> None:
    """Failure 10: Stripe made no events. Here none is sent at all, and it is looked daily, or every fifth day."""
    digests = set()
    for every_days in (1, 5):
        async with billing() as (service, shop):
            for day in range(15):
                lived(shop.account, day)
                await days(service, shop, 1, polling=day % every_days == every_days - 1)
            await later(service, shop)
            digests.add(await digest(service))

    assert len(digests) == 1


@pytest.mark.parametrize("how", POLICIES)
async def test_however_webhooks_come_all_is_known_that_stripe_has(how: str) -> None:
    async with at_the_door(follows=True, policy=POLICIES[how]) as (service, shop, _):
        secrets = [endpoint(service, shop, connect=each).secrets[-1].value for each in (True, False)]
        assert (await service.ask("PUT", "/v1/integrations/stripe", body={"webhook_secrets": secrets})).status == 200
        await connect(service, shop.account.id)
        for day in range(10):
            lived(shop.account, day)
            await a_day(service, shop)
        for _ in range(4):
            await a_day(service, shop)
        known = [each for each in await every(service) if each["status"] != "deleted"]

        assert {each["id"]: gist(each) for each in known} == {
            each["id"]: truth(shop.account, each) for each in shop.account.collection("invoice").oldest_first()
        }


def gist(invoice: Any) -> Any:
    """What an invoice, its payments and its notes come to."""
    names = ("amount_due", "amount_paid", "amount_remaining", "amount_overpaid", "paid_outside_stripe")
    payments = {
        each["id"]: (each["status"], (each["amount_paid"] or {"minor_units": None})["minor_units"], each["place"])
        for each in invoice["payments"]
    }
    notes = {each["id"]: (each["status"], each["amount"]["minor_units"]) for each in invoice["credit_notes"]}
    return invoice["status"], units(invoice, *names), payments, notes


def truth(book: AccountBook, invoice: Any) -> Any:
    """The same of Stripe's own object. What was paid there is in the balance or on its way: no bank line was pushed."""
    names = ("amount_due", "amount_paid", "amount_remaining", "amount_overpaid", "amount_paid_off_stripe")
    payments = {
        each["id"]: (each["status"], each["amount_paid"], place_of(book, each))
        for each in map(book.get, book.payments_of.get(invoice["id"], []))
    }
    notes = {
        each["id"]: (each["status"], each["total"])
        for each in book.collection("credit_note").oldest_first()
        if each["invoice"] == invoice["id"]
    }
    return invoice["status"], tuple(invoice[name] for name in names), payments, notes


def place_of(book: AccountBook, payment: Any) -> str:
    if payment["status"] != "paid":
        return "not_paid"
    charge = book.get(book.get(payment["payment"]["payment_intent"])["latest_charge"])
    listed = [each for each in book.collection("payout").oldest_first() if each["reconciliation_status"] == "completed"]
    paid_out = {item["id"] for each in listed for item in book.items_of(each["id"]).oldest_first()}
    return "payout" if charge["balance_transaction"] in paid_out else "balance"


@pytest.mark.parametrize("kill_after", [1, 2, 4])
async def test_killed_in_the_middle_of_a_history_it_goes_on_where_it_was(kill_after: int) -> None:
    async with at_the_door() as (service, shop, _):
        for number in range(450):
            billed(shop.account, 1_000 + number)
        await connect(service, shop.account.id)
        asked: list[str] = []
        shop.stripe.api.faults.after_each("/v1/invoices", lambda: asked.append("page"))
        killed = asyncio.ensure_future(reader_of(service).run_once(asyncio.Event(), grace=timedelta(seconds=1)))
        while len(asked) < kill_after:
            await asyncio.sleep(0)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        before = len(asked)
        service.clock.move(timedelta(minutes=2))
        await work(service)

        # The history, one page again, what is open asked for by itself, and the check.
        assert before <= len(asked) <= 5 + 1 + 5 + 5
        assert len(await every(service)) == 450
        events = await told(service)
        assert len({repr(each) for each in events}) == len(events)


def lived(book: AccountBook, day: int) -> None:
    """Each day an invoice is made, and something happens to one of days before, all within one second."""
    made = [billed(book, 10_000 + day), billed(book, 20_000 + day, final=False)]
    open_ones = [each for each in book.collection("invoice").oldest_first() if each["status"] == "open"]
    match day % 5:
        case 0:
            invoices.pay(book, made[0], 5_000)
            invoices.void(book, open_ones[0])
        case 1:
            invoices.pay(book, open_ones[0])
        case 2:
            credit_notes.create(book, open_ones[0], 1_000)
            invoices.mark_uncollectible(book, open_ones[-1])
        case 3:
            invoices.pay_out_of_band(book, open_ones[0])
            invoices.delete(book, made[1])
        case _:
            credit_notes.create(book, made[0], made[0]["total"])


async def digest(service: LiveService) -> str:
    """Of all that is known of invoices, but when it was learned, and at which port Stripe was."""
    left_out = {"updated", "hosted_invoice_url"}
    known = [{name: value for name, value in each.items() if name not in left_out} for each in await every(service)]
    return sha256("\n".join(sorted(map(repr, known))).encode()).hexdigest()


async def test_that_no_invoice_is_missing_is_proved_daily_and_what_is_missing_is_found_and_said() -> None:
    async with billing() as (service, shop):
        lost, changed = billed(shop.account), billed(shop.account)
        for each in (lost, changed):
            invoices.pay(shop.account, each)
        for number in range(2):
            await later(service, shop)
            for _ in range(120):
                billed(shop.account, 1_000 + number)
        await days(service, shop, 1)
        proved = await integrity(service)
        await lose(service, lost["id"], changed["id"])
        await days(service, shop, 1)
        found = await integrity(service)
        await later(service, shop)
        again = await integrity(service)

        assert proved["complete"]
        assert proved["accounts"][0]["invoices"] == {"listed": 242, "missing": 0, "extra": 0, "different": 0}
        assert not found["complete"]
        assert found["accounts"][0]["reasons"] == ["1 invoices are missing, 0 extra, 1 different"]
        assert again["complete"]
        assert {each["id"]: gist(each) for each in await every(service)} == {
            each["id"]: truth(shop.account, each) for each in shop.account.collection("invoice").oldest_first()
        }


async def lose(service: LiveService, lost: str, changed: str) -> None:
    """As if one had come in, and another been paid, where no list goes back to."""
    store = service.services.store
    assert isinstance(store, InMemoryStore)
    async with store.tables() as tables:
        kept, standings = tables.table(f"invoices of {ACME} at Stripe"), tables.table(f"invoice_standings of {ACME}")
        del kept[lost], standings[lost]
        kept[changed] = (attrs.evolve(kept[changed][-1], status=InvoiceStatus.OPEN),)
