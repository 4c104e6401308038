"""What Stripe answers when it will not do something."""


class Refused(Exception):
    """A refusal, with the fields of Stripe's error object (docs.stripe.com/api/errors; documented)."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        type: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
        decline_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param, self.status, self.type = message, code, param, status, type
        self.headers = headers or {}
        self.decline_code = decline_code


def no_such(kind: str, id: str, *, param: str = "id", status: int = 404) -> Refused:
    """The object is not there: not for this key, this account or this mode."""
    return Refused(f"No such {kind}: '{id}'", code="resource_missing", param=param, status=status)
