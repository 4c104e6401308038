"""OFX text to a stream of elements: 1.x SGML, whose values need no closing tag, and 2.x XML.

A tokenizer of our own, because the kept libraries are GPL (ofxtools) or no longer maintained (ofxparse), and because a
plain scan expands no entities: a hostile file costs no more than its length. Only the predefined references are read.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

import attrs

# Possessive quantifiers and a bound on comments keep a hostile file's cost in proportion to its length.
_TOKEN: Final = re.compile(
    r"<!--.{0,4000}?-->|<!\[CDATA\[(?P<cdata>.{0,4000}?)\]\]>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w.\-]*+)[^<>]*+>|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_REFERENCE: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")


@attrs.frozen
class Element:
    """A tag: its name in upper case, whether it closes, the text that follows it, and its line."""

    name: str
    closes: bool
    text: str
    line: int


def ofx_elements(body: str, first_line: int) -> Iterator[Element]:
    """The tags in their order, each with the text up to the next one. Never raises."""
    name, closes, line, said = "", False, first_line, list[str]()
    position, current_line = 0, first_line
    for token in _TOKEN.finditer(body):
        tag = token["name"]
        if tag is None:
            text = token["cdata"] if token["cdata"] is not None else _resolved(token["text"] or "")
            said.append(text)
            continue
        if name:
            yield Element(name, closes, "".join(said).strip(), line)
        current_line += body.count("\n", position, token.start())
        position = token.start()
        name, closes, line, said = tag.upper(), bool(token["close"]), current_line, []
    if name:
        yield Element(name, closes, "".join(said).strip(), line)


def _resolved(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text
