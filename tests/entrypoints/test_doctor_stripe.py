"""What the doctor says of partners' Stripe platforms, in words."""

from collections.abc import AsyncIterator
from datetime import timedelta

import attrs
import pytest_asyncio

from adapters.in_memory.stripe_platform import InMemoryStripePlatform
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_event import ParkReason
from domain.stripe_feed import FeedCheck, RecordsCheck, StripeFeed
from domain.stripe_key_check import StripeAccess, StripeCapability, TriedAccess, Verdict, Whose
from entrypoints.composition.in_memory import InMemoryAdapters, in_memory_adapters
from entrypoints.doctor_stripe import stripe_findings
from ports.findings import Finding
from ports.stripe_refusals import StripeKeyRefused, StripeUnavailable
from ports.use_cases.put_stripe_integration import StripeKeys, put_stripe_integration
from tests.entrypoints.http.callers import ACME as ACME_HERE
from tests.entrypoints.http.callers import TEST as TEST_HERE
from tests.entrypoints.http.callers import introduce_everybody
from tests.ports.stripe_told import ACCOUNT, NOON, OTHER, TEST, connection, told
from tests.ports.trail_contract import ANA
from tests.stripe_signing import ACCOUNT_SECRET

KEY = Secret("rk_test_CANARY0000000000wxyz")
WHOSE = "stripe, partner_one00000, test"


@pytest_asyncio.fixture
async def tieout() -> AsyncIterator[InMemoryAdapters]:
    yield in_memory_adapters(now=NOON)


async def give(tieout: InMemoryAdapters, keys: StripeKeys) -> InMemoryStripePlatform:
    services = tieout.service.services
    assert isinstance(services.stripe, InMemoryStripePlatform)
    await put_stripe_integration(
        keys,
        tenant=TEST,
        who=ANA,
        store=services.store,
        stripe=services.stripe,
        master_key=services.master_key,
        secret_box=services.secret_box,
        random_id=services.random_id,
        at=NOON,
    )
    return services.stripe


async def said(tieout: InMemoryAdapters) -> list[Finding]:
    return [finding async for finding in stripe_findings(tieout.service)]


async def test_nobody_has_given_a_key(tieout: InMemoryAdapters) -> None:
    assert await said(tieout) == [Finding.note("stripe: no partner has given a key yet")]


def words_of(capability: StripeCapability) -> str:
    return capability.value.replace("_", " ")


ALL_WORKS = [Finding.fine(f"{WHOSE}: {words_of(each)} works") for each in StripeCapability]
NO_EVENT = Finding.note(f"{WHOSE}: 1 webhook secrets, and no event that is kept: is the address known to Stripe?")


async def test_a_key_that_may_do_all(tieout: InMemoryAdapters) -> None:
    secrets = [Secret(ACCOUNT_SECRET)]
    await give(tieout, StripeKeys(client_id="ca_1", secret_key=KEY, webhook_secrets=secrets))

    assert await said(tieout) == [
        Finding.fine(f"{WHOSE}: the key rk_test_…wxyz is of acct_platform0000"),
        *ALL_WORKS,
        NO_EVENT,
    ]


async def test_what_a_key_may_not_do_and_what_is_not_given(tieout: InMemoryAdapters) -> None:
    stripe = await give(tieout, StripeKeys(secret_key=KEY))
    missing, unknown = Verdict.MISSING, Verdict.UNKNOWN
    stripe.lacking = (
        TriedAccess(
            access=StripeAccess.PAYOUTS,
            whose=Whose.CONNECTED,
            verdict=missing,
            permissions=("rak_payout_read", "rak_payout_write"),
        ),
        TriedAccess(access=StripeAccess.EVENTS, whose=Whose.CONNECTED, verdict=missing),
        TriedAccess(access=StripeAccess.INVOICES_WRITE, whose=Whose.CONNECTED, verdict=unknown, why="not said"),
        TriedAccess(access=StripeAccess.CUSTOMERS_WRITE, whose=Whose.CONNECTED, verdict=unknown, why="not said"),
    )

    assert [finding.words for finding in await said(tieout)] == [
        f"{WHOSE}: the key rk_test_…wxyz is of acct_platform0000",
        f"{WHOSE}: reading payouts lacks payouts for connected accounts (rak_payout_read or rak_payout_write), "
        "events for connected accounts",
        f"{WHOSE}: reading sources works",
        f"{WHOSE}: reading invoices works",
        f"{WHOSE}: writing invoices could not be told: customers_write, invoices_write: not said",
        f"{WHOSE}: connecting by oauth lacks client_id (no client id is kept)",
        f"{WHOSE}: connecting by account link works",
        f"{WHOSE}: reading own account works",
        f"{WHOSE}: no webhook secret: what Stripe tells is refused, and only polling is left",
    ]


async def test_a_key_that_was_rolled_and_a_stripe_that_is_down(tieout: InMemoryAdapters) -> None:
    stripe = await give(tieout, StripeKeys(client_id="ca_1", secret_key=KEY))
    stripe.refusal = StripeKeyRefused("no")
    rolled = (await said(tieout))[0]
    stripe.refusal = StripeUnavailable("Stripe answered 503")
    down = await said(tieout)

    assert rolled == Finding.wrong(f"{WHOSE}: the key rk_test_…wxyz is not known to Stripe, or no longer")
    assert down[0] == Finding.wrong(f"{WHOSE}: the key rk_test_…wxyz could not be tried: Stripe answered 503")
    kept = [f"{WHOSE}, as of 2026-06-30: {words_of(each)} works" for each in StripeCapability]
    assert [finding.words for finding in down[1:-1]] == kept


async def test_when_the_last_event_came(tieout: InMemoryAdapters) -> None:
    await give(tieout, StripeKeys(client_id="ca_1", secret_key=KEY, webhook_secrets=[Secret(ACCOUNT_SECRET)]))
    await tieout.service.services.stripe_inbox.keep([told("evt_1", parked=ParkReason.THIN)])
    lately = (await said(tieout))[-2]
    tieout.clock.move(timedelta(days=3, seconds=1))
    long_ago = (await said(tieout))[-2]

    words = f"{WHOSE}: 1 webhook secrets, the last event came at 2026-06-30 12:00:00Z"
    assert (lately, long_ago) == (Finding.fine(words), Finding.note(f"{words}: that is long ago"))


async def test_accounts_with_trouble_are_named(tieout: InMemoryAdapters) -> None:
    store = tieout.service.store
    await introduce_everybody(store)
    nothing = RecordsCheck(listed=3, missing=0, extra=0, different=0)
    check = FeedCheck(
        account=OTHER,
        at=NOON,
        payouts=attrs.evolve(nothing, missing=1),
        transactions=nothing,
        balances=(),
        reasons=("1 payouts are missing, 0 extra, 0 different",),
    )
    fine, unread = StripeAccountId("acct_fine"), StripeAccountId("acct_unread")
    async with store.control() as control:
        for account in (ACCOUNT, OTHER, fine, unread):
            await control.stripe_accounts.connect(connection(account, ACME_HERE, tenant=TEST_HERE))
    async with store.company(ACME_HERE) as transaction:
        trouble = "Stripe takes no more requests for now"
        await transaction.stripe_feeds.put(StripeFeed(account=ACCOUNT, begun=NOON, failures=3, trouble=trouble))
        await transaction.stripe_feeds.put(StripeFeed(account=OTHER, begun=NOON))
        await transaction.stripe_feeds.put(StripeFeed(account=fine, begun=NOON, unreadable=("txn_1: no amount",)))
        await transaction.feed_checks.record(check)

    whose = f"stripe, {TEST_HERE.partner}, test"
    assert (await said(tieout))[1:] == [
        Finding.note(f"{whose}: acct_acme: could not be read, 3 times in a row: {trouble}"),
        Finding.note(f"{whose}: acct_bolt: incomplete at 2026-06-30: 1 payouts are missing, 0 extra, 0 different"),
        Finding.note(f"{whose}: acct_fine: 1 records cannot be read, txn_1: no amount the first"),
        Finding.fine("stripe: 4 accounts are connected, 1 of them without trouble"),
    ]


async def test_secrets_that_do_not_open(tieout: InMemoryAdapters) -> None:
    await give(tieout, StripeKeys(secret_key=KEY, webhook_secrets=[Secret(ACCOUNT_SECRET)]))
    async with tieout.service.store.control() as transaction:
        integration = await transaction.stripe_integrations.find(TEST)
        assert integration is not None
        moved = await transaction.sealed_secrets.find(integration.webhook_secret_places[0])
        assert moved is not None
        await transaction.sealed_secrets.delete(integration.key_place)
    gone = (await said(tieout))[0]

    assert gone == Finding.wrong(f"{WHOSE}: the key rk_test_…wxyz is gone")


async def test_events_that_are_parked_and_events_that_nobody_takes(tieout: InMemoryAdapters) -> None:
    inbox = tieout.service.services.stripe_inbox
    await inbox.keep([told("evt_1"), told("evt_2", parked=ParkReason.THIN), told("evt_3", parked=ParkReason.THIN)])
    tieout.clock.move(timedelta(minutes=6))

    assert (await said(tieout))[1:] == [
        Finding.note(f"{WHOSE}: 2 events are parked: thin"),
        Finding.wrong(f"stripe: 1 events wait, the oldest since {NOON}: nobody takes them"),
    ]
