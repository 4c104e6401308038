"""A company that bills its customers through Stripe, beside the service that reads it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from adapters.simulator.stripe import customers, invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import HOUR, JsonObject
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, set_clock, work

INVOICES: Final = f"/v1/companies/{ACME}/invoices"


@asynccontextmanager
async def billing(**with_: Any) -> AsyncIterator[tuple[LiveService, Shop]]:
    """Its account is connected, and was read once."""
    async with at_the_door(**with_) as (service, shop, _):
        await connect(service, shop.account.id)
        await work(service)
        yield service, shop


def billed(book: AccountBook, amount: int = 10_000, *, fee: int = 0, tax: int = 0, final: bool = True) -> JsonObject:
    """An invoice that the company made at Stripe itself."""
    customer = customers.create(book, name="Bean Lovers", email="pay@bean.example")
    invoice = invoices.create(book, customer, days_until_due=14, application_fee=fee)
    invoices.add_item(book, invoice, amount, description="Coffee", tax_basis_points=tax)
    if final:
        invoices.finalize(book, invoice)
    return invoice


async def shown(service: LiveService, id: str) -> Any:
    answer = await service.ask("GET", f"{INVOICES}/{id}")
    assert answer.status == 200, answer.content
    return answer.json


async def told(service: LiveService, id: str | None = None) -> list[Any]:
    """What the partner was told of an invoice, or of all, in order."""
    found: list[Any] = []
    after = ""
    while True:
        page = (await service.ask("GET", f"/v1/events?company={ACME}&limit=250{after}")).json
        found += [each["data"] for each in page["data"] if each["type"] == "invoice.updated"]
        if not page["has_more"]:
            return [each for each in found if id in (None, each["invoice"])]
        after = f"&starting_after={page['data'][-1]['id']}"


async def later(service: LiveService, shop: Shop, seconds: int = 3 * HOUR) -> None:
    """Time passes, and what is due is done."""
    await shop.stripe.advance(seconds)
    set_clock(service, shop)
    await work(service)


async def every(service: LiveService, **filters: str) -> list[Any]:
    found: list[Any] = []
    query = "".join(f"&{name}={value}" for name, value in filters.items())
    after = ""
    while True:
        page = (await service.ask("GET", f"{INVOICES}?limit=50{query}{after}")).json
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&starting_after={page['data'][-1]['id']}"


def units(invoice: Any, *names: str) -> tuple[int, ...]:
    return tuple(invoice[name]["minor_units"] for name in names)
