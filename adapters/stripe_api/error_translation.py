"""The SDK's errors, and those of what is under it, as the refusals that ports promise. No text of them bears a key."""

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import stripe
from stripe import oauth_error

from domain.secret import Secret
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRateLimited,
    StripeRefused,
    StripeUnavailable,
)

RETRY_AFTER_MAX: Final = timedelta(minutes=5)
NEXT_SECOND: Final = timedelta(seconds=1)
"""Limits are so many a second, and Stripe does not say when to come back (docs.stripe.com/rate-limits)."""
MESSAGE_MAX: Final = 500
_PERMISSION: Final = re.compile(r"\brak_[a-z0-9_]+", re.ASCII)
_WHOLE_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_KEY_LIKE: Final = re.compile(r"\b(?:sk|rk)_(?:test|live)_[0-9A-Za-z*_]+|\bwhsec_\w+", re.ASCII)
_ACCOUNT_GONE: Final = frozenset({"account_invalid"})


def translated(error: BaseException, *, key: Secret, account: str | None) -> Exception:
    """What to raise instead, from it."""
    match error:
        case stripe.APIConnectionError():
            cause = error.__cause__ or error
            return StripeUnavailable(f"Stripe could not be reached, or broke off ({type(cause).__name__})")
        case stripe.RateLimitError():
            return _too_many(error)
        case stripe.AuthenticationError():
            return StripeKeyRefused("Stripe does not know the key")
        case stripe.PermissionError():
            return _forbidden(error, key, account)
        case stripe.StripeError():
            return _refused(error, key)
        case _:
            return StripeUnavailable(f"Stripe could not be reached, or broke off ({type(error).__name__})")


def _forbidden(error: stripe.PermissionError, key: Secret, account: str | None) -> Exception:
    message, code = str(error.user_message or ""), _detail(error).get("code")
    permissions = tuple(dict.fromkeys(_PERMISSION.findall(message)))
    if not permissions and account is not None and (code in _ACCOUNT_GONE or "does not have access" in message):
        return StripeAccountGone(account)
    if not permissions and code is not None and "permission" not in message.lower():
        return _refused(error, key)
    return StripePermissionMissing(permissions)


def _refused(error: stripe.StripeError, key: Secret) -> Exception:
    status = error.http_status
    if status == HTTPStatus.TOO_MANY_REQUESTS:  # of a proxy in between, without Stripe's error object
        return _too_many(error)
    if status is None or not isinstance(error.json_body, Mapping) or not error.json_body.get("error"):
        # A proxy's page, or a half answer: of an error it is one that passes, of a success nothing is known.
        if status is not None and status < 500:
            return StripeAnswerUnreadable(f"Stripe's answer ({status}) is no JSON object as it documents them")
        return StripeUnavailable(f"Stripe answered {status or 'nothing'}", retry_after=_retry_after(error.headers))
    if status >= 500:
        return StripeUnavailable(f"Stripe answered {status}", retry_after=_retry_after(error.headers))
    detail = _detail(error)
    is_oauth = isinstance(error, oauth_error.OAuthError)
    return StripeRefused(
        status=status,
        type=detail.get("type"),
        code=str(error.json_body["error"]) if is_oauth else detail.get("code"),
        param=detail.get("param"),
        message=_without_keys(str(error.user_message or ""), key)[:MESSAGE_MAX],
        request_id=error.request_id,
    )


def _detail(error: stripe.StripeError) -> Mapping[str, Any]:
    """The error object: the SDK leaves `error.code` out of some of its classes."""
    body: Any = error.json_body
    detail = body.get("error") if isinstance(body, Mapping) else None
    return detail if isinstance(detail, Mapping) else {}


def _too_many(error: stripe.StripeError) -> StripeRateLimited:
    wait = _retry_after(error.headers, NEXT_SECOND)
    return StripeRateLimited("Stripe takes no more requests for now", retry_after=wait)


def _retry_after(headers: Mapping[str, str] | None, unsaid: timedelta = timedelta(seconds=10)) -> timedelta:
    """As Stripe says, in bounds."""
    said = {name.lower(): value for name, value in (headers or {}).items()}.get("retry-after", "")
    if not _WHOLE_SECONDS.fullmatch(said):
        return unsaid
    return max(timedelta(seconds=1), min(RETRY_AFTER_MAX, timedelta(seconds=int(said))))


def _without_keys(message: str, key: Secret) -> str:
    return _KEY_LIKE.sub("…", message.replace(key.reveal().decode("ascii", "replace"), "…"))
