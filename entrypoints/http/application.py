"""The HTTP application: routes bound to aiohttp, every answer with a request id, every refusal a problem."""

import re
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextvars import Token
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from domain.identifiers import is_typed_id
from entrypoints.http.dispatch import Dispatcher
from entrypoints.http.docs_page import docs_page
from entrypoints.http.encoding import json_bytes
from entrypoints.http.metrics import Metrics
from entrypoints.http.openapi import openapi_document
from entrypoints.http.probes import add_probes
from entrypoints.http.problem_details import CONTENT_TYPE, Problem, ProblemKind
from entrypoints.http.refusals import as_problem
from entrypoints.http.resources import ROUTES
from entrypoints.http.route import Route, Signed
from entrypoints.http.services import Services
from entrypoints.http.stripe_redirects import add_stripe_redirects
from entrypoints.tracing import traced

REQUEST_ID: Final = "Request-Id"
REQUEST_KEY: Final = web.RequestKey("request_id", str)
_REQUEST_ID_FORM: Final = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)
_NO_ROUTE: Final = "(none)"
_NO_METHOD: Final = "(other)"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "Server": "tieout",
}
_log = structlog.get_logger("tieout.http")


def build_application(services: Services, routes: Sequence[Route] = ROUTES) -> web.Application:
    """The application over these services. Nothing is opened or started here."""
    metrics = services.metrics
    # Bodies are read, and bounded, route by route.
    quiet = frozenset(route.path for route in routes if route.body is Signed)
    application = web.Application(middlewares=[_Outermost(metrics, quiet).middleware], client_max_size=0)
    dispatcher = Dispatcher(services)
    paths = frozenset(route.path for route in routes)
    for route in routes:
        pattern = _pattern(route.path, paths)
        application.router.add_route(route.method, pattern, _bound(route, dispatcher), expect_handler=_expected)
    add_stripe_redirects(application, services)
    add_probes(application, services)
    _add_documents(application, services, routes)
    return application


def build_probes(services: Services) -> web.Application:
    """Only what whoever runs a process asks it, for a process that answers nobody else."""
    application = web.Application(middlewares=[_Outermost(services.metrics).middleware], client_max_size=0)
    add_probes(application, services)
    return application


def _pattern(path: str, paths: Collection[str]) -> str:
    """The path as the router takes it: an id at its end is no word that is another path's end in the same place."""
    before, _, last = path.rpartition("/")
    if not last.startswith("{"):
        return path
    siblings = (other.rpartition("/") for other in paths)
    words = sorted(end for start, _, end in siblings if start == before and not end.startswith("{"))
    return f"{before}/{{{last[1:-1]}:(?!(?:{'|'.join(words)})$)[^{{}}/]+}}" if words else path


def _bound(route: Route, dispatcher: Dispatcher) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await dispatcher.dispatch(route, request, request[REQUEST_KEY])

    return handler


async def _expected(request: web.Request) -> web.StreamResponse | None:
    """Runs outside of everything else: of what a client may expect before it sends a body there is one."""
    if request.headers[hdrs.EXPECT].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # that was not the answer yet
        return None
    id = _request_id(request)
    response = _problem_response(Problem(ProblemKind.EXPECTATION_FAILED), id)
    _add_headers(response, id)
    response.force_close()
    return response


class _Outermost:
    """Around every request: its id, its problems, its figures, its line in the log. No body, no secret, no query."""

    def __init__(self, metrics: Metrics, quiet: Collection[str] = ()) -> None:
        self._metrics = metrics
        self._quiet = quiet

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
            request[REQUEST_KEY] = id = _request_id(request)
            begun = time.perf_counter()
            resource = request.match_info.route.resource
            template = resource.canonical if resource is not None else _NO_ROUTE
            method = request.method if request.method in hdrs.METH_ALL else _NO_METHOD
            said = {"http.request.method": method, "http.route": template, "tieout.request": id}
            with (
                _Bound(request=id, **_company_named(request)),
                traced(f"{method} {template}", said, serves=True) as span,
            ):
                response = await _answered(request, handler, id)
                seconds = time.perf_counter() - begun
                span.say("http.response.status_code", response.status)
                if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    span.failed(str(response.status))
                self._metrics.answered(method, template, response.status, seconds)
                # What programs tell us, thousands of times a minute, is counted; a line is written of what went wrong.
                if response.status >= HTTPStatus.BAD_REQUEST or template not in self._quiet:
                    _log.info(
                        "answered", method=method, route=template, status=response.status, seconds=round(seconds, 4)
                    )
            _add_headers(response, id)
            return response

        return around


class _Bound:
    """What lines of the log bear, while it lasts: as structlog's own context manager, for requests come one by one."""

    def __init__(self, **said: str) -> None:
        self._said = said
        self._before: Mapping[str, Token[Any]] = {}

    def __enter__(self) -> None:
        self._before = structlog.contextvars.bind_contextvars(**self._said)

    def __exit__(self, *_raised: object) -> None:
        structlog.contextvars.reset_contextvars(**self._before)


def _company_named(request: web.Request) -> dict[str, str]:
    """For the log: the company in the path, if it looks like one and not like something else put there."""
    company = request.match_info.get("company")
    return {"company": company} if company is not None and is_typed_id(company, "co") else {}


def _request_id(request: web.Request) -> str:
    """The caller's own, if it is a sane one."""
    given = request.headers.get(REQUEST_ID)
    return given if given and _REQUEST_ID_FORM.fullmatch(given) else f"req_{secrets.token_hex(12)}"


def _add_headers(response: web.StreamResponse, id: str) -> None:
    headers = response.headers
    headers[REQUEST_ID] = id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)


async def _answered(request: web.Request, handler: Handler, id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return _problem_response(problem, id)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return _problem_response(Problem(ProblemKind.METHOD_NOT_ALLOWED, headers={hdrs.ALLOW: allowed}), id)
    except web.HTTPException as error:
        kind = ProblemKind.NOT_FOUND if error.status == HTTPStatus.NOT_FOUND else ProblemKind.MALFORMED_REQUEST
        return _problem_response(Problem(kind), id)
    except Exception as error:  # noqa: BLE001  # a refusal, or our own fault, which is logged
        refusal = as_problem(error)
        if refusal is None:
            _log.exception("unexpected")
            refusal = Problem(ProblemKind.UNEXPECTED, "It was recorded under the request id.")
        return _problem_response(refusal, id)


def _problem_response(problem: Problem, id: str) -> web.Response:
    return web.Response(
        status=problem.kind.status,
        body=json_bytes(problem.as_json(id)),
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def _add_documents(application: web.Application, services: Services, routes: Sequence[Route]) -> None:
    document = openapi_document(routes, services.public_url)
    encoded = json_bytes(document)
    page = docs_page(document, services.public_url)

    async def openapi(_request: web.Request) -> web.Response:
        return web.Response(body=encoded, content_type="application/json")

    async def docs(_request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    application.router.add_get("/", _beginning(services.public_url))
    application.router.add_get("/openapi.json", openapi, allow_head=False)
    application.router.add_get("/docs", docs, allow_head=False)
    application.router.add_get("/docs/problems", docs, allow_head=False)


def _beginning(public_url: str) -> Handler:
    """Whoever opens the bare address in a browser wants to read; whoever asks it from a terminal sees where."""
    links = {"documentation": f"{public_url}/docs", "openapi": f"{public_url}/openapi.json", "api": f"{public_url}/v1"}
    body = json_bytes(links)

    async def beginning(_request: web.Request) -> web.Response:
        # Relative, so that it is right behind a proxy that serves us under a path of its own.
        headers = {hdrs.LOCATION: "docs"}
        return web.Response(status=HTTPStatus.FOUND, headers=headers, body=body, content_type="application/json")

    return beginning
