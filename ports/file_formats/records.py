"""One record that cannot be read: raised where it is found, recorded as a break where the file is read."""

from collections.abc import Sequence

from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import InputFile, UnreadableFile

SHOWN_MAX = 60
"""Characters of a bad value that a message repeats."""


class UnreadableRecord(ValueError):
    """One record cannot be used. The message names the field and its value."""

    def __init__(self, reason: str, kind: BreakKind = BreakKind.UNREADABLE_RECORD) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


def shown(value: object) -> str:
    """The value as a message may repeat it: short, on one line, printable."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    text = value if isinstance(value, str) else str(value)
    cut = text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)
    return f"“{printable}”" if isinstance(value, str) else printable


def broken_record(file: InputFile, place: str, error: UnreadableRecord) -> ReconciliationBreak:
    """The break that stands for a record which could not be read."""
    return ReconciliationBreak(kind=error.kind, where=f"{file.name}:{place}", reason=error.reason)


def refuse_if_nothing_usable(file: InputFile, usable: int, breaks: Sequence[ReconciliationBreak]) -> None:
    """Raises UnreadableFile where there were records and not one of them can be used."""
    if usable or not breaks:
        return
    first = breaks[0]
    place = first.where.removeprefix(f"{file.name}:")
    number = "its only record" if len(breaks) == 1 else f"none of its {len(breaks)} records"
    verb = "cannot be used" if len(breaks) == 1 else "can be used; the first"
    raise UnreadableFile(file=file.name, place=place, reason=f"{number} {verb}: {first.reason}")
