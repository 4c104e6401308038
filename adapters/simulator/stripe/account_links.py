"""Account links: one visit to Stripe's onboarding, for accounts that a platform made itself.

Documented (docs.stripe.com/api/account_links): single use, expires in minutes, no state parameter; coming back does not
mean that it is complete.
"""

from typing import Final

import attrs

from adapters.simulator.stripe import accounts
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.kernel import Kernel
from adapters.simulator.stripe.platform import Platform
from adapters.simulator.stripe.wire import MINUTE, JsonObject

LIFE_SECONDS: Final = 5 * MINUTE
"""Minutes, says the documentation; how many is assumed."""


@attrs.define(kw_only=True)
class AccountLink:
    """One link."""

    token: str
    platform: str
    book: AccountBook
    created: int
    expires_at: int
    url: str
    refresh_url: str
    return_url: str
    is_used: bool = False


class AccountLinks:
    """All links that were made."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._links: dict[str, AccountLink] = {}

    def make(self, platform: Platform, book: AccountBook, *, refresh_url: str, return_url: str) -> AccountLink:
        """A new link; those before it, for the same account, are dead."""
        for other in self._links.values():
            if other.book is book:
                other.is_used = True
        token = self._kernel.ids.letters(12)
        now = self._kernel.now
        link = AccountLink(
            token=token,
            platform=platform.id,
            book=book,
            created=now,
            expires_at=now + LIFE_SECONDS,
            url=f"{self._kernel.address}/setup/s/{book.id}/{token}",
            refresh_url=refresh_url,
            return_url=return_url,
        )
        self._links[token] = link
        return link

    def visit(self, account: str, token: str) -> AccountLink | None:
        """Uses the link. None if it is used, expired or none: then the user is sent to `refresh_url`."""
        link = self.known(account, token)
        if link is None or link.is_used or self._kernel.now >= link.expires_at:
            return None
        link.is_used = True
        return link

    def known(self, account: str, token: str) -> AccountLink | None:
        """The link, alive or dead."""
        link = self._links.get(token)
        return link if link is not None and link.book.id == account else None

    def come_back(self, link: AccountLink, *, completed: bool) -> str:
        """The user is done, or leaves off: the address to send him to, which does not say which."""
        if completed and not link.book.account["details_submitted"]:
            accounts.complete_onboarding(link.book)
            accounts.add_bank_account(link.book)
        return link.return_url


def as_object(link: AccountLink) -> JsonObject:
    """As the API shows it."""
    return {"object": "account_link", "created": link.created, "expires_at": link.expires_at, "url": link.url}
