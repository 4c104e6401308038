"""BAI2 text to records: a code, its fields, and the records `88` that continue it.

A `/` ends the fields of a physical record, not its text, in which a comma or a `/` may stand. Some systems put several
records on one line, or break one over two lines without `88`.
"""

import re
from typing import Final

import attrs

from ports.file_formats.text import LINE_END

_CODE: Final = re.compile(r"\s*(01|02|03|16|49|88|98|99),")
_NEXT: Final = re.compile(
    r"/[ \t]+(?=01,[^,]*,[^,]*,\d{6}|02,[^,]*,[^,]*,[1-4],|03,[^,]*,|16,\d{3},\d*,|49,[+-]?\d+,\d+|88,|"
    r"98,[+-]?\d+,\d+,|99,[+-]?\d+,\d+,)",
    re.ASCII,
)
"""Where another record begins on the same line: only what cannot be a text with a slash in it."""


_BROKEN_MAX: Final = 20
"""A record is not broken over more lines than this."""


@attrs.define
class Record:
    """One logical record: the code, where it begins, and what each of its physical records holds after the code."""

    code: str
    line: int
    bodies: list[str]
    broken: int = 0
    """How many lines without a code have been put to it."""

    @property
    def physical(self) -> int:
        """How many records the trailers count it as."""
        return len(self.bodies)

    def fields(self) -> list[str]:
        """All fields, of records that have no text."""
        return [field.strip() for body in self.bodies for field in _ended(body).split(",")]


@attrs.define
class Fields:
    """The fields of a record taken one by one, over its continuations; then whatever is left, as text."""

    _bodies: list[str]
    _body: int = 0
    _place: int = 0

    @classmethod
    def of(cls, record: Record) -> "Fields":
        """Of all of the record's bodies."""
        return cls(record.bodies)

    def are_left(self) -> bool:
        """There is one more, though it may be empty."""
        return self._body < len(self._bodies)

    def take(self) -> str:
        """The next field; empty if there is none."""
        if not self.are_left():
            return ""
        body = self._bodies[self._body]
        comma = body.find(",", self._place)
        if comma >= 0:
            field, self._place = body[self._place : comma], comma + 1
            return field.strip()
        field, self._body, self._place = body[self._place :], self._body + 1, 0
        return _ended(field).strip()

    def text(self) -> str:
        """What is left, on one line."""
        if not self.are_left():
            return ""
        first, *others = self._bodies[self._body :]
        return " ".join(_ended(body).strip() for body in (first[self._place :], *others))


@attrs.define
class Records:
    """The records of a file, and how it had to be read."""

    records: list[Record] = attrs.Factory(list)
    strays: list[tuple[int, str]] = attrs.Factory(list)
    """Lines that begin with no code and continue nothing."""
    shared_lines: bool = False
    broken_lines: bool = False


def bai2_records(text: str) -> Records:
    """The logical records in their order."""
    found = Records()
    for number, line in enumerate(LINE_END.split(text), start=1):
        pieces = _NEXT.split(line)
        found.shared_lines = found.shared_lines or len(pieces) > 1
        for position, piece in enumerate(pieces):
            if piece.strip():
                _add(found, number, piece if position == len(pieces) - 1 else f"{piece}/")
    return found


def _add(found: Records, number: int, piece: str) -> None:
    code = _CODE.match(piece)
    last = found.records[-1] if found.records else None
    if code is None:
        is_open = last is not None and last.code in ("16", "03") and not last.bodies[-1].endswith("/")
        if last is None or not is_open or last.broken >= _BROKEN_MAX:
            found.strays.append((number, piece.strip()))
            return
        found.broken_lines = True
        last.broken += 1
        last.bodies[-1] = f"{last.bodies[-1]} {piece.strip()}"
    elif code[1] == "88" and last is not None:
        last.bodies.append(piece[code.end() :].rstrip())
    elif code[1] == "88":
        found.strays.append((number, piece.strip()))
    else:
        found.records.append(Record(code[1], number, [piece[code.end() :].rstrip()]))


def _ended(body: str) -> str:
    """Without the `/` that ends a physical record."""
    stripped = body.rstrip()
    return stripped[:-1] if stripped.endswith("/") else stripped
