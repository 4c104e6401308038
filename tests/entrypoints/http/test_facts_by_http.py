"""Companies, payouts, bank lines, accounts and statements, as a partner's program sees them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import attrs

from entrypoints.http.services import Services
from tests.entrypoints.http.service import Clock, a_partners_key, bearer, in_memory_services, served

ACME = {"external_id": "cust_1", "name": "Acme", "time_zone": "America/New_York", "currency": "usd"}
CHECKING = {"external_id": "checking", "currency": "usd", "mask": "4821"}
ITEMS = [
    {"external_id": f"pay_{n}", "type": "charge", "amount": {"minor_units": 100_000, "currency": "usd"},
     "fee": {"minor_units": 2_500, "currency": "usd"}}
    for n in range(1, 5)
]  # fmt: skip
CLIMATE = {
    "external_id": "climate",
    "type": "climate_order_purchase",
    "amount": {"minor_units": -1_000, "currency": "usd"},
}


def usd(units: int) -> dict[str, Any]:
    return {"minor_units": units, "currency": "usd"}


def payout(external_id: str = "out_1", units: int = 389_000, **said: Any) -> dict[str, Any]:
    return {"external_id": external_id, "amount": usd(units), "arrival_date": "2026-06-02", **said}


def line(account: str, external_id: str = "line_1", units: int = 389_000, **said: Any) -> dict[str, Any]:
    told = {"external_id": external_id, "account": account, "amount": usd(units), "date": "2026-06-02"}
    return {**told, "text": "STRIPE TRANSFER", **said}


@attrs.frozen
class Partner:
    """A partner's program, and the company that it made."""

    client: Any
    secret: str
    clock: Clock
    services: Services
    company: str = ""

    async def ask(self, method: str, path: str, **said: Any) -> tuple[int, Any]:
        """Status and body of the answer; paths that begin with `.` are the company's."""
        path = f"/v1/companies/{self.company}{path[1:]}" if path.startswith(".") else path
        answer = await self.client.request(method, path, headers=bearer(self.secret), **said)
        return answer.status, await answer.json()

    async def walk(self, path: str, **params: str) -> list[str]:
        """The external ids of a whole list, page by page."""
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            _, page = await self.ask("GET", path, params={"limit": "2", **params, **after})
            seen += [each["external_id"] for each in page["data"]]
            if not page["has_more"]:
                return seen
            after = {"starting_after": page["data"][-1]["id"]}


@asynccontextmanager
async def partner() -> AsyncIterator[Partner]:
    clock = Clock()
    services = in_memory_services(clock)
    secret = await a_partners_key(services.store)
    async with served(services) as client:
        nobody = Partner(client, secret, clock, services)
        _, company = await nobody.ask("POST", "/v1/companies", json=ACME)
        yield attrs.evolve(nobody, company=company["id"])


async def test_a_company_is_made_read_changed_and_archived() -> None:
    async with partner() as we:
        _, read = await we.ask("GET", ".")
        again = await we.ask("POST", "/v1/companies", json=ACME)
        clash, problem = await we.ask("POST", "/v1/companies", json={**ACME, "name": "Bolt"})
        we.clock.move(timedelta(hours=1))
        _, changed = await we.ask("PATCH", ".", json={"name": "Acme Inc."})
        bad_zone, zone = await we.ask("PATCH", ".", json={"time_zone": "Mars/Olympus"})
        _, archived = await we.ask("DELETE", ".")
        refused, why = await we.ask("PATCH", ".", json={"name": "Late"})

    assert read == {
        **ACME, "id": we.company, "books_start": None, "mode": "test", "status": "active",
        "created": "2026-06-30T12:00:00Z", "updated": "2026-06-30T12:00:00Z",
    }  # fmt: skip
    assert again == (201, read)
    assert (clash, problem["type"]) == (409, "/docs/problems#conflict")
    assert changed == {**read, "name": "Acme Inc.", "updated": "2026-06-30T13:00:00Z"}
    assert (bad_zone, zone["errors"][0]["pointer"]) == (422, "/time_zone")
    assert archived == {**changed, "status": "archived"}
    assert (refused, why["type"]) == (409, "/docs/problems#company-archived")


async def test_a_pushed_payout_opens_into_its_items_to_the_cent() -> None:
    async with partner() as we:
        _, first = await we.ask("POST", "./payouts", json={"data": [payout(items=[*ITEMS, CLIMATE])]})
        _, again = await we.ask("POST", "./payouts", json={"data": [payout(items=[*ITEMS, CLIMATE])]})
        id = first["data"][0]["id"]
        _, read = await we.ask("GET", f"./payouts/{id}")
        _, less = await we.ask("POST", "./payouts", json={"data": [payout(items=ITEMS)]})
        _, short = await we.ask("GET", f"./payouts/{id}")
        _, items = await we.ask("GET", "./balance_transactions", params={"payout": id})

    results = [answer["data"][0]["result"] for answer in (first, again, less)]
    assert results == ["new", "unchanged", "changed"]
    breakdown = read["breakdown"]
    assert (breakdown["gross"], breakdown["fees"], breakdown["net"]) == (usd(399_000), usd(10_000), usd(389_000))
    assert breakdown["remainder"] == {"amount": usd(0), "label": "none", "in_words": "the items add up"}
    assert sorted(item["external_id"] for item in breakdown["items"]) == ["climate", "pay_1", "pay_2", "pay_3", "pay_4"]
    assert (short["breakdown"]["remainder"]["amount"], short["breakdown"]["remainder"]["label"]) == (
        usd(-1_000), "unexplained",
    )  # fmt: skip
    assert sorted(item["external_id"] for item in items["data"]) == ["pay_1", "pay_2", "pay_3", "pay_4"]


async def test_one_bad_item_refuses_the_bulk_with_a_pointer_to_it() -> None:
    bad = payout("out_2", items=[{**ITEMS[0], "fee": {"minor_units": 1, "currency": "eur"}}])
    async with partner() as we:
        status, problem = await we.ask("POST", "./payouts", json={"data": [payout(), bad, payout("out_3", units=0)]})
        _, listed = await we.ask("GET", "./payouts")

    assert (status, problem["type"]) == (422, "/docs/problems#invalid-fields")
    assert [error["pointer"] for error in problem["errors"]] == [
        "/data/1/items/0/fee/currency",
        "/data/2/amount/minor_units",
    ]
    assert listed == {"data": [], "has_more": False}


async def test_accounts_lines_and_statements_come_together() -> None:
    async with partner() as we:
        _, account = await we.ask("POST", "./bank/accounts", json={**CHECKING, "csv_columns": "date=When,amount=Out"})
        id = account["id"]
        _, pushed = await we.ask("POST", "./deposits", json={"data": [line(id), line(id, "line_2", -500)]})
        content = b"When,What,Out\n2026-06-03,RENT,-1200.00\n"
        statement = {"params": {"account": "checking", "file": "june.csv"}, "data": content}
        _, uploaded = await we.ask("POST", "./bank/statements", **statement)
        _, again = await we.ask("POST", "./bank/statements", **statement)
        _, lines = await we.ask("GET", "./deposits")
        _, one = await we.ask("GET", f"./deposits/{pushed['data'][0]['id']}")
        _, read = await we.ask("GET", f"./bank/accounts/{id}")

    assert account["csv_columns"] == "date=When,amount=Out"
    assert (uploaded["new"], again["new"], again["known"]) == (1, 0, 1)
    assert uploaded["file"] == "june.csv"
    assert [(each["text"], each["source"]) for each in lines["data"]] == [
        ("RENT", "statement"),
        *sorted([("STRIPE TRANSFER", "pushed")] * 2),
    ]
    assert (one["external_id"], one["amount"], one["account"]) == ("line_1", usd(389_000), id)
    assert read == account


async def test_what_cannot_be_is_refused_with_its_parameter() -> None:
    async with partner() as we:
        asked = [
            ("GET", "./payouts", {"minor_units": "1"}),
            ("GET", "./payouts", {"minor_units": "1", "currency": "xxx"}),
            ("GET", "./payouts", {"starting_after": "po_unknown"}),
            ("GET", "./deposits", {"starting_after": "dep_unknown", "updated_since": "2026-06-30T12:00:00Z"}),
            ("GET", "/v1/companies", {"starting_after": "co_unknown"}),
            ("POST", "./bank/statements", {"account": "bank_unknown"}),
            ("POST", "./bank/statements", {"columns": "nonsense"}),
        ]
        answers = [
            await we.ask(method, path, params=params, **({"data": b"a,b"} if method == "POST" else {}))
            for method, path, params in asked
        ]
        missing = [await we.ask("GET", path) for path in ("./payouts/po_1", "./deposits/dep_1", "./bank/accounts/b_1")]
        no_account = await we.ask("POST", "./bank/statements", data=b"Date,Text,Amount\n2026-06-03,RENT,-1200.00\n")
        no_heading = await we.ask("POST", "./bank/statements", data=b"Wann,Was,Wert\n2026-06-03,RENT,-1200.00\n")

    assert [(status, problem["errors"][0]["parameter"]) for status, problem in answers] == [
        (400, "currency"), (400, "currency"), (400, "starting_after"), (400, "starting_after"),
        (400, "starting_after"), (400, "account"), (400, "columns"),
    ]  # fmt: skip
    assert [status for status, _ in missing] == [404, 404, 404]
    assert no_account[0] == 422
    assert "name the account" in no_account[1]["detail"]
    assert no_heading[0] == 422
    assert "say it in the parameter columns: date=…,amount=…,text=…." in no_heading[1]["detail"]


async def test_lists_are_walked_page_by_page_and_filtered() -> None:
    told = [payout(f"out_{n}", units=100 * (n % 2 + 1), arrival_date=f"2026-06-{10 + n}") for n in range(5)]
    async with partner() as we:
        await we.ask("POST", "./payouts", json={"data": told})
        for name in ("b", "c", "d"):
            we.clock.move(timedelta(minutes=1))
            await we.ask("POST", "/v1/companies", json={**ACME, "external_id": name})

        payouts = await we.walk("./payouts")
        of_amount = await we.walk("./payouts", minor_units="200", currency="usd")
        of_days = await we.walk("./payouts", arrival_from="2026-06-11", arrival_to="2026-06-12")
        by_id = await we.walk("./payouts", external_id="out_3")
        companies = await we.walk("/v1/companies")

    assert payouts == ["out_4", "out_3", "out_2", "out_1", "out_0"]
    assert of_amount == ["out_3", "out_1"]
    assert of_days == ["out_2", "out_1"]
    assert by_id == ["out_3"]
    assert companies == ["d", "c", "b", "cust_1"]


async def test_whoever_reads_the_changes_since_a_moment_misses_none_that_come_meanwhile() -> None:
    async with partner() as we:
        for n in range(4):
            await we.ask("POST", "./payouts", json={"data": [payout(f"out_{n}")]})
        since = {"updated_since": "2026-06-30T12:00:00Z"}
        _, first = await we.ask("GET", "./payouts", params={**since, "limit": "2"})
        last = first["data"][-1]
        we.clock.move(timedelta(minutes=1))
        for status in ("failed", "paid"):
            await we.ask("POST", "./payouts", json={"data": [payout("out_1", status=status)]})

        vague, problem = await we.ask("GET", "./payouts", params={**since, "starting_after": last["id"]})
        exact = {"updated_since": last["updated"], "starting_after": last["id"]}
        stale, _ = await we.ask("GET", "./payouts", params=exact)
        _, anew = await we.ask("GET", "./payouts", params={"updated_since": last["updated"]})

    assert [each["external_id"] for each in first["data"]] == ["out_0", "out_1"]
    assert (vague, stale) == (400, 400)
    assert "updated_since" in problem["errors"][0]["detail"]
    assert [each["external_id"] for each in anew["data"]] == ["out_2", "out_3", "out_1"]
