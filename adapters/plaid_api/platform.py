"""A partner's keys, tried; and the keys with which Plaid signs its webhooks."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from plaid.model.webhook_verification_key_get_request import WebhookVerificationKeyGetRequest

from adapters.plaid_api.exact_json import field, object_in
from adapters.plaid_api.plaid_requests import PlaidRequests
from ports.plaid_feed import PlaidKeys
from ports.plaid_platform import VerificationKey
from ports.plaid_refusals import PlaidAnswerUnreadable, PlaidRefused

_NO_SUCH_KEY: Final = "INVALID_WEBHOOK_VERIFICATION_KEY_ID"
_NOBODYS: Final = "00000000-0000-4000-8000-000000000000"
_COORDINATE_BYTES: Final = 32


class PlaidApiPlatform:
    """Keeps the promises of `ports.plaid_platform.PlaidPlatform`."""

    def __init__(self, requests: PlaidRequests) -> None:
        self._requests = requests

    async def check_keys(self, keys: PlaidKeys) -> None:
        """Asks for a signing key that there is not: it takes good keys to be told so, and nothing is billed."""
        await self.verification_key(keys, _NOBODYS)

    async def verification_key(self, keys: PlaidKeys, kid: str) -> VerificationKey | None:
        """`/webhook_verification_key/get`."""
        request = WebhookVerificationKeyGetRequest(key_id=kid)
        try:
            body = await self._requests.ask("webhook_verification_key_get", request, keys=keys)
        except PlaidRefused as refusal:
            if refusal.code == _NO_SUCH_KEY:
                return None
            raise
        return _verification_key(field(object_in(body), "key", dict), kid)


def _verification_key(key: Mapping[str, Any], kid: str) -> VerificationKey:
    if (key.get("alg"), key.get("crv"), key.get("kty"), key.get("kid")) != ("ES256", "P-256", "EC", kid):
        raise PlaidAnswerUnreadable("Plaid's signing key is not the one asked for, or not of ES256")
    expired = key.get("expired_at")
    return VerificationKey(
        kid=kid,
        x=_coordinate(field(key, "x", str)),
        y=_coordinate(field(key, "y", str)),
        expired_at=expired if isinstance(expired, int) else None,
    )


def _coordinate(text: str) -> bytes:
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise PlaidAnswerUnreadable("Plaid's signing key is not base64") from error
    if len(value) != _COORDINATE_BYTES:
        raise PlaidAnswerUnreadable("Plaid's signing key is not of P-256")
    return value
