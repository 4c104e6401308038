"""Lists as Stripe gives them: the newest first, a page at a time, from behind a record of the page before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from ports.stripe_feed_reader import FeedPage, PlaceGone


class Listed(Protocol):
    """What a list is made of."""

    @property
    def id(self) -> str:
        """Its own at Stripe."""
        ...

    @property
    def created(self) -> datetime | None:
        """When it was made."""
        ...


R = TypeVar("R", bound=Listed)


def page_of(oldest_first: Sequence[R], *, after: str | None, size: int) -> FeedPage[R]:
    """At most so many, from behind `after` on. Raises PlaceGone if that is not listed."""
    listed = oldest_first[::-1]
    begin = 0
    if after is not None:
        places = [number for number, each in enumerate(listed) if each.id == after]
        if not places:
            raise PlaceGone(after)
        begin = places[0] + 1
    page = listed[begin : begin + size]
    return FeedPage(
        records=tuple(page),
        ids=tuple(each.id for each in page),
        unreadable=(),
        first_created=page[0].created if page else None,
        last_created=page[-1].created if page else None,
        has_more=begin + size < len(listed),
    )
