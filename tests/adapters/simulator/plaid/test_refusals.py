"""Who asks wrongly is refused with Plaid's own errors, and never with a server's error."""

import json
from random import Random
from typing import Any

import aiohttp
import pytest

from adapters.simulator.plaid.http.endpoints import ENDPOINTS
from adapters.simulator.plaid.http.rate_limits import RateLimits
from adapters.simulator.wire import JsonObject
from tests.adapters.simulator.plaid.desk import Desk, open_desk, refusal, sdk


def keys(desk: Desk) -> dict[str, str]:
    return {"client_id": desk.client.client_id, "secret": desk.client.secrets["sandbox"][-1]}


async def post(desk: Desk, path: str, body: Any, **headers: str) -> tuple[int, JsonObject]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers.setdefault("Content-Type", "application/json")
    async with (
        aiohttp.ClientSession() as session,
        session.post(desk.plaid.url + path, data=content, headers=headers) as response,
    ):
        answer: JsonObject = await response.json()
        return response.status, answer


async def test_an_error_has_plaids_form() -> None:
    async with open_desk() as desk:
        status, error = await desk.refused("item_get", access_token="access-sandbox-none")

        assert status == 400
        assert set(error) == {
            "display_message",
            "documentation_url",
            "error_code",
            "error_message",
            "error_type",
            "request_id",
            "suggested_action",
        }
        assert (error["error_type"], error["error_code"], error["error_message"]) == (
            "INVALID_INPUT",
            "INVALID_ACCESS_TOKEN",
            "could not find matching access token",
        )


@pytest.mark.parametrize("wrong", ["client", "secret"])
async def test_wrong_keys_are_refused(wrong: str) -> None:
    async with open_desk() as desk:
        right = keys(desk)
        client_id = "0" * 24 if wrong == "client" else right["client_id"]
        secret = "0" * 30 if wrong == "secret" else right["secret"]
        async with sdk(desk.plaid.url, client_id, secret) as api:
            status, error = await refusal(api, "item_get", access_token="access-sandbox-none")

        assert (status, error["error_type"], error["error_code"]) == (400, "INVALID_INPUT", "INVALID_API_KEYS")


async def test_a_rotated_secret_is_good_until_the_old_one_is_deleted() -> None:
    async with open_desk() as desk:
        simulation, item = desk.plaid.simulation, desk.open_item()
        old = desk.client.secrets["sandbox"][-1]
        new = simulation.rotate_secret(desk.client, "sandbox")

        async with sdk(desk.plaid.url, desk.client.client_id, new) as api:
            assert (await desk.ask("item_get", access_token=item.access_token))["item"]["item_id"] == item.item_id
            simulation.delete_secret(desk.client, old)
            _, error = await desk.refused("item_get", access_token=item.access_token)
            assert error["error_code"] == "INVALID_API_KEYS"
            assert (await refusal(api, "item_get", access_token="access-sandbox-x"))[1]["error_code"] == (
                "INVALID_ACCESS_TOKEN"
            )


async def test_keys_may_stand_in_the_body_or_in_headers_and_must_stand_somewhere() -> None:
    async with open_desk() as desk:
        token = {"access_token": desk.open_item().access_token}
        in_headers = {"PLAID-CLIENT-ID": keys(desk)["client_id"], "PLAID-SECRET": keys(desk)["secret"]}

        assert (await post(desk, "/item/get", {**keys(desk), **token}))[0] == 200
        assert (await post(desk, "/item/get", token, **in_headers))[0] == 200
        status, error = await post(desk, "/item/get", token)

        assert (status, error["error_code"]) == (400, "MISSING_FIELDS")
        assert error["error_message"] == "the following required fields are missing: client_id, secret"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"a"', b"\xff\xfe", b"[" * 5_000, b"null"])
async def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    async with open_desk() as desk:
        status, error = await post(desk, "/item/get", body)

        assert (status, error["error_type"], error["error_code"]) == (400, "INVALID_REQUEST", "INVALID_BODY")


async def test_wrong_paths_methods_and_headers_are_refused() -> None:
    async with open_desk() as desk:
        unknown = await post(desk, "/item/got", keys(desk))
        form = await post(desk, "/item/get", keys(desk), **{"Content-Type": "text/plain"})
        version = await post(desk, "/item/get", keys(desk), **{"Plaid-Version": "2018-05-22"})
        async with aiohttp.ClientSession() as session, session.get(desk.plaid.url + "/item/get") as response:
            got = response.status, (await response.json())["error_code"]

        assert (unknown[0], unknown[1]["error_code"]) == got == (404, "NOT_FOUND")
        assert form[1]["error_code"] == version[1]["error_code"] == "INVALID_HEADERS"


async def test_unknown_and_missing_fields_are_named() -> None:
    async with open_desk() as desk:
        unknown = await post(desk, "/transactions/sync", {**keys(desk), "access_token": "a", "options": {"colour": 1}})
        missing = await post(desk, "/transactions/sync", keys(desk))

        assert unknown[1]["error_message"] == "the following fields are not recognized by this endpoint: options.colour"
        assert missing[1]["error_message"] == "the following required fields are missing: access_token"


@pytest.mark.parametrize("count", [0, 501, -1, "10", 1.5, True, None])
async def test_a_page_has_between_one_and_five_hundred_lines(count: object) -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()

        status, error = await post(
            desk, "/transactions/sync", {**keys(desk), "access_token": item.access_token, "count": count}
        )

        assert (status, error["error_code"]) == (400, "INVALID_FIELD")


async def test_limits_are_per_item_and_per_client_and_pass_with_the_minute() -> None:
    async with open_desk(limits=RateLimits(enforced=True, sync_per_item=3, sync_per_client=4)) as desk:
        minutes = [0.0]
        desk.plaid.api.limiter._seconds = lambda: minutes[0] * 60
        one, two = await desk.ready_item(), await desk.ready_item()
        for _ in range(3):
            await desk.sync(one)

        of_item = await desk.refused("transactions_sync", access_token=one.access_token)
        await desk.sync(two)
        of_client = await desk.refused("transactions_sync", access_token=two.access_token)
        minutes[0] = 1.0
        await desk.sync(one)

        for status, error in (of_item, of_client):
            assert (status, error["error_type"], error["error_code"]) == (
                429,
                "RATE_LIMIT_EXCEEDED",
                "TRANSACTIONS_SYNC_LIMIT",
            )
        assert desk.plaid.api.limiter.refused == 2


async def test_documented_limits_hold_where_they_are_enforced() -> None:
    async with open_desk(limits=RateLimits(enforced=True)) as desk:
        desk.plaid.api.limiter._seconds = lambda: 0.0
        item = await desk.ready_item()
        for _ in range(5):
            await desk.ask("accounts_balance_get", access_token=item.access_token)

        status, error = await desk.refused("accounts_balance_get", access_token=item.access_token)

        assert (status, error["error_code"]) == (429, "BALANCE_LIMIT")


VALUES: tuple[object, ...] = (
    "", "a", "ü", "\u0000", "x" * 6_000, 0, 1, -1, 500, 10**30, 1.5, 1e308, True, False, None, [], {}, [None], ["US"],
    {"a": 1}, "2026-03-02", "2026-02-30", "user_good", "ins_109508", "now", "transactions", ["transactions"], [[]],
)  # fmt: skip


def nonsense(rng: Random, names: list[str], tokens: list[str]) -> JsonObject:
    """A body, some of which makes sense."""
    return {name: rng.choice((*VALUES, *tokens)) for name in rng.sample(names, rng.randrange(len(names) + 1))}


@pytest.mark.parametrize("seed", range(3))
async def test_no_request_makes_the_server_stumble(seed: int) -> None:
    rng, seen = Random(seed), set()
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        desk.post(5_000)
        item = await desk.ready_item()
        tokens = [item.access_token, desk.plaid.simulation.link.public_token(item)]
        for endpoint in ENDPOINTS:
            for _ in range(12):
                body = nonsense(rng, [*endpoint.fields, "colour"], tokens)
                if rng.random() < 0.7:
                    body |= {name: rng.choice(tokens) for name in endpoint.required if name.endswith("_token")}
                if endpoint.path == "/item/remove":
                    body.pop("access_token", None)
                content = json.dumps({**body, **keys(desk)})
                headers = {"Content-Type": "application/json"}
                async with session.post(desk.plaid.url + endpoint.path, data=content, headers=headers) as response:
                    answer = await response.json()
                    seen.add(response.status)
                    assert response.status < 500, (endpoint.path, body)
                    assert response.status == 200 or answer["error_message"]

        assert seen >= {200, 400}
