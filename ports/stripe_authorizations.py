"""States of users' visits to Stripe: each is used once, or never."""

from datetime import datetime
from typing import Protocol

from domain.stripe_authorization import StripeAuthorization


class StateUnknown(Exception):
    """No visit was begun with this state, or it was forgotten since."""


class StateUsed(Exception):
    """The state was used before, perhaps a moment ago by another request. Nothing was changed."""

    def __init__(self, authorization: StripeAuthorization) -> None:
        super().__init__("the state was used before")
        self.authorization = authorization


class StripeAuthorizations(Protocol):
    """Part of a control transaction."""

    async def add(self, authorization: StripeAuthorization) -> None:
        """A visit begins."""
        ...

    async def find(self, digest: bytes) -> StripeAuthorization:
        """The visit, whatever became of it. Raises StateUnknown."""
        ...

    async def use(self, digest: bytes, *, at: datetime) -> StripeAuthorization:
        """The visit, whose state is used up by this transaction and no other, also if it has expired.

        Raises StateUnknown, StateUsed.
        """
        ...

    async def forget_before(self, moment: datetime, *, limit: int) -> int:
        """Drops at most `limit` that expired before. How many there were."""
        ...
