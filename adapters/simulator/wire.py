"""What goes over the wire of a simulated provider: JSON objects, and one way to copy and to encode them."""

from typing import Any, Final

import msgspec

JsonObject = dict[str, Any]
"""An object as the provider's API writes it."""

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def copied(value: JsonObject) -> JsonObject:
    """The same object, sharing nothing with the other."""
    copy: JsonObject = msgspec.msgpack.decode(msgspec.msgpack.encode(value))
    return copy


def encoded(value: object) -> bytes:
    """JSON, the same bytes for the same object."""
    return msgspec.json.encode(value)
