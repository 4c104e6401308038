"""Requests that may be repeated: the first answer is kept for a day, and given again."""

from datetime import datetime, timedelta
from typing import Final, Protocol

import attrs

KEPT_FOR: Final = timedelta(hours=24)
UNDER_WAY_FOR_MAX: Final = timedelta(minutes=2)
"""A request that has not ended by then died with its process: its key may be used for another try."""


@attrs.frozen(kw_only=True)
class KeptAnswer:
    """An answer, to be given again byte for byte."""

    status: int
    content_type: str
    body: bytes = attrs.field(repr=False)


@attrs.frozen
class Fresh:
    """Nobody has used the key: do it, then `keep` the answer, or `drop` the key if nothing was changed."""


@attrs.frozen
class UnderWay:
    """The first request with this key has not ended yet."""


@attrs.frozen
class OtherRequest:
    """The key was used for a request with another content."""


KeyState = Fresh | UnderWay | OtherRequest | KeptAnswer


class Idempotency(Protocol):
    """Each method is a short transaction of its own. All raise StoreUnavailable.

    `owner` keeps callers apart: a key is only ever compared with the same caller's.
    """

    async def begin(self, owner: str, key: str, fingerprint: bytes, *, at: datetime) -> KeyState:
        """What is known of the key. Of several that begin with it at the same time exactly one is told Fresh."""
        ...

    async def keep(self, owner: str, key: str, answer: KeptAnswer, *, begun: datetime) -> None:
        """The request that began then has ended with this answer.

        Does nothing if the request took so long that another one has begun with its key since: that one's answer is
        the one to keep, and its content may be another.
        """
        ...

    async def drop(self, owner: str, key: str, *, begun: datetime) -> None:
        """The request that began then has changed nothing: the key is as if never used. An answer that is kept stays,
        and so does another request's beginning."""
        ...

    async def forget(self, *, at: datetime) -> int:
        """Deletes what was begun more than KEPT_FOR ago; how many there were."""
        ...
