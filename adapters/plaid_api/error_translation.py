"""The SDK's errors, and those of what is under it, as the refusals that ports promise. No text of them bears a secret.

plaid-python raises `ApiException` with the body as text; what befalls the connection escapes as urllib3's own errors.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import msgspec
import plaid

from domain.secret import Secret
from ports.plaid_refusals import (
    PlaidAccessGone,
    PlaidAnswerUnreadable,
    PlaidKeysRefused,
    PlaidLoginRequired,
    PlaidRateLimited,
    PlaidRefused,
    PlaidUnavailable,
)

MESSAGE_MAX: Final = 500
_BANK_PAUSE: Final = timedelta(minutes=10)
"""A bank that is down is not up again in seconds."""
_LIMIT_PAUSE: Final = timedelta(seconds=60)
"""Plaid counts by the minute."""
_LOGIN: Final = frozenset(
    {"ITEM_LOGIN_REQUIRED", "ITEM_LOCKED", "INVALID_UPDATED_USERNAME", "INSUFFICIENT_CREDENTIALS"}
)
_GONE: Final = frozenset(
    {"ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN", "USER_PERMISSION_REVOKED", "ACCESS_NOT_GRANTED", "NO_ACCOUNTS"}
)
_WAIT: Final = frozenset({"PRODUCT_NOT_READY", "INTERNAL_SERVER_ERROR", "PLANNED_MAINTENANCE"})
_SECRET_LIKE: Final = re.compile(r"\b(?:access|public|link)-(?:sandbox|production)-[0-9A-Za-z-]+|\b[0-9a-f]{30}\b")


def translated(error: BaseException, *, secret: Secret) -> Exception:
    """What to raise instead, from it. `secret` is what must not be in its text."""
    if not isinstance(error, plaid.ApiException):
        return PlaidUnavailable(f"Plaid could not be reached, or broke off ({type(error).__name__})")
    status = int(error.status or 0)
    detail = _detail(error.body)
    if detail is None:
        if status == HTTPStatus.TOO_MANY_REQUESTS:  # of a proxy in between, without Plaid's error object
            return PlaidRateLimited("Plaid takes no more requests for now", retry_after=_LIMIT_PAUSE)
        if status == 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return PlaidUnavailable(f"Plaid answered {status or 'nothing'}")
        return PlaidAnswerUnreadable(f"Plaid's answer ({status}) is no error object as it documents them")
    return _by_code(status, detail, secret)


def _by_code(status: int, detail: Mapping[str, Any], secret: Secret) -> Exception:
    code, type_ = _text(detail, "error_code") or "", _text(detail, "error_type") or ""
    if code == "INVALID_API_KEYS":
        return PlaidKeysRefused("Plaid does not know the client id with this secret")
    if type_ == "RATE_LIMIT_EXCEEDED" or status == HTTPStatus.TOO_MANY_REQUESTS:
        return PlaidRateLimited("Plaid takes no more requests for now", code=code, retry_after=_LIMIT_PAUSE)
    if code in _LOGIN:
        return PlaidLoginRequired(code=code, reason=_text(detail, "error_code_reason"))
    if code in _GONE:
        return PlaidAccessGone(code)
    if type_ == "INSTITUTION_ERROR":
        return PlaidUnavailable(f"the bank does not answer ({code})", code=code, retry_after=_BANK_PAUSE)
    if code in _WAIT or type_ == "API_ERROR" or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PlaidUnavailable(f"Plaid answered {status} ({code})", code=code)
    return PlaidRefused(
        status=status,
        type=type_ or None,
        code=code or None,
        message=_without_secrets(_text(detail, "error_message") or "", secret)[:MESSAGE_MAX],
        request_id=_text(detail, "request_id"),
    )


def _without_secrets(message: str, secret: Secret) -> str:
    return _SECRET_LIKE.sub("…", message.replace(secret.reveal().decode("ascii", "replace"), "…"))


def _detail(body: object) -> Mapping[str, Any] | None:
    """Plaid's error object, or None where the body is something else."""
    if not isinstance(body, str | bytes):
        return None
    try:
        detail = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return detail if isinstance(detail, dict) and isinstance(detail.get("error_code"), str) else None


def _text(detail: Mapping[str, Any], field: str) -> str | None:
    value = detail.get(field)
    return value if isinstance(value, str) else None
