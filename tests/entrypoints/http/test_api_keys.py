from datetime import timedelta

from domain.access import KeyId
from tests.entrypoints.http.service import Clock, a_partners_key, bearer, in_memory_services, served


async def test_a_key_is_made_shown_once_and_works() -> None:
    services = in_memory_services(Clock())
    secret = await a_partners_key(services.store)
    async with served(services) as client:
        made = await client.post("/v1/api_keys", json={"name": "second"}, headers=bearer(secret))
        body = await made.json()
        listed = await client.get("/v1/api_keys", headers=bearer(body["secret"]))
        keys = (await listed.json())["data"]

    assert made.status == 201
    assert listed.status == 200
    assert sorted(key["name"] for key in keys) == ["second", "server"]
    assert body["secret"] not in str(keys)
    assert body["key"]["shown"] == body["secret"][: len(body["key"]["shown"])]


async def test_a_rotated_key_works_for_the_overlap_only() -> None:
    clock = Clock()
    services = in_memory_services(clock)
    old = await a_partners_key(services.store)
    async with served(services) as client:
        (key,) = (await (await client.get("/v1/api_keys", headers=bearer(old))).json())["data"]
        await client.post(
            "/v1/api_keys", json={"name": "new", "replaces": key["id"], "overlap_seconds": 60}, headers=bearer(old)
        )
        during = await client.get("/v1/api_keys", headers=bearer(old))
        clock.move(timedelta(seconds=60))
        after = await client.get("/v1/api_keys", headers=bearer(old))

    assert (during.status, after.status) == (200, 401)


async def test_a_repeated_answer_does_not_show_the_secret_again_and_makes_no_second_key() -> None:
    services = in_memory_services(Clock())
    secret = await a_partners_key(services.store)
    headers = {**bearer(secret), "Idempotency-Key": "once"}
    async with served(services) as client:
        first = await (await client.post("/v1/api_keys", json={"name": "second"}, headers=headers)).json()
        again = await client.post("/v1/api_keys", json={"name": "second"}, headers=headers)
        second = await again.json()
        keys = (await (await client.get("/v1/api_keys", headers=bearer(secret))).json())["data"]

    assert second == {**first, "secret": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(keys) == 2


async def test_the_last_key_is_not_revoked() -> None:
    services = in_memory_services(Clock())
    secret = await a_partners_key(services.store)
    async with served(services) as client:
        (key,) = (await (await client.get("/v1/api_keys", headers=bearer(secret))).json())["data"]
        refused = await client.delete(f"/v1/api_keys/{key['id']}", headers=bearer(secret))
        body = await refused.json()

    assert refused.status == 409
    assert body["type"] == "/docs/problems#conflict"


async def test_without_a_valid_secret_nothing_is_told() -> None:
    services = in_memory_services(Clock())
    secret = await a_partners_key(services.store)
    async with served(services) as client:
        answers = [
            await client.get("/v1/api_keys", headers=headers)
            for headers in ({}, bearer("tie_test_nonsense"), bearer(secret[:-1] + "x"), {"Authorization": secret})
        ]

    assert [each.status for each in answers] == [401] * 4
    assert all("Bearer" in each.headers["WWW-Authenticate"] for each in answers)


async def test_what_becomes_of_keys_is_written_to_the_partners_trail_and_bears_no_secret() -> None:
    clock = Clock()
    services = in_memory_services(clock)
    old = await a_partners_key(services.store)
    async with served(services) as client:
        (key,) = (await (await client.get("/v1/api_keys", headers=bearer(old))).json())["data"]
        body = {"name": "new", "replaces": key["id"], "overlap_seconds": 60}
        new = await (await client.post("/v1/api_keys", json=body, headers=bearer(old))).json()
        made = await (await client.post("/v1/api_keys", json={"name": "third"}, headers=bearer(new["secret"]))).json()
        await client.delete(f"/v1/api_keys/{made['key']['id']}", headers=bearer(new["secret"]))

    async with services.store.control() as transaction:
        kept = await transaction.api_keys.find(KeyId(key["id"]))
        assert kept is not None
        links = await transaction.partner_trail.log(kept.tenant).links(after=0, limit=9)
    rows = [row for link in links for row in link.rows]
    assert [(row.action, row.who_id, row.subject) for row in rows] == [
        ("api_key.rotated", key["id"], key["id"]),
        ("api_key.made", new["key"]["id"], made["key"]["id"]),
        ("api_key.revoked", new["key"]["id"], made["key"]["id"]),
    ]
    assert not any(secret in str(rows) for secret in (old, new["secret"], made["secret"]))
