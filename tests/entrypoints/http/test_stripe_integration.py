"""A partner gives its Stripe keys: what is kept, what is refused, and what is shown again of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from adapters.in_memory.stripe_platform import InMemoryStripePlatform
from domain.stripe_account import StripeAccountId, StripeConnection
from domain.stripe_key_check import NEEDS, StripeAccess, StripeCapability, TriedAccess, Verdict, Whose
from ports.stripe_refusals import StripeAnswerUnreadable, StripeKeyRefused, StripeRateLimited, StripeUnavailable
from ports.use_cases.put_stripe_integration import StripeKeys, put_stripe_integration
from tests.entrypoints.http.callers import ACME, LIVE_KEY, NOON, PARTNERS_KEY, PLATFORM, RIVALS_KEY, TEST
from tests.entrypoints.http.live_service import Answer, LiveService, live_service
from tests.ports.trail_contract import ANA
from tests.stripe_signing import ACCOUNT_SECRET, CONNECT_SECRET

PATH: Final = "/v1/integrations/stripe"
KEY: Final = "rk_test_CANARY0000000000wxyz"
LIVE_STRIPE_KEY: Final = "sk_live_CANARY0000000000live"
GIVEN: Final = {"client_id": "ca_PLATFORM00", "secret_key": KEY, "webhook_secrets": [ACCOUNT_SECRET, CONNECT_SECRET]}


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


def stripe_of(service: LiveService) -> InMemoryStripePlatform:
    assert isinstance(service.services.stripe, InMemoryStripePlatform)
    return service.services.stripe


async def put(service: LiveService, secret: str = PARTNERS_KEY, /, **given: Any) -> Answer:
    return await service.ask("PUT", PATH, body=given, secret=secret)


def pointer(answer: Answer) -> str:
    assert answer.status == 422
    (error,) = answer.json["errors"]
    return str(error["pointer"])


async def test_what_is_kept_is_shown_without_its_secrets_and_with_the_addresses_to_give_to_stripe(
    service: LiveService,
) -> None:
    answer = await put(service, **GIVEN)
    read = await service.ask("GET", PATH)

    assert answer.status == 200
    assert read.json == answer.json == {
        "client_id": "ca_PLATFORM00",
        "key": {
            "hint": "rk_test_…wxyz",
            "account": "acct_platform0000",
            "capabilities": [
                {
                    "capability": capability.value,
                    "verdict": "works",
                    "needs": [
                        {"access": each, "whose": whose, "verdict": "works", "permissions": [], "why": None}
                        for each in accesses
                    ],
                }
                for capability, (whose, accesses) in NEEDS.items()
            ],
            "checked": "2026-06-30T12:00:00Z",
        },
        "webhook_secrets": [
            {"hint": "whsec_…0000", "added": "2026-06-30T12:00:00Z"},
            {"hint": "whsec_…0000", "added": "2026-06-30T12:00:00Z"},
        ],
        "webhook_url": f"http://127.0.0.1:8080/webhooks/stripe/{PLATFORM}/test",
        "redirect_url": "http://127.0.0.1:8080/integrations/stripe/callback",
        "created": "2026-06-30T12:00:00Z",
        "updated": "2026-06-30T12:00:00Z",
    }  # fmt: skip
    assert b"CANARY" not in answer.content
    assert ACCOUNT_SECRET.encode() not in answer.content


async def test_each_mode_and_partner_has_its_own(service: LiveService) -> None:
    await put(service, **GIVEN)
    await put(service, LIVE_KEY, secret_key=LIVE_STRIPE_KEY)

    live, rivals = [await service.ask("GET", PATH, secret=secret) for secret in (LIVE_KEY, RIVALS_KEY)]

    assert live.json["key"]["hint"] == "sk_live_…live"
    assert live.json["webhook_url"].endswith(f"{PLATFORM}/live")
    assert rivals.status == 404


async def test_what_is_not_given_stays(service: LiveService) -> None:
    first = await put(service, **GIVEN)
    service.clock.move(timedelta(minutes=1))

    rolled = await put(service, webhook_secrets=[CONNECT_SECRET, "whsec_NEW00000000000000000new1"])
    emptied = await put(service, webhook_secrets=[])

    assert (rolled.json["client_id"], rolled.json["key"]["hint"]) == ("ca_PLATFORM00", "rk_test_…wxyz")
    assert rolled.json["webhook_secrets"] == [
        first.json["webhook_secrets"][1],
        {"hint": "whsec_…new1", "added": "2026-06-30T12:01:00Z"},
    ]
    assert rolled.json["key"]["checked"] == "2026-06-30T12:01:00Z"
    assert (emptied.json["webhook_secrets"], emptied.json["client_id"]) == ([], "ca_PLATFORM00")
    assert len(service.records()["sealed_secrets"]) == 1


async def test_missing_permissions_are_named_with_what_they_are_for_and_the_key_is_kept(service: LiveService) -> None:
    stripe_of(service).lacking = (
        TriedAccess(
            access=StripeAccess.INVOICES_WRITE,
            whose=Whose.CONNECTED,
            verdict=Verdict.MISSING,
            permissions=("rak_invoice_write",),
        ),
        TriedAccess(access=StripeAccess.CLIENT_ID, whose=Whose.PLATFORM, verdict=Verdict.UNKNOWN, why="not told"),
    )

    answer = await put(service, **GIVEN)

    assert answer.status == 200
    verdicts = {each["capability"]: each["verdict"] for each in answer.json["key"]["capabilities"]}
    needs = {each["capability"]: each["needs"] for each in answer.json["key"]["capabilities"]}
    assert verdicts == dict.fromkeys(StripeCapability, "works") | {
        "writing_invoices": "missing",
        "connecting_by_oauth": "unknown",
    }
    assert needs["writing_invoices"][-1] == {
        "access": "invoices_write",
        "whose": "connected",
        "verdict": "missing",
        "permissions": ["rak_invoice_write"],
        "why": None,
    }
    assert needs["connecting_by_oauth"][-1]["why"] == "not told"
    assert (await service.ask("GET", PATH)).json == answer.json


async def test_a_client_id_alone_is_tried_with_the_key_that_is_kept(service: LiveService) -> None:
    without = await put(service, secret_key=KEY)

    given = await put(service, client_id="ca_PLATFORM00")

    verdicts = [
        next(each["verdict"] for each in answer.json["key"]["capabilities"] if "oauth" in each["capability"])
        for answer in (without, given)
    ]
    assert verdicts == ["missing", "works"]


@pytest.mark.parametrize(
    ("secret", "stripe_key"),
    [(PARTNERS_KEY, LIVE_STRIPE_KEY), (LIVE_KEY, KEY), (PARTNERS_KEY, "sk_live_0000000000000000")],
)
async def test_a_key_of_the_other_mode_is_refused(service: LiveService, secret: str, stripe_key: str) -> None:
    before = service.records()

    answer = await put(service, secret, secret_key=stripe_key)

    assert pointer(answer) == "/secret_key"
    assert service.records() == before


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, "/secret_key"),
        ({"client_id": "ca_PLATFORM00"}, "/secret_key"),
        ({"secret_key": "pk_test_0000000000000000"}, "/secret_key"),
        ({"secret_key": "sk_test_"}, "/secret_key"),
        ({"secret_key": "sk_test_٠٠٠٠٠٠٠٠٠٠٠٠"}, "/secret_key"),
        ({"secret_key": KEY, "client_id": "acct_1"}, "/client_id"),
        ({"secret_key": KEY, "webhook_secrets": ["sk_test_0000000000000000"]}, "/webhook_secrets/0"),
        ({"secret_key": KEY, "webhook_secrets": [ACCOUNT_SECRET, ACCOUNT_SECRET]}, "/webhook_secrets/1"),
        ({"secret_key": KEY, "webhook_secrets": [ACCOUNT_SECRET] * 9}, "/webhook_secrets"),
    ],
)
async def test_what_cannot_be_a_key_is_pointed_at(service: LiveService, given: dict[str, Any], where: str) -> None:
    before = service.records()

    assert pointer(await put(service, **given)) == where
    assert service.records() == before


async def test_a_key_that_stripe_does_not_know_is_not_kept(service: LiveService) -> None:
    stripe_of(service).refusal = StripeKeyRefused("no")
    before = service.records()

    assert pointer(await put(service, **GIVEN)) == "/secret_key"
    assert service.records() == before


@pytest.mark.parametrize(
    ("trouble", "wait"),
    [
        (StripeUnavailable("Stripe answered 503", retry_after=timedelta(seconds=12)), "12"),
        (StripeRateLimited("Stripe takes no more requests for now", retry_after=timedelta(seconds=7.5)), "8"),
        (StripeAnswerUnreadable("Stripe's answer is no JSON"), "2"),
    ],
)
async def test_while_stripe_is_down_nothing_is_kept_and_nothing_half(
    service: LiveService, trouble: Exception, wait: str
) -> None:
    await put(service, **GIVEN)
    before = service.records()
    stripe_of(service).refusal = trouble

    answer = await put(service, secret_key="sk_test_another0000000000", webhook_secrets=[])

    assert (answer.status, answer.problem_kind, answer.headers["Retry-After"]) == (503, "unavailable", wait)
    assert str(trouble) in answer.json["detail"]
    assert service.records() == before


async def test_a_key_of_another_platform_is_refused_while_accounts_are_connected(service: LiveService) -> None:
    await put(service, **GIVEN)
    stripe_of(service).account = StripeAccountId("acct_another")
    unconnected = await put(service, secret_key="sk_test_another0000000000")
    connection = StripeConnection(
        tenant=TEST, account=StripeAccountId("acct_1"), company=ACME, connected=NOON, changed=NOON
    )
    async with service.services.store.control() as transaction:
        await transaction.stripe_accounts.connect(connection)
    stripe_of(service).account = StripeAccountId("acct_third")

    connected = await put(service, secret_key="sk_test_third000000000000")
    same = await put(service, client_id="ca_OTHER0000") if connected.status == 200 else None

    assert unconnected.status == 200
    assert pointer(connected) == "/secret_key"
    assert same is None


async def test_two_who_change_it_at_once_do_not_bring_an_older_key_back(service: LiveService) -> None:
    """One gives a new key while Stripe is still asked about the one that is kept."""
    await put(service, **GIVEN)
    stripe, services = stripe_of(service), service.services

    class Slow(InMemoryStripePlatform):
        async def check_key(self, key: Any, *, client_id: Any, at: Any) -> Any:
            await put(service, secret_key="rk_test_newer00000000newr")
            return await stripe.check_key(key, client_id=client_id, at=at)

    with pytest.raises(Exception, match="changed meanwhile"):
        await put_stripe_integration(
            StripeKeys(client_id="ca_LATE0000"),
            tenant=TEST,
            who=ANA,
            store=services.store,
            stripe=Slow(),
            master_key=services.master_key,
            secret_box=services.secret_box,
            random_id=services.random_id,
            at=NOON,
        )

    kept = (await service.ask("GET", PATH)).json
    assert (kept["client_id"], kept["key"]["hint"]) == ("ca_PLATFORM00", "rk_test_…newr")


async def test_a_deleted_one_leaves_no_secret(service: LiveService) -> None:
    await put(service, **GIVEN)

    deleted, read, again = (
        await service.ask("DELETE", PATH),
        await service.ask("GET", PATH),
        await service.ask("DELETE", PATH),
    )

    assert (deleted.status, read.status, again.status) == (204, 404, 404)
    assert service.records().get("sealed_secrets", {}) == {}
    assert service.records().get("stripe_integrations", {}) == {}


async def test_every_change_is_in_the_partners_trail_without_a_secret(service: LiveService) -> None:
    await put(service, **GIVEN)
    await put(service, webhook_secrets=[CONNECT_SECRET])
    await service.ask("DELETE", PATH)

    async with service.services.store.control() as transaction:
        links = await transaction.partner_trail.log(TEST).links(after=0, limit=9)
    rows = [row for link in links for row in link.rows]
    assert [(row.action, row.subject) for row in rows] == [
        (f"stripe_integration.{change}", "acct_platform0000") for change in ("added", "changed", "deleted")
    ]
    assert rows[1].detail == (
        '{"account":"acct_platform0000","client_id":"ca_PLATFORM00","key":"rk_test_\\u2026wxyz",'
        '"webhook_secrets":["whsec_\\u20260000"]}'
    )
    assert "CANARY" not in str(rows)
    assert ACCOUNT_SECRET not in str(rows)


async def test_the_same_request_again_is_answered_again(service: LiveService) -> None:
    once = {"Idempotency-Key": "once"}
    first = await service.ask("PUT", PATH, body=GIVEN, headers=once)
    service.clock.move(timedelta(minutes=1))

    again = await service.ask("PUT", PATH, body=GIVEN, headers=once)

    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
