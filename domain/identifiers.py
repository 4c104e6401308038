"""Typed ids: a prefix that says what is named (`co_`, `dep_`, `match_`) and what makes it the only one.

Ids of records come from their business identity, so that the same record has the same id however often, and in whatever
order, it is told. What has no identity of its own yet (a company, a key) gets one from outside, and only its form is
checked here.
"""

import hashlib
import re
from typing import Final

_DIGITS: Final = 26
"""Letters and digits after the prefix: 130 bits, so that two records never meet by chance."""
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
"""Base 32 in lower case. The library's is several times slower, and a large company has a million ids at once."""
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_PLACES: Final = tuple(range((_DIGITS - 2) * 5, -1, -10))
_FORM: Final = re.compile(r"[a-z]+(?:_test|_live)?_[0-9a-z]{8,64}", re.ASCII)


def derived_id(prefix: str, *identity: str) -> str:
    """The id of the record that these parts identify: `derived_id("dep", company, account, external_id)`.

    The parts are kept apart, so that ("a", "bc") and ("ab", "c") are two records.
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in identity]
    digest = hashlib.sha256(b"".join([len(part).to_bytes(8, "big") + part for part in encoded])).digest()
    bits = int.from_bytes(digest[:17], "big") >> (17 * 8 - _DIGITS * 5)
    return f"{prefix}_{''.join([_PAIRS[bits >> place & 1023] for place in _PLACES])}"


def is_typed_id(text: str, prefix: str) -> bool:
    """Whether the text has the form of an id of this kind. Says nothing of whether such a record exists."""
    return text.startswith(f"{prefix}_") and _FORM.fullmatch(text) is not None
