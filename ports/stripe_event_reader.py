"""What a webhook's body says of itself: enough to keep it, and to know whose it is."""

from datetime import datetime
from typing import Protocol

from domain.partner import Tenant
from domain.stripe_account import StripeAccountId
from domain.stripe_event import StripeEvent


class StripeEventReader(Protocol):
    """Of a body that is proved to be Stripe's."""

    def read(self, body: bytes, *, tenant: Tenant, own: StripeAccountId | None, received: datetime) -> StripeEvent:
        """The event, whatever the body holds: one that cannot be used is parked, with the reason.

        `own` is the platform's account, which events that name none are of. The same body gives the same id.
        """
        ...
