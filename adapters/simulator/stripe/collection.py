"""Objects of one kind, in the order in which Stripe lists them."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from adapters.simulator.stripe.wire import JsonObject

_Place = tuple[int, int, str]


class Collection:
    """Objects by id and by creation. Of objects of one second, the one written later is the newer."""

    def __init__(self) -> None:
        self._order: list[_Place] = []
        self._places: dict[str, _Place] = {}
        self._objects: dict[str, JsonObject] = {}
        self._written = 0

    def add(self, item: JsonObject, now: int = 0) -> JsonObject:
        """Adds a new object. One that does not say when it was created was so now."""
        id, created = str(item["id"]), int(item.get("created", now))
        if id in self._places:
            raise ValueError(f"{id} is there already")
        self._written += 1
        place = (created, self._written, id)
        self._places[id], self._objects[id] = place, item
        if not self._order or place > self._order[-1]:
            self._order.append(place)
        else:
            insort(self._order, place)
        return item

    def get(self, id: str) -> JsonObject | None:
        """The object, or None."""
        return self._objects.get(id)

    def remove(self, id: str) -> None:
        """Takes an object away."""
        place = self._places.pop(id)
        del self._objects[id]
        del self._order[bisect_left(self._order, place)]

    def newest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """From the newest on, or from behind this one, to the oldest. New ones may come while it runs."""
        end = len(self._order) if after is None else bisect_left(self._order, self._places[after])
        for position in range(end - 1, -1, -1):
            yield self._objects[self._order[position][2]]

    def oldest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """The other way round."""
        start = 0 if after is None else bisect_left(self._order, self._places[after]) + 1
        for position in range(start, len(self._order)):
            yield self._objects[self._order[position][2]]

    def oldest(self) -> JsonObject | None:
        """The oldest object, or None."""
        return self._objects[self._order[0][2]] if self._order else None

    def __contains__(self, id: str) -> bool:
        return id in self._places

    def __len__(self) -> int:
        return len(self._order)
