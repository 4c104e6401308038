"""What the field `:86:` says of a line: banks' texts put together again where they were cut to fit.

Structured texts have numbered parts of 27 characters (`?20…?29`, in Poland `~` or `<` for `?`): a full part goes on in
the next one, a short one has ended, or has lost a blank. Words that say what follows (`EREF+`, `SVWZ+`) begin anew.
"""

import re
from collections.abc import Sequence
from typing import Final

import attrs

from ports.file_formats.text import printable

_STRUCTURED: Final = re.compile(r"(?:\d{3} ?)?([?~^@|<>])(?=\d\d)")
_KEYWORD: Final = re.compile(
    r"(?<![A-Z0-9])(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|MDAT|BREF|RREF|IBAN|BIC)(?=\+)|"
    r"(EREF|KREF|MREF|SVWZ|ABWA)(?=\+)"
)
_SLASHED_NAME: Final = re.compile(r"/NAME/([^/]{1,140})")
_COUNTERPARTY: Final = re.compile(r"/CNTP/[^/]*/[^/]*/([^/]{1,140})")
PART_LENGTH: Final = 27
LINE_LENGTH: Final = 65
_NAMES: Final = ("32", "33")
_ULTIMATE: Final = ("70", "71")
_LEFT_OUT: Final = ("10", "34")
"""The bank's own batch number and text key: numbers that say nothing to others."""


@attrs.frozen
class LineText:
    """All words of a line, and who is on the other side, if the text sets that apart."""

    text: str
    counterparty: str | None


def line_text(details: Sequence[str], others: Sequence[str]) -> LineText:
    """The lines of `:86:`, and what else is said: references, and what the second line of `:61:` adds."""
    parts, counterparty = _details(details)
    kept: dict[str, None] = {}
    references = (each for each in others if printable(each).upper() not in ("NONREF", "NOTPROVIDED"))
    for each in (*parts, *references):
        words = printable(each)
        if words:
            kept.setdefault(words)
    return LineText(" | ".join(kept), printable(counterparty) or None)


def _details(lines: Sequence[str]) -> tuple[list[str], str]:
    structured = _STRUCTURED.match(lines[0].lstrip()) if lines else None
    if structured is None:
        whole = _joined(lines)
        named = _SLASHED_NAME.search(whole) or _COUNTERPARTY.search(whole)
        return [whole], named[1] if named else ""
    mark = structured[1]
    body = "".join(line.rstrip("\r\n") for line in lines)
    code, *numbered = re.split(re.escape(mark) + r"(?=\d\d)", body)
    pieces: dict[str, list[str]] = {}
    for part in numbered:
        pieces.setdefault(part[:2], []).append(part[2:])
    parts = {number: "".join(said) for number, said in pieces.items()}
    name = _glued([parts[number] for number in _NAMES if number in parts])
    purpose = _glued([said for number, said in sorted(parts.items()) if number[0] in "26"])
    ultimate = _glued([parts[number] for number in _ULTIMATE if number in parts])
    used = (*_NAMES, *_ULTIMATE, *_LEFT_OUT)
    rest = [said for number, said in parts.items() if number[0] not in "26" and number not in used]
    said = _KEYWORD.sub(lambda found: f" {found[0]}", purpose)
    return [name, said, ultimate, *rest, code], name


def _glued(parts: Sequence[str]) -> str:
    """Full parts run on into the next; after a shorter one comes a blank."""
    return "".join(part if len(part) >= PART_LENGTH else f"{part} " for part in parts).strip()


def _joined(lines: Sequence[str]) -> str:
    """A full line runs on into the next; after a shorter one comes a blank."""
    return "".join(line if len(line) >= LINE_LENGTH else f"{line} " for line in lines).strip()
