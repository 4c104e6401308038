"""How an event reaches an endpoint: in order while the endpoint keeps up; set aside and retried for days if not.

The events of one company go to an endpoint one after the other. One that fails is tried a few times, and the next ones
wait. Then it is parked, so that it does not hold up the company for ever: the next goes on, and the parked one is tried
again, less and less often. Receivers tell repeated ones by their id, and order by their number.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from domain.company import CompanyId
from domain.identifiers import derived_id
from domain.webhook_endpoint import WebhookEndpointId

IN_TURN_DELAYS: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
"""Between attempts while the next events wait; after the last of them it is parked."""
PARKED_DELAYS: Final = (
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""Between attempts of a parked one; after the last of them it is given up. It can still be asked for again."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS: Final = 16
_FORM: Final = re.compile(rf"whd_([0-9]{{{_DIGITS}}})[0-9a-z]{{26}}", re.ASCII)


class Turn(StrEnum):
    """How an event came to be sent."""

    IN_TURN = "in_turn"
    PARKED = "parked"


@attrs.frozen(kw_only=True)
class DueDelivery:
    """Something to be sent now, held by one worker."""

    endpoint: WebhookEndpointId
    company: CompanyId
    turn: Turn
    sequence: int
    """Of the event. In turn: the next one, or the one after it that the endpoint wants."""
    attempt: int
    """Of this turn, from 1."""
    lease: int
    """Grows with each claim: what an earlier holder says is not heard."""


class FailureKind(StrEnum):
    """Why an endpoint did not take an event."""

    REFUSED = "refused"
    """It answered, with another status than 2xx."""
    REDIRECTED = "redirected"
    """It answered with another address: we send to the one that the partner gave, or not at all."""
    TIMED_OUT = "timed_out"
    NOT_CONNECTED = "not_connected"
    NOT_TRUSTED = "not_trusted"
    """Its certificate is not for this name, has expired, or comes from nobody we know."""
    CUT_OFF = "cut_off"
    """The connection broke before an answer was there."""
    NO_SUCH_HOST = "no_such_host"
    FORBIDDEN_ADDRESS = "forbidden_address"
    """The name leads into a private network."""
    UNUSABLE_URL = "unusable_url"


def failure_of(status: int) -> FailureKind | None:
    """What this status of an answer says: it alone decides, whatever comes with it. None: the endpoint took it."""
    if 200 <= status < 300:
        return None
    return FailureKind.REDIRECTED if 300 <= status < 400 else FailureKind.REFUSED


@attrs.frozen(kw_only=True)
class Answer:
    """What came of one attempt."""

    failure: FailureKind | None
    """None: the endpoint took it."""
    status: int | None = None
    beginning: str = ""
    """The first characters of what it said, for the partner to see; the rest is not read."""
    took: timedelta

    @property
    def gone(self) -> bool:
        """Nobody listens there any more, and it says so."""
        return self.status == 410


@attrs.frozen(kw_only=True)
class DeliveryAttempt:
    """One line of the delivery log."""

    endpoint: WebhookEndpointId
    company: CompanyId
    sequence: int
    turn: Turn
    attempt: int
    at: datetime
    answer: Answer


@attrs.frozen(kw_only=True)
class Done:
    """Nothing more to do for this event: taken, not wanted, or given up."""


@attrs.frozen(kw_only=True)
class TryAgain:
    """Not taken; the next events wait for it, unless it is parked already."""

    due: datetime


@attrs.frozen(kw_only=True)
class Park:
    """Not taken; the next events go on, and this one is tried again apart from them."""

    due: datetime


@attrs.frozen(kw_only=True)
class Hold:
    """The endpoint gets nothing for now: the event stays where it is."""


NextStep = Done | TryAgain | Park | Hold


def next_step(delivery: DueDelivery, answer: Answer, *, at: datetime) -> NextStep:
    """What follows from an attempt, to an endpoint that is still enabled."""
    if answer.failure is None:
        return Done()
    if delivery.turn is Turn.IN_TURN:
        if delivery.attempt <= len(IN_TURN_DELAYS):
            return TryAgain(due=at + IN_TURN_DELAYS[delivery.attempt - 1])
        return Park(due=at + PARKED_DELAYS[0])
    if delivery.attempt < len(PARKED_DELAYS):
        return TryAgain(due=at + PARKED_DELAYS[delivery.attempt])
    return Done()


def attempt_id(attempt: DeliveryAttempt) -> str:
    """Tells one attempt from all others, and when it was."""
    which = derived_id("whd", attempt.endpoint, attempt.company, str(attempt.sequence), attempt.turn)
    microseconds = (attempt.at - _EPOCH) // timedelta(microseconds=1)
    return f"whd_{microseconds:0{_DIGITS}d}{which.removeprefix('whd_')}"


def time_of_attempt(id: str) -> datetime | None:
    """When the attempt of this id was; None if it cannot be one of ours."""
    found = _FORM.fullmatch(id)
    return None if found is None else _EPOCH + timedelta(microseconds=int(found[1]))
