"""What every store of partners' Stripe platforms promises, whatever it is kept in."""

from ports.transaction import Store
from tests.ports.stripe_told import LIVE, RIVALS, TEST, integration


class StripeIntegrationsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_platform_is_found_as_it_was_put_by_its_partner_and_mode(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.stripe_integrations.put(integration(TEST))
            await transaction.stripe_integrations.put(integration(LIVE, revision="of live"))

        async with store.control() as transaction:
            found = [await transaction.stripe_integrations.find(tenant) for tenant in (TEST, LIVE, RIVALS)]
        assert found == [integration(TEST), integration(LIVE, revision="of live"), None]

    async def test_what_is_put_takes_the_place_of_what_was_there(self, store: Store) -> None:
        for revision in ("first", "second"):
            async with store.control() as transaction:
                await transaction.stripe_integrations.put(integration(revision=revision))

        async with store.control() as transaction:
            assert await transaction.stripe_integrations.find(TEST) == integration(revision="second")
            assert await transaction.stripe_integrations.revisions() == {TEST: "second"}

    async def test_a_deleted_platform_is_gone_and_no_other(self, store: Store) -> None:
        async with store.control() as transaction:
            for tenant in (RIVALS, TEST, LIVE):
                await transaction.stripe_integrations.put(integration(tenant))

        async with store.control() as transaction:
            await transaction.stripe_integrations.delete(TEST)
            await transaction.stripe_integrations.delete(TEST)

        async with store.control() as transaction:
            assert await transaction.stripe_integrations.find(TEST) is None
            assert await transaction.stripe_integrations.all() == (integration(LIVE), integration(RIVALS))
