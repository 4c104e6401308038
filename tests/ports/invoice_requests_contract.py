"""What every store of what was asked for of invoices promises."""

import asyncio
from datetime import timedelta
from typing import Final

import attrs

from domain.invoice import InvoiceId
from domain.invoice_request import InvoiceAction, InvoiceRequest
from ports.transaction import Store
from tests.ports.stripe_told import ACCOUNT, ACME, BOLT, MINUTE, NOON

REQUEST: Final = InvoiceRequest(id="ireq_1", action=InvoiceAction.CREATE, account=ACCOUNT, begun=NOON)


async def begin(store: Store, request: InvoiceRequest) -> InvoiceRequest:
    async with store.company(ACME) as transaction:
        return await transaction.invoice_requests.begin(request)


class InvoiceRequestsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_who_asks_again_goes_on_with_what_was_begun(self, store: Store) -> None:
        done = attrs.evolve(REQUEST, customer="cus_1", invoice=InvoiceId("in_1"), attempt=2, done=NOON + MINUTE)
        later = attrs.evolve(REQUEST, begun=NOON + MINUTE)

        assert await begin(store, REQUEST) == REQUEST
        assert await begin(store, later) == REQUEST
        async with store.company(ACME) as transaction:
            await transaction.invoice_requests.put(done)
        assert await begin(store, later) == done
        async with store.company(BOLT) as transaction:
            assert await transaction.invoice_requests.begin(later) == later

    async def test_of_two_who_begin_at_once_both_have_the_same(self, store: Store) -> None:
        later = attrs.evolve(REQUEST, begun=NOON + timedelta(seconds=1))

        found = await asyncio.gather(*(begin(store, each) for each in (REQUEST, later, REQUEST)))
        assert len(set(found)) == 1
