"""Answers that say what went wrong: RFC 9457 problem details, with a stable type and a pointer to each error."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

import attrs

CONTENT_TYPE: Final = "application/problem+json"
DOCUMENTED_AT: Final = "/docs/problems#"
"""The type of a problem is the address of its description, relative to this service."""


class ProblemKind(Enum):
    """Every kind of problem: its name (a promise to clients), its HTTP status, and its title."""

    MALFORMED_REQUEST = "malformed-request", 400, "The request cannot be read"
    INVALID_PARAMETERS = "invalid-parameters", 400, "Parameters are missing or wrong"
    INVALID_FIELDS = "invalid-fields", 422, "Fields are missing or wrong"
    BAD_SIGNATURE = "bad-signature", 400, "The signature does not prove whose the body is"
    UNAUTHENTICATED = "unauthenticated", 401, "No valid secret was presented"
    FORBIDDEN = "forbidden", 403, "This role may not do this"
    NOT_FOUND = "not-found", 404, "There is no such thing"
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "This method is not offered here"
    TIMED_OUT = "timed-out", 408, "The body took too long to arrive"
    CONFLICT = "conflict", 409, "It conflicts with what is there"
    OUTDATED = "outdated", 409, "What it was worked out from is no longer so: ask again"
    COMPANY_ARCHIVED = "company-archived", 409, "The company is archived: it can be read, not changed"
    IDEMPOTENCY_IN_PROGRESS = "idempotency-in-progress", 409, "A request with this idempotency key is still under way"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", 422, "The idempotency key was used for another request"
    TOO_LARGE = "too-large", 413, "The body is too large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "The body is of a type that is not taken here"
    UNREADABLE_FILE = "unreadable-file", 422, "The file cannot be used"
    EXPECTATION_FAILED = "expectation-failed", 417, "What is expected is not offered here"
    REFUSED = "refused", 422, "It cannot be done as asked"
    RATE_LIMITED = "rate-limited", 429, "Too many requests"
    UNEXPECTED = "unexpected", 500, "Something went wrong here"
    UNAVAILABLE = "unavailable", 503, "The service cannot do it right now"

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @classmethod
    def of_status(cls, status: int) -> "tuple[ProblemKind, ...]":
        """The kinds that are answered with this status."""
        return tuple(kind for kind in cls if kind.status == status)


_HEADERS: Final[Mapping[ProblemKind, Mapping[str, str]]] = {
    ProblemKind.UNAUTHENTICATED: {"WWW-Authenticate": 'Bearer realm="tieout"'},
    ProblemKind.RATE_LIMITED: {"Retry-After": "1"},
    ProblemKind.UNAVAILABLE: {"Retry-After": "2"},
}
"""What an answer of this kind always bears, unless it is said otherwise."""


@attrs.frozen(kw_only=True)
class FieldError:
    """One error: where (a JSON pointer into the body, or a parameter's name) and what."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(Exception):
    """A refusal on its way to the client."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or kind.title)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = {**_HEADERS.get(kind, {}), **(headers or {})}

    def as_json(self, request_id: str) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "type": DOCUMENTED_AT + self.kind.slug,
            "title": self.kind.title,
            "status": self.kind.status,
            "request_id": request_id,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = [
                {name: value for name, value in attrs.asdict(each).items() if value is not None} for each in self.errors
            ]
        return body


def not_found() -> Problem:
    """What is absent and what is somebody else's look the same."""
    return Problem(ProblemKind.NOT_FOUND)
