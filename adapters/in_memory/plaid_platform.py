"""A PlaidPlatform that asks nobody: it knows the signing keys that it was told of, and takes any keys for good ones."""

from ports.plaid_feed import PlaidKeys
from ports.plaid_platform import VerificationKey


class InMemoryPlaidPlatform:
    """Keeps the promises of `ports.plaid_platform.PlaidPlatform`."""

    def __init__(self) -> None:
        self.signing: dict[str, VerificationKey] = {}
        self.refusal: Exception | None = None
        """What every question ends in from now on."""

    async def check_keys(self, keys: PlaidKeys) -> None:  # noqa: ARG002  # whatever they are
        """As it was told."""
        if self.refusal is not None:
            raise self.refusal

    async def verification_key(self, keys: PlaidKeys, kid: str) -> VerificationKey | None:  # noqa: ARG002
        """As it was told."""
        if self.refusal is not None:
            raise self.refusal
        return self.signing.get(kid)
