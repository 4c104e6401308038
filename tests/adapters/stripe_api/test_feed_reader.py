"""Pages of an account's lists, as Stripe gives them, and as it should not."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import web

from adapters.stripe_api.feed_reader import StripeApiFeedReader
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from ports.stripe_feed_reader import FeedAccount, PlaceGone
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused
from tests.adapters.stripe_api.stripe_like import StripeLike, stripe_like

SOURCE: Final = FeedAccount(
    account=StripeAccountId("acct_1"), key=Secret("sk_test_0000000000000000"), is_own=False, mode=Mode.TEST
)
MOVEMENT: Final = {
    "id": "txn_1",
    "object": "balance_transaction",
    "amount": 100,
    "fee": 3,
    "net": 97,
    "currency": "usd",
    "created": 1_772_409_600,
    "type": "charge",
}


@pytest_asyncio.fixture
async def stripe() -> AsyncIterator[StripeLike]:
    async with stripe_like() as running:
        yield running


@pytest_asyncio.fixture
async def reader(stripe: StripeLike) -> AsyncIterator[StripeApiFeedReader]:
    async with StripeRequests(api_base=stripe.url, connect_base=stripe.url) as requests:
        yield StripeApiFeedReader(requests)


def listing(*records: Any, has_more: bool = False) -> Any:
    body = {"object": "list", "data": records, "has_more": has_more, "url": "/v1/balance_transactions"}
    return lambda _request: web.json_response(body)


def refusing(param: str) -> Any:
    body = {"error": {"type": "invalid_request_error", "param": param, "message": "No such balance_transaction"}}
    return lambda _request: web.json_response(body, status=400)


async def test_a_record_that_is_listed_twice_on_a_page_is_one(stripe: StripeLike, reader: StripeApiFeedReader) -> None:
    stripe.answers.append(listing(MOVEMENT, {**MOVEMENT, "id": "txn_2"}, MOVEMENT, has_more=True))

    page = await reader.transactions(SOURCE, after=None, bare=True)

    assert (page.ids, [each.id for each in page.records], page.has_more) == (
        ("txn_1", "txn_2"),
        ["txn_1", "txn_2"],
        True,
    )
    assert {each.stripe_account for each in page.records} == {"acct_1"}


async def test_one_record_that_cannot_be_read_is_named_and_the_others_are_read(
    stripe: StripeLike, reader: StripeApiFeedReader
) -> None:
    stripe.answers.append(listing({**MOVEMENT, "net": 96}, {**MOVEMENT, "id": "txn_2"}))

    page = await reader.transactions(SOURCE, after=None, bare=True)

    assert page.ids == ("txn_1", "txn_2")
    assert [each.id for each in page.records] == ["txn_2"]
    assert page.unreadable[0].startswith("txn_1: ")


@pytest.mark.parametrize(
    "answer",
    [
        listing(has_more=True),
        listing({**MOVEMENT, "id": None}),
        lambda _request: web.Response(text="[]"),
        lambda _request: web.json_response({"object": "list", "data": [MOVEMENT]}),
    ],
    ids=["nothing, and more of it", "no id", "no list", "whether there is more is not said"],
)
async def test_what_is_no_page_is_no_end_of_the_list(
    stripe: StripeLike, reader: StripeApiFeedReader, answer: Any
) -> None:
    """Failure 8: something else than an answer was taken for the end, and the history for complete."""
    stripe.answers.append(answer)

    with pytest.raises(StripeAnswerUnreadable):
        await reader.transactions(SOURCE, after=None, bare=True)


async def test_a_payout_of_the_other_mode_is_no_answer(stripe: StripeLike, reader: StripeApiFeedReader) -> None:
    payout = {"id": "po_1", "amount": 1, "currency": "usd", "arrival_date": 1_772_409_600, "status": "paid"}
    stripe.answers.append(listing({**payout, "livemode": True}))

    with pytest.raises(StripeAnswerUnreadable, match="not of test mode"):
        await reader.payouts(SOURCE, after=None)


async def test_the_place_that_is_gone_is_told_from_every_other_refusal(
    stripe: StripeLike, reader: StripeApiFeedReader
) -> None:
    stripe.answers += [refusing("starting_after"), refusing("limit")]

    with pytest.raises(PlaceGone):
        await reader.transactions(SOURCE, after="txn_0", bare=True)
    with pytest.raises(StripeRefused):
        await reader.transactions(SOURCE, after="txn_0", bare=True)


async def test_an_account_is_asked_for_in_its_name_and_the_platforms_own_without_one(
    stripe: StripeLike, reader: StripeApiFeedReader
) -> None:
    own = FeedAccount(account=SOURCE.account, key=SOURCE.key, is_own=True, mode=Mode.TEST)
    for source in (SOURCE, own):
        await reader.transactions(source, after=None, bare=True, made_by="du_1")

    assert [each.headers.get("Stripe-Account") for each in stripe.requests] == ["acct_1", None]
    assert [each.query["source"] for each in stripe.requests] == ["du_1", "du_1"]
