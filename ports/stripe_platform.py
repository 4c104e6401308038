"""A partner's Stripe platform, as its key shows it."""

from datetime import datetime
from typing import Protocol

from domain.secret import Secret
from domain.stripe_key_check import KeyCheck


class StripePlatform(Protocol):
    """Asks Stripe. Changes nothing there."""

    async def check_key(self, key: Secret, *, client_id: str | None, at: datetime) -> KeyCheck:
        """What the key may do, and whether the client id is of its platform; whose it is. All accesses are tried.

        What is written is tried with what Stripe refuses from anybody. A thing that Stripe will not tell is unknown.

        Raises StripeKeyRefused, StripeUnavailable (also if only one of the questions is not answered: half a check
        is none), StripeRefused and StripeAnswerUnreadable.
        """
        ...
