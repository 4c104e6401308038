"""The cursor of `/transactions/sync`: where in its stream a client stands, and which update it is in the middle of."""

import base64
import binascii
from typing import Final

import attrs
import msgspec

_LONGEST: Final = 256
"""Characters (plaid.com/docs/api/products/transactions; documented)."""


class UnknownCursor(ValueError):
    """Not a cursor that this Plaid gave."""


@attrs.frozen(kw_only=True)
class Cursor:
    """`start` is where the update began that is being read, `next` how far it was read, `end` where it ended."""

    stream: str
    """The Item, and the account where it is one account's stream."""
    start: int
    next: int
    end: int

    @property
    def is_at_rest(self) -> bool:
        """No page of an update is missing."""
        return self.next >= self.end

    def text(self) -> str:
        """As it is sent: base64."""
        plain = msgspec.json.encode([self.stream, self.start, self.next, self.end])
        return base64.b64encode(plain).decode()

    @classmethod
    def of_text(cls, text: str) -> "Cursor":
        """What a client sends back. Raises UnknownCursor."""
        try:
            if len(text) > _LONGEST:
                raise ValueError
            plain = base64.b64decode(text, validate=True)
            stream, start, next, end = msgspec.json.decode(plain, type=tuple[str, int, int, int])
        except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
            raise UnknownCursor(text[:40]) from error
        if not 0 <= start <= next <= end:
            raise UnknownCursor(text[:40])
        return cls(stream=stream, start=start, next=next, end=end)
