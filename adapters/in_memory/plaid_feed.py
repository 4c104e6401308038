"""A PlaidFeed of lines that it is told of.

Differences from the real one: any keys and any token are good unless it is told otherwise; a cursor is three numbers.
"""

from itertools import islice
from typing import Final, Literal

import attrs

from domain.bank_deposit import BankDeposit, BankDepositId
from ports.plaid_feed import AccountBalance, FeedLines, FeedProgress, PagesMoved, PlaidSource

_PAGE_LINES: Final = 500


@attrs.frozen
class _Told:
    kind: Literal["added", "modified", "removed"]
    id: BankDepositId
    line: BankDeposit | None


class InMemoryPlaidFeed:
    """Keeps the promises of `ports.plaid_feed.PlaidFeed`, for one connection."""

    def __init__(self, *, page_lines: int = _PAGE_LINES) -> None:
        self.page_lines = page_lines
        self.progress = FeedProgress.WHOLE
        self.accounts: tuple[AccountBalance, ...] = ()
        self.refusal: Exception | None = None
        """What every question ends in from now on."""
        self._told: list[_Told] = []

    def add(self, line: BankDeposit) -> None:
        """A new line."""
        self._told.append(_Told("added", line.id, line))

    def modify(self, line: BankDeposit) -> None:
        """The line is another now."""
        self._told.append(_Told("modified", line.id, line))

    def remove(self, id: BankDepositId) -> None:
        """The line is gone."""
        self._told.append(_Told("removed", id, None))

    async def page(self, source: PlaidSource, *, cursor: str | None) -> FeedLines:  # noqa: ARG002  # there is one
        """As it happened, in pages."""
        if self.refusal is not None:
            raise self.refusal
        if self.progress is FeedProgress.NOT_READY:
            return FeedLines(cursor=None, has_more=False, progress=self.progress)
        first, end = (int(part) for part in cursor.split("/")) if cursor else (0, len(self._told))
        if first < end != len(self._told):
            raise PagesMoved
        page = {told.id: told for told in islice(self._told, first, first + self.page_lines)}
        after = min(first + self.page_lines, len(self._told))
        return FeedLines(
            added=tuple(told.line for told in page.values() if told.kind == "added" and told.line),
            modified=tuple(told.line for told in page.values() if told.kind == "modified" and told.line),
            removed=tuple(told.id for told in page.values() if told.kind == "removed"),
            accounts=tuple(each.account for each in self.accounts),
            cursor=f"{after}/{len(self._told)}",
            has_more=after < len(self._told),
            progress=self.progress,
        )

    async def balances(self, source: PlaidSource) -> tuple[AccountBalance, ...]:  # noqa: ARG002  # there is one
        """As it was told."""
        if self.refusal is not None:
            raise self.refusal
        return self.accounts
