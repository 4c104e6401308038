"""Invoices made, sent and voided at Stripe on a connected account: the service, the official SDK, the simulator."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final, Literal

import aiohttp
import pytest

from adapters.simulator.stripe import accounts, customers, invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.http.faults import Fault
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.invoicing import INVOICES, billing, later, shown, told
from tests.entrypoints.http.live_service import Answer, LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, days
from tests.entrypoints.http.test_reading_stripe import push_lines

USD_24: Final = {"minor_units": 2_400, "currency": "usd"}
BILL: Final[dict[str, Any]] = {
    "customer": {"name": "Bean Lovers", "email": "pay@bean.example"},
    "lines": [
        {"description": "Beans", "quantity": 5, "unit_amount": USD_24},
        {"description": "Delivery", "unit_amount": {"minor_units": 990, "currency": "usd"}},
    ],
    "days_until_due": 14,
    "application_fee": {"minor_units": 250, "currency": "usd"},
    "memo": "Thank you.",
    "metadata": [{"name": "order", "value": "4711"}],
}
TOTAL: Final = 12_990
NO_FEE: Final = {"application_fee": None}


async def ask(service: LiveService, path: str = "", body: Any = None, key: str | None = None) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await service.ask("POST", f"{INVOICES}{path}", body=body, headers=headers)


async def made(service: LiveService, **changed: Any) -> Any:
    answer = await ask(service, body={**BILL, **changed}, key=f"made-{sha256(repr(changed).encode()).hexdigest()}")
    assert answer.status == 201, answer.content
    return answer.json


def at_stripe(book: AccountBook) -> list[Any]:
    return list(book.collection("invoice").oldest_first())


async def pay_on_its_page(url: str) -> None:
    """As the customer does: opens the page, and presses the button."""
    async with aiohttp.ClientSession() as customer:
        async with customer.get(url) as page:
            assert "<button>Pay</button>" in await page.text()
        async with customer.post(url) as paid:
            assert paid.status == 200, await paid.text()


async def test_a_company_is_paid_from_the_bill_to_the_bank_with_the_partners_fee() -> None:
    async with billing() as (service, shop):
        draft = await made(service)
        sent = await ask(service, f"/{draft['id']}/send", key="send")
        await pay_on_its_page(sent.json["hosted_invoice_url"])
        await later(service, shop)
        paid = await shown(service, draft["id"])
        await days(service, shop, 9)
        await push_lines(service, [each for each in await shop.payouts() if each["status"] == "paid"])
        await later(service, shop)
        arrived = await shown(service, draft["id"])
        [kept] = at_stripe(shop.account)
        events = await told(service, draft["id"])

        assert (draft["status"], draft["total"]["minor_units"], draft["memo"]) == ("draft", TOTAL, "Thank you.")
        assert draft["customer"] | {"id": None} == {"id": None, "name": "Bean Lovers", "email": "pay@bean.example"}
        assert (sent.status, sent.json["status"], bool(sent.json["number"])) == (200, "open", True)
        assert (kept["metadata"], kept["collection_method"]) == ({"order": "4711"}, "send_invoice")
        [payment] = paid["payments"]
        assert (paid["status"], payment["place"], payment["amount_paid"]["minor_units"]) == ("paid", "balance", TOTAL)
        fees = [
            each
            for each in await shop.every("/v1/balance_transactions")
            if each["id"] == payment["balance_transaction"]
        ]
        assert {each["type"]: each["amount"] for each in fees[0]["fee_details"]}["application_fee"] == 250
        assert arrived["payments"][0]["place"] == "bank"
        assert len(arrived["payments"][0]["payout"]["deposits"]) == 1
        assert [each["status"] for each in events][:2] == ["draft", "open"]
        assert events[-1]["payments"][0]["place"] == "bank"
        assert len({repr(each) for each in events}) == len(events)


async def test_the_same_key_makes_one_invoice_and_sends_it_once() -> None:
    async with billing() as (service, shop):
        answers = [await ask(service, body=BILL, key="once") for _ in range(3)]
        id = answers[0].json["id"]
        for _ in range(2):
            assert (await ask(service, f"/{id}/send", key="send")).status == 200
        other = await ask(service, body={**BILL, "memo": "Another"}, key="once")

        assert {each.json["id"] for each in answers} == {id}
        assert len(at_stripe(shop.account)) == 1
        assert sent_by(shop) == 1
        assert other.status == 422


@pytest.mark.parametrize("lost", ["/v1/customers", "/v1/invoices", "/v1/invoices/[^/]+/add_lines"])
@pytest.mark.parametrize("times", [1, 9])
async def test_an_answer_lost_on_the_way_from_stripe_is_asked_for_again_and_makes_one_invoice(
    lost: str, times: int
) -> None:
    async with billing() as (service, shop):
        shop.stripe.api.faults.add(Fault(kind="lost_answer", method="POST", path=lost, times=times))
        first = await ask(service, body=BILL, key="bill")
        shop.stripe.api.faults.clear()
        again = await ask(service, body=BILL, key="bill")

        assert first.status == (201 if times == 1 else 503)
        if times > 1:
            assert "repeat it with its Idempotency-Key" in first.json["detail"]
            assert int(first.headers["Retry-After"]) > 0
        assert again.status == 201
        [kept] = at_stripe(shop.account)
        assert (kept["id"], kept["total"]) == (again.json["id"], TOTAL)
        assert len(list(shop.account.collection("customer").oldest_first())) == 1


async def test_asked_again_the_same_customer_is_billed_though_a_namesake_has_come_since() -> None:
    async with billing() as (service, shop):
        shop.stripe.api.faults.add(Fault(kind="lost_answer", method="POST", path="/v1/invoices", times=9))
        first = await ask(service, body=BILL, key="bill")
        shop.stripe.api.faults.clear()
        customers.create(shop.account, name="Bean Lovers", email="pay@bean.example")
        again = await ask(service, body=BILL, key="bill")

        assert (first.status, again.status) == (503, 201)
        assert [each["id"] for each in at_stripe(shop.account)] == [again.json["id"]]


@pytest.mark.parametrize("step", ["draft", "send", "void"])
async def test_a_crash_between_the_call_and_the_record_is_repaired_by_asking_again(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe has done it, and the process died before that was kept: who asks again with the key gets what was done."""
    async with billing() as (service, shop):
        id = None if step == "draft" else (await made(service))["id"]
        if step == "void":
            await ask(service, f"/{id}/send")
        path, body = ("", BILL) if step == "draft" else (f"/{id}/{step}", None)
        invoicing = service.services.stripe_invoicing
        with monkeypatch.context() as dying:
            dying.setattr(invoicing, step, dies_after(getattr(invoicing, step)))
            crashed = await ask(service, path, body, key="key")
        before = [each["id"] for each in (await service.ask("GET", INVOICES)).json["data"]]
        again = await ask(service, path, body, key="key")

        assert crashed.status == 500
        assert before == ([] if step == "draft" else [id])
        assert again.status in (200, 201)
        [kept] = at_stripe(shop.account)
        assert (kept["id"], kept["status"]) == (again.json["id"], again.json["status"])
        assert sent_by(shop) == {"draft": 0, "send": 1, "void": 1}[step]


def dies_after(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def dying(*arguments: Any, **named: Any) -> Any:
        await call(*arguments, **named)
        raise RuntimeError("the process was killed")

    return dying


def sent_by(shop: Shop) -> int:
    """How many invoices Stripe has e-mailed."""
    return sum(each["type"] == "invoice.sent" for each in shop.account.listing("event").oldest_first())


async def test_what_stripe_refused_is_tried_anew_and_not_refused_for_ever() -> None:
    """Stripe keeps a refusal under its idempotency key, too."""
    async with billing() as (service, shop):
        shop.stripe.api.faults.add(Fault(kind="server_error", path="/v1/invoices", method="POST", status=402))
        refused = await ask(service, body=BILL, key="bill")
        again = await ask(service, body=BILL, key="bill")

        assert (refused.status, again.status) == (422, 201)
        assert "Stripe answered 402" in refused.json["detail"]


async def test_lines_that_stripe_refuses_leave_no_draft() -> None:
    async with billing() as (service, shop):
        path = "/v1/invoices/[^/]+/add_lines"
        shop.stripe.api.faults.add(Fault(kind="server_error", path=path, method="POST", status=400))
        refused = await ask(service, body=BILL, key="bill")
        left = at_stripe(shop.account)
        again = await ask(service, body=BILL, key="bill")

        assert (refused.status, left) == (422, [])
        assert [each["id"] for each in at_stripe(shop.account)] == [again.json["id"]]


async def test_what_has_to_be_done_first_is_said() -> None:
    async with at_the_door() as (service, shop, _):
        none = await ask(service, body=BILL)
        unready = shop.stripe.simulation.open_account(AccountHabits(onboarded=False))
        shop.stripe.simulation.connect(shop.platform, unready)
        await connect(service, unready.id)
        before = await ask(service, body=BILL)
        accounts.complete_onboarding(unready)
        unready.account["capabilities"]["card_payments"] = "pending"
        pending = await ask(service, body=BILL)
        unready.account["charges_enabled"] = False
        disabled = await ask(service, body=BILL)

        assert [each.status for each in (none, before, pending, disabled)] == [409] * 4
        assert "has no connected Stripe account" in none.json["detail"]
        assert "has not told Stripe everything" in before.json["detail"]
        assert "account_link" in before.json["detail"]
        assert "Stripe still wants: " in before.json["detail"]
        assert "card_payments is pending" in pending.json["detail"]
        assert "has not enabled its charges" in disabled.json["detail"]
        assert at_stripe(unready) == []


async def test_an_account_that_is_read_only_and_a_key_that_may_not_write_are_refused_in_words() -> None:
    async with billing() as (service, shop):
        shop.stripe.simulation.connect(shop.platform, shop.account, scope="read_only")
        read_only = await ask(service, body=BILL)
        shop.stripe.simulation.connect(shop.platform, shop.account)
        given: dict[str, Literal["read", "write"]] = dict.fromkeys(("accounts", "customer", "invoice"), "read")
        key = shop.stripe.simulation.restricted_key(shop.platform, given)
        await service.ask("PUT", "/v1/integrations/stripe", body={"secret_key": key})
        may_not = await ask(service, body=BILL)

        assert (read_only.status, may_not.status) == (422, 422)
        assert "connect it again, with scope read_write" in read_only.json["detail"]
        assert "the key lacks rak_customer_write" in may_not.json["detail"]


async def test_with_several_accounts_the_invoice_names_its_own() -> None:
    async with billing() as (service, shop):
        other = shop.stripe.simulation.open_account()
        shop.stripe.simulation.connect(shop.platform, other)
        await connect(service, other.id)
        unsaid = await ask(service, body=BILL)
        unknown = await ask(service, body={**BILL, "account": "acct_1NOBODYS00000000"})
        said = await ask(service, body={**BILL, "account": other.id})

        assert [(each.status, each.json["errors"][0]["pointer"]) for each in (unsaid, unknown)] == [
            (422, "/account")
        ] * 2
        assert other.id in unsaid.json["errors"][0]["detail"]
        assert (said.json["account"], len(at_stripe(other)), at_stripe(shop.account)) == (other.id, 1, [])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"customer": {}}, "/customer"),
        ({"customer": {"name": "Bean Lovers"}}, "/customer"),
        ({"customer": {"id": "cus_1", "email": "pay@bean.example"}}, "/customer"),
        (
            {"lines": [{"description": "Nothing", "unit_amount": {"minor_units": 0, "currency": "usd"}}], **NO_FEE},
            "/lines",
        ),
        ({"application_fee": {"minor_units": TOTAL + 1, "currency": "usd"}}, "/application_fee"),
        ({"application_fee": {"minor_units": 1, "currency": "eur"}}, "/application_fee"),
        ({"application_fee": {"minor_units": -1, "currency": "usd"}}, "/application_fee"),
        (
            {"lines": [*BILL["lines"], {"description": "Euros", "unit_amount": {"minor_units": 1, "currency": "eur"}}]},
            "/lines/2/unit_amount",
        ),
    ],
)
async def test_what_cannot_be_billed_is_refused_with_its_place(changed: Any, pointer: str) -> None:
    async with billing() as (service, shop):
        asked = len(shop.stripe.api.requests)
        answer = await ask(service, body={**BILL, **changed})

        assert (answer.status, [each["pointer"] for each in answer.json["errors"]]) == (422, [pointer])
        assert len(shop.stripe.api.requests) == asked


async def test_a_customer_that_there_is_is_billed_again_and_one_may_be_named_by_its_id() -> None:
    async with billing() as (service, _):
        first = await made(service)
        second = await ask(service, body={**BILL, "memo": "Again"})
        by_id = await ask(service, body={**BILL, "customer": {"id": first["customer"]["id"]}})
        unknown = await ask(service, body={**BILL, "customer": {"id": "cus_unknown"}})

        assert {each["customer"]["id"] for each in (first, second.json, by_id.json)} == {first["customer"]["id"]}
        assert (unknown.status, "No such customer" in unknown.json["detail"]) == (422, True)


async def test_drafts_are_deleted_open_ones_voided_and_what_is_paid_is_left() -> None:
    async with billing() as (service, shop):
        draft, open_, paid = [await made(service, memo=memo) for memo in ("draft", "open", "paid")]
        for each in (open_, paid):
            await ask(service, f"/{each['id']}/send")
        invoices.pay(shop.account, shop.account.get(paid["id"]))
        await later(service, shop)
        answers = [await ask(service, f"/{each['id']}/void") for each in (draft, open_, paid)]
        again = await ask(service, f"/{open_['id']}/void")
        resent = await ask(service, f"/{open_['id']}/send")

        assert [(each.status, each.json["status"]) for each in (*answers[:2], again)] == [
            (200, "deleted"), (200, "void"), (200, "void"),
        ]  # fmt: skip
        assert (answers[2].status, "by a refund or a credit note" in answers[2].json["detail"]) == (409, True)
        assert (resent.status, "only a draft or an open invoice" in resent.json["detail"]) == (409, True)
        assert {each["status"] for each in at_stripe(shop.account)} == {"void", "paid"}


async def test_the_platforms_own_account_is_billed_without_a_fee() -> None:
    async with at_the_door() as (service, shop, _):
        own = shop.stripe.simulation.book(shop.platform.id)
        await connect(service, own.id)
        with_fee = await ask(service, body=BILL)
        without = await ask(service, body={**BILL, **NO_FEE})

        assert (with_fee.status, with_fee.json["errors"][0]["pointer"]) == (422, "/application_fee")
        assert (without.status, len(at_stripe(own))) == (201, 1)


async def test_what_is_no_longer_connected_is_not_sent() -> None:
    async with billing() as (service, shop):
        draft = await made(service)
        await service.ask("DELETE", f"{INVOICES[:-9]}/stripe/accounts/{shop.account.id}")
        answer = await ask(service, f"/{draft['id']}/send")

        assert (answer.status, "no longer connected" in answer.json["detail"]) == (409, True)
        assert sent_by(shop) == 0


async def test_what_was_asked_for_is_in_the_audit_trail() -> None:
    async with billing() as (service, _):
        draft = await made(service)
        await ask(service, f"/{draft['id']}/send")
        await ask(service, f"/{draft['id']}/void")
        trail = (await service.ask("GET", f"/v1/companies/{ACME}/audit?limit=250")).json["data"]

        assert [each["action"] for each in trail if each["subject"] == draft["id"]] == [
            "invoice.voided", "invoice.sent", "invoice.created",
        ]  # fmt: skip
