"""What every erasure promises, whatever it erases from."""

from abc import ABC, abstractmethod

import attrs
import pytest

from adapters.encryption.aes_secret_box import AesSecretBox
from domain.audit_chain import chain_of
from domain.company import CompanyId, CompanyStatus
from domain.secret import Secret, SecretPlace, key_owner
from domain.stripe_account import StripeAccountId, StripeConnection
from domain.stripe_event import StripeEvent, StripeEventId
from domain.work import WorkKind
from ports.erasure import Erasure, NotArchived
from ports.stripe_events import StripeInbox
from ports.transaction import Store
from ports.use_cases.active_company import NoSuchCompany
from ports.use_cases.forget_company import forget_company
from ports.use_cases.seal_secret import seal_secret
from ports.use_cases.sign_checkpoint import sign_checkpoint
from tests.ports.deliveries_contract import OTHER, TEST, attempt, claim, company, endpoint
from tests.ports.partner_trail_contract import SIGNER
from tests.ports.secrets_contract import BEFORE
from tests.ports.trail_contract import ACME, ANA, BOLT, NOON, entry, event

ACCOUNT_OF = {ACME: StripeAccountId("acct_acme"), BOLT: StripeAccountId("acct_bolt")}
PLACE = SecretPlace(owner=key_owner(ACME), table="connections", column="access_token", row="conn_1")


class ErasureContract(ABC):
    """Subclass it with a fixture `store` for each adapter."""

    @abstractmethod
    def inbox(self, store: Store) -> StripeInbox:
        """Where the store keeps Stripe's events."""

    @abstractmethod
    def erasure(self, store: Store) -> Erasure:
        """What erases from the store."""

    async def test_a_forgotten_company_leaves_only_the_word_of_it(self, store: Store) -> None:
        for id in (ACME, BOLT):
            await live(store, id, archived=id == ACME)

        await forget_company(ACME, tenant=TEST, who=ANA, erasure=self.erasure(store), at=NOON)

        async with store.control() as transaction:
            assert await transaction.companies.of(ACME) is None
            assert await transaction.data_keys.newest(key_owner(ACME)) is None
            assert await transaction.sealed_secrets.find(PLACE) is None
            assert await transaction.checkpoints.of(chain_of(ACME)) == ()
            assert (await transaction.delivery_log.page(endpoint().id)).records == ()
            links = await transaction.partner_trail.log(TEST).links(after=0, limit=9)
        assert [(row.action, row.subject, row.note, row.detail) for link in links for row in link.rows] == [
            ("company.forgotten", ACME, "", "{}")
        ]
        async with store.company(ACME) as of_company:
            assert await of_company.events.after(0, limit=9) == ()
            assert await of_company.audit_log.links(after=0, limit=9) == ()
        assert {one.company for one in await claim(store)} == {BOLT}

    async def told(self, store: Store) -> None:
        """An event of each account, and one of none."""
        accounts = (*ACCOUNT_OF.values(), None)
        await self.inbox(store).keep([event_of(account) for account in accounts])

    async def test_what_stripe_told_of_its_accounts_is_forgotten_and_of_no_other(self, store: Store) -> None:
        for id in (ACME, BOLT):
            await live(store, id, archived=id == ACME)
        await self.told(store)

        await forget_company(ACME, tenant=TEST, who=ANA, erasure=self.erasure(store), at=NOON)

        async with store.control() as transaction:
            assert await transaction.stripe_accounts.of_company(ACME) == ()
            assert len(await transaction.stripe_accounts.of_company(BOLT)) == 1
            left = await transaction.stripe_events.take(limit=9)
            again = await transaction.stripe_accounts.connect(connected(BOLT, ACCOUNT_OF[ACME]))
        assert {event.account for event in left} == {ACCOUNT_OF[BOLT], None}
        assert again.company == BOLT, "another company may have the account now"

    async def test_other_companies_are_as_they_were(self, store: Store) -> None:
        for id in (ACME, BOLT):
            await live(store, id, archived=id == ACME)

        await forget_company(ACME, tenant=TEST, who=ANA, erasure=self.erasure(store), at=NOON)

        async with store.company(BOLT) as of_company:
            assert len(await of_company.events.after(0, limit=9)) == 1
            assert len(await of_company.audit_log.links(after=0, limit=9)) == 1
        async with store.control() as transaction:
            assert await transaction.data_keys.newest(key_owner(BOLT)) is not None
            assert await transaction.companies.of(BOLT) == company(BOLT)

    async def test_a_company_in_use_is_not_forgotten(self, store: Store) -> None:
        await live(store, ACME, archived=False)

        with pytest.raises(NotArchived):
            await forget_company(ACME, tenant=TEST, who=ANA, erasure=self.erasure(store), at=NOON)

        async with store.company(ACME) as of_company:
            assert len(await of_company.events.after(0, limit=9)) == 1

    async def test_a_company_of_another_partner_is_not_there_to_be_forgotten(self, store: Store) -> None:
        await live(store, ACME, archived=True)

        for id in (ACME, CompanyId("co_absent00"), CompanyId("nonsense")):
            with pytest.raises(NoSuchCompany):
                await forget_company(id, tenant=OTHER, who=ANA, erasure=self.erasure(store), at=NOON)

        async with store.control() as transaction:
            assert await transaction.companies.of(ACME) is not None
            assert await transaction.partner_trail.log(OTHER).links(after=0, limit=9) == ()


def event_of(account: StripeAccountId | None) -> StripeEvent:
    id = StripeEventId(f"evt_{account}")
    return StripeEvent(tenant=TEST, id=id, account=account, type="payout.paid", received=NOON, body=b"{}")


def connected(id: CompanyId, account: StripeAccountId) -> StripeConnection:
    return StripeConnection(tenant=TEST, account=account, company=id, connected=NOON, changed=NOON)


async def live(store: Store, id: CompanyId, *, archived: bool) -> None:
    """A company with something of each kind."""
    async with store.control() as control:
        await control.companies.add(
            attrs.evolve(company(id), status=CompanyStatus.ARCHIVED if archived else CompanyStatus.ACTIVE)
        )
        await control.webhook_endpoints.add(endpoint())
        await control.stripe_accounts.connect(connected(id, ACCOUNT_OF[id]))
        await seal_secret(
            Secret("content"),
            attrs.evolve(PLACE, owner=key_owner(id)),
            transaction=control,
            master_key=BEFORE,
            secret_box=AesSecretBox(),
        )
    async with store.company(id) as transaction:
        await transaction.outbox.append([event()])
        await transaction.audit.append([entry()])
        await transaction.work.request(WorkKind.RECONCILE, id, at=NOON)
    await sign_checkpoint(id, store=store, signer=SIGNER, at=NOON)
    async with store.control() as control:
        await control.deliveries.hand_out(at=NOON, limit=10)
        if id == ACME:
            await control.delivery_log.record(attempt(1))
        await control.delivery_log.ask_again(endpoint().id, id, 1, at=NOON)
