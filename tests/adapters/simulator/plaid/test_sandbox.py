"""What only the sandbox has."""

import pytest

from tests.adapters.simulator.plaid.desk import TODAY, Copy, Desk, bank_shows, listening, open_desk, refusal, sdk


async def exchanged(desk: Desk, **options: object) -> str:
    made = await desk.ask(
        "sandbox_public_token_create",
        institution_id=desk.bank.institution_id,
        initial_products=["transactions"],
        options=options,
    )
    answer = await desk.ask("item_public_token_exchange", public_token=made["public_token"])
    token: str = answer["access_token"]
    return token


async def test_an_item_is_made_without_link() -> None:
    async with open_desk() as desk:
        desk.post(5_000)
        token = await exchanged(desk, override_username="owner", override_password="pass_good")
        await desk.plaid.advance(600)

        assert [line["amount"] for line in (await desk.ask("transactions_sync", access_token=token))["added"]] == [-50]


async def test_the_usual_user_is_the_first_who_can_log_in() -> None:
    async with open_desk() as desk:
        token = await exchanged(desk, transactions={"start_date": "2025-03-02"})

        item = desk.plaid.simulation.link.items[token]
        assert (item.login, item.days_requested) == (desk.login, 365)


@pytest.mark.parametrize(
    ("institution", "options", "code"),
    [
        ("ins_1", {}, "INVALID_INSTITUTION"),
        ("ins_109508", {"override_username": "nobody"}, "INVALID_CREDENTIALS"),
    ],
)
async def test_an_unknown_bank_or_user_is_refused(institution: str, options: dict[str, str], code: str) -> None:
    async with open_desk() as desk:
        _, error = await desk.refused(
            "sandbox_public_token_create",
            institution_id=institution,
            initial_products=["transactions"],
            options=options,
        )

        assert error["error_code"] == code


async def test_production_has_no_sandbox() -> None:
    async with open_desk() as desk:
        live = desk.client.secrets["production"][0]
        async with sdk(desk.plaid.url, desk.client.client_id, live) as api:
            status, error = await refusal(api, "sandbox_item_reset_login", access_token="access-production-x")

        assert (status, error["error_code"]) == (404, "NOT_FOUND")


async def test_a_login_is_reset_and_a_webhook_fired_on_demand() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        token = item.access_token
        fired = {"webhook_type": "TRANSACTIONS", "webhook_code": "SYNC_UPDATES_AVAILABLE"}

        await desk.ask("sandbox_item_fire_webhook", access_token=token, **fired)
        await desk.ask("sandbox_item_reset_login", access_token=token)
        await desk.plaid.deliver()

        assert listener.codes[-2:] == ["SYNC_UPDATES_AVAILABLE", "ERROR"]
        assert (await desk.refused("transactions_sync", access_token=token))[1]["error_code"] == "ITEM_LOGIN_REQUIRED"


async def test_no_webhook_is_fired_where_there_is_no_address() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()

        _, error = await desk.refused(
            "sandbox_item_fire_webhook", access_token=item.access_token, webhook_code="DEFAULT_UPDATE"
        )

        assert (error["error_type"], error["error_code"]) == ("SANDBOX_ERROR", "SANDBOX_WEBHOOK_INVALID")


async def test_lines_are_made_on_demand() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        line = {"date_transacted": str(TODAY), "date_posted": str(TODAY), "amount": -38.9, "description": "STRIPE"}

        await desk.ask("sandbox_transactions_create", access_token=item.access_token, transactions=[line])
        copy = Copy(desk, item)
        await copy.sync()

        assert [line.amount.minor_units for line in desk.account.lines.values()] == [3_890]
        assert copy.shown == bank_shows(desk.account)
