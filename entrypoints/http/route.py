"""A route: one method of one path, its types, and who may call it. The document and the checks follow from this.

A resource is a module in `resources/` with a tuple `ROUTES`:

    @attrs.frozen(kw_only=True)
    class RenameCompany:
        name: Name

    async def rename_company(call: Call[NoQuery, RenameCompany]) -> CompanyBody:
        company = await change_company(call.company, name=call.body.name, at=call.at, store=call.services.store)
        return CompanyBody.of(company)

    ROUTES = (
        Route(
            method="PATCH", path="/v1/companies/{company}", handler=rename_company, summary="Rename a company",
            body=RenameCompany, answer=CompanyBody, tag="Companies", refusals=(CompanyChanged,),
        ),
    )

`{company}` is looked up before the handler runs: another tenant's, an absent one and one that the session is not for
are all 404. Other ids in a path are checked for their form only. A handler raises Problem, or a refusal of a use case
that `refusals.py` knows how to say.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import attrs

from domain.access import Principal, Role
from domain.company import Company
from entrypoints.http.problem_details import Problem, ProblemKind, not_found
from entrypoints.http.services import Services
from entrypoints.http.wire_types import NoBody, NoQuery

Q = TypeVar("Q")
B = TypeVar("B")

KIB: Final = 1024
BODY_MAX: Final = 1024 * KIB
BULK_MAX: Final = 8 * 1024 * KIB
UPLOAD_MAX: Final = 25 * 1024 * KIB

EVERYBODY: Final[frozenset[Role]] = frozenset()
"""No secret is asked for."""
PARTNERS: Final = frozenset({Role.PARTNER})
ALL_ROLES: Final = frozenset(Role)

_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:-]{0,127}", re.ASCII)


@attrs.frozen(kw_only=True)
class Upload:
    """A file as the body, of any content type."""

    content: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Signed:
    """A body of any kind, as its bytes arrived, and the header that proves whose it is; empty if there was none."""

    content: bytes = attrs.field(repr=False)
    signature: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Call(Generic[Q, B]):
    """One request, checked and decoded."""

    services: Services
    query: Q
    body: B
    at: datetime
    request_id: str
    path: Mapping[str, str]
    idempotency_key: str | None
    """What the client calls this request, so that it can be repeated."""
    who: Principal | None
    its_company: Company | None

    @property
    def principal(self) -> Principal:
        """Who asks. A route for everybody has nobody."""
        if self.who is None:
            raise LookupError("this route asks nobody who they are")
        return self.who

    @property
    def company(self) -> Company:
        """The company in the path, which the principal may see."""
        if self.its_company is None:
            raise LookupError("this route's path names no company")
        return self.its_company


Handler = Callable[[Call[Any, Any]], Awaitable[object]]


@attrs.frozen(kw_only=True)
class Route:
    """One route."""

    method: str
    path: str
    handler: Handler
    summary: str
    tag: str
    may: frozenset[Role] = ALL_ROLES
    query: type[Any] = NoQuery
    body: type[Any] = NoBody
    """`Upload` takes a file, `Signed` what proves itself by `signature_header`."""
    signature_header: str | None = None
    body_max: int = BODY_MAX
    answer: Any = None
    """The type of the answer's body; None: no body, 204."""
    status: int = 200
    may_answer_nothing: bool = False
    """Some of its answers have no body, with 204."""
    example: Mapping[str, Any] | None = None
    """A body that a client might send: for the document, where its fields' own examples do not make a whole."""
    refusals: tuple[type[Exception], ...] = ()
    """Which refusals of use cases it may end in, for the document; StoreUnavailable always."""
    changes_archived: bool = False
    """An archived company may be written to all the same."""
    may_be_unauthenticated: bool = False
    """Its own body bears a secret, which may be wrong."""
    kept: Callable[[Any], object] | None = None
    """What is kept of an answer, to be given again: an answer that bears a secret is kept without it."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the ids in its path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def writes(self) -> bool:
        """It may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def takes_body(self) -> bool:
        """A body is expected."""
        return self.body is not NoBody

    @property
    def answer_status(self) -> int:
        """The status when all goes well."""
        return 204 if self.answer is None else self.status

    def check_ids(self, path: Mapping[str, str]) -> None:
        """Raises Problem for an id that cannot be one."""
        if not all(_ID.fullmatch(each) for each in path.values()):
            raise not_found()

    def check_role(self, role: Role) -> None:
        """Raises Problem where this role may not call it."""
        if role not in self.may:
            allowed = ", ".join(sorted(each.value for each in self.may))
            raise Problem(ProblemKind.FORBIDDEN, f"This needs one of these roles: {allowed}.")
