"""How Stripe signs a webhook: HMAC-SHA256 over `{t}.{body}` (docs.stripe.com/webhooks; documented)."""

import hashlib
import hmac
from collections.abc import Iterable


def signature_header(body: bytes, secrets: Iterable[str], moment: int) -> str:
    """`t=…,v1=…`, one `v1` for each secret that is alive. A `v0` beside them is to be ignored: sandboxes send one."""
    message = f"{moment}.".encode() + body
    parts = [f"t={moment}"]
    for secret in secrets:
        parts.append(f"v1={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}")
    parts.append(f"v0={hashlib.sha256(message).hexdigest()}")
    return ",".join(parts)
