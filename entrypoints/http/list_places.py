"""Where a page of a list begins, as a client says it: after the last object that it saw, by the object's id.

In a list by `updated_since` the id alone may not say where the client was: the object may have changed meanwhile, and
what changed in between would be missed. There the last object's own `updated`, given as `updated_since`, is exact.
"""

from datetime import datetime

from entrypoints.http.problem_details import FieldError, Problem, ProblemKind


def unknown_place() -> Problem:
    """The object is none of this list."""
    return _wrong("is the id of nothing that this list can show")


def moment_of_place(updated_since: datetime, updated: datetime, previous: datetime | None) -> datetime:
    """The moment after which a list of changes goes on, of an object that was last changed then, and before that then.

    Raises Problem if that cannot be told.
    """
    if updated_since in (updated, previous):
        return updated_since
    if previous is None or previous < updated_since:
        return updated
    raise _wrong(
        "has changed since updated_since, so that its place is not certain: give its `updated`, as you saw it, as "
        "updated_since; if that is refused too, leave starting_after out"
    )


def _wrong(detail: str) -> Problem:
    error = FieldError(parameter="starting_after", detail=detail)
    return Problem(ProblemKind.INVALID_PARAMETERS, errors=[error])
