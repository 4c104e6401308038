"""Pages of lists: what a list port takes and gives, so that every list of the API is walked in the same way."""

from datetime import date, datetime
from typing import Final, Generic, TypeVar

import attrs

Record = TypeVar("Record")

PAGE_MAX: Final = 250
"""Most records in one page."""


@attrs.frozen(kw_only=True)
class PageKey:
    """Where a page begins: after the record of this key. Each list says in what order it is, and so what `at` is."""

    id: str
    at: date | datetime | None = None
    """What the list is ordered by before the id; None where it is ordered by the id alone."""


@attrs.frozen(kw_only=True)
class Page(Generic[Record]):
    """One page. Pages that follow one another by `next` show every record once that stays as it is meanwhile."""

    records: tuple[Record, ...]
    next: PageKey | None = None
    """The key of the last record, if more follow."""

    @property
    def has_more(self) -> bool:
        """Whether more records follow."""
        return self.next is not None


def checked_limit(limit: int) -> int:
    """The limit, which must be from 1 to PAGE_MAX. Raises ValueError."""
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"a page has from 1 to {PAGE_MAX} records, not {limit}")
    return limit
