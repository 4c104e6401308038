"""Invoices over their whole life, what pays them, and what corrects them."""

from typing import Any

import aiohttp
import pytest
import stripe

from adapters.simulator.stripe import charges, credit_notes, customers, invoices, refunds
from adapters.simulator.stripe.wire import DAY, HOUR, JsonObject
from tests.adapters.simulator.stripe.shop import Shop, open_shop


def draft(shop: Shop, amount: int = 100_000, **options: Any) -> JsonObject:
    customer = customers.create(shop.account, name="Ada", email="ada@example.com")
    invoice = invoices.create(shop.account, customer, **options)
    invoices.add_item(shop.account, invoice, amount, description="Work")
    return invoice


def opened(shop: Shop, amount: int = 100_000, **options: Any) -> JsonObject:
    return invoices.finalize(shop.account, draft(shop, amount, **options))


async def told(shop: Shop, prefix: str = "invoice") -> list[str]:
    events = await shop.every("/v1/events")
    return [event["type"] for event in reversed(events) if event["type"].startswith(prefix)]


async def test_an_invoice_is_made_sent_and_paid_on_its_page_with_the_platforms_fee() -> None:
    async with open_shop() as shop, aiohttp.ClientSession() as session:
        api, on = shop.client.v1, shop.options
        customer = await api.customers.create_async({"name": "Ada", "email": "ada@example.com"}, on)
        made = await api.invoices.create_async(
            {
                "customer": customer.id,
                "collection_method": "send_invoice",
                "days_until_due": 30,
                "application_fee_amount": 250,
            },
            on,
        )
        await api.invoice_items.create_async({"customer": customer.id, "invoice": made.id, "amount": 10_000}, on)
        sent = await api.invoices.send_invoice_async(made.id, None, on)

        assert sent.status == "open"
        assert sent.hosted_invoice_url
        async with session.post(sent.hosted_invoice_url) as page:
            assert "paid" in await page.text()

        paid = await api.invoices.retrieve_async(made.id, {"expand": ["payments.data.payment.payment_intent"]}, on)
        body = paid.to_dict()
        assert (body["status"], body["amount_paid"], body["amount_remaining"]) == ("paid", 10_000, 0)
        intent = body["payments"]["data"][0]["payment"]["payment_intent"]
        movement = (await shop.ask(f"/v1/charges/{intent['latest_charge']}", expand=["balance_transaction"]))[
            "balance_transaction"
        ]
        assert [(part["type"], part["amount"]) for part in movement["fee_details"]] == [
            ("application_fee", 250),
            ("stripe_fee", 320),
        ]
        (fee,) = (await api.application_fees.list_async()).data
        assert (fee.amount, fee.account, fee.charge) == (250, shop.account.id, intent["latest_charge"])
        assert "charge" not in body
        assert "payment_intent" not in body


async def test_the_chain_from_a_payouts_item_to_its_invoice_and_back() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        invoices.pay(shop.account, invoice)
        await shop.stripe.advance(7 * DAY)
        (payout,) = await shop.payouts()
        listed = await shop.every("/v1/balance_transactions", payout=payout["id"], expand=["data.source"])
        charge = next(item["source"] for item in listed if item["type"] == "charge")

        (payment,) = await shop.every(
            "/v1/invoice_payments", payment={"type": "payment_intent", "payment_intent": charge["payment_intent"]}
        )

        assert payment["invoice"] == invoice["id"]
        assert (payment["status"], payment["amount_paid"]) == ("paid", 100_000)
        assert (await shop.every("/v1/invoice_payments", invoice=invoice["id"])) == [payment]


async def test_partial_payments_leave_it_open_until_all_is_paid() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)

        invoices.pay(shop.account, invoice, 40_000)
        half = await shop.ask(f"/v1/invoices/{invoice['id']}")
        invoices.pay(shop.account, invoice, 60_000)

        whole = await shop.ask(f"/v1/invoices/{invoice['id']}")
        payments = await shop.every("/v1/invoice_payments", invoice=invoice["id"], status="paid")
        assert (half["status"], half["amount_paid"], half["amount_remaining"]) == ("open", 40_000, 60_000)
        assert (whole["status"], whole["amount_paid"], whole["amount_remaining"]) == ("paid", 100_000, 0)
        assert [payment["amount_paid"] for payment in payments] == [
            40_000,
            60_000,
        ]  # the other was there since it was finalised
        assert (await told(shop))[-4:] == [
            "invoice_payment.paid",
            "invoice.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
        ]


async def test_a_payment_that_was_made_elsewhere_is_attached() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        charge = charges.charge(shop.account, 30_000)

        await shop.client.v1.invoices.attach_payment_async(
            invoice["id"], {"payment_intent": charge["payment_intent"]}, shop.options
        )

        after = await shop.ask(f"/v1/invoices/{invoice['id']}")
        assert (after["amount_paid"], after["amount_remaining"]) == (30_000, 70_000)


async def test_an_attached_payment_counts_when_it_is_made() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        api, on = shop.client.v1, shop.options
        intent = await api.payment_intents.create_async({"amount": 60_000, "currency": "usd"}, on)
        await api.invoices.attach_payment_async(invoice["id"], {"payment_intent": intent.id}, on)
        before = await shop.ask(f"/v1/invoices/{invoice['id']}")

        confirmed = await api.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"}, on)

        after = await shop.ask(f"/v1/invoices/{invoice['id']}")
        assert confirmed.status == "succeeded"
        assert (before["amount_paid"], after["amount_paid"], after["amount_remaining"]) == (0, 60_000, 40_000)
        with pytest.raises(stripe.InvalidRequestError, match="cannot be confirmed"):
            await api.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"}, on)


async def test_too_much_is_credited_to_the_customer() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)

        invoices.pay(shop.account, invoice, 101_000)

        customer = await shop.ask(f"/v1/customers/{invoice['customer']}")
        after = await shop.ask(f"/v1/invoices/{invoice['id']}")
        assert (after["status"], after["amount_overpaid"]) == ("paid", 1_000)
        assert customer["balance"] == -1_000
        assert "invoice.overpaid" in await told(shop)
        following = invoices.create(shop.account, shop.account.get(customer["id"]))
        invoices.add_item(shop.account, following, 5_000)
        invoices.finalize(shop.account, following)
        assert (following["amount_due"], following["starting_balance"], following["ending_balance"]) == (
            4_000,
            -1_000,
            0,
        )


async def test_paid_out_of_band_moves_nothing() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)

        paid = await shop.tell(f"/v1/invoices/{invoice['id']}/pay", paid_out_of_band=True)

        assert (paid["status"], paid["amount_paid"], paid["amount_paid_off_stripe"]) == ("paid", 100_000, 100_000)
        assert await shop.every("/v1/balance_transactions") == []
        assert await shop.every("/v1/charges") == []
        assert "invoice.paid" in await told(shop)
        assert "invoice.payment_succeeded" not in await told(shop)


async def test_a_declined_payment_leaves_it_open() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)

        invoices.payment_fails(shop.account, invoice)

        assert (await shop.ask(f"/v1/invoices/{invoice['id']}"))["status"] == "open"
        assert (await told(shop))[-1] == "invoice.payment_failed"


async def test_an_invoice_that_is_not_paid_when_it_is_due_is_overdue() -> None:
    async with open_shop() as shop:
        late, paid = opened(shop, days_until_due=14), opened(shop, days_until_due=14)
        invoices.pay(shop.account, paid)

        await shop.stripe.advance(15 * DAY)

        overdue = await shop.every("/v1/events", type="invoice.overdue")
        assert [event["data"]["object"]["id"] for event in overdue] == [late["id"]]


async def test_void_and_uncollectible_are_ends_but_the_uncollectible_may_still_be_paid() -> None:
    async with open_shop() as shop:
        one, two = opened(shop), opened(shop)
        on = shop.options

        void = await shop.client.v1.invoices.void_invoice_async(one["id"], None, on)
        written_off = await shop.client.v1.invoices.mark_uncollectible_async(two["id"], None, on)

        assert (void.status, written_off.status) == ("void", "uncollectible")
        assert [payment["status"] for payment in await shop.every("/v1/invoice_payments", invoice=one["id"])] == [
            "canceled"
        ]
        with pytest.raises(stripe.InvalidRequestError, match="void"):
            await shop.tell(f"/v1/invoices/{one['id']}/pay", payment_method="pm_card_visa")
        paid = await shop.tell(f"/v1/invoices/{two['id']}/pay", payment_method="pm_card_visa")
        assert paid["status"] == "paid"


async def test_only_drafts_are_deleted_and_changed() -> None:
    async with open_shop() as shop:
        one, two = draft(shop), opened(shop)

        deleted = await shop.client.v1.invoices.delete_async(one["id"], None, shop.options)

        assert deleted.deleted
        with pytest.raises(stripe.InvalidRequestError, match="No such invoice"):
            await shop.ask(f"/v1/invoices/{one['id']}")
        with pytest.raises(stripe.InvalidRequestError):
            await shop.client.v1.invoices.delete_async(two["id"], None, shop.options)
        with pytest.raises(stripe.InvalidRequestError):
            await shop.tell(f"/v1/invoices/{two['id']}", description="another")


async def test_a_draft_advances_by_itself_after_an_hour() -> None:
    async with open_shop() as shop:
        invoice = draft(shop, auto_advance=True)

        await shop.stripe.advance(HOUR)

        assert (await shop.ask(f"/v1/invoices/{invoice['id']}"))["status"] == "open"


async def test_of_many_lines_an_invoice_shows_ten_and_lists_the_rest() -> None:
    async with open_shop() as shop:
        invoice = draft(shop, 1_000)
        for _ in range(11):
            invoices.add_item(shop.account, invoice, 1_000)

        after = await shop.ask(f"/v1/invoices/{invoice['id']}")
        lines = await shop.every(f"/v1/invoices/{invoice['id']}/lines")

        assert (len(after["lines"]["data"]), after["lines"]["has_more"]) == (10, True)
        assert after["total"] == sum(line["amount"] for line in lines) == 12_000


async def test_tax_is_on_top_of_the_lines_or_in_them() -> None:
    async with open_shop() as shop:
        invoice = draft(shop, 10_000)
        invoices.add_item(shop.account, invoice, 20_000, tax_basis_points=1_000)
        invoices.add_item(shop.account, invoice, 11_000, tax_basis_points=1_000, tax_inclusive=True)

        after = await shop.ask(f"/v1/invoices/{invoice['id']}")

        assert (after["subtotal"], after["total"], after["total_excluding_tax"]) == (41_000, 43_000, 40_000)
        assert [(tax["tax_behavior"], tax["amount"]) for tax in after["total_taxes"]] == [
            ("exclusive", 2_000),
            ("inclusive", 1_000),
        ]


async def test_a_credit_note_reduces_what_is_due_first_and_gives_the_rest_back() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        before = await shop.tell("/v1/credit_notes", invoice=invoice["id"], amount=10_000)
        invoices.pay(shop.account, invoice)
        after = await shop.tell("/v1/credit_notes", invoice=invoice["id"], amount=5_000, refund_amount=5_000)

        noted = await shop.ask(f"/v1/invoices/{invoice['id']}")
        refund = await shop.ask(f"/v1/refunds/{after['refunds'][0]['refund']}")

        assert (before["type"], before["pre_payment_amount"]) == ("pre_payment", 10_000)
        assert (after["type"], after["post_payment_amount"], refund["amount"]) == ("post_payment", 5_000, 5_000)
        assert (noted["amount_paid"], noted["amount_due"]) == (90_000, 90_000)
        assert (noted["pre_payment_credit_notes_amount"], noted["post_payment_credit_notes_amount"]) == (10_000, 5_000)
        with pytest.raises(stripe.InvalidRequestError, match="must equal the post payment"):
            await shop.tell("/v1/credit_notes", invoice=invoice["id"], amount=5_000, refund_amount=1)
        with pytest.raises(stripe.InvalidRequestError, match="cannot exceed"):
            await shop.tell("/v1/credit_notes", invoice=invoice["id"], amount=99_000, out_of_band_amount=99_000)


async def test_a_credit_note_of_all_that_is_due_settles_it_and_one_can_be_voided_before() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        note = credit_notes.create(shop.account, invoice, 40_000)
        await shop.client.v1.credit_notes.void_credit_note_async(note["id"], None, shop.options)
        assert invoice["amount_remaining"] == 100_000

        credit_notes.create(shop.account, invoice, 100_000)

        assert (await shop.ask(f"/v1/invoices/{invoice['id']}"))["status"] == "paid"
        assert await shop.every("/v1/charges") == []


async def test_a_credit_note_can_name_a_refund_that_was_made_already() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        charge = invoices.pay(shop.account, invoice)
        refund = refunds.refund(shop.account, charge, 7_000)

        note = credit_notes.create(shop.account, invoice, 7_000, attached_refunds=[refund])

        assert note["refunds"][0]["refund"] == refund["id"]
        assert len(await shop.every("/v1/refunds")) == 1


async def test_an_account_that_is_not_onboarded_cannot_be_paid() -> None:
    async with open_shop() as shop:
        account = await shop.client.v1.accounts.create_async({"type": "standard"})
        book = shop.stripe.simulation.book(account.id)
        customer = customers.create(book, name="Ada")
        invoice = invoices.create(book, customer)

        with pytest.raises(stripe.InvalidRequestError, match="cannot currently make"):
            await shop.client.v1.invoices.finalize_invoice_async(invoice["id"], None, {"stripe_account": book.id})


async def test_an_older_version_still_names_charge_and_intent_on_the_invoice() -> None:
    async with open_shop() as shop:
        invoice = opened(shop)
        charge = invoices.pay(shop.account, invoice)

        old = await shop.client.raw_request_async(
            "get", f"/v1/invoices/{invoice['id']}", stripe_account=shop.account.id, stripe_version="2024-06-20"
        )

        assert f'"charge":"{charge["id"]}"' in old.body
        assert '"paid":true' in old.body
