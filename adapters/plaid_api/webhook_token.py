"""The JWT in `Plaid-Verification`: what it says, and whether a key signed it.

Source: plaid.com/docs/api/webhooks/webhook-verification. Only ES256 is ever accepted: a token that says `none`, or
HS256 with a public key for a secret, is forged.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any, Final

import attrs
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ports.plaid_platform import VerificationKey
from ports.plaid_webhook_verifier import WebhookForged

_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_TOKEN_LONGEST: Final = 4_096
_KID: Final = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)
_SIGNATURE_BYTES: Final = 64
_HALF: Final = 32
_ALGORITHM: Final = "ES256"


@attrs.frozen(kw_only=True)
class WebhookToken:
    """A token taken apart. Nothing in it is true until `check_signature` has passed."""

    kid: str
    issued_at: int
    body_hash: str
    signed: bytes
    signature: bytes = attrs.field(repr=False)

    @classmethod
    def of_text(cls, text: str) -> "WebhookToken":
        """Raises WebhookForged: no JWT, or not of ES256."""
        match = _TOKEN.fullmatch(text) if len(text) <= _TOKEN_LONGEST else None
        if match is None:
            raise WebhookForged("Plaid-Verification is no JWT")
        header, claims, signature = _object(match[1]), _object(match[2]), _bytes(match[3])
        if header.get("alg") != _ALGORITHM:
            raise WebhookForged(f"the algorithm is {str(header.get('alg'))[:20]!r}, not ES256")
        kid, issued_at, body_hash = header.get("kid"), claims.get("iat"), claims.get("request_body_sha256")
        if not isinstance(kid, str) or not _KID.fullmatch(kid):
            raise WebhookForged("the token names no key")
        if type(issued_at) is not int or not isinstance(body_hash, str) or len(signature) != _SIGNATURE_BYTES:
            raise WebhookForged("the token lacks when, what, or the signature")
        return cls(
            kid=kid,
            issued_at=issued_at,
            body_hash=body_hash,
            signed=f"{match[1]}.{match[2]}".encode(),
            signature=signature,
        )

    def check_signature(self, key: VerificationKey) -> None:
        """Raises WebhookForged: another key signed it, or it was changed."""
        x, y = int.from_bytes(key.x, "big"), int.from_bytes(key.y, "big")
        r, s = (int.from_bytes(part, "big") for part in (self.signature[:_HALF], self.signature[_HALF:]))
        try:
            public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            public.verify(encode_dss_signature(r, s), self.signed, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError) as error:
            raise WebhookForged("the key that the token names did not sign it") from error

    def check_body(self, body: bytes) -> None:
        """Raises WebhookForged: it was signed for another body. In a time that does not depend on where they differ."""
        if not hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), self.body_hash.encode()):
            raise WebhookForged("the token was signed for another body")


def _object(part: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_bytes(part))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise WebhookForged("a part of the token is no JSON") from error
    if not isinstance(value, dict):
        raise WebhookForged("a part of the token is no JSON object")
    return value


def _bytes(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise WebhookForged("a part of the token is no base64") from error
