from datetime import UTC, datetime, timedelta

import attrs
import pytest

from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType, NumberedEvent, event_id, read_event_id
from domain.partner import Mode, PartnerId, Tenant
from domain.webhook_delivery import Answer, Done, DueDelivery, FailureKind, NextStep, Park, TryAgain, Turn, next_step
from domain.webhook_endpoint import DEAD_AFTER, DisabledReason, WebhookEndpoint, WebhookEndpointId

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME = CompanyId("co_acme0000")
ENDPOINT = WebhookEndpoint(
    id=WebhookEndpointId("we_one"),
    tenant=Tenant(partner=PartnerId("part_one00000"), mode=Mode.TEST),
    url="https://hooks.partner.example/",
    created=NOON,
    updated=NOON,
)
TAKEN = Answer(failure=None, status=204, took=timedelta(0))
REFUSED = Answer(failure=FailureKind.REFUSED, status=500, took=timedelta(0))


def step(turn: Turn, attempt: int, answer: Answer = REFUSED) -> NextStep:
    delivery = DueDelivery(endpoint=ENDPOINT.id, company=ACME, turn=turn, sequence=1, attempt=attempt, lease=1)
    return next_step(delivery, answer, at=NOON)


def test_the_next_events_wait_for_a_few_attempts_and_then_go_on() -> None:
    assert [step(Turn.IN_TURN, attempt) for attempt in range(1, 6)] == [
        TryAgain(due=NOON + timedelta(seconds=5)),
        TryAgain(due=NOON + timedelta(seconds=30)),
        TryAgain(due=NOON + timedelta(minutes=2)),
        Park(due=NOON + timedelta(minutes=10)),
        Park(due=NOON + timedelta(minutes=10)),  # a worker that died counted its attempt
    ]


def test_a_parked_event_is_tried_for_days_and_then_given_up() -> None:
    waits = []
    for attempt in range(1, 20):
        match step(Turn.PARKED, attempt):
            case TryAgain(due=due):
                waits.append(due - NOON)
            case given_up:
                assert given_up == Done()
                break

    assert waits == sorted(waits)
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=5)


def test_what_was_taken_is_done() -> None:
    assert step(Turn.IN_TURN, 1, TAKEN) == step(Turn.PARKED, 3, TAKEN) == Done()


def test_an_endpoint_that_says_gone_is_disabled_at_once() -> None:
    after = ENDPOINT.after_failure(gone=True, at=NOON)

    assert (after.enabled, after.disabled, after.disabled_at) == (False, DisabledReason.GONE, NOON)


def test_an_endpoint_dead_for_days_is_disabled_and_one_that_recovers_is_not() -> None:
    failing = ENDPOINT.after_failure(gone=False, at=NOON)
    still = failing.after_failure(gone=False, at=NOON + DEAD_AFTER - timedelta(seconds=1))
    dead = still.after_failure(gone=False, at=NOON + DEAD_AFTER)
    recovered = still.after_success().after_failure(gone=False, at=NOON + DEAD_AFTER)

    assert (still.enabled, still.failing_since) == (True, NOON)
    assert (dead.enabled, dead.disabled) == (False, DisabledReason.UNREACHABLE)
    assert (recovered.enabled, recovered.failing_since) == (True, NOON + DEAD_AFTER)


def test_why_an_endpoint_was_disabled_is_not_overwritten() -> None:
    off = ENDPOINT.turned_off(DisabledReason.PARTNER, at=NOON)

    assert off.after_failure(gone=True, at=NOON).disabled is DisabledReason.PARTNER


def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends() -> None:
    rotated = ENDPOINT.rotated(overlap=timedelta(hours=1), at=NOON)

    assert [place.row for place in rotated.secret_places(NOON)] == ["we_one/2", "we_one/1"]
    assert [place.row for place in rotated.secret_places(NOON + timedelta(hours=1))] == ["we_one/2"]
    assert [place.row for place in ENDPOINT.secret_places(NOON)] == ["we_one/1"]


def test_an_endpoint_wants_the_types_it_names_or_all() -> None:
    picky = attrs.evolve(ENDPOINT, event_types=(EventType.PAYOUT_LATE,))

    assert [picky.wants(type) for type in (EventType.PAYOUT_LATE, EventType.PERIOD_CLOSED)] == [True, False]
    assert all(map(ENDPOINT.wants, EventType))


@pytest.mark.parametrize("sequence", [1, 42, 10**12 - 1])
def test_an_events_id_says_whose_it_is_and_which(sequence: int) -> None:
    assert read_event_id(event_id(ACME, sequence)) == (ACME, sequence)


@pytest.mark.parametrize("text", ["", "evt_", "evt_acme0000", "evt_ACME0000000000000001", "dep_acme0000000000000001"])
def test_what_cannot_be_an_events_id_is_not_read(text: str) -> None:
    assert read_event_id(text) is None


def test_an_event_is_told_with_its_number_and_company() -> None:
    event = CompanyEvent(type=EventType.DEPOSIT_MATCHED, data={"deposit": "dep_1"}, at=NOON)

    assert NumberedEvent(company=ACME, sequence=7, event=event).told() == {
        "id": "evt_acme0000000000000007",
        "type": "deposit.matched",
        "timestamp": "2026-06-30T12:00:00Z",
        "company": "co_acme0000",
        "sequence": 7,
        "data": {"deposit": "dep_1"},
    }
