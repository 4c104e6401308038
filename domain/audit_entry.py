"""One line of an audit trail: who did what to what, when, and why."""

from datetime import UTC, datetime

import attrs

from domain.actor import Actor
from domain.json_value import JsonObject, canonical_text, frozen_object


def _in_utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an audit entry's time needs a zone")
    return at.astimezone(UTC)


@attrs.frozen(kw_only=True)
class AuditEntry:
    """One decision or change. Entries are never edited; what undoes one is another."""

    who: Actor
    action: str
    """A verb of the trade on its object, such as `match.confirmed` or `api_key.rotated`."""
    subject: str
    """The id of what it was done to."""
    note: str = ""
    """Why, in the words of the one who did it."""
    at: datetime = attrs.field(converter=_in_utc)
    detail: JsonObject = attrs.field(factory=dict, converter=frozen_object)
    """What changed: before and after, ids, amounts. Never a secret, never a body."""

    def __attrs_post_init__(self) -> None:
        if any(not _is_plain(text) for text in (self.who.id, self.action, self.subject, self.note)):
            raise ValueError("an audit entry's texts must be Unicode without NUL")


def _is_plain(text: str) -> bool:
    """Whether every store can keep the text as it is: no NUL, no half of a surrogate pair."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


@attrs.frozen(kw_only=True)
class AuditRow:
    """An entry as it was recorded, field by field in plain texts.

    Trails are checked and shown from these: a row that somebody changed may no longer make an entry.
    """

    position: int
    """Among those of its transaction, from 0."""
    who_kind: str
    who_id: str
    action: str
    subject: str
    note: str
    at: datetime
    detail: str
    """The canonical JSON text."""

    @classmethod
    def of(cls, position: int, entry: AuditEntry) -> "AuditRow":
        """The row of an entry."""
        return cls(
            position=position,
            who_kind=entry.who.kind.value,
            who_id=entry.who.id,
            action=entry.action,
            subject=entry.subject,
            note=entry.note,
            at=entry.at,
            detail=canonical_text(entry.detail),
        )
