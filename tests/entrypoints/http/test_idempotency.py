"""A write that bears an idempotency key may be repeated: the first answer is given again, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio

from ports.idempotency import KEPT_FOR
from ports.transaction import StoreUnavailable
from tests.entrypoints.http.callers import (
    ACME,
    OWNERS_SESSION,
    PARTNERS_KEY,
    RIVALS_COMPANY,
    RIVALS_KEY,
    SECOND_KEY,
    SISTER,
)
from tests.entrypoints.http.documented import Documented, documented_routes
from tests.entrypoints.http.live_service import Answer, LiveService, live_service
from tests.entrypoints.http.made_up_routes import Listener

ONCE: Final = {"Idempotency-Key": "once"}
WRITING: Final = [each for each in documented_routes() if each.route.writes and each.route.may]


@pytest_asyncio.fixture
async def listener() -> Listener:
    return Listener()


@pytest_asyncio.fixture
async def service(listener: Listener) -> AsyncIterator[LiveService]:
    async with live_service(listener.routes()) as running:
        yield running


async def say(service: LiveService, text: str = "hello", company: str = ACME, secret: str = PARTNERS_KEY) -> Answer:
    path = f"/v1/companies/{company}/said"
    return await service.ask("POST", path, secret=secret, body={"text": text}, headers=ONCE)


@pytest.mark.parametrize("documented", WRITING, ids=str)
async def test_every_write_may_be_repeated(documented: Documented) -> None:
    async with live_service() as service:
        method, path, valid = documented.route.method, documented.path(), documented.valid()
        first = await service.ask(method, path, **valid, headers=ONCE)
        after = service.records()
        second = await service.ask(method, path, **valid, headers=ONCE)

        assert second.status == first.status
        assert service.records() == after
        if first.status < 300:
            assert second.headers["Idempotent-Replayed"] == "true"
            assert second.headers.get("Content-Type") == first.headers.get("Content-Type")
            if documented.route.kept is None:
                assert second.content == first.content


async def test_the_answer_is_given_again_byte_for_byte_and_nothing_is_done(
    service: LiveService, listener: Listener
) -> None:
    first, second = await say(service), await say(service)

    assert (first.status, second.status, listener.times) == (201, 201, 1)
    assert second.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


async def test_another_key_of_the_partner_repeats_it_too(service: LiveService, listener: Listener) -> None:
    await say(service)

    assert (await say(service, secret=SECOND_KEY)).headers["Idempotent-Replayed"] == "true"
    assert listener.times == 1


async def test_other_callers_have_keys_of_their_own(service: LiveService, listener: Listener) -> None:
    await say(service)

    await say(service, company=RIVALS_COMPANY, secret=RIVALS_KEY)
    await say(service, secret=OWNERS_SESSION)

    assert listener.times == 3


@pytest.mark.parametrize(("text", "company"), [("goodbye", ACME), ("hello", SISTER)], ids=["body", "path"])
async def test_another_request_with_the_same_key_is_refused(
    service: LiveService, listener: Listener, text: str, company: str
) -> None:
    await say(service)

    refused = await say(service, text, company)

    assert (refused.status, refused.problem_kind, listener.times) == (422, "idempotency-key-reused", 1)


async def test_while_the_first_is_under_way_a_second_is_told_to_wait(service: LiveService, listener: Listener) -> None:
    listener.go.clear()
    first = asyncio.create_task(say(service))
    await listener.waiting.wait()

    meanwhile = await say(service)
    listener.go.set()

    assert (meanwhile.status, meanwhile.problem_kind) == (409, "idempotency-in-progress")
    assert meanwhile.headers["Retry-After"] == "1"
    assert (await first).status == 201
    assert (await say(service)).content == (await first).content
    assert listener.times == 1


@pytest.mark.parametrize(
    ("raised", "status"), [(StoreUnavailable("gone"), 503), (RuntimeError("a fault of ours"), 500)], ids=str
)
async def test_an_answer_that_changed_nothing_is_not_kept(
    service: LiveService, listener: Listener, raised: Exception, status: int
) -> None:
    listener.raises = raised

    first, second = await say(service), await say(service, "something else")

    assert (first.status, second.status) == (status, 201)
    assert "Idempotent-Replayed" not in second.headers


async def test_what_is_lost_says_when_to_come_back(service: LiveService, listener: Listener) -> None:
    listener.raises = StoreUnavailable("gone")

    answer = await say(service)

    assert (answer.problem_kind, answer.headers["Retry-After"]) == ("unavailable", "2")


async def test_a_wrong_body_does_not_use_the_key_up(service: LiveService) -> None:
    refused = await say(service, "x" * 51)

    assert (refused.status, (await say(service)).status) == (422, 201)


async def test_after_a_day_the_key_is_free(service: LiveService, listener: Listener) -> None:
    await say(service)
    service.clock.move(KEPT_FOR - timedelta(seconds=1))
    await say(service)
    service.clock.move(timedelta(seconds=1))

    assert (await say(service, "goodbye")).status == 201
    assert listener.times == 2
