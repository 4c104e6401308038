"""A service and a simulated Stripe over real HTTP, with a platform's key, and an account that nobody has connected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.stripe_api.connect import StripeApiConnect
from adapters.stripe_api.feed_reader import StripeApiFeedReader
from adapters.stripe_api.invoice_reader import StripeApiInvoiceReader
from adapters.stripe_api.invoicing import StripeApiInvoicing
from adapters.stripe_api.platform import StripeApiPlatform
from adapters.stripe_api.stripe_requests import StripeRequests
from tests.adapters.simulator.stripe.shop import Shop, open_shop
from tests.entrypoints.http.callers import ACME, introduce_everybody
from tests.entrypoints.http.live_service import Answer, LiveService

PUBLIC: Final = "http://tieout.example"
ACCOUNTS: Final = f"/v1/companies/{ACME}/stripe/accounts"


async def no_pause(_seconds: float) -> None:
    return None


@asynccontextmanager
async def at_the_door(
    *, client_id: bool = True, follows: bool = False, **shop_with: Any
) -> AsyncIterator[tuple[LiveService, Shop, AccountBook]]:
    """The service is at `PUBLIC`, as far as its addresses say; its clock `follows` Stripe's, or stands still."""
    service = LiveService()
    async with (
        open_shop(**shop_with) as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        connect = StripeApiConnect(requests, connect_base=shop.stripe.url)
        service.services = attrs.evolve(
            service.services,
            stripe=StripeApiPlatform(requests),
            stripe_connect=connect,
            stripe_onboarding=connect,
            stripe_feed=StripeApiFeedReader(requests),
            stripe_invoices=StripeApiInvoiceReader(requests),
            stripe_invoicing=StripeApiInvoicing(requests),
            public_url=PUBLIC,
        )
        if follows:
            clock = lambda: datetime.fromtimestamp(shop.stripe.simulation.now, UTC)  # noqa: E731
            service.services = attrs.evolve(service.services, clock=clock)
        await introduce_everybody(service.services.store)
        service.clock.move(datetime.fromtimestamp(shop.stripe.simulation.now, UTC) - service.clock.now)
        async with service.running():
            shop.platform.redirect_uris[False].append(f"{PUBLIC}/integrations/stripe/callback")
            given = {"client_id": shop.stripe.simulation.client_id(shop.platform)} if client_id else {}
            answer = await service.ask("PUT", "/v1/integrations/stripe", body={"secret_key": shop.secret, **given})
            assert answer.status == 200, answer.content
            yield service, shop, shop.stripe.simulation.open_account()


async def back(service: LiveService, address: str) -> Answer:
    """The user's browser follows Stripe's redirect to us."""
    assert address.startswith(PUBLIC), address
    return await service.ask("GET", address.removeprefix(PUBLIC), secret=None)
