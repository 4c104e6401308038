"""The outermost fields of an event, as Stripe sends it by webhook. Source: API version 2026-10-28, the Event object.

Nothing below them is read: a body is a hint, and what it hints at is asked of Stripe.
"""

import re
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from domain.partner import Mode, Tenant
from domain.stripe_account import StripeAccountId, is_stripe_account_id
from domain.stripe_event import ParkReason, StripeEvent, StripeEventId

_ID: Final = re.compile(r"evt_[0-9A-Za-z_]{1,200}", re.ASCII)
_TYPE: Final = re.compile(r"[0-9a-z_.\[\]]{1,200}", re.ASCII)
_SNAPSHOT: Final = "event"
_THIN: Final = "v2.core.event"


class _Envelope(msgspec.Struct):
    """Other fields are passed over."""

    id: str
    object: str
    type: str
    livemode: bool
    account: str | None = None
    context: str | None = None
    """A thin event names the account here."""


_DECODER: Final = msgspec.json.Decoder(_Envelope)


class StripeEventEnvelopeReader:
    """Keeps the promises of `ports.stripe_event_reader.StripeEventReader`."""

    def read(self, body: bytes, *, tenant: Tenant, own: StripeAccountId | None, received: datetime) -> StripeEvent:
        """By the few fields that it needs."""
        envelope = _read(body)
        if envelope is None:
            return StripeEvent(
                tenant=tenant,
                id=StripeEventId(f"body_{sha256(body).hexdigest()}"),
                account=None,
                type="",
                received=received,
                parked=ParkReason.UNREADABLE,
                body=body,
            )
        named = _account_named(envelope)
        return StripeEvent(
            tenant=tenant,
            id=StripeEventId(envelope.id),
            account=own if named is None else StripeAccountId(named),
            type=envelope.type,
            received=received,
            parked=_parked(envelope, tenant),
            body=body,
        )


def _read(body: bytes) -> _Envelope | None:
    """None for what is not such an event at all."""
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if envelope.object not in (_SNAPSHOT, _THIN) or not _ID.fullmatch(envelope.id):
        return None
    if not _TYPE.fullmatch(envelope.type) or not (envelope.account is None or is_stripe_account_id(envelope.account)):
        return None
    return envelope


def _account_named(envelope: _Envelope) -> str | None:
    """A context may be more than an account: then it is not one of a company's."""
    if envelope.account is None and envelope.context is not None and is_stripe_account_id(envelope.context):
        return envelope.context
    return envelope.account


def _parked(envelope: _Envelope, tenant: Tenant) -> ParkReason | None:
    """Mode first: what is of the other mode is nobody's business here, whatever it is."""
    if envelope.livemode is not (tenant.mode is Mode.LIVE):
        return ParkReason.OTHER_MODE
    return ParkReason.THIN if envelope.object == _THIN else None
