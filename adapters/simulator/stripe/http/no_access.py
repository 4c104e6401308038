"""The refusal of an account that a key cannot reach."""

from adapters.simulator.stripe.platform import ApiKey
from adapters.simulator.stripe.refused import Refused


def no_access(key: ApiKey, account: str) -> Refused:
    """The refusal of an account that the key cannot reach (code `account_invalid`; seen)."""
    words = (
        f"The provided key '{key.masked}' does not have access to account '{account}' (or that account does not "
        "exist). Application access may have been revoked."
    )
    return Refused(words, status=403, code="account_invalid")
