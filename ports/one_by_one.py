"""Values that are made each time they are asked for, so that a million of them are never there at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

Source = TypeVar("Source")
Made = TypeVar("Made")


class OneByOne(Sequence[Made], Generic[Source, Made]):
    """A sequence of what `make` makes of each source. Made again whenever it is asked for again."""

    def __init__(self, sources: Sequence[Source], make: Callable[[Source], Made]) -> None:
        self._sources = sources
        self._make = make

    def __len__(self) -> int:
        return len(self._sources)

    @overload
    def __getitem__(self, place: int) -> Made: ...
    @overload
    def __getitem__(self, place: slice) -> list[Made]: ...
    def __getitem__(self, place: int | slice) -> Made | list[Made]:
        if isinstance(place, slice):
            return [self._make(source) for source in self._sources[place]]
        return self._make(self._sources[place])

    def __iter__(self) -> Iterator[Made]:
        return map(self._make, self._sources)
