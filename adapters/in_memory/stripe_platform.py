"""A StripePlatform that asks nobody: it knows the keys that it was told of, and takes every other one for a good one.

Difference from the real one: what is given as a key is never looked at, and any client id is the platform's.
"""

from datetime import datetime

from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_key_check import KeyCheck, StripeAccess, TriedAccess, Verdict, Whose, all_accesses


class InMemoryStripePlatform:
    """Keeps the promises of `ports.stripe_platform.StripePlatform`."""

    def __init__(self) -> None:
        self.account = StripeAccountId("acct_platform0000")
        """Whose keys all are."""
        self.lacking: tuple[TriedAccess, ...] = ()
        """What no key may do from now on."""
        self.refusal: Exception | None = None
        """What every question ends in from now on."""

    async def check_key(self, key: Secret, *, client_id: str | None, at: datetime) -> KeyCheck:  # noqa: ARG002  # whatever the key is
        """As it was told."""
        if self.refusal is not None:
            raise self.refusal
        told = {(each.access, each.whose): each for each in self.lacking}
        if client_id is None:
            nothing = TriedAccess(
                access=StripeAccess.CLIENT_ID,
                whose=Whose.PLATFORM,
                verdict=Verdict.MISSING,
                why="no client id is kept",
            )
            told.setdefault((nothing.access, nothing.whose), nothing)
        tried = tuple(
            told.get((access, whose)) or TriedAccess(access=access, whose=whose) for access, whose in all_accesses()
        )
        silent = (StripeAccess.ACCOUNT, Whose.PLATFORM) in told
        return KeyCheck(account=None if silent else self.account, tried=tried, at=at)
