"""A partner at Plaid, as its keys show it; and the keys with which Plaid signs."""

from typing import Protocol

import attrs

from ports.plaid_feed import PlaidKeys


@attrs.frozen(kw_only=True)
class VerificationKey:
    """The public half of a key that signs Plaid's webhooks: ES256, a point of P-256."""

    kid: str
    x: bytes
    y: bytes
    expired_at: int | None
    """Seconds since 1970; None: it is in use."""


class PlaidPlatform(Protocol):
    """Both raise what `ports.plaid_refusals` has. They change nothing at Plaid."""

    async def check_keys(self, keys: PlaidKeys) -> None:
        """Nothing, if Plaid knows them. Raises PlaidKeysRefused."""
        ...

    async def verification_key(self, keys: PlaidKeys, kid: str) -> VerificationKey | None:
        """The key of this name, expired or not; None: Plaid never had it."""
        ...
