"""Where Stripe sends users back to: pages for browsers, which end at the partner's page and show nothing themselves.

What Stripe adds to the address beyond what it documents is passed over, as everywhere where Stripe speaks.
"""

import re
from typing import Final

from aiohttp import hdrs, web

from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.services import Services
from entrypoints.stripe_visits import stripe_visits
from ports.stripe_authorizations import StateUnknown
from ports.use_cases.begin_stripe_authorization import CALLBACK, REFRESH
from ports.use_cases.end_stripe_authorization import Return, end_stripe_authorization, renewed_link

_STATE: Final = re.compile(r"[0-9A-Za-z_-]{43}", re.ASCII)
_CODE_MAX: Final = 500
_UNKNOWN: Final = (
    "This visit to Stripe was not begun here, or long ago. Go back to where you came from and begin again."
)


def add_stripe_redirects(application: web.Application, services: Services) -> None:
    """Both addresses."""
    visits = stripe_visits(services)

    async def callback(request: web.Request) -> web.Response:
        state, code, error = _state(request), request.query.get("code"), request.query.get("error")
        if code is not None and not (0 < len(code) <= _CODE_MAX and code.isascii() and code.isprintable()):
            code, error = None, error or "invalid_code"
        try:
            back = Return(state=state, code=code, error=error)
            return _to(await end_stripe_authorization(back, at=services.clock(), visits=visits))
        except StateUnknown:
            raise Problem(ProblemKind.NOT_FOUND, _UNKNOWN) from None

    async def refresh(request: web.Request) -> web.Response:
        try:
            return _to(await renewed_link(_state(request), at=services.clock(), visits=visits))
        except StateUnknown:
            raise Problem(ProblemKind.NOT_FOUND, _UNKNOWN) from None

    application.router.add_get(CALLBACK, callback, allow_head=False)  # HEAD would use the state up
    application.router.add_get(REFRESH, refresh, allow_head=False)


def _state(request: web.Request) -> str:
    states = request.query.getall("state", [])
    if len(states) != 1 or not _STATE.fullmatch(states[0]):
        raise Problem(ProblemKind.NOT_FOUND, _UNKNOWN)
    return str(states[0])


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: address})
