"""XML read as a stream by the standard library's expat, with nothing in it that could hurt.

A document type is refused before anything of it is read: so there are no entities, no expansion, nothing fetched.
Depth is bounded; a part that has been used is let go, so that memory holds one entry at a time. `defusedxml` does the
same for the parsers it wraps, of which none tells the line of an element.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final
from xml.parsers import expat

import attrs

from ports.facts_reader import InputFile, UnreadableFile
from ports.file_formats.text import text_of

DEPTH_MAX: Final = 64
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_READ_AS_DECLARED: Final = re.compile(r"(?i)iso-?8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d|us-ascii|ibm85\d|cp85\d")
_LOOSE_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_DOCUMENT: Final = re.compile(r"(?=<\?xml\s)")


@attrs.define
class Element:
    """An element by its local name: what it says, what is in it, and the line on which it begins."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: "list[Element]" = attrs.Factory(list)

    def all(self, path: str) -> "Iterator[Element]":
        """The elements at this path, such as `Acct/Id/IBAN`."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Element | None":
        """The first element at this path."""
        return next(self.all(path), None)

    def said(self, *paths: str) -> str:
        """What the first of these paths that says anything says, trimmed; empty if none does."""
        return next((each.text.strip() for path in paths for each in self.all(path) if each.text.strip()), "")


Ended = Callable[[Element, "Element | None"], bool]
"""Told of each element that ends, with its parent; answers whether to keep it in the parent."""


def read_xml(file: InputFile, ended: Ended) -> tuple[str, ...]:
    """Reads the documents of the file; returns notes on what was assumed. Raises UnreadableFile."""
    text, notes = _text(file)
    line, said = 1, list(notes)
    for document in _DOCUMENT.split(text):
        if document.strip():
            said.extend(_read_one(file, document, line, ended))
        line += document.count("\n")
    return tuple(dict.fromkeys(said))


def _text(file: InputFile) -> tuple[str, tuple[str, ...]]:
    """UTF-8, UTF-16 by its mark, else what the file declares, else Windows-1252."""
    declared = _DECLARED.search(file.content[:400])
    try:
        return text_of(file, windows_1252_allowed=False)
    except UnreadableFile:
        name = declared[1].decode("ascii") if declared else ""
        if not _READ_AS_DECLARED.fullmatch(name):
            return text_of(file, windows_1252_allowed=True)
        try:
            return file.content.decode(name), (f"read as {name.upper()}",)
        except (LookupError, UnicodeDecodeError):
            return text_of(file, windows_1252_allowed=True)


def _read_one(file: InputFile, document: str, first_line: int, ended: Ended) -> tuple[str, ...]:
    """Bare ampersands, which some banks leave in names, are read as they are meant."""
    stripped = document.lstrip("\ufeff \t\r\n")
    blank_lines = document.count("\n", 0, len(document) - len(stripped))
    escaped, loose = _with_ampersands(stripped)
    _Reading(file, first_line + blank_lines, ended).read(escaped)
    return (f"{loose} “&” not written as “&amp;”: read as they stand",) if loose else ()


def _with_ampersands(document: str) -> tuple[str, int]:
    """The document with `&amp;` for bare ampersands outside of CDATA, and how many there were."""
    before, *sections = document.split("<![CDATA[")
    whole, loose = _LOOSE_AMPERSAND.subn("&amp;", before)
    parts = [whole]
    for section in sections:
        said, end, after = section.partition("]]>")
        escaped, more = _LOOSE_AMPERSAND.subn("&amp;", after)
        parts.append(f"<![CDATA[{said}{end}{escaped}")
        loose += more
    return "".join(parts), loose


class _Reading:
    def __init__(self, file: InputFile, first_line: int, ended: Ended) -> None:
        self.file, self.first_line, self.ended = file, first_line, ended
        self.open: list[Element] = []
        self.said: list[list[str]] = []
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def read(self, document: str) -> None:
        try:
            self.parser.Parse(document, True)
        except expat.ExpatError as error:
            raise self.refused(self._reason(error)) from error

    def _reason(self, error: expat.ExpatError) -> str:
        said = expat.ErrorString(error.code)
        if self.open and said in ("no element found", "unclosed token", "unclosed CDATA section"):
            return f"is truncated: <{self.open[-1].name}> is never closed"
        return f"is not well-formed XML: {said}"

    def line(self) -> int:
        return self.first_line + self.parser.CurrentLineNumber - 1

    def refused(self, reason: str) -> UnreadableFile:
        return UnreadableFile(file=self.file.name, place=f"line {self.line()}", reason=reason)

    def doctype(self, *_: object) -> None:
        raise self.refused("has a document type (<!DOCTYPE>), which no statement needs: refused unread")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= DEPTH_MAX:
            raise self.refused("is nested too deeply to be a statement")
        self.open.append(Element(name.rpartition("\n")[2], self.line(), attributes))
        self.said.append([])

    def end(self, _: str) -> None:
        element = self.open.pop()
        element.text = "".join(self.said.pop())
        parent = self.open[-1] if self.open else None
        if self.ended(element, parent) and parent is not None:
            parent.children.append(element)

    def characters(self, text: str) -> None:
        if self.said:
            self.said[-1].append(text)
