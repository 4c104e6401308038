"""What Plaid has to say of an Item's lines, in the order in which it learned it."""

from collections.abc import Iterator
from typing import Literal

import attrs

from adapters.simulator.plaid.bank_account import BankLine

UpdateKind = Literal["added", "modified", "removed"]


@attrs.frozen(kw_only=True)
class Transaction:
    """A bank line as one Item tells it: with ids of its own."""

    transaction_id: str
    account_id: str
    line: BankLine
    pending_transaction_id: str | None = None


@attrs.frozen(kw_only=True)
class Update:
    """One thing that Plaid learned."""

    kind: UpdateKind
    transaction: Transaction


@attrs.frozen(kw_only=True)
class Net:
    """What several updates of one line come to."""

    kind: UpdateKind
    transaction: Transaction
    index: int
    """Of the last of them."""


class UpdateLog:
    """Grows only at its end. A stream is all of it, or one account's part (`account_id`)."""

    def __init__(self) -> None:
        self.updates: list[Update] = []

    def __len__(self) -> int:
        return len(self.updates)

    def add(self, kind: UpdateKind, transaction: Transaction) -> None:
        """Appends an update."""
        self.updates.append(Update(kind=kind, transaction=transaction))

    def within(self, first: int, end: int, account_id: str | None) -> Iterator[tuple[int, Update]]:
        """The updates of a stream, from index `first` up to, and without, `end`."""
        for index in range(first, end):
            update = self.updates[index]
            if account_id is None or update.transaction.account_id == account_id:
                yield index, update

    def net(self, first: int, end: int, account_id: str | None) -> list[Net]:
        """What the updates come to, line by line, in the order of the last change. What came and went is nothing."""
        found = self._net(self.within(first, end, account_id))
        return [net for net, was_known in found if was_known or net.kind != "removed"]

    def net_of_page(self, first: int, count: int, account_id: str | None) -> tuple[list[Net], int]:
        """What the next updates, at most `count` of them, come to; and the index after the last of them.

        A line that came and went among them is told as removed.
        """
        taken: list[tuple[int, Update]] = []
        for index, update in self.within(first, len(self), account_id):
            taken.append((index, update))
            if len(taken) == count:
                break
        after = taken[-1][0] + 1 if taken else len(self)
        return [net for net, _ in self._net(iter(taken))], after

    def ids(self, first: int, end: int, account_id: str | None) -> set[str]:
        """The lines that the updates are about."""
        return {update.transaction.transaction_id for _, update in self.within(first, end, account_id)}

    @staticmethod
    def _net(updates: Iterator[tuple[int, Update]]) -> list[tuple[Net, bool]]:
        """Each with whether the line was known before."""
        known: dict[str, bool] = {}
        last: dict[str, tuple[int, Update]] = {}
        for index, update in updates:
            id = update.transaction.transaction_id
            known.setdefault(id, update.kind != "added")
            last.pop(id, None)
            last[id] = index, update
        found: list[tuple[Net, bool]] = []
        for id, (index, update) in last.items():
            kind: UpdateKind = "modified" if known[id] else "added"
            if update.kind == "removed":
                kind = "removed"
            found.append((Net(kind=kind, transaction=update.transaction, index=index), known[id]))
        return found
