"""Whether a webhook's body is Stripe's: scheme v1 of the header `Stripe-Signature`, over the bytes as they arrived.

`t=<unix seconds>,v1=<hex>[,v1=<hex>…][,v0=<hex>]`, each v1 an HMAC-SHA256 of `t`, a full stop and the body, under a
whole secret of an endpoint, `whsec_` and all. While a secret is rolled there is one v1 for each. v0 proves nothing, and
counts for nothing. Source: docs.stripe.com/webhooks/signature.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.secret import Secret

TOLERANCE_SECONDS: Final = 300
"""A time further from ours, on either side, is not now: an old body sent again, or one signed for later."""
HEADER_MAX: Final = 4_096
"""Characters. A header of two secrets has about 200."""
SIGNATURES_MAX: Final = 16
_TIME: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


class SignatureFault(StrEnum):
    """Why a body is not taken for Stripe's."""

    MALFORMED = "malformed"
    NO_SECRET = "no_secret"  # noqa: S105  # what is missing, not what is secret
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"
    WRONG = "wrong"


def signature_fault(header: str, body: bytes, secrets: Sequence[Secret], *, at: datetime) -> SignatureFault | None:
    """None: one of the secrets signed this body, within the tolerance of `at`.

    How long it takes says nothing of the secrets: every one is tried with every signature.
    """
    read = _read(header)
    if read is None:
        return SignatureFault.MALFORMED
    time, signatures = read
    age = at.timestamp() - int(time)
    if age > TOLERANCE_SECONDS:
        return SignatureFault.TOO_OLD
    if age < -TOLERANCE_SECONDS:
        return SignatureFault.IN_THE_FUTURE
    if not secrets:
        return SignatureFault.NO_SECRET
    signed = time.encode() + b"." + body
    proved = False
    for secret in secrets:
        expected = hmac.digest(secret.reveal(), signed, "sha256").hex().encode("ascii")
        for signature in signatures:
            proved |= hmac.compare_digest(expected, signature)
    return None if proved else SignatureFault.WRONG


def _read(header: str) -> tuple[str, tuple[bytes, ...]] | None:
    """The time as it is written, for those characters are signed, and the v1 signatures."""
    if len(header) > HEADER_MAX:
        return None
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value.encode("utf-8", "surrogateescape") for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 1 <= len(signatures) <= SIGNATURES_MAX:
        return None
    return times[0], tuple(signatures)
