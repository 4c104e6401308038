"""Requests to Stripe by the official SDK: how they are made, tried again, and given up; what every failure becomes."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from adapters.stripe_api.stripe_requests import ATTEMPTS_MAX, StripeRequests
from domain.secret import Secret
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRateLimited,
    StripeRefused,
    StripeUnavailable,
)
from tests.adapters.stripe_api.stripe_like import StripeLike, answering, cut, dropped, refusing, stalled, stripe_like

KEY = Secret("sk_test_CANARY0000000000000000")
PAUSES: list[float] = []


async def noted(seconds: float) -> None:
    PAUSES.append(seconds)


@pytest_asyncio.fixture
async def stripe() -> AsyncIterator[StripeLike]:
    PAUSES.clear()
    async with stripe_like() as server:
        yield server


@pytest_asyncio.fixture
async def requests(stripe: StripeLike) -> AsyncIterator[StripeRequests]:
    timeout = aiohttp.ClientTimeout(total=0.3)
    async with StripeRequests(api_base=stripe.url, connect_base=stripe.url, sleep=noted, timeout=timeout) as requests:
        yield requests


async def test_the_body_comes_as_it_was_sent_and_the_request_as_stripe_wants_it(
    stripe: StripeLike, requests: StripeRequests
) -> None:
    """Failure 6: without a version of its own a request is answered in whatever the account's default is."""
    exact = b'{"object": "list",  "data": [{"exchange_rate": 0.1000000000000000055511151231257827}]}'
    stripe.answers += [answering(200, exact)]

    body = await requests.get("/v1/payouts", key=KEY, account="acct_1", limit=1, created={"gte": 5}, expand=["data.x"])

    (asked,) = stripe.requests
    assert body == exact
    assert (asked.path, dict(asked.query)) == (
        "/v1/payouts",
        {"limit": "1", "created[gte]": "5", "expand[0]": "data.x"},
    )
    assert {name: asked.headers[name] for name in ("Authorization", "Stripe-Version", "Stripe-Account")} == {
        "Authorization": f"Bearer {KEY.reveal().decode()}",
        "Stripe-Version": "2026-10-28.endive",
        "Stripe-Account": "acct_1",
    }
    assert "X-Stripe-Client-Telemetry" not in asked.headers


@pytest.mark.parametrize(
    "failure",
    [cut, stalled, dropped, answering(500), answering(502, "<html>"), answering(503), answering(429)],
    ids=["cut body", "stalled body", "dropped", "500", "502 of a proxy", "503", "429"],
)
async def test_what_passes_is_tried_again(
    stripe: StripeLike, requests: StripeRequests, failure: Callable[[Any], Any]
) -> None:
    stripe.answers += [failure, failure, answering(200, '{"object": "balance"}')]

    assert await requests.get("/v1/balance", key=KEY) == b'{"object": "balance"}'
    assert len(stripe.requests) == 3
    assert [pause > 0 for pause in PAUSES if pause] != []


@pytest.mark.parametrize(
    "failure", [cut, stalled, dropped, answering(500), answering(503, "<html>"), answering(504, b"\xff")],
    ids=["cut body", "stalled body", "dropped", "500", "503 of a proxy", "not UTF-8"],
)  # fmt: skip
async def test_what_does_not_pass_is_given_up_after_some_attempts(
    stripe: StripeLike, requests: StripeRequests, failure: Callable[[Any], Any]
) -> None:
    stripe.answers += [failure] * 10

    with pytest.raises(StripeUnavailable) as trouble:
        await requests.get("/v1/balance", key=KEY)

    # aiohttp itself asks once more where a connection is dropped before any answer.
    assert len(stripe.requests) == ATTEMPTS_MAX * (2 if failure is dropped else 1)
    assert "CANARY" not in str(trouble.value)


async def test_a_429_waits_as_long_as_stripe_says_and_makes_others_of_that_account_wait(
    stripe: StripeLike, requests: StripeRequests
) -> None:
    stripe.answers += [refusing(429, "invalid_request_error", "rate_limit", "Slow", Retry_After="7")]

    await requests.get("/v1/balance", key=KEY, account="acct_1")
    first = [pause for pause in PAUSES if pause >= 5]
    PAUSES.clear()
    await requests.get("/v1/balance", key=KEY, account="acct_1")
    same, other = [pause for pause in PAUSES if pause >= 5], len(PAUSES)
    await requests.get("/v1/balance", key=KEY, account="acct_2")

    assert 7 <= first[0] < 8
    assert same, "its turn is after that"
    assert [pause for pause in PAUSES[other:] if pause >= 5] == []


async def test_a_429_that_does_not_say_for_how_long_is_over_in_the_next_second(
    stripe: StripeLike, requests: StripeRequests
) -> None:
    stripe.answers += [refusing(429, "invalid_request_error", "rate_limit", "Slow")]

    await requests.get("/v1/balance", key=KEY, account="acct_1")

    assert 1 <= max(PAUSES) < 2


async def test_a_429_that_does_not_end_is_told_with_when_to_come_back(
    stripe: StripeLike, requests: StripeRequests
) -> None:
    stripe.answers += [refusing(429, "invalid_request_error", None, "Slow", Retry_After="9999999")]

    with pytest.raises(StripeRateLimited) as limited:
        await requests.get("/v1/balance", key=KEY)

    assert limited.value.retry_after == timedelta(minutes=5)
    assert len(stripe.requests) == 1, "nobody waits for five minutes inside a request"


async def test_what_may_change_something_is_repeated_only_under_one_idempotency_key(
    stripe: StripeLike, requests: StripeRequests
) -> None:
    stripe.answers += [answering(500), answering(200, "{}")]
    with pytest.raises(StripeUnavailable):
        await requests.send("post", "/v1/invoices", key=KEY, params={"customer": "cus_1"})
    once = len(stripe.requests)
    stripe.answers[:] = [answering(500), answering(200, "{}")]

    await requests.send("post", "/v1/invoices", key=KEY, params={"customer": "cus_1"}, idempotency_key="key-1")

    assert once == 1
    assert [request.headers["Idempotency-Key"] for request in stripe.requests[1:]] == ["key-1", "key-1"]
    assert stripe.bodies[1:] == ["customer=cus_1", "customer=cus_1"]


@pytest.mark.parametrize(
    ("answer", "refusal", "words"),
    [
        (refusing(401, "invalid_request_error", None, f"Invalid: {KEY.reveal().decode()}"), StripeKeyRefused, "know"),
        (
            refusing(403, "invalid_request_error", None, "Having the 'rak_payout_read' permission would do."),
            StripePermissionMissing,
            "rak_payout_read",
        ),
        (
            refusing(403, "invalid_request_error", "account_invalid", "The provided key 'sk' does not have access."),
            StripeAccountGone,
            "acct_1",
        ),
        (refusing(404, "invalid_request_error", "resource_missing", "No such payout"), StripeRefused, "404"),
        (
            refusing(400, "invalid_request_error", None, f"Bad key {KEY.reveal().decode()} in 'payout'"),
            StripeRefused,
            "Bad key … in 'payout'",
        ),
        (refusing(400, "idempotency_error", None, "Keys for idempotent requests"), StripeRefused, "idempotency"),
        (refusing(402, "card_error", "card_declined", "Declined"), StripeRefused, "card_declined"),
        (refusing(409, "invalid_request_error", "lock_timeout", "Locked"), StripeRefused, "lock_timeout"),
        (
            answering(400, '{"error": "invalid_grant", "error_description": "Used already"}'),
            StripeRefused,
            "invalid_grant",
        ),
    ],
)
async def test_every_refusal_is_told_as_what_it_is_and_without_a_key(
    stripe: StripeLike,
    requests: StripeRequests,
    answer: Callable[[Any], Any],
    refusal: type[Exception],
    words: str,
) -> None:
    stripe.answers += [answer] * 9

    with pytest.raises(refusal) as refused:
        await requests.get("/v1/payouts/po_1", key=KEY, account="acct_1")

    assert words in str(refused.value)
    assert "CANARY" not in repr(refused.value) + str(vars(refused.value))
    assert len(stripe.requests) == 1


async def test_nobody_there() -> None:
    async with StripeRequests(api_base="http://127.0.0.1:1", connect_base="http://127.0.0.1:1", sleep=noted) as none:
        with pytest.raises(StripeUnavailable):
            await none.get("/v1/balance", key=KEY)
