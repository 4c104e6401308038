"""What is read of an event: whose it is, and whether it can be used. Whatever the body holds, there is an answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stripe_api.event_reader import StripeEventEnvelopeReader
from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_account import StripeAccountId
from domain.stripe_event import ParkReason, StripeEvent, StripeEventId
from tests.stripe_signing import event

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
TEST = Tenant(partner=PartnerId("partner_one00000"), mode=Mode.TEST)
LIVE = Tenant(partner=PartnerId("partner_one00000"), mode=Mode.LIVE)
OWN = StripeAccountId("acct_platform")


def read(body: bytes, tenant: Tenant = TEST) -> StripeEvent:
    return StripeEventEnvelopeReader().read(body, tenant=tenant, own=OWN, received=NOON)


def test_an_event_of_a_connected_account() -> None:
    body = event("evt_1")

    assert read(body) == StripeEvent(
        tenant=TEST,
        id=StripeEventId("evt_1"),
        account=StripeAccountId("acct_acme"),
        type="payout.paid",
        received=NOON,
        body=body,
    )


def test_an_event_that_names_no_account_is_of_the_platforms_own() -> None:
    for none in (..., None):
        assert (read(event(account=none)).account, read(event(account=none)).parked) == (OWN, None)


@pytest.mark.parametrize(
    ("tenant", "livemode", "parked"),
    [
        (TEST, False, None),
        (LIVE, True, None),
        (LIVE, False, ParkReason.OTHER_MODE),
        (TEST, True, ParkReason.OTHER_MODE),
    ],
)
def test_an_event_belongs_to_the_mode_of_the_address(tenant: Tenant, livemode: bool, parked: ParkReason | None) -> None:
    assert read(event(livemode=livemode), tenant).parked is parked


def test_a_thin_event_is_parked() -> None:
    thin = event(object="v2.core.event", type="v2.core.account[requirements].updated", account=..., context="acct_acme")

    assert (read(thin).parked, read(thin).account, read(thin).id) == (ParkReason.THIN, "acct_acme", "evt_1")


def test_a_type_that_nobody_knows_is_taken() -> None:
    assert read(event(type="payout.turned_to_gold")).parked is None


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ...},
        {"id": None},
        {"id": 7},
        {"id": ""},
        {"id": "evt_\u0000"},
        {"id": "evt_1 "},
        {"id": "po_1"},
        {"id": "evt_" + "x" * 300},
        {"object": "payout"},
        {"object": ...},
        {"type": ...},
        {"type": "\u0000"},
        {"type": "x" * 300},
        {"livemode": ...},
        {"livemode": "false"},
        {"livemode": 0},
        {"livemode": None},
        {"account": 7},
        {"account": ""},
        {"account": "acct_\u0000"},
        {"account": "co_acme"},
    ],
    ids=str,
)
def test_what_is_no_event_is_parked_under_a_name_made_from_its_bytes(fields: dict[str, Any]) -> None:
    body = event(**fields)

    assert (read(body).parked, read(body).account, read(body).type) == (ParkReason.UNREADABLE, None, "")
    assert read(body).id == read(body).id != read(body + b" ").id


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b'"evt_1"', b"{", b"[" * 100_000, b'{"id":' * 50_000])
def test_what_is_no_object_is_parked(body: bytes) -> None:
    assert read(body).parked is ParkReason.UNREADABLE


FIELDS = st.sampled_from(["id", "object", "type", "livemode", "account"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner)))
def test_whatever_is_sent_is_answered(value: object) -> None:
    assert read(json.dumps(value).encode()).parked is not None
