"""What the partner is told of a company: one event for each thing that happened, numbered without a gap."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.company import CompanyId
from domain.json_value import JsonObject, frozen_object

EventId = NewType("EventId", str)

_DIGITS: Final = 12
_FORM: Final = re.compile(rf"evt_([0-9a-z]{{8,64}})([0-9]{{{_DIGITS}}})", re.ASCII)


class EventType(StrEnum):
    """Everything a partner can be told. Names are fixed: partners' code compares them."""

    DEPOSIT_MATCHED = "deposit.matched"
    MATCH_NEEDS_REVIEW = "match.needs_review"
    MATCH_REVERSED = "match.reversed"
    PAYOUT_LATE = "payout.late"
    PAYOUT_FAILED = "payout.failed"
    INVOICE_UPDATED = "invoice.updated"
    CONNECTION_BROKEN = "connection.broken"
    CONNECTION_RESTORED = "connection.restored"
    PERIOD_CLOSED = "period.closed"
    BREAK_OPENED = "break.opened"
    BREAK_RESOLVED = "break.resolved"


@attrs.frozen(kw_only=True)
class CompanyEvent:
    """One thing that happened to a company."""

    type: EventType
    data: JsonObject = attrs.field(converter=frozen_object)
    """What a receiver needs to act on it: ids, amounts, states. Never a secret."""
    at: datetime

    def __attrs_post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("an event's time needs a zone")


@attrs.frozen(kw_only=True)
class NumberedEvent:
    """An event that was recorded: the company's first is number 1, and no number is left out."""

    company: CompanyId
    sequence: int
    event: CompanyEvent

    @property
    def id(self) -> EventId:
        """Follows from company and number: however often it is delivered, a receiver knows it again."""
        return event_id(self.company, self.sequence)

    def told(self) -> JsonObject:
        """What the partner is told: by webhook and by the list of events alike."""
        return {
            "id": self.id,
            "type": self.event.type.value,
            "timestamp": self.event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "company": self.company,
            "sequence": self.sequence,
            "data": self.event.data,
        }


def event_id(company: CompanyId, sequence: int) -> EventId:
    """The id of the company's event of that number. A company's ids sort like its numbers."""
    return EventId(f"evt_{company.removeprefix('co_')}{sequence:0{_DIGITS}d}")


def read_event_id(text: str) -> tuple[CompanyId, int] | None:
    """Company and number that an id stands for; None if it cannot be one of ours."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return CompanyId(f"co_{found[1]}"), int(found[2])
