"""One request from its arrival to its answer: who asks, may they, what do they say, do it, once."""

import asyncio
import contextlib
import hashlib
import re
from typing import Any, Final

from aiohttp import hdrs, web

from domain.access import PresentedSecret, Principal, read_secret
from domain.company import Company, CompanyId, CompanyStatus
from entrypoints.http.client_address import client_address
from entrypoints.http.decoding import body_from, query_from
from entrypoints.http.encoding import Encoded, json_bytes
from entrypoints.http.in_flight import InFlight
from entrypoints.http.problem_details import FieldError, Problem, ProblemKind, not_found
from entrypoints.http.rate_limit import RateLimit
from entrypoints.http.route import EVERYBODY, Call, Route, Signed, Upload
from entrypoints.http.services import Services
from entrypoints.http.turnstile import Turnstile
from entrypoints.http.wire_types import NoBody, NoQuery
from entrypoints.http.wrong_secrets import WrongSecrets
from ports.idempotency import Fresh, KeptAnswer, OtherRequest, UnderWay
from ports.transaction import StoreUnavailable
from ports.use_cases.authenticate import authenticate

JSON: Final = "application/json"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
REPLAYED: Final = {"Idempotent-Replayed": "true"}
BODY_SECONDS_MAX: Final = 60
"""A body that has not arrived by then never will: nobody may hold a request open for ever."""
_KEY_FORM: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_IN_JSON: Final = {hdrs.CONTENT_TYPE: JSON}
_NO_QUERY: Final = NoQuery()
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii"})


class Dispatcher:
    """Calls handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limit = RateLimit(services.requests_per_second)
        self._wrong = WrongSecrets(services.wrong_secrets_at_once)
        self._in_flight = InFlight(services.requests_at_once)
        self._turnstile = Turnstile()

    async def dispatch(self, route: Route, request: web.Request, request_id: str) -> web.Response:
        """The answer of this route. Raises Problem, and what the handler raises."""
        if route.body is Signed:
            async with self._turnstile:
                return await self._signed(route, request, request_id)
        with self._in_flight.request():
            return await self._admitted(route, request, request_id)

    async def _admitted(self, route: Route, request: web.Request, request_id: str) -> web.Response:
        at = self._services.clock()
        principal = await self._principal(route, request)
        path = dict(request.match_info)
        route.check_ids(path)
        company = await self._company(principal, path)
        if principal is not None:
            route.check_role(principal.role)
        archived = company is not None and company.status is CompanyStatus.ARCHIVED
        if archived and route.writes and not route.changes_archived:
            raise Problem(ProblemKind.COMPANY_ARCHIVED)
        query = _NO_QUERY if route.query is NoQuery and not request.query_string else _query(route, request)
        with self._in_flight.body(_size_max(route, request)):
            content = await self._content(route, request)
            key = _idempotency_key(route, request)
            call: Call[Any, Any] = Call(
                services=self._services,
                query=query,
                body=_body(route, content, request),
                at=at,
                request_id=request_id,
                path=path,
                idempotency_key=key,
                who=principal,
                its_company=company,
            )
            if route.may_be_unauthenticated:
                return await self._proving(route, call, request)
            if key is None or principal is None:
                return _response(route, await route.handler(call))
            return await self._once(route, call, _owner(principal), key, _fingerprint(request, content))

    async def _signed(self, route: Route, request: web.Request, request_id: str) -> web.Response:
        """What its own signature proves: nobody is looked up, and no answer is kept. Thousands come a minute."""
        path = dict(request.match_info)
        route.check_ids(path)
        query = _NO_QUERY if route.query is NoQuery and not request.query_string else _query(route, request)
        with self._in_flight.body(_size_max(route, request)):
            content = await self._content(route, request)
            call: Call[Any, Any] = Call(
                services=self._services,
                query=query,
                body=_body(route, content, request),
                at=self._services.clock(),
                request_id=request_id,
                path=path,
                who=None,
                its_company=None,
                idempotency_key=None,
            )
            return _response(route, await route.handler(call))

    async def _principal(self, route: Route, request: web.Request) -> Principal | None:
        if route.may == EVERYBODY:
            return None
        scheme, _, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        presented = read_secret(secret.strip()) if scheme.lower() == "bearer" else None
        principal = None
        if presented is not None:
            principal = await self._proved(presented, request)
        if principal is None:
            detail = "Give a secret key or a session as `Authorization: Bearer …`."
            raise Problem(ProblemKind.UNAUTHENTICATED, detail)
        wait = self._limit.seconds_to_wait(principal.id, self._services.clock())
        if wait:
            raise Problem(ProblemKind.RATE_LIMITED, headers={"Retry-After": str(wait)})
        return principal

    async def _proved(self, presented: PresentedSecret, request: web.Request) -> Principal | None:
        at, address = self._services.clock(), client_address(request, self._services.trusted_proxies)
        self._wrong.check(address, presented.digest, at)
        principal = await authenticate(presented, at=at, store=self._services.store)
        if principal is None:
            self._wrong.was_wrong(address, presented.digest, at)
        else:
            self._wrong.was_right(address, presented.digest)
        return principal

    async def _proving(self, route: Route, call: Call[Any, Any], request: web.Request) -> web.Response:
        """Its own body bears the secret."""
        address = client_address(request, self._services.trusted_proxies)
        self._wrong.check(address, None, call.at)
        try:
            return _response(route, await route.handler(call))
        except Problem as problem:
            if problem.kind is ProblemKind.UNAUTHENTICATED:
                self._wrong.was_wrong(address, None, call.at)
            raise

    async def _company(self, principal: Principal | None, path: dict[str, str]) -> Company | None:
        if principal is None or "company" not in path:
            return None
        id = CompanyId(path["company"])
        if not principal.may_see(id):
            raise not_found()
        async with self._services.store.control() as transaction:
            company = await transaction.companies.find(principal.tenant, id)
        if company is None:
            raise not_found()
        return company

    async def _content(self, route: Route, request: web.Request) -> bytes:
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
            plain = {"Accept-Encoding": "identity"}
            raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, "Send the body uncompressed.", headers=plain)
        content = await _received(request, route.body_max)
        if not route.takes_body:
            if content:
                raise Problem(ProblemKind.MALFORMED_REQUEST, "No body is taken here.")
            return content
        if route.body not in (Upload, Signed):
            charset = (request.charset or "utf-8").lower()
            if request.content_type != JSON or charset not in _UTF8:
                raise Problem(ProblemKind.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON}, in UTF-8.")
        return content

    async def _once(self, route: Route, call: Call[Any, Any], owner: str, key: str, fingerprint: bytes) -> web.Response:
        keys = self._services.idempotency
        match await keys.begin(owner, key, fingerprint, at=call.at):
            case KeptAnswer() as kept:
                return web.Response(
                    status=kept.status, body=kept.body, headers={hdrs.CONTENT_TYPE: kept.content_type, **REPLAYED}
                )
            case UnderWay():
                raise Problem(ProblemKind.IDEMPOTENCY_IN_PROGRESS, headers={"Retry-After": "1"})
            case OtherRequest():
                raise Problem(ProblemKind.IDEMPOTENCY_KEY_REUSED)
            case Fresh():
                pass
        try:
            answer = await route.handler(call)
            response = _response(route, answer)
        except BaseException:
            # A refusal has changed nothing. It is not kept, so that it can be mended and tried again with this key.
            with contextlib.suppress(StoreUnavailable):  # then the key is free in two minutes
                await keys.drop(owner, key, begun=call.at)
            raise
        again = response if route.kept is None else _response(route, route.kept(answer))
        body = again.body if isinstance(again.body, bytes) else b""
        answered = KeptAnswer(status=again.status, content_type=again.content_type, body=body)
        with contextlib.suppress(StoreUnavailable):  # it is done: to say that it is not would be worse than not to keep
            await keys.keep(owner, key, answered, begun=call.at)
        return response


def _query(route: Route, request: web.Request) -> object:
    return query_from(request.query.items(), route.query)


def _size_max(route: Route, request: web.Request) -> int:
    """How large its body may become: what it announces, or all that is taken here."""
    if not request.body_exists:
        return 0
    return min(route.body_max, request.content_length or route.body_max)


def _too_large(most: int) -> Problem:
    return Problem(ProblemKind.TOO_LARGE, f"At most {most} bytes are taken here.")


async def _received(request: web.Request, most: int) -> bytes:
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    if request.content.is_eof():  # all of it came with the head, as small ones do
        content = request.content.read_nowait()
        if len(content) > most:
            raise _too_large(most)
        return content
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for piece in request.content.iter_chunked(1 << 16):
                received += piece
                if len(received) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise Problem(ProblemKind.TIMED_OUT, headers={"Connection": "close"}) from None
    except (web.RequestPayloadError, OSError):
        raise Problem(ProblemKind.MALFORMED_REQUEST, "The body was cut off.") from None
    return bytes(received)


def _body(route: Route, content: bytes, request: web.Request) -> object:
    if route.body is Signed:
        signatures = request.headers.getall(route.signature_header or "", ())
        return Signed(content=content, signature=signatures[0] if len(signatures) == 1 else "")
    if route.body is Upload:
        if not content:
            raise Problem(ProblemKind.UNREADABLE_FILE, "The file is empty.")
        return Upload(content=content)
    if route.body is NoBody:
        return NoBody()
    return body_from(content, route.body)


def _response(route: Route, answer: object) -> web.Response:
    if isinstance(answer, web.Response):
        return answer
    if route.answer is None:
        return web.Response(status=204)
    body = answer.json if isinstance(answer, Encoded) else json_bytes(answer)
    return web.Response(status=route.answer_status, body=body, headers=_IN_JSON)


def _owner(principal: Principal) -> str:
    """Whose idempotency keys these are. A partner's keys share theirs, so that a rotation interrupts no retry."""
    person = "" if principal.company is None else f"/{principal.company}/{principal.who}"
    return f"{principal.tenant.partner}/{principal.tenant.mode.value}{person}"


def _idempotency_key(route: Route, request: web.Request) -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None or not route.writes:
        return None
    if not _KEY_FORM.fullmatch(key):
        detail = "must be 1 to 255 printable ASCII characters"
        raise Problem(ProblemKind.INVALID_PARAMETERS, errors=[FieldError(parameter=IDEMPOTENCY_KEY, detail=detail)])
    return key


def _fingerprint(request: web.Request, content: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.raw_path.encode("utf-8", "surrogateescape"), content):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
