"""Verifies Plaid's webhooks as its documentation asks, without the simulator's own code."""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from adapters.simulator.wire import JsonObject


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header_of(token: str) -> JsonObject:
    header: JsonObject = json.loads(unpacked(token.split(".")[0]))
    return header


def claims_of(token: str) -> JsonObject:
    claims: JsonObject = json.loads(unpacked(token.split(".")[1]))
    return claims


def is_good(token: str, body: bytes, jwk: JsonObject) -> bool:
    """The token is signed by this key, over this body."""
    head, claims, signature = token.split(".")
    x, y = (int.from_bytes(unpacked(jwk[name]), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = unpacked(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    hashed: str = claims_of(token)["request_body_sha256"]
    return hashed == hashlib.sha256(body).hexdigest()
