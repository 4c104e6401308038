"""What every call of Stripe's may end in, whichever port it is behind. None of them quotes a key."""

from datetime import timedelta


class StripeUnavailable(Exception):
    """Stripe did not answer in time, or answered that it cannot right now. What was asked may have been done."""

    def __init__(self, reason: str, *, retry_after: timedelta = timedelta(seconds=10)) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class StripeRateLimited(StripeUnavailable):
    """Stripe would not take so many requests, however patiently. Nothing was done."""


class StripeKeyRefused(Exception):
    """Stripe does not know the key, or no longer: nothing works until the partner gives another."""


class StripePermissionMissing(Exception):
    """The key may not do this. `permissions`: each of which would do, as far as Stripe names them."""

    def __init__(self, permissions: tuple[str, ...]) -> None:
        super().__init__(f"the key lacks {' or '.join(permissions) or 'a permission that Stripe does not name'}")
        self.permissions = permissions


class StripeAccountGone(Exception):
    """The platform has no access to the account: it was never connected, or its owner has withdrawn."""

    def __init__(self, account: str) -> None:
        super().__init__(f"{account} is not connected to the platform")
        self.account = account


class StripeRefused(Exception):
    """Stripe refused what was asked as it was asked; asking again changes nothing."""

    def __init__(
        self,
        *,
        status: int,
        type: str | None,
        code: str | None,
        param: str | None,
        message: str,
        request_id: str | None,
    ) -> None:
        super().__init__(f"Stripe answered {status} ({code or type or 'no code'}): {message}")
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.message = message
        self.request_id = request_id


class StripeAnswerUnreadable(Exception):
    """Stripe's answer is not what it is documented to be: nothing was taken from it."""
