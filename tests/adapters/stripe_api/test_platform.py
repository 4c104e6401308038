"""The platform's contract, kept over HTTP by the official SDK against a server that answers as Stripe does."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import attrs
import pytest

from adapters.simulator.stripe.simulation import Permissions
from adapters.simulator.stripe.switches import Switches
from adapters.stripe_api.permission_questions import CONTROL, QUESTIONS
from adapters.stripe_api.platform import StripeApiPlatform
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.secret import Secret
from domain.stripe_key_check import StripeAccess, StripeCapability, TriedAccess, Verdict, Whose
from ports.stripe_refusals import StripeAnswerUnreadable
from tests.adapters.simulator.stripe.shop import open_shop
from tests.adapters.stripe_api.stripe_like import CONNECTED, StripeLike, answering, refusing, stripe_like
from tests.ports.stripe_platform_contract import CLIENT_ID, KEY, NOON, Played, StripePlatformContract


@attrs.define
class StripeApiPlayed:
    platform: StripeApiPlatform
    stripe: StripeLike

    def lack(self, *missing: TriedAccess) -> None:
        for each in missing:
            names = " or ".join(f"'{name}'" for name in each.permissions)
            question = QUESTIONS[each.access]
            self.stripe.lacking[question.verb.upper(), question.path, each.whose is Whose.CONNECTED] = (
                "The provided key 'rk_test_***0000' does not have the required permissions for this endpoint on "
                f"account 'acct_platform0000'. Having the {names} permission would allow this request to continue."
            )

    def know_no_key(self) -> None:
        answer = refusing(401, "invalid_request_error", None, f"Invalid API Key provided: {KEY.reveal().decode()}")
        self.stripe.answers += [answer]

    def be_down(self) -> None:
        account = answering(200, '{"id": "acct_platform0000", "object": "account"}')
        self.stripe.answers += [account, *[answering(503, "down")] * 200]


async def no_pause(_seconds: float) -> None:
    return None


@asynccontextmanager
async def playing() -> AsyncIterator[StripeApiPlayed]:
    async with (
        stripe_like() as stripe,
        StripeRequests(api_base=stripe.url, connect_base=stripe.url, sleep=no_pause) as requests,
    ):
        yield StripeApiPlayed(StripeApiPlatform(requests), stripe)


class TestStripeApiPlatform(StripePlatformContract):
    def played(self) -> AbstractAsyncContextManager[Played]:
        return playing()


async def test_a_key_that_is_refused_is_not_tried_again_and_again() -> None:
    async with playing() as played:
        played.stripe.answers += [refusing(401, "invalid_request_error", None, "no")] * 20
        with pytest.raises(Exception, match="does not know"):
            await played.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

    assert len(played.stripe.requests) == 1


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "{}", '{"id": 7}', '{"id": "nonsense"}', '{"id": "acct_', b"\xff"]
)
async def test_an_answer_that_is_not_stripes_is_taken_for_nothing(body: str | bytes) -> None:
    async with playing() as played:
        played.stripe.answers += [answering(200, body)]
        with pytest.raises(StripeAnswerUnreadable):
            await played.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)


async def test_what_is_asked_changes_nothing_whoever_may_do_it() -> None:
    """Every request that is not a reading has a parameter that Stripe refuses."""
    async with playing() as played:
        await played.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

    asked = list(zip(played.stripe.requests, played.stripe.bodies, strict=True))
    assert {request.headers["Stripe-Version"] for request, _ in asked} == {"2026-10-28.endive"}
    assert {request.method for request, _ in asked} == {"GET", "POST"}
    assert all("tieout" in body for request, body in asked if request.method == "POST")
    assert {request.headers.get("Stripe-Account") for request, _ in asked} == {None, CONNECTED}
    assert played.stripe.accepted == 0


async def test_a_platform_without_accounts_is_not_told_that_its_key_works_for_them() -> None:
    async with playing() as played:
        played.stripe.connected = False

        check = await played.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

    assert check.verdict(StripeCapability.READING_PAYOUTS) is Verdict.UNKNOWN
    assert check.verdict(StripeCapability.READING_OWN_ACCOUNT) is Verdict.WORKS
    assert {each.why for each in check.needed_for(StripeCapability.WRITING_INVOICES)} == {
        "no account is connected that it could be tried with"
    }


async def test_a_platform_that_has_not_signed_up_for_connect() -> None:
    async with playing() as played:
        account = answering(200, '{"id": "acct_platform0000", "object": "account"}')
        words = "You can only list accounts if you've signed up for Connect."
        played.stripe.answers += [account, refusing(400, "invalid_request_error", None, words)]

        check = await played.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

    listing = next(each for each in check.tried if each.access is StripeAccess.CONNECTED_ACCOUNTS)
    assert (listing.verdict, listing.why) == (Verdict.UNKNOWN, words)


@pytest.mark.parametrize("permissions_first", [True, False])
async def test_a_restricted_key_of_the_simulated_stripe(permissions_first: bool) -> None:
    """Whether permissions or parameters are looked at first is not known: either way nothing is said that is not so."""
    switches = Switches(permissions_before_parameters=permissions_first)
    granted: Permissions = {"payout": "read", "invoice": "write", "accounts": "read", "balance": "read"}
    async with (
        open_shop(switches=switches) as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        simulation = shop.stripe.simulation
        key = simulation.restricted_key(shop.platform, granted, connect={**granted, "charge": "read"})
        before = simulation.dump()
        check = await StripeApiPlatform(requests).check_key(
            Secret(key), client_id=simulation.client_id(shop.platform), at=NOON
        )
        after = simulation.dump()

    verdicts = {(each.access, each.whose): each.verdict for each in check.tried}
    assert after == before
    assert verdicts[StripeAccess.CHARGES, Whose.CONNECTED] is Verdict.WORKS
    assert verdicts[StripeAccess.CHARGES, Whose.PLATFORM] is Verdict.MISSING
    assert verdicts[StripeAccess.CLIENT_ID, Whose.PLATFORM] is Verdict.WORKS
    assert verdicts[StripeAccess.OAUTH_CODES, Whose.PLATFORM] is Verdict.WORKS
    written = verdicts[StripeAccess.INVOICES_WRITE, Whose.CONNECTED]
    denied = verdicts[StripeAccess.CUSTOMERS_WRITE, Whose.CONNECTED]
    assert (written, denied) == (
        (Verdict.WORKS, Verdict.MISSING) if permissions_first else (Verdict.UNKNOWN, Verdict.UNKNOWN)
    )


async def test_a_secret_key_may_do_everything_and_is_not_tried_with_what_it_is_not_for() -> None:
    async with (
        open_shop() as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        client_id = shop.stripe.simulation.client_id(shop.platform)
        check = await StripeApiPlatform(requests).check_key(Secret(shop.secret), client_id=client_id, at=NOON)
        asked = {path for _, path in shop.stripe.api.requests}

    assert {check.verdict(each) for each in StripeCapability} == {Verdict.WORKS}
    assert CONTROL.path not in asked


@pytest.mark.parametrize(
    ("says_why", "client", "verdict"),
    [
        (True, "own", Verdict.WORKS),
        (True, "another's", Verdict.MISSING),
        (True, "nobody's", Verdict.MISSING),
        (True, "live", Verdict.MISSING),
        (False, "own", Verdict.UNKNOWN),
        (False, "another's", Verdict.UNKNOWN),
    ],
)
async def test_whether_a_client_id_is_of_the_keys_platform_and_mode(
    says_why: bool,
    client: str,
    verdict: Verdict,
) -> None:
    async with (
        open_shop(switches=Switches(deauthorize_says_why=says_why)) as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        simulation = shop.stripe.simulation
        another = simulation.open_platform("Another")
        client_id = {
            "own": simulation.client_id(shop.platform),
            "another's": simulation.client_id(another),
            "nobody's": "ca_NOBODYS0000",
            "live": simulation.client_id(shop.platform, livemode=True),
        }[client]
        check = await StripeApiPlatform(requests).check_key(Secret(shop.secret), client_id=client_id, at=NOON)

    found = next(each for each in check.tried if each.access is StripeAccess.CLIENT_ID)
    assert found.verdict is verdict
    assert (found.why is None) is (verdict is Verdict.WORKS)


@pytest.mark.parametrize("may", [True, False])
async def test_whether_a_restricted_key_redeems_codes_is_found_out(may: bool) -> None:
    async with (
        open_shop(switches=Switches(restricted_key_redeems_codes=may)) as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        simulation = shop.stripe.simulation
        key = Secret(simulation.restricted_key(shop.platform, {"accounts": "read"}))
        client_id = simulation.client_id(shop.platform)
        check = await StripeApiPlatform(requests).check_key(key, client_id=client_id, at=NOON)

    expected = Verdict.WORKS if may else Verdict.MISSING
    assert check.verdict(StripeCapability.CONNECTING_BY_OAUTH) is expected


async def test_an_account_that_lets_the_platform_only_read_says_nothing_of_the_key() -> None:
    async with (
        open_shop() as shop,
        StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url, sleep=no_pause) as requests,
    ):
        simulation = shop.stripe.simulation
        simulation.connect(shop.platform, shop.account, scope="read_only")
        client_id = simulation.client_id(shop.platform)
        check = await StripeApiPlatform(requests).check_key(Secret(shop.secret), client_id=client_id, at=NOON)

    assert check.verdict(StripeCapability.WRITING_INVOICES) is Verdict.UNKNOWN
    assert check.verdict(StripeCapability.READING_PAYOUTS) is Verdict.WORKS
