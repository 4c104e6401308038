"""People's sessions with one company: the partner's server makes a token, the person's page exchanges it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import attrs

from domain.access import ID_LENGTH, Role, SecretKind, Session, SessionId, digest_of, read_secret, secret_text
from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.route import EVERYBODY, PARTNERS, Call, Route
from entrypoints.http.wire_types import Name, NoQuery, NumberBounds, TextBounds
from ports.use_cases.begin_session import TOKEN_LIFE_MAX, exchange_session_token, make_session_token

TOKEN_SECONDS_MAX: Final = int(TOKEN_LIFE_MAX.total_seconds())


class SessionRole(StrEnum):
    """What the person is to the company."""

    OWNER = "owner"
    BOOKKEEPER = "bookkeeper"


@attrs.frozen(kw_only=True)
class MakeSession:
    """A session for one person. `person` is who you say it is: decisions bear this name."""

    role: SessionRole
    person: Name
    token_seconds: Annotated[int, NumberBounds(10, TOKEN_SECONDS_MAX)] = TOKEN_SECONDS_MAX


@attrs.frozen(kw_only=True)
class SessionTokenBody:
    """A token that works once, soon. Null in a repeated answer: it was shown before and is kept nowhere."""

    id: str
    token: str | None
    expires: datetime


@attrs.frozen(kw_only=True)
class ExchangeToken:
    """The token, as the partner's server was given it."""

    token: Annotated[str, TextBounds(200, example="tie_token_…")]


@attrs.frozen(kw_only=True)
class SessionBody:
    """A session: its secret goes with every request, as `Authorization: Bearer …`."""

    secret: str
    company: str
    role: SessionRole
    person: str
    expires: datetime


async def make_session(call: Call[NoQuery, MakeSession]) -> SessionTokenBody:
    """Give the token to the person's page, in the page itself and never in an address; it is exchanged by POST."""
    id = SessionId(call.services.random_id(ID_LENGTH))
    token = secret_text(SecretKind.TOKEN, id, call.services.random_secret())
    session = Session(
        id=id,
        tenant=call.principal.tenant,
        company=call.company.id,
        role=Role(call.body.role.value),
        person=call.body.person,
        token_digest=digest_of(token),
        token_expires=call.at + timedelta(seconds=call.body.token_seconds),
    )
    await make_session_token(session, store=call.services.store)
    return SessionTokenBody(id=id, token=token, expires=session.token_expires)


async def exchange_token(call: Call[NoQuery, ExchangeToken]) -> SessionBody:
    """A token works once. The session ends after an hour."""
    presented = read_secret(call.body.token)
    session = None
    if presented is not None:
        secret = secret_text(SecretKind.SESSION, presented.id, call.services.random_secret())
        session = await exchange_session_token(
            presented, session_digest=digest_of(secret), at=call.at, store=call.services.store
        )
    if session is None or session.expires is None:
        raise Problem(ProblemKind.UNAUTHENTICATED, "The token is not valid: unknown, used or expired.")
    return SessionBody(
        secret=secret,
        company=session.company,
        role=SessionRole(session.role.value),
        person=session.person,
        expires=session.expires,
    )


ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/sessions",
        handler=make_session,
        summary="Make a single-use token for a person's session",
        tag="Sessions",
        may=PARTNERS,
        body=MakeSession,
        answer=SessionTokenBody,
        status=201,
        kept=lambda answer: attrs.evolve(answer, token=None),
    ),
    Route(
        method="POST",
        path="/v1/sessions",
        handler=exchange_token,
        summary="Exchange a token for a session",
        tag="Sessions",
        may=EVERYBODY,
        body=ExchangeToken,
        answer=SessionBody,
        status=201,
        may_be_unauthenticated=True,
    ),
)
