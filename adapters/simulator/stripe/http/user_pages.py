"""What users see of Stripe, as plain pages with forms: authorising a platform, onboarding, paying an invoice.

A test fills the forms by HTTP or calls `OAuth` and `AccountLinks` itself. The paths for platforms, `/oauth/token` and
`/oauth/deauthorize`, are here too: they are on Connect's host, and refuse in OAuth's form.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Final

from aiohttp import web

from adapters.simulator.broken_answers import sent
from adapters.simulator.faults import Faults
from adapters.simulator.stripe import invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.checks import secret_of
from adapters.simulator.stripe.http.trouble import failed_outright
from adapters.simulator.stripe.oauth import OAuth, OAuthRefused
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import JsonObject, encoded

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>This is a simulated Stripe.</p>{body}</body></html>"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class UserPages:
    """The pages of one simulated Stripe."""

    def __init__(self, simulation: Simulation, oauth: OAuth, faults: Faults) -> None:
        self._simulation, self._oauth, self._faults = simulation, oauth, faults

    def add_to(self, application: web.Application) -> None:
        """Binds the paths."""
        router = application.router
        for path in ("/oauth/authorize", "/express/oauth/authorize"):
            router.add_get(path, self._ask_to_authorize)
            router.add_post(path, self._authorize)
        router.add_post("/oauth/token", self._token)
        router.add_post("/oauth/deauthorize", self._deauthorize)
        router.add_get("/setup/s/{account}/{token}", self._ask_to_onboard)
        router.add_post("/setup/s/{account}/{token}", self._onboard)
        router.add_get("/i/{account}/{token}", self._show_invoice)
        router.add_post("/i/{account}/{token}", self._pay_invoice)

    async def _ask_to_authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = self._oauth.read(request.query, express=request.path.startswith("/express"))
        except OAuthRefused as refusal:
            return _oauth_refusal(refusal)
        options = "".join(
            f'<option value="{book.id}">{escape(book.habits.name)} ({book.id})</option>'
            for book in self._oauth.choices(asked)
        )
        body = (
            f"<p>{escape(asked.platform.name)} asks for access: {asked.scope}.</p>"
            f'<form method="post" action="{escape(request.path_qs)}">'
            f'<label>Account <select name="account">{options}</select></label> '
            '<button name="decision" value="accept">Connect my Stripe account</button> '
            '<button name="decision" value="refuse">Cancel</button></form>'
        )
        return _page(f"Connect to {asked.platform.name}", body)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = self._oauth.read(request.query, express=request.path.startswith("/express"))
            form = await request.post()
            if form.get("decision") != "accept":
                raise web.HTTPSeeOther(self._oauth.refuse(asked))
            raise web.HTTPSeeOther(self._oauth.accept(asked, str(form.get("account", ""))))
        except OAuthRefused as refusal:
            return _oauth_refusal(refusal)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        return await self._for_platform(request, self._oauth.token)

    async def _deauthorize(self, request: web.Request) -> web.StreamResponse:
        return await self._for_platform(request, self._oauth.deauthorize)

    async def _for_platform(self, request: web.Request, answer: Callable[..., JsonObject]) -> web.StreamResponse:
        number = self._simulation.kernel.chance("request ids").getrandbits(56)
        headers = {"Request-Id": f"req_{number:014x}"}
        fault = self._faults.next(request.method, request.path)
        if fault is not None and (response := await failed_outright(request, fault, headers)) is not None:
            return response
        key = self._simulation.keys.get(secret_of(request))
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            status, body = 200, encoded(answer(key, form))
        except OAuthRefused as refusal:
            status = refusal.status
            body = encoded({"error": refusal.error, "error_description": refusal.description})
        return await sent(request, fault, status, body, headers)

    async def _ask_to_onboard(self, request: web.Request) -> web.StreamResponse:
        account, token = request.match_info["account"], request.match_info["token"]
        links = self._simulation.account_links
        known = links.known(account, token)
        if known is None:
            raise web.HTTPNotFound(text="No such link")
        link = links.visit(account, token)
        if link is None:
            raise web.HTTPSeeOther(known.refresh_url)
        body = (
            f'<form method="post" action="{request.path}">'
            '<button name="decision" value="complete">Agree and submit</button> '
            '<button name="decision" value="leave">Return later</button></form>'
        )
        return _page("Tell Stripe about your business", body)

    async def _onboard(self, request: web.Request) -> web.StreamResponse:
        links = self._simulation.account_links
        link = links.known(request.match_info["account"], request.match_info["token"])
        if link is None or not link.is_used:
            raise web.HTTPNotFound(text="No such visit")
        form = await request.post()
        raise web.HTTPSeeOther(links.come_back(link, completed=form.get("decision") == "complete"))

    async def _show_invoice(self, request: web.Request) -> web.StreamResponse:
        book, invoice = self._invoice(request)
        due = f"{invoice['amount_remaining']} {invoice['currency']} in minor units"
        body = f"<p>{escape(book.habits.name)}: {escape(str(invoice['number']))}, {due}, {invoice['status']}.</p>"
        if invoice["status"] == "open":
            body += f'<form method="post" action="{request.path}"><button>Pay</button></form>'
        return _page("Invoice", body)

    async def _pay_invoice(self, request: web.Request) -> web.StreamResponse:
        book, invoice = self._invoice(request)
        try:
            invoices.pay(book, invoice)
        except Refused as refusal:
            raise web.HTTPConflict(text=refusal.message) from refusal
        raise web.HTTPSeeOther(request.path)

    def _invoice(self, request: web.Request) -> tuple[AccountBook, JsonObject]:
        account, token = request.match_info["account"], request.match_info["token"]
        for livemode in (False, True):
            book = self._simulation.find_book(account, livemode=livemode)
            if book is not None and (id := book.hosted_invoices.get(token)) is not None:
                return book, book.get(id)
        raise web.HTTPNotFound(text="No such invoice")


def _page(title: str, body: str) -> web.Response:
    return web.Response(text=_PAGE.format(title=escape(title), body=body), content_type="text/html")


def _oauth_refusal(refusal: OAuthRefused) -> web.Response:
    body = encoded({"error": {"message": refusal.description, "type": refusal.error}})
    return web.Response(status=refusal.status, body=body, content_type="application/json")
