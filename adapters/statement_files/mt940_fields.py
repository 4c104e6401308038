"""SWIFT text to messages of fields: `:61:…` with the lines that continue it, whatever a bank puts around them."""

import re
from collections.abc import Iterator
from typing import Final

import attrs

from ports.file_formats.text import LINE_END

_FIELD: Final = re.compile(r":(\d\d[A-Z]?|NS):(.*)", re.DOTALL)
_BLOCKS: Final = "{1:"
_TEXT_BLOCK: Final = "{4:"
"""A SWIFT envelope has blocks of its own before the text."""
_END: Final = re.compile(r"-\}?(\s*\{5:.*)?\s*|\{5:.*")
_BEGINS: Final = ("25", "28C", "28", "60F", "60M", "34F")
"""Fields that can only stand before the lines: after a closing balance they begin another statement."""


@attrs.define
class Field:
    """One field: its tag, its lines, and the line of the file on which it begins."""

    tag: str
    line: int
    lines: list[str]

    @property
    def text(self) -> str:
        """The first line, trimmed."""
        return self.lines[0].strip()


@attrs.define
class Message:
    """The fields of one statement or report, in their order."""

    line: int
    fields: list[Field] = attrs.Factory(list)

    def all(self, *tags: str) -> Iterator[Field]:
        """The fields with one of these tags."""
        return (field for field in self.fields if field.tag in tags)

    def first(self, *tags: str) -> Field | None:
        """The first of them."""
        return next(self.all(*tags), None)


def swift_messages(text: str) -> list[Message]:
    """The messages, each from its `:20:` on; lines outside of a message, such as a bank's own headings, are left out.

    A message ends with `-`; where a bank leaves that out, with the next `:20:`, or with a field that can only be in
    another statement.
    """
    messages: list[Message] = []
    inside, closed = False, False
    for number, written in enumerate(LINE_END.split(text), start=1):
        line = written.rpartition(_TEXT_BLOCK)[2].lstrip() if written.startswith(_BLOCKS) else written
        found = _FIELD.match(line)
        if found:
            tag = found[1]
            if tag == "20" or not messages or (tag in _BEGINS and (closed or not inside)):
                messages.append(Message(number))
                closed = False
            inside = True  # also after a `-` that was a line of somebody's text
            messages[-1].fields.append(Field(tag, number, [found[2]]))
            closed = closed or tag in ("62F", "62M")
        elif _END.fullmatch(line):
            inside = False
        elif inside and messages[-1].fields:
            messages[-1].fields[-1].lines.append(line)
    return messages
