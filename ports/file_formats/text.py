"""Bytes to text: byte-order marks, UTF-8, UTF-16, and Windows-1252 where a bank still writes it."""

import codecs
import re
from typing import Final

from ports.facts_reader import InputFile, UnreadableFile

BEGINNING_BYTES: Final = 65_536
"""How much of a file is looked at to tell its format."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_PRINTED: Final = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINE_END: Final = re.compile(r"\r\n|\n|\r")
"""What ends a line in a statement file, on whatever machine it was written; other separators stay in the text."""
_BLANKS: Final = re.compile(r"\s+")


def _encoding(content: bytes) -> tuple[str, int]:
    """The encoding that the bytes themselves show, and the length of its mark."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    head = content[:200]
    if len(head) >= 4 and head[1::2].count(0) > len(head) * 0.4:
        return "utf-16-le", 0
    if len(head) >= 4 and head[0::2].count(0) > len(head) * 0.4:
        return "utf-16-be", 0
    return "utf-8", 0


def beginning_of(content: bytes) -> str:
    """The first part of the file as text, for telling its format. Never raises; what cannot be read is left out."""
    encoding, skip = _encoding(content)
    return content[skip : skip + BEGINNING_BYTES].decode(encoding, errors="ignore").lstrip()


def text_of(file: InputFile, *, windows_1252_allowed: bool) -> tuple[str, tuple[str, ...]]:
    """The whole file as text, and notes on what was assumed. Raises UnreadableFile: empty, or not text."""
    encoding, skip = _encoding(file.content)
    body = file.content[skip:]
    if not body.strip(b"\x00 \t\r\n"):
        raise UnreadableFile(file=file.name, place="", reason="is empty")
    try:
        return body.decode(encoding), (f"read as {encoding.upper()}",) if encoding != "utf-8" else ()
    except UnicodeDecodeError as error:
        place = f"byte {skip + error.start + 1}"
        if encoding != "utf-8" or not windows_1252_allowed:
            raise UnreadableFile(file=file.name, place=place, reason=f"is not {encoding.upper()} text") from error
    try:
        return body.decode("cp1252"), ("read as Windows-1252",)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            file=file.name, place=f"byte {error.start + 1}", reason="is neither UTF-8 nor Windows-1252 text"
        ) from error


def printable(text: str) -> str:
    """The text on one line, with single blanks; control characters and lone surrogates become U+FFFD."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANKS.sub(" ", _NOT_PRINTED.sub("\N{REPLACEMENT CHARACTER}", text)).strip()


def is_plain_id(text: str) -> bool:
    """True if the text can serve as an id: something there, no control characters or lone surrogates, not endless."""
    return 0 < len(text) <= 255 and _NOT_PRINTED.search(text) is None and "\n" not in text and bool(text.strip())
