"""Invoices are read, followed to the bank, and told of: the service, the official SDK and the simulated Stripe."""

from typing import Any, Literal

from adapters.simulator.stripe import credit_notes, disputes, invoices, refunds
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.invoicing import billed, billing, every, later, shown, told, units
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, days, fail_last_paid, integrity, progress, work
from tests.entrypoints.http.test_reading_stripe import push_lines


def way(invoice: Any) -> list[tuple[Any, ...]]:
    """Of each payment: its status, where its money is, whether its movement is known, its payout's status."""
    return [
        (each["status"], each["place"], each["balance_transaction"] is not None, (each["payout"] or {}).get("status"))
        for each in invoice["payments"]
    ]


async def test_a_payment_is_followed_from_the_invoice_to_the_bank_and_each_step_is_told_once() -> None:
    async with billing() as (service, shop):
        made = billed(shop.account, 10_000, tax=1_000)
        await later(service, shop)
        unpaid = await shown(service, made["id"])
        invoices.pay(shop.account, made)
        await later(service, shop)
        paid = await shown(service, made["id"])
        await days(service, shop, 9)
        sent = await shown(service, made["id"])
        await push_lines(service, [each for each in await shop.payouts() if each["status"] == "paid"])
        await later(service, shop)
        arrived = await shown(service, made["id"])
        payout = arrived["payments"][0]["payout"]
        events = await told(service, made["id"])
        of_payout = await service.ask("GET", f"/v1/companies/{ACME}/payouts/{payout['payout']}")

        assert (unpaid["status"], units(unpaid, "total", "tax", "amount_due")) == ("open", (11_000, 1_000, 11_000))
        assert way(unpaid) == [("open", "not_paid", False, None)]
        assert way(paid) == [("paid", "balance", True, None)]
        assert way(sent) == [("paid", "payout", True, "paid")]
        assert way(arrived) == [("paid", "bank", True, "paid")]
        assert (payout["match_status"], len(payout["deposits"])) == ("matched", 1)
        items = of_payout.json["breakdown"]["items"]
        assert [each["invoices"] for each in items if each["type"] == "charge"] == [[made["id"]]]
        steps = [(each["status"], *(payment["place"] for payment in each["payments"])) for each in events]
        assert list(dict.fromkeys(steps)) == [
            ("open", "not_paid"), ("paid", "balance"), ("paid", "payout"), ("paid", "bank"),
        ]  # fmt: skip
        assert len({repr(each) for each in events}) == len(events)


async def test_a_history_of_invoices_is_read_whole_and_its_progress_shown() -> None:
    async with at_the_door() as (service, shop, _):
        made = [billed(shop.account, 1_000 + number, final=number % 3 != 0) for number in range(120)]
        for each in made[1::4]:
            if each["status"] == "open":
                invoices.pay(shop.account, each)
        await connect(service, shop.account.id)
        await work(service)
        reading = await progress(service, shop.account.id)
        found = await every(service)

        assert {each["id"] for each in found} == {each["id"] for each in await shop.every("/v1/invoices")}
        assert [each["created"] for each in found] == sorted((each["created"] for each in found), reverse=True)
        assert (reading["invoices"], reading["without_invoices"]) == (120, None)
        assert {each["id"]: each["status"] for each in found} == {each["id"]: each["status"] for each in made}


async def test_what_happens_to_invoices_of_long_ago_is_seen_though_no_list_goes_back_so_far() -> None:
    async with billing() as (service, shop):
        book = shop.account
        paid, voided, corrected, overpaid = [billed(book, 10_000 + number) for number in range(4)]
        note = credit_notes.create(book, corrected, 1_000)
        await later(service, shop)
        for _ in range(2):
            for _ in range(120):
                credit_notes.create(book, billed(book), 10_000)
            await later(service, shop)
        asked = len(shop.stripe.api.requests)
        invoices.pay(book, paid)
        invoices.void(book, voided)
        credit_notes.void(book, note)
        invoices.pay(book, overpaid, 11_000)
        await later(service, shop)
        reads = [path for _, path in list(shop.stripe.api.requests)[asked:] if "/v1/invoice" in path or "note" in path]

        assert way(await shown(service, paid["id"])) == [("paid", "balance", True, None)]
        assert (await shown(service, voided["id"]))["status"] == "void"
        again = await shown(service, corrected["id"])
        assert ([each["status"] for each in again["credit_notes"]], units(again, "amount_due")) == (["void"], (10_002,))
        assert units(await shown(service, overpaid["id"]), "amount_overpaid") == (997,)
        assert len(reads) <= 20


async def test_a_partial_payment_leaves_the_rest_open_and_both_are_followed() -> None:
    async with billing() as (service, shop):
        made = billed(shop.account)
        invoices.pay(shop.account, made, 4_000)
        await later(service, shop)
        part = await shown(service, made["id"])
        invoices.pay(shop.account, made)
        await later(service, shop)
        whole = await shown(service, made["id"])

        assert part["status"] == "open"
        assert units(part, "amount_paid", "amount_remaining") == (4_000, 6_000)
        assert sorted(way(part)) == [("open", "not_paid", False, None), ("paid", "balance", True, None)]
        assert (whole["status"], units(whole, "amount_paid", "amount_remaining")) == ("paid", (10_000, 0))
        assert [each["amount_paid"]["minor_units"] for each in whole["payments"]] in ([4_000, 6_000], [6_000, 4_000])
        assert {each["place"] for each in whole["payments"]} == {"balance"}


async def test_what_was_paid_too_much_is_said() -> None:
    async with billing() as (service, shop):
        made = billed(shop.account)
        invoices.pay(shop.account, made, 10_500, method="us_bank_account")
        await later(service, shop)
        found = await shown(service, made["id"])

        assert (found["status"], units(found, "amount_paid", "amount_overpaid")) == ("paid", (10_500, 500))
        assert [each["amount_paid"]["minor_units"] for each in found["payments"]] == [10_500]


async def test_what_is_paid_outside_of_stripe_has_no_movement_and_is_not_looked_for() -> None:
    async with billing() as (service, shop):
        made = billed(shop.account)
        invoices.pay_out_of_band(shop.account, made)
        await later(service, shop)
        found = await shown(service, made["id"])

        assert (found["status"], units(found, "amount_paid", "paid_outside_stripe")) == ("paid", (10_000, 10_000))
        assert way(found) == [("canceled", "not_paid", False, None)]


async def test_credit_notes_before_and_after_payment_and_voided_ones() -> None:
    async with billing() as (service, shop):
        book, made = shop.account, billed(shop.account)
        taken_back = credit_notes.create(book, made, 1_000)
        kept = credit_notes.create(book, made, 2_000)
        await later(service, shop)
        before = await shown(service, made["id"])
        credit_notes.void(book, taken_back)
        await later(service, shop)
        voided = await shown(service, made["id"])
        invoices.pay(book, made)
        await later(service, shop)
        given = credit_notes.create(book, made, 3_000, refund_amount=2_500, out_of_band_amount=500)
        await later(service, shop)
        after = await shown(service, made["id"])
        notes = {each["id"]: each for each in after["credit_notes"]}

        names = ("amount_due", "credited_before_payment", "credited_after_payment")
        assert units(before, *names) == (7_000, 3_000, 0)
        assert units(voided, *names) == (8_000, 2_000, 0)
        assert units(after, *names) == (8_000, 2_000, 3_000)
        assert {id: each["status"] for id, each in notes.items()} == {
            taken_back["id"]: "void", kept["id"]: "issued", given["id"]: "issued",
        }  # fmt: skip
        [refund] = notes[given["id"]]["refunds"]
        assert refund["amount"]["minor_units"] == 2_500
        assert notes[given["id"]]["given_outside_stripe"]["minor_units"] == 500


async def test_void_uncollectible_and_deleted() -> None:
    async with billing() as (service, shop):
        book = shop.account
        void, written_off, paid_late = billed(book), billed(book), billed(book)
        draft = billed(book, final=False)
        await later(service, shop)
        invoices.void(book, void)
        invoices.mark_uncollectible(book, written_off)
        invoices.mark_uncollectible(book, paid_late)
        invoices.delete(book, draft)
        await later(service, shop)
        between = [(await shown(service, each["id"]))["status"] for each in (void, written_off, paid_late, draft)]
        invoices.pay(book, paid_late)
        await later(service, shop)

        assert between == ["void", "uncollectible", "uncollectible", "deleted"]
        assert way(await shown(service, paid_late["id"])) == [("paid", "balance", True, None)]
        assert [each["id"] for each in await every(service, status="void")] == [void["id"]]


async def test_a_payout_that_came_back_takes_the_invoices_money_back_to_the_balance() -> None:
    async with billing() as (service, shop):
        made = billed(shop.account)
        invoices.pay(shop.account, made)
        await days(service, shop, 9)
        before = await shown(service, made["id"])
        fail_last_paid(shop.account)
        await later(service, shop)

        assert way(before) == [("paid", "payout", True, "paid")]
        assert way(await shown(service, made["id"])) == [("paid", "balance", True, "failed")]


async def test_refunds_and_disputes_among_a_payouts_items_name_the_invoice() -> None:
    async with billing() as (service, shop):
        made, disputed = billed(shop.account), billed(shop.account, 20_000)
        charge = invoices.pay(shop.account, made)
        disputes.open_dispute(shop.account, invoices.pay(shop.account, disputed))
        refunds.refund(shop.account, charge, 1_000)
        billed_more = billed(shop.account, 90_000)
        invoices.pay(shop.account, billed_more)
        await days(service, shop, 9)
        payouts = await shop.payouts()
        items = [
            item
            for payout in payouts
            for item in (await service.ask("GET", f"/v1/companies/{ACME}/payouts/{payout['id']}")).json["breakdown"][
                "items"
            ]
        ]

        named = {
            (each["type"], *each["invoices"]) for each in items if each["type"] in ("charge", "refund", "adjustment")
        }
        assert named == {
            ("charge", made["id"]), ("refund", made["id"]), ("charge", disputed["id"]), ("adjustment", disputed["id"]),
            ("charge", billed_more["id"]),
        }  # fmt: skip


async def test_a_payment_that_is_seen_before_its_movement_is_awaited_until_then() -> None:
    """It is made after the movements were listed, and before the payments are."""
    async with billing() as (service, shop):
        made = billed(shop.account)
        await later(service, shop)
        left = [made]

        def pay() -> None:
            while left:
                invoices.pay(shop.account, left.pop())

        shop.stripe.api.faults.after_each("/v1/balance_transactions", pay)
        await later(service, shop)
        between = await shown(service, made["id"])
        shop.stripe.api.faults.clear()
        await later(service, shop)

        assert way(between) == [("paid", "awaited", False, None)]
        assert way(await shown(service, made["id"])) == [("paid", "balance", True, None)]
        assert len(await told(service, made["id"])) == 3


async def test_a_key_that_may_not_read_invoices_reads_all_else_and_it_is_said_until_it_may() -> None:
    async with at_the_door() as (service, shop, _):
        made = billed(shop.account)
        invoices.pay(shop.account, made)
        simulation, allowed = shop.stripe.simulation, ("accounts", "balance", "payout", "charge", "connected_account")
        given: dict[str, Literal["read", "write"]] = dict.fromkeys(
            (*allowed, "balance_transaction_source", "refund", "dispute", "event"), "read"
        )
        key = simulation.restricted_key(shop.platform, given)
        await give(service, key)
        await connect(service, shop.account.id)
        await work(service)
        without, complete = await progress(service, shop.account.id), (await integrity(service))["complete"]
        await give(service, simulation.restricted_key(shop.platform, {**given, "invoice": "read"}))
        await later(service, shop)
        reading = await progress(service, shop.account.id)

        assert (without["history_read"], without["trouble"], without["invoices"]) == (True, None, 0)
        assert "rak_invoice_read" in without["without_invoices"]
        assert complete
        assert (reading["invoices"], reading["without_invoices"]) == (1, None)


async def give(service: LiveService, key: str) -> None:
    answer = await service.ask("PUT", "/v1/integrations/stripe", body={"secret_key": key})
    assert answer.status == 200, answer.content
