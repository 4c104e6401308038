"""Every list of the live table is walked in pages, to the end, and shows each record once."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.entrypoints.http.callers import ACME, NOON
from tests.entrypoints.http.documented import Documented, documented_routes
from tests.entrypoints.http.live_service import LiveService, live_service
from tests.entrypoints.http.seeded_invoices import seed_invoice
from tests.entrypoints.http.service import work_done

RECORDS: Final = 5
LISTS: Final = [each for each in documented_routes() if "starting_after" in each.queries]
OF_WHAT_CHANGES: Final = [each for each in LISTS if "updated_since" in each.queries]


@pytest_asyncio.fixture(scope="module")
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        await _fill(running)
        yield running


def path_of(service: LiveService, documented: Documented) -> str:
    """Of a list that is there."""
    (endpoint, *_) = service.records()["webhook_endpoints"]
    return documented.path(endpoint=str(endpoint))


async def _fill(service: LiveService) -> None:
    """A few of each kind, one moment after the other."""
    of_company, amount = f"/v1/companies/{ACME}", {"minor_units": 100, "currency": "usd"}
    fee, rent = {"minor_units": 0, "currency": "usd"}, {"minor_units": -12_000, "currency": "usd"}
    for number in range(RECORDS):
        name = f"record-{number}"
        account = {"external_id": name, "currency": "usd"}
        made = (await service.ask("POST", f"{of_company}/bank/accounts", body=account)).json
        line = {"external_id": name, "account": made["id"], "amount": rent, "date": "2026-06-30", "text": "RENT"}
        items = [{"external_id": name, "type": "charge", "amount": amount, "fee": fee}]
        payout = {"external_id": name, "amount": amount, "arrival_date": "2026-06-30", "items": items}
        company = {"external_id": name, "name": name, "time_zone": "Europe/Paris", "currency": "eur"}
        hook = {"url": f"https://hooks.partner.example/{name}", "event_types": ["deposit.matched"]}
        for path, body in (
            (f"{of_company}/deposits", {"data": [line]}),
            (f"{of_company}/payouts", {"data": [payout]}),
            ("/v1/companies", company),
            ("/v1/webhook_endpoints", hook),
        ):
            answer = await service.ask("POST", path, body=body)
            assert answer.status in (200, 201), answer.content
        await seed_invoice(service.services.store, ACME, f"in_{number}", account="acct_one", at=service.clock.now)
        await _match(service, number, made["id"])
        await _break(service, number)
        service.clock.move(timedelta(seconds=1))


async def _match(service: LiveService, number: int, account: str) -> None:
    """A match by hand, and a deposit that is expected; and the work that finds them done."""
    of_company, amount = f"/v1/companies/{ACME}", {"minor_units": 90_001 + 977 * number, "currency": "usd"}
    payouts = [
        {"external_id": f"{name}-{number}", "amount": amount, "arrival_date": "2026-06-01"} for name in ("here", "late")
    ]
    lines = [
        {"external_id": f"here-{number}", "account": account, "amount": amount, "date": "2026-06-01", "text": "SHOP"}
    ]
    told = (await service.ask("POST", f"{of_company}/payouts", body={"data": payouts})).json["data"]
    lined = (await service.ask("POST", f"{of_company}/deposits", body={"data": lines})).json["data"]
    by_hand = {"payouts": [told[0]["id"]], "deposits": [lined[0]["id"]], "note": "seen on paper"}
    answer = await service.ask("POST", f"{of_company}/matches", body=by_hand)
    assert answer.status == 200, answer.content
    await work_done(service.services)


async def _break(service: LiveService, number: int) -> None:
    """Items that do not add up to their payout; those of the first one are told right later, and again wrong."""
    whole, short = {"minor_units": 70_001, "currency": "usd"}, {"minor_units": 70_000, "currency": "usd"}
    fee = {"minor_units": 0, "currency": "usd"}
    for which, item in ((number, short), *(((0, whole), (0, short)) if number == RECORDS - 1 else ())):
        items = [{"external_id": f"short-{which}", "type": "charge", "amount": item, "fee": fee}]
        payout = {"external_id": f"short-{which}", "amount": whole, "arrival_date": "2026-06-20", "items": items}
        answer = await service.ask("POST", f"/v1/companies/{ACME}/payouts", body={"data": [payout]})
        assert answer.status == 200, answer.content
        await work_done(service.services)
        service.clock.move(timedelta(milliseconds=1))


async def walk(service: LiveService, documented: Documented, query: str, limit: int) -> list[Any]:
    """All pages, one after the other."""
    found: list[Any] = []
    after = ""
    while True:
        answer = await service.ask("GET", f"{path_of(service, documented)}?limit={limit}{query}{after}")
        assert answer.status == 200, answer.content
        page = answer.json
        assert len(page["data"]) == limit or not page["has_more"]
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&starting_after={found[-1]['id']}"


@pytest.mark.parametrize("documented", LISTS, ids=str)
async def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    service: LiveService, documented: Documented
) -> None:
    whole = await walk(service, documented, "", 250)

    assert await walk(service, documented, "", 2) == whole
    assert await walk(service, documented, "", 1) == whole
    assert len({each["id"] for each in whole}) == len(whole)


@pytest.mark.parametrize("documented", OF_WHAT_CHANGES, ids=str)
async def test_what_changed_since_a_moment_comes_in_the_order_of_the_changes(
    service: LiveService, documented: Documented
) -> None:
    since = NOON + timedelta(seconds=2)

    changed = await walk(service, documented, f"&updated_since={since:%Y-%m-%dT%H:%M:%SZ}", 2)

    whole = await walk(service, documented, "", 250)
    assert list(map(updated, changed)) == sorted(map(updated, changed))
    assert {each["id"] for each in changed} == {each["id"] for each in whole if updated(each) >= since}
    assert len(changed) < len(whole)


def updated(record: dict[str, str]) -> datetime:
    return datetime.fromisoformat(record["updated"])


@pytest.mark.parametrize("documented", LISTS, ids=str)
async def test_a_page_has_bounds_and_begins_after_something_that_is_there(
    service: LiveService, documented: Documented
) -> None:
    for query in ("limit=0", "limit=251", "limit=-1", "starting_after=absent_00000000"):
        answer = await service.ask("GET", f"{path_of(service, documented)}?{query}")

        assert (query, answer.status) == (query, 400)
        assert [each["parameter"] for each in answer.json["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("documented", OF_WHAT_CHANGES, ids=str)
async def test_there_is_something_to_walk_over(service: LiveService, documented: Documented) -> None:
    assert len(await walk(service, documented, "", 250)) >= RECORDS
