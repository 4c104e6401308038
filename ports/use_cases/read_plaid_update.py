"""Read what is new of a connection, to the end: all pages of one update, or none."""

from typing import Final

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from ports.plaid_feed import FeedLines, PagesMoved, PlaidFeed, PlaidSource, UnreadableLine

_RESTARTS_MAX: Final = 8
_PAGES_MAX: Final = 10_000
"""Of 500 lines each: a stream that never ends is an error, not a history."""


class UpdateNeverEnds(Exception):
    """The lines kept changing while they were read, or the pages had no end: nothing is taken, it is tried later."""


async def read_plaid_update(*, feed: PlaidFeed, source: PlaidSource, cursor: str | None) -> FeedLines:
    """Every page after the cursor, together, with the cursor to be kept beside them in one transaction.

    When lines change under the pages all are thrown away and reading begins anew at `cursor`. Raises UpdateNeverEnds,
    and what `ports.plaid_refusals` has: then nothing was read, and `cursor` is still good.
    """
    for _ in range(_RESTARTS_MAX):
        try:
            return await _all_pages(feed, source, cursor)
        except PagesMoved:
            continue
    raise UpdateNeverEnds(f"lines changed {_RESTARTS_MAX} times while they were read")


async def _all_pages(feed: PlaidFeed, source: PlaidSource, cursor: str | None) -> FeedLines:
    found, seen, after = _Update(), {cursor}, cursor
    for _ in range(_PAGES_MAX):
        page = await feed.page(source, cursor=after)
        found.take(page)
        if not page.has_more:
            return found.whole(page)
        if page.cursor in seen:
            raise UpdateNeverEnds("a page names an earlier one as the next")
        seen.add(page.cursor)
        after = page.cursor
    raise UpdateNeverEnds(f"more than {_PAGES_MAX} pages")


@attrs.define
class _Update:
    """What the pages say together: of each line what the last of them says, for a line may be on several."""

    added: dict[BankDepositId, BankDeposit] = attrs.Factory(dict)
    modified: dict[BankDepositId, BankDeposit] = attrs.Factory(dict)
    removed: dict[BankDepositId, None] = attrs.Factory(dict)
    unreadable: list[UnreadableLine] = attrs.Factory(list)
    accounts: dict[BankAccountId, BankAccount] = attrs.Factory(dict)

    def take(self, page: FeedLines) -> None:
        """The next page."""
        for line in page.added:
            self._put(self.added, line)
        for line in page.modified:
            self._put(self.added if line.id in self.added else self.modified, line)
        for id in page.removed:
            self._forget(id)
            self.removed[id] = None
        for each in page.unreadable:
            if each.line is not None:
                self._forget(each.line)  # what an earlier page said of it is outdated
        self.unreadable += page.unreadable
        self.accounts.update({account.id: account for account in page.accounts})

    def whole(self, last: FeedLines) -> FeedLines:
        """All of it, where the last page ends."""
        return attrs.evolve(
            last,
            added=tuple(self.added.values()),
            modified=tuple(self.modified.values()),
            removed=tuple(self.removed),
            unreadable=tuple(self.unreadable),
            accounts=tuple(self.accounts.values()),
        )

    def _put(self, where: dict[BankDepositId, BankDeposit], line: BankDeposit) -> None:
        self._forget(line.id)
        where[line.id] = line

    def _forget(self, id: BankDepositId) -> None:
        self.added.pop(id, None)
        self.modified.pop(id, None)
        self.removed.pop(id, None)
