"""Pages: newest first, with a cursor that is an object's id (docs.stripe.com/api/pagination; documented)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from adapters.simulator.stripe.http.parameters import Kind, integer, text
from adapters.simulator.stripe.listing import Listing
from adapters.simulator.stripe.refused import Refused, no_such
from adapters.simulator.stripe.wire import JsonObject, list_object

PAGE: Final[dict[str, Kind]] = {
    "limit": integer(1, 100),
    "starting_after": text(),
    "ending_before": text(),
}
"""Parameters of every list. Ten a page unless told."""

Accepts = Callable[[JsonObject], bool]


def page(
    listing: Listing, values: Mapping[str, Any], url: str, kind: str, accepts: Accepts = lambda _: True
) -> JsonObject:
    """One page. Objects that come while a client pages are before its cursor, and missed until it begins anew."""
    limit, after, before = values.get("limit", 10), values.get("starting_after"), values.get("ending_before")
    if after is not None and before is not None:
        raise Refused("You can only specify one of these parameters: ending_before, starting_after.")
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None and cursor not in listing:
            raise no_such(kind, cursor, param=param, status=400)
    found: Iterator[JsonObject]
    found = listing.oldest_first(before) if before is not None else listing.newest_first(after)
    data = list(islice((item for item in found if accepts(item)), limit + 1))
    has_more, data = len(data) > limit, data[:limit]
    return list_object(data[::-1] if before is not None else data, url, has_more=has_more)


def within(moment: int, bounds: Mapping[str, int] | None) -> bool:
    """The moment is in the range of a `created` or `arrival_date` filter."""
    if bounds is None:
        return True
    return (
        moment > bounds.get("gt", moment - 1)
        and moment >= bounds.get("gte", moment)
        and moment < bounds.get("lt", moment + 1)
        and moment <= bounds.get("lte", moment)
    )


def having(values: Mapping[str, Any], *names: str, created: bool = True) -> Accepts:
    """Accepts objects that equal these parameters in the fields of the same names, and are of the time asked for."""
    wanted = {name: values[name] for name in names if name in values}
    bounds = values.get("created") if created else None

    def accepts(item: JsonObject) -> bool:
        return within(item["created"], bounds) and all(item.get(name) == value for name, value in wanted.items())

    return accepts
