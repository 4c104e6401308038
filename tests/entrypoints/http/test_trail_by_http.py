"""Webhook endpoints, events, the audit trail and forgetting, as a partner sees them."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.partner_webhooks.http_sender import HttpWebhookSender
from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType, event_id
from entrypoints.delivery_loop import DeliveryLoop
from tests.adapters.partner_webhooks.receiver import listening
from tests.entrypoints.http.callers import (
    ABSENT,
    ACME,
    ARCHIVED,
    BOOKKEEPERS_SESSION,
    LIVE_KEY,
    NOON,
    RIVALS_COMPANY,
    RIVALS_KEY,
    SISTER,
)
from tests.entrypoints.http.live_service import LiveService, live_service

ENDPOINTS = "/v1/webhook_endpoints"


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    async with live_service() as running:
        yield running


async def add(service: LiveService, url: str = "https://hooks.partner.example/") -> tuple[str, str]:
    answer = await service.ask("POST", ENDPOINTS, body={"url": url})
    assert answer.status == 201, answer.content
    return answer.json["endpoint"]["id"], answer.json["secret"]


async def happens(service: LiveService, company: CompanyId, count: int = 1) -> None:
    async with service.services.store.company(company) as transaction:
        await transaction.outbox.append(
            [CompanyEvent(type=EventType.PAYOUT_LATE, data={"payout": f"po_{n}"}, at=NOON) for n in range(count)]
        )


async def test_an_endpoint_is_added_changed_rotated_and_deleted(service: LiveService) -> None:
    id, secret = await add(service)
    change = {"event_types": ["payout.late"], "description": "ledger", "enabled": False}
    changed = await service.ask("POST", f"{ENDPOINTS}/{id}", body=change)
    rotated = await service.ask("POST", f"{ENDPOINTS}/{id}/rotate", body={"overlap_seconds": 60})
    listed = await service.ask("GET", ENDPOINTS)
    deleted = await service.ask("DELETE", f"{ENDPOINTS}/{id}")
    gone = await service.ask("GET", f"{ENDPOINTS}/{id}")

    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert (changed.json["enabled"], changed.json["disabled"]) == (False, "partner")
    assert rotated.json["secret"] not in (None, secret)
    assert listed.json["data"] == [rotated.json["endpoint"]]
    assert rotated.json["endpoint"]["event_types"] == ["payout.late"]
    assert (deleted.status, gone.status) == (204, 404)
    assert secret not in listed.content.decode()


async def test_a_secret_is_not_shown_again_in_a_repeated_answer(service: LiveService) -> None:
    body, headers = {"url": "https://hooks.partner.example/"}, {"Idempotency-Key": "once"}

    first = await service.ask("POST", ENDPOINTS, body=body, headers=headers)
    again = await service.ask("POST", ENDPOINTS, body=body, headers=headers)

    assert again.json == {**first.json, "secret": None}
    assert len((await service.ask("GET", ENDPOINTS)).json["data"]) == 1


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://localhost.example@127.0.0.1/", "ftp://a.example/", "x"])
async def test_an_address_that_is_not_on_the_public_internet_is_refused(service: LiveService, url: str) -> None:
    id, _ = await add(service)
    for path in (ENDPOINTS, f"{ENDPOINTS}/{id}"):
        answer = await service.ask("POST", path, body={"url": url})

        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/url")


async def test_live_events_go_to_encrypted_addresses_only(service: LiveService) -> None:
    body = {"url": "http://hooks.partner.example/"}

    assert (await service.ask("POST", ENDPOINTS, body=body, secret=LIVE_KEY)).status == 422
    assert (await service.ask("POST", ENDPOINTS, body=body)).status == 201


async def test_a_seventeenth_endpoint_is_refused(service: LiveService) -> None:
    for _ in range(16):
        await add(service)

    answer = await service.ask("POST", ENDPOINTS, body={"url": "https://hooks.partner.example/"})

    assert (answer.status, answer.problem_kind) == (409, "conflict")


@pytest.mark.parametrize("secret", [LIVE_KEY, RIVALS_KEY])
async def test_endpoints_of_others_look_like_absent_ones(service: LiveService, secret: str) -> None:
    id, _ = await add(service)
    requests = [
        ("GET", "", None),
        ("POST", "", {"enabled": False}),
        ("DELETE", "", None),
        ("POST", "/rotate", {}),
        ("GET", "/deliveries", None),
        ("POST", "/redeliver", {"event": event_id(ACME, 1)}),
    ]
    for method, path, body in requests:
        foreign = await service.ask(method, f"{ENDPOINTS}/{id}{path}", body=body, secret=secret)
        absent = await service.ask(method, f"{ENDPOINTS}/we_absent00{path}", body=body, secret=secret)

        assert foreign.status == absent.status
        assert foreign.status in (404, 422)
        assert foreign.json["type"] == absent.json["type"]
    assert (await service.ask("GET", f"{ENDPOINTS}/{id}")).json["enabled"] is True


async def test_what_was_delivered_is_listed_and_delivered_again_on_demand(service: LiveService) -> None:
    services = service.services
    async with listening() as receiver, HttpWebhookSender(loopback_allowed=True) as sender:
        id, secret = await add(service, receiver.url)
        await happens(service, ACME, 3)
        loop = DeliveryLoop(
            store=services.store,
            sender=sender,
            master_key=services.master_key,
            secret_box=services.secret_box,
            clock=lambda: services.clock() + timedelta(seconds=len(receiver.received)),
        )
        await loop.run_until_idle()
        first = await service.ask("GET", f"{ENDPOINTS}/{id}/deliveries?limit=2")
        after = first.json["data"][-1]["id"]
        second = await service.ask("GET", f"{ENDPOINTS}/{id}/deliveries?limit=2&starting_after={after}")
        asked = await service.ask("POST", f"{ENDPOINTS}/{id}/redeliver", body={"event": event_id(ACME, 2)})
        await loop.run_until_idle()
        events = await service.ask("GET", f"/v1/events?company={ACME}")

    shown = first.json["data"] + second.json["data"]
    assert [(one["sequence"], one["taken"], one["status"], one["turn"]) for one in shown] == [
        (3, True, 204, "in_turn"),
        (2, True, 204, "in_turn"),
        (1, True, 204, "in_turn"),
    ]
    assert (first.json["has_more"], second.json["has_more"], asked.status) == (True, False, 204)
    assert [one.told["sequence"] for one in receiver.received] == [1, 2, 3, 2]
    assert [one.told for one in receiver.received[:3]] == events.json["data"]
    assert secret.startswith("whsec_")


@pytest.mark.parametrize("event", [event_id(ACME, 9), event_id(RIVALS_COMPANY, 1), event_id(ABSENT, 1), "evt_x"])
async def test_an_event_that_is_not_there_is_not_delivered_again(service: LiveService, event: str) -> None:
    id, _ = await add(service)
    await happens(service, RIVALS_COMPANY)

    answer = await service.ask("POST", f"{ENDPOINTS}/{id}/redeliver", body={"event": event})

    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/event")


async def test_events_of_a_company_are_read_page_by_page_without_a_gap(service: LiveService) -> None:
    await happens(service, ACME, 5)

    first = await service.ask("GET", f"/v1/events?company={ACME}&limit=3")
    after = first.json["data"][-1]["id"]
    second = await service.ask("GET", f"/v1/events?company={ACME}&limit=3&starting_after={after}")

    assert [one["sequence"] for one in first.json["data"] + second.json["data"]] == [1, 2, 3, 4, 5]
    assert (first.json["has_more"], second.json["has_more"]) == (True, False)


async def test_all_events_of_a_partner_are_read_in_one_order_and_no_others(service: LiveService) -> None:
    for company in (SISTER, ACME, RIVALS_COMPANY):
        await happens(service, company, 2)
    async with service.services.store.control() as transaction:
        await transaction.deliveries.hand_out(at=NOON, limit=9)
    await happens(service, ACME)
    async with service.services.store.control() as transaction:
        await transaction.deliveries.hand_out(at=NOON, limit=9)

    seen: list[tuple[str, int]] = []
    after = ""
    while True:
        page = await service.ask("GET", f"/v1/events?limit=2{after}")
        seen += [(one["company"], one["sequence"]) for one in page.json["data"]]
        if not page.json["has_more"]:
            break
        after = f"&starting_after={page.json['data'][-1]['id']}"

    assert seen == [(ACME, 1), (ACME, 2), (SISTER, 1), (SISTER, 2), (ACME, 3)]


async def test_a_person_sees_the_events_of_their_own_company(service: LiveService) -> None:
    await happens(service, ACME)
    await happens(service, SISTER)

    own = await service.ask("GET", "/v1/events", secret=BOOKKEEPERS_SESSION)
    others = await service.ask("GET", f"/v1/events?company={SISTER}", secret=BOOKKEEPERS_SESSION)

    assert [one["company"] for one in own.json["data"]] == [ACME]
    assert others.status == 400


@pytest.mark.parametrize(
    "query",
    [
        f"company={RIVALS_COMPANY}",
        f"company={ABSENT}",
        f"starting_after={event_id(RIVALS_COMPANY, 1)}",
        f"company={ACME}&starting_after={event_id(SISTER, 1)}",
        "starting_after=evt_nonsense",
    ],
)
async def test_a_place_that_is_not_the_callers_is_refused(service: LiveService, query: str) -> None:
    await happens(service, RIVALS_COMPANY)

    assert (await service.ask("GET", f"/v1/events?{query}")).status == 400


async def test_the_audit_trail_is_read_from_its_end_and_by_subject(service: LiveService) -> None:
    for number in range(3):
        async with service.services.store.company(ACME) as transaction:
            await transaction.audit.append([entry(f"match_{number}"), entry("match_9")])

    first = await service.ask("GET", f"/v1/companies/{ACME}/audit?limit=4")
    after = first.json["data"][-1]["id"]
    second = await service.ask("GET", f"/v1/companies/{ACME}/audit?limit=4&starting_after={after}")
    of_one = await service.ask("GET", f"/v1/companies/{ACME}/audit?subject=match_1")

    subjects = [one["subject"] for one in first.json["data"] + second.json["data"]]
    assert subjects == ["match_9", "match_2", "match_9", "match_1", "match_9", "match_0"]
    assert (first.json["has_more"], second.json["has_more"]) == (True, False)
    assert [(one["id"], one["who"], one["note"], one["detail"]) for one in of_one.json["data"]] == [
        ("aud_2_0", {"kind": "engine", "id": "tieout"}, "because", {"was": "matched"})
    ]


def entry(subject: str) -> AuditEntry:
    return AuditEntry(
        who=ENGINE, action="match.reversed", subject=subject, note="because", at=NOON, detail={"was": "matched"}
    )


async def test_a_checkpoint_kept_by_the_partner_convicts_a_chain_that_was_cut_off(service: LiveService) -> None:
    store = service.services.store
    for number in range(3):
        async with store.company(ACME) as transaction:
            await transaction.audit.append([entry(f"match_{number}")])
    whole = await service.ask("GET", f"/v1/companies/{ACME}/audit/verify")
    kept = whole.json["checkpoint"]["text"]
    still = await service.ask("GET", f"/v1/companies/{ACME}/audit/verify?checkpoint={kept}")
    store._committed["audit_links"].pop((ACME, 3))  # type: ignore[attr-defined]  # as somebody in the database would
    cut = await service.ask("GET", f"/v1/companies/{ACME}/audit/verify?checkpoint={kept}")

    assert (whole.json["holds"], whole.json["links"], whole.json["entries"]) == (True, 3, 3)
    assert (still.json["holds"], still.json["checkpoints"]) == (True, 1)
    assert (cut.json["holds"], cut.json["checkpoint"]) == (False, None)
    assert cut.json["faults"] == [{"kind": "cut_off", "link": 3}]


async def test_a_checkpoint_can_be_checked_with_the_public_key_that_is_shown(service: LiveService) -> None:
    async with service.services.store.company(ACME) as transaction:
        await transaction.audit.append([entry("match_1")])

    verdict = (await service.ask("GET", f"/v1/companies/{ACME}/audit/verify")).json

    shown, (key,) = verdict["checkpoint"], verdict["public_keys"]
    signed = {
        "at": "2026-06-30T12:00:00.000000+00:00",
        "chain": ACME,
        "hash": shown["link_hash"],
        "number": 1,
        "what": "tieout audit checkpoint 1",
    }
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key["ed25519"]))
    public.verify(base64.b64decode(shown["signature"]), json.dumps(signed, separators=(",", ":")).encode())
    assert shown["key"] == key["key"]


@pytest.mark.parametrize("text", ["x", "e30", "bnVsbA", base64.urlsafe_b64encode(b'{"number":true}').decode()])
async def test_what_is_no_checkpoint_is_refused(service: LiveService, text: str) -> None:
    answer = await service.ask("GET", f"/v1/companies/{ACME}/audit/verify?checkpoint={text}")

    assert (answer.status, answer.json["errors"][0]["parameter"]) == (400, "checkpoint")


async def test_a_company_is_forgotten_only_after_it_was_archived(service: LiveService) -> None:
    in_use = await service.ask("DELETE", f"/v1/companies/{ACME}?forget=true")
    archived = await service.ask("DELETE", f"/v1/companies/{ACME}")
    again = await service.ask("DELETE", f"/v1/companies/{ACME}")
    forgotten = await service.ask("DELETE", f"/v1/companies/{ACME}?forget=true")
    gone = await service.ask("GET", f"/v1/companies/{ACME}")
    twice = await service.ask("DELETE", f"/v1/companies/{ACME}?forget=true")

    assert (in_use.status, in_use.problem_kind) == (409, "conflict")
    assert (archived.status, archived.json["status"], again.status) == (200, "archived", 200)
    assert (forgotten.status, gone.status, twice.status) == (204, 404, 404)


async def test_the_audit_trail_of_an_archived_company_can_be_read(service: LiveService) -> None:
    assert (await service.ask("GET", f"/v1/companies/{ARCHIVED}/audit")).status == 200
    assert (await service.ask("GET", f"/v1/companies/{ARCHIVED}/audit/verify")).json["holds"] is True
