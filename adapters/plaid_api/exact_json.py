"""Plaid's answers, decoded without a float: what has a point becomes a Decimal of exactly what was printed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from ports.plaid_refusals import PlaidAnswerUnreadable

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


def object_in(body: bytes) -> Mapping[str, Any]:
    """The object that the body is. Raises PlaidAnswerUnreadable."""
    try:
        value = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ArithmeticError) as error:
        raise PlaidAnswerUnreadable(f"Plaid's answer is not JSON ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise PlaidAnswerUnreadable("Plaid's answer is no JSON object")
    return value


def field(answer: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """A field that must be there, of this kind. Raises PlaidAnswerUnreadable."""
    value = answer.get(name)
    if not isinstance(value, kind):
        raise PlaidAnswerUnreadable(f"Plaid's answer has no {name} of type {kind.__name__}")
    return value


def text_or_none(answer: Mapping[str, Any], name: str) -> str | None:
    """Text; None where it is absent, null, empty or something else."""
    value = answer.get(name)
    return value if isinstance(value, str) and value else None
