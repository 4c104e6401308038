"""The tables of the in-memory store, as one transaction sees them."""

from collections.abc import Hashable
from typing import Any


class InMemoryTables:
    """The tables as one transaction sees them: name → key → frozen row."""

    def __init__(self, committed: dict[str, dict[Hashable, Any]]) -> None:
        self._committed = committed
        self._touched: dict[str, dict[Hashable, Any]] = {}

    def table(self, name: str) -> dict[Hashable, Any]:
        """This transaction's own copy of a table; an unknown name is an empty table."""
        if name not in self._touched:
            self._touched[name] = dict(self._committed.get(name, {}))
        return self._touched[name]

    def names(self) -> tuple[str, ...]:
        """The tables that there are."""
        return tuple({*self._committed, *self._touched})

    def commit(self) -> None:
        """What this transaction changed becomes what everybody sees."""
        self._committed.update(self._touched)
