"""Whatever is sent, the answer is a refusal with its reason, and never a server's error."""

from random import Random
from urllib.parse import quote

import aiohttp
import pytest

from adapters.simulator.stripe import charges, customers, disputes, invoices, refunds, topups
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.endpoint import Endpoint
from adapters.simulator.stripe.http.endpoints import ENDPOINTS
from adapters.simulator.stripe.wire import DAY
from tests.adapters.simulator.stripe.shop import open_shop

VALUES = (
    "", "0", "1", "-1", "5000", "999999999999999999999", "true", "null", "usd", "USD", "ü", "\u0000", "%", "a" * 6_000,
    "po_1", "standard", "payment_intent", "1772409600", "charge.*", "https://a.example", "US", "daily",
)  # fmt: skip
SUFFIXES = ("", "", "", "", "[]", "[0]", "[99999]", "[gte]", "[type]", "[payment_intent]", "[a][b]", "[", "]", "[]]")


def somebodys_life(book: AccountBook) -> None:
    charge = charges.charge(book, 9_000)
    refunds.refund(book, charge, 100)
    disputes.open_dispute(book, charges.charge(book, 900))
    charges.charge(book, 700, capture=False)
    topups.top_up(book, 5_000)
    customer = customers.create(book, name="Ada")
    for amount in (1_000, 2_000):
        invoices.add_item(book, invoices.create(book, customer), amount)
    invoices.finalize(book, next(book.collection("invoice").newest_first()))


def nonsense(endpoint: Endpoint, rng: Random, ids: list[str]) -> tuple[str, str]:
    """A path and a form for this endpoint, some of which makes sense."""
    path = endpoint.path.replace("{id}", rng.choice(ids))
    names = [
        *endpoint.parameters,
        "expand",
        "expand[0]",
        "colour",
        "metadata[a]",
        "payments[payouts][schedule][interval]",
    ]
    chosen = {*endpoint.required, *rng.choices(names, k=rng.randrange(4))}
    pairs = (
        f"{quote(name, safe='[]')}{rng.choice(SUFFIXES)}={quote(rng.choice((*VALUES, rng.choice(ids))))}"
        for name in sorted(chosen)
    )
    return path, "&".join(pairs)


@pytest.mark.parametrize("seed", range(3))
async def test_no_request_makes_the_server_stumble(seed: int) -> None:
    rng = Random(seed)
    async with open_shop() as shop, aiohttp.ClientSession() as session:
        somebodys_life(shop.account)
        await shop.stripe.advance(7 * DAY)
        somebodys_life(shop.account)
        ids = [str(item["id"]) for item in shop.account.objects()]
        headers = {"Authorization": f"Bearer {shop.secret}", "Content-Type": "application/x-www-form-urlencoded"}
        seen = set()

        for endpoint in ENDPOINTS:
            for _ in range(6):
                path, form = nonsense(endpoint, rng, ids)
                if not endpoint.own_account_only:
                    headers["Stripe-Account"] = shop.account.id
                else:
                    headers.pop("Stripe-Account", None)
                in_query = {"params": form} if endpoint.method == "GET" else {"data": form}
                async with session.request(
                    endpoint.method,
                    shop.stripe.url + path,
                    headers=headers,
                    **in_query,  # type: ignore[arg-type]
                ) as response:
                    answer = await response.json()
                    seen.add(response.status)
                    assert response.status < 500, (path, form)
                    assert response.status == 200 or answer["error"]["message"]

        assert seen >= {200, 400, 404}
