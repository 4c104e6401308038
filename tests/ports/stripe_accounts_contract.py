"""What every store of who has which Stripe account promises, whatever it is kept in."""

import asyncio

import attrs
import pytest

from domain.company import CompanyId
from domain.stripe_account import ConnectionState, StripeConnection
from ports.stripe_accounts import AccountOfAnotherCompany
from ports.transaction import Store
from tests.ports.stripe_told import ACCOUNT, ACME, BOLT, LIVE, MINUTE, NOON, OTHER, RIVALS, TEST, connection

DISCONNECTED, DEAUTHORISED = ConnectionState.DISCONNECTED, ConnectionState.DEAUTHORISED


class StripeAccountsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_company_has_the_accounts_that_it_connected(self, store: Store) -> None:
        for one in (connection(OTHER), connection(ACCOUNT), connection(ACCOUNT, BOLT, tenant=LIVE)):
            assert await connect(store, one) == one

        async with store.control() as transaction:
            accounts = transaction.stripe_accounts
            assert await accounts.of_company(ACME) == (connection(ACCOUNT), connection(OTHER))
            assert await accounts.find(LIVE, ACCOUNT) == connection(ACCOUNT, BOLT, tenant=LIVE)
            assert await accounts.find(RIVALS, ACCOUNT) is None
            assert [await accounts.any_connected(tenant) for tenant in (TEST, LIVE, RIVALS)] == [True, True, False]

    async def test_all_of_a_tenant_are_walked_page_by_page(self, store: Store) -> None:
        for one in (connection(OTHER, BOLT), connection(ACCOUNT), connection(ACCOUNT, BOLT, tenant=LIVE)):
            await connect(store, one)
        await end(store, DISCONNECTED)

        async with store.control() as transaction:
            pages = transaction.stripe_account_pages
            first = await pages.page(TEST, limit=1)
            second = await pages.page(TEST, after=first[0].account, limit=1)
            rest = await pages.page(TEST, after=second[0].account, limit=1)
            strangers = await pages.page(RIVALS, limit=9)

        assert [(each.account, each.company) for each in (*first, *second)] == [(ACCOUNT, ACME), (OTHER, BOLT)]
        assert first[0].state is DISCONNECTED
        assert (rest, strangers) == ((), ())

    async def test_connected_again_it_is_as_it_was(self, store: Store) -> None:
        await connect(store, connection())

        assert await connect(store, connection(minutes=5)) == connection()

    async def test_an_account_is_never_a_second_companys_whatever_its_state(self, store: Store) -> None:
        await connect(store, connection())
        for state in (None, DISCONNECTED):
            if state is not None:
                await end(store, state)

            with pytest.raises(AccountOfAnotherCompany):
                await connect(store, connection(company=BOLT))

        async with store.control() as transaction:
            assert await transaction.stripe_accounts.of_company(BOLT) == ()

    async def test_of_two_companies_at_once_one_gets_it(self, store: Store) -> None:
        companies = [CompanyId(f"co_number{number}0") for number in range(6)]

        tried = await asyncio.gather(
            *(connect(store, connection(company=company)) for company in companies), return_exceptions=True
        )

        got = [each for each in tried if isinstance(each, StripeConnection)]
        assert len(got) == 1
        assert sum(isinstance(each, AccountOfAnotherCompany) for each in tried) == 5

    async def test_what_ended_stays_known_and_can_be_connected_again(self, store: Store) -> None:
        await connect(store, connection())

        ended = await end(store, DEAUTHORISED, minutes=1)
        again = await end(store, DISCONNECTED, minutes=2)
        async with store.control() as transaction:
            kept = await transaction.stripe_accounts.find(TEST, ACCOUNT)
            any_connected = await transaction.stripe_accounts.any_connected(TEST)
        back = await connect(store, connection(minutes=3))

        assert ended == kept == attrs.evolve(connection(), state=DEAUTHORISED, changed=NOON + MINUTE)
        assert (again, any_connected) == (None, False)
        assert back == attrs.evolve(connection(), changed=NOON + 3 * MINUTE)

    async def test_routing_gives_those_that_are_had_in_whatever_state(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT))
        await connect(store, connection(OTHER, BOLT))
        ended = await end(store, DISCONNECTED)

        async with store.control() as transaction:
            held = await transaction.stripe_routing.holding({(TEST, ACCOUNT), (TEST, OTHER), (LIVE, OTHER)})
            none = await transaction.stripe_routing.holding(set())

        assert held == {(TEST, ACCOUNT): ended, (TEST, OTHER): connection(OTHER, BOLT)}
        assert none == {}


async def connect(store: Store, one: StripeConnection) -> StripeConnection:
    async with store.control() as transaction:
        return await transaction.stripe_accounts.connect(one)


async def end(store: Store, state: ConnectionState, *, minutes: float = 0) -> StripeConnection | None:
    async with store.control() as transaction:
        return await transaction.stripe_accounts.end(TEST, ACCOUNT, state, at=NOON + minutes * MINUTE)
