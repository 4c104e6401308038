"""Form encoding as Stripe's SDKs write it: `created[gte]=1`, `expand[0]=data.source`, `types[]=payout.paid`."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from adapters.simulator.stripe.refused import Refused

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", re.ASCII)
_PART: Final = re.compile(r"\[([^\[\]]*)\]")

Form = dict[str, Any]
"""Texts, and dictionaries and lists of them, by name."""


def decoded(content: str) -> Form:
    """The form, nested as its names say. Raises Refused."""
    try:
        pairs = parse_qsl(content, keep_blank_values=True, strict_parsing=bool(content), errors="strict")
    except (ValueError, UnicodeDecodeError) as error:
        words = "Invalid request (check that your POST content type is application/x-www-form-urlencoded)."
        raise Refused(words) from error
    root: Form = {}
    for name, value in pairs:
        _put(root, name, value)
    return {name: _with_lists(value) for name, value in root.items()}


def _put(root: Form, name: str, value: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None:
        raise Refused(f"Invalid parameter name: {name}", code="parameter_unknown", param=name)
    keys = [match[1], *_PART.findall(match[2])]
    place: Form = root
    for key in keys[:-1]:
        child = place.setdefault(str(len(place)) if key == "" else key, {})
        if not isinstance(child, dict):
            raise Refused(f"Invalid object: {name}", code="parameter_invalid_object", param=keys[0])
        place = child
    last = keys[-1]
    place[str(len(place)) if last == "" else last] = value


def _with_lists(value: Any) -> Any:
    """A dictionary whose keys are 0, 1, 2 … is a list."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() and len(key) < 5 for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(each) for key, each in value.items()}
