"""What every call of Plaid's may end in, whichever port it is behind. None of them quotes a key or a token."""

from datetime import timedelta


class PlaidUnavailable(Exception):
    """Plaid, or the bank behind it, did not answer in time, or answered that it cannot right now. What was asked may
    have been done. `code` is Plaid's, where it said one."""

    def __init__(self, reason: str, *, code: str | None = None, retry_after: timedelta = timedelta(seconds=10)) -> None:
        super().__init__(reason)
        self.code = code
        self.retry_after = retry_after


class PlaidRateLimited(PlaidUnavailable):
    """Plaid would not take so many requests. Nothing was done."""


class PlaidKeysRefused(Exception):
    """Plaid does not know the client id with this secret: nothing works until the partner gives others."""


class PlaidLoginRequired(Exception):
    """The bank wants its user again. Update mode repairs it; until then nothing new comes."""

    def __init__(self, *, code: str, reason: str | None = None) -> None:
        super().__init__(f"the user must log in at the bank again ({reason or code})")
        self.code = code
        self.reason = reason


class PlaidAccessGone(Exception):
    """The connection is dead: removed, revoked by the user, or never this client's. Only a new one helps."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Plaid gives no access to the connection any more ({code})")
        self.code = code


class PlaidRefused(Exception):
    """Plaid refused what was asked as it was asked; asking again changes nothing."""

    def __init__(
        self, *, status: int, type: str | None, code: str | None, message: str, request_id: str | None
    ) -> None:
        super().__init__(f"Plaid answered {status} ({code or type or 'no code'}): {message}")
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.request_id = request_id


class PlaidAnswerUnreadable(Exception):
    """Plaid's answer is not what it is documented to be: nothing was taken from it."""
