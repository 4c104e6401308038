"""Where Stripe tells of events. What is acknowledged here is kept, whatever dies next; Stripe itself is not asked."""

from typing import Final

import attrs
import structlog

from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_event import KNOWN_TYPES, StripeEvent
from domain.stripe_signature import SignatureFault, signature_fault
from entrypoints.http.encoding import Encoded, json_bytes
from entrypoints.http.problem_details import Problem, ProblemKind, not_found
from entrypoints.http.resources.stripe_integration import WEBHOOK_PATH
from entrypoints.http.route import EVERYBODY, Call, Route, Signed
from entrypoints.http.wire_types import NoQuery
from entrypoints.stripe_intake import IntakeFull

SIGNATURE: Final = "Stripe-Signature"
_MODES: Final = {mode.value: mode for mode in Mode}
_WORDS: Final = {
    SignatureFault.MALFORMED: f"The header {SIGNATURE} is missing, or is not as Stripe writes it.",
    SignatureFault.TOO_OLD: "It was signed too long ago.",
    SignatureFault.IN_THE_FUTURE: "It was signed for later.",
}
_NOT_PROVED: Final = "No webhook secret that is kept here for this partner and mode made it."

_log = structlog.get_logger("tieout.stripe")


@attrs.frozen(kw_only=True)
class EventTakenBody:
    """The event is kept. `parked`: but of no use, for the reason that the partner's figures and log give."""

    received: bool
    parked: bool


_TAKEN: Final = Encoded(json_bytes(EventTakenBody(received=True, parked=False)))
_PARKED: Final = Encoded(json_bytes(EventTakenBody(received=True, parked=True)))


async def take_event(call: Call[NoQuery, Signed]) -> Encoded:
    """For Stripe alone, which signs what it tells. The same event again changes nothing.

    400 is for what is not proved to be Stripe's. What is, and cannot be used, is kept and acknowledged all the same:
    to be told again would not mend it. 503: nothing of this event is promised; Stripe tells it again.
    """
    mode = _MODES.get(call.path["mode"])
    if mode is None:
        raise not_found()
    tenant = Tenant(partner=PartnerId(call.path["partner"]), mode=mode)
    figures = call.services.metrics.stripe
    keys = await call.services.stripe_keys.of(tenant)
    fault = signature_fault(call.body.signature, call.body.content, keys.webhook_secrets, at=call.at)
    if fault is None and not _is_utf8(call.body.content):
        fault = SignatureFault.WRONG  # Stripe writes JSON, which is UTF-8
    if fault is not None:
        figures.refused(fault)
        raise Problem(ProblemKind.BAD_SIGNATURE, _WORDS.get(fault, _NOT_PROVED))
    event = call.services.stripe_event_reader.read(call.body.content, tenant=tenant, own=keys.account, received=call.at)
    try:
        is_new = await call.services.stripe_intake.keep(event)
    except IntakeFull as full:
        figures.turned_away()
        raise Problem(ProblemKind.UNAVAILABLE, f"{full}.", headers={"Retry-After": "5"}) from full
    figures.kept(event, is_new=is_new, is_known=event.type in KNOWN_TYPES)
    if is_new and event.parked is not None:
        _say_parked(event)
    return _PARKED if event.parked is not None else _TAKEN


def _is_utf8(content: bytes) -> bool:
    if content.isascii():
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _say_parked(event: StripeEvent) -> None:
    reason = "" if event.parked is None else event.parked.value
    tenant = event.tenant
    _log.warning("stripe_event_parked", reason=reason, partner=tenant.partner, mode=tenant.mode.value, stripe=event.id)


ROUTES = (
    Route(
        method="POST",
        path=f"{WEBHOOK_PATH}/{{partner}}/{{mode}}",
        handler=take_event,
        summary="Tell an event of Stripe's",
        tag="Stripe",
        may=EVERYBODY,
        body=Signed,
        signature_header=SIGNATURE,
        answer=EventTakenBody,
    ),
)
