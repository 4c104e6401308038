"""The keys that sign webhooks (plaid.com/docs/api/webhooks/webhook-verification; documented).

A webhook's `Plaid-Verification` is a JWT, signed with ES256 by a key that `kid` names, over when it was issued (`iat`)
and the SHA-256 of the body. Plaid rotates its keys: a key then has `expired_at`.
"""

import base64
import hashlib
from typing import Final

import attrs
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from adapters.simulator.plaid.kernel import Kernel
from adapters.simulator.wire import JsonObject

_BYTES: Final = 32
_ORDER_MOST: Final = 2**255
"""Below the order of P-256: any such number is a private key."""


@attrs.define(kw_only=True, eq=False)
class VerificationKey:
    """One key."""

    kid: str
    private: ec.EllipticCurvePrivateKey = attrs.field(repr=False)
    created_at: int
    expired_at: int | None = None

    def as_object(self) -> JsonObject:
        """The public half, as a JWK."""
        numbers = self.private.public_key().public_numbers()
        return {
            "alg": "ES256",
            "created_at": self.created_at,
            "crv": "P-256",
            "expired_at": self.expired_at,
            "kid": self.kid,
            "kty": "EC",
            "use": "sig",
            "x": _text(numbers.x.to_bytes(_BYTES, "big")),
            "y": _text(numbers.y.to_bytes(_BYTES, "big")),
        }

    def sign(self, body: bytes, moment: int) -> str:
        """The JWT for this body, issued at this moment."""
        header = _text(msgspec.json.encode({"alg": "ES256", "kid": self.kid, "typ": "JWT"}))
        claims = _text(msgspec.json.encode({"iat": moment, "request_body_sha256": hashlib.sha256(body).hexdigest()}))
        signed = f"{header}.{claims}"
        r, s = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_text(r.to_bytes(_BYTES, 'big') + s.to_bytes(_BYTES, 'big'))}"


class VerificationKeys:
    """All keys that there are and were."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._keys: dict[str, VerificationKey] = {}
        self.rotate()

    @property
    def current(self) -> VerificationKey:
        """The one that signs."""
        return next(reversed(self._keys.values()))

    def get(self, kid: str) -> VerificationKey | None:
        """The key of this name, expired or not."""
        return self._keys.get(kid)

    def rotate(self) -> VerificationKey:
        """A new key signs from now on; the one before is expired."""
        kernel = self._kernel
        for key in self._keys.values():
            if key.expired_at is None:
                key.expired_at = kernel.now
        secret = kernel.chance("keys").randrange(1, _ORDER_MOST)
        private = ec.derive_private_key(secret, ec.SECP256R1())
        key = VerificationKey(kid=kernel.ids.uuid(), private=private, created_at=kernel.now)
        self._keys[key.kid] = key
        return key


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
