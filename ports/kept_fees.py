"""The parts of a fee as one text to be kept, and back. Equal parts are equal texts, so that stores can compare them."""

from functools import lru_cache
from typing import Final

import msgspec

from domain.fee_part import FeePart
from domain.money import Currency, Money
from ports.facts import UnstorableFact

_UNITS_MAX: Final = 2**63 - 1


class _Part(msgspec.Struct, array_like=True, frozen=True):
    kind: str
    units: int
    currency: str
    description: str | None = None
    application: str | None = None


_DECODER: Final = msgspec.json.Decoder(tuple[_Part, ...])
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = "[]"


def fee_parts_text(parts: tuple[FeePart, ...]) -> str:
    """JSON. Raises UnstorableFact, and UnicodeEncodeError for half a surrogate pair."""
    if not parts:
        return _NOTHING
    for part in parts:
        if abs(part.amount.minor_units) > _UNITS_MAX:
            raise UnstorableFact("a number is beyond 64 bits")
        if "\0" in part.kind or "\0" in (part.description or "") or "\0" in (part.application or ""):
            raise UnstorableFact("a text holds U+0000")
    rows = [_Part(p.kind, p.amount.minor_units, p.amount.currency.code, p.description, p.application) for p in parts]
    return _ENCODER.encode(rows).decode()


@lru_cache(maxsize=4_096)
def fee_parts_from(text: str) -> tuple[FeePart, ...]:
    """The parts that were encoded. Many fees are the same."""
    return tuple(
        FeePart(
            kind=part.kind,
            amount=Money(part.units, Currency.of(part.currency)),
            description=part.description,
            application=part.application,
        )
        for part in _DECODER.decode(text)
    )
