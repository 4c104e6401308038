"""What users see of Plaid, as plain pages with forms: Hosted Link, and a stand-in for the Link that a script opens.

The real Link script comes from Plaid's own servers, as Plaid demands; `/link/v2/stable/link-initialize.js` here is a
stand-in with the same three words (`Plaid.create`, `open`, `exit`) that opens the same page in a frame.
"""

from html import escape
from typing import Final

import msgspec
from aiohttp import web

from adapters.simulator.plaid.bank import Bank, BankLogin
from adapters.simulator.plaid.http.endpoints.link import session_accounts
from adapters.simulator.plaid.link import LinkSession, LinkToken
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.wire import JsonObject

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>This is a simulated Plaid.</p>{body}</body></html>"""
_SCRIPT: Final = """(function () {
  const origin = new URL(document.currentScript.src).origin;
  window.Plaid = {create: function (options) {
    let frame = null;
    function close() { if (frame) { frame.remove(); frame = null; } }
    function hear(event) {
      if (!frame || event.origin !== origin || event.source !== frame.contentWindow) { return; }
      close();
      if (event.data.public_token) { options.onSuccess(event.data.public_token, event.data.metadata); }
      else if (options.onExit) { options.onExit(event.data.error, event.data.metadata); }
    }
    window.addEventListener("message", hear);
    if (options.onLoad) { options.onLoad(); }
    return {
      open: function () {
        frame = document.createElement("iframe");
        frame.title = "Plaid Link";
        frame.src = origin + "/link?token=" + encodeURIComponent(options.token);
        frame.style = "position:fixed;inset:0;width:100%;height:100%;border:0;background:#fff";
        document.body.append(frame);
      },
      exit: close,
      destroy: function () { close(); window.removeEventListener("message", hear); }
    };
  }};
})();
"""


class LinkPages:
    """The pages of one simulated Plaid."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._sessions: dict[str, tuple[LinkToken, LinkSession]] = {}

    def add_to(self, application: web.Application) -> None:
        """Binds the paths."""
        router = application.router
        router.add_get("/link/v2/stable/link-initialize.js", self._script)
        router.add_get("/link", self._open_plain)
        router.add_get("/hl/{id}", self._open_hosted)
        router.add_post("/link/session/{id}", self._go_on)

    async def _script(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=_SCRIPT, content_type="text/javascript")

    async def _open_plain(self, request: web.Request) -> web.StreamResponse:
        return self._open(self._simulation.link.find(request.query.get("token", "")))

    async def _open_hosted(self, request: web.Request) -> web.StreamResponse:
        return self._open(self._simulation.link.hosted(request.match_info["id"]))

    def _open(self, link: LinkToken | None) -> web.Response:
        if link is None:
            raise web.HTTPNotFound(text="No such link token")
        try:
            session = self._simulation.link.begin(link)
        except Refused as refusal:
            raise web.HTTPGone(text=refusal.message) from refusal
        self._sessions[session.id] = link, session
        choices = "".join(
            f'<p><label><input type="radio" name="login" value="{escape(value)}"> {escape(words)}</label></p>'
            for value, words in self._logins(link)
        )
        return _page(f"Connect your bank to {link.client.name}", _form(session, choices, "choose", "Continue"))

    def _logins(self, link: LinkToken) -> list[tuple[str, str]]:
        """Who may log in where: everybody at the banks of the countries asked for, or whose Item is repaired."""
        if link.item is not None:
            bank, login = link.item.bank, link.item.login
            return [(f"{bank.institution_id}/{login.username}", f"{bank.name}: {login.username}")]
        countries, only = link.request["country_codes"], link.request.get("institution_id")
        return [
            (f"{bank.institution_id}/{login.username}", f"{bank.name}: {login.username}")
            for bank in self._simulation.banks.values()
            if bank.country in countries and only in (None, bank.institution_id)
            for login in bank.logins.values()
        ]

    async def _go_on(self, request: web.Request) -> web.StreamResponse:
        link, session = self._running(request.match_info["id"])
        form = await request.post()
        decision, value = form.get("decision"), str(form.get("login", ""))
        if decision == "fail":
            return self._left(link, session, Refused("INVALID_CREDENTIALS"))
        if decision not in ("choose", "connect"):
            return self._left(link, session, None)
        if value not in dict(self._logins(link)):
            raise web.HTTPBadRequest(text=f"No such login: {value}")
        institution, _, username = value.partition("/")
        bank = self._simulation.banks[institution]
        login = bank.logins[username]
        if bank.trouble is not None:
            return self._left(link, session, Refused(bank.trouble))
        if decision == "choose":
            return self._ask_for_accounts(link, session, bank, login)
        chosen = {str(each) for each in form.getall("account", [])}
        accounts = [account for number, account in enumerate(login.accounts) if str(number) in chosen]
        if link.item is not None and not link.may_choose_accounts:
            accounts = [linked.account for linked in link.item.shared()]
        try:
            public = self._simulation.link.succeed(link, session, bank, login, accounts)
        except Refused as refusal:
            return self._left(link, session, refusal)
        metadata: JsonObject = {
            "institution": {"institution_id": bank.institution_id, "name": bank.name},
            "accounts": session_accounts(session),
            "link_session_id": session.id,
        }
        return self._finished(link, session, {"public_token": public, "metadata": metadata})

    def _ask_for_accounts(self, link: LinkToken, session: LinkSession, bank: Bank, login: BankLogin) -> web.Response:
        shared = {linked.account for linked in link.item.shared()} if link.item else set(login.accounts)
        boxes = "".join(
            f'<p><label><input type="checkbox" name="account" value="{number}"'
            f"{' checked' if account in shared else ''}> {escape(account.name)} ••{escape(account.mask)}</label></p>"
            for number, account in enumerate(login.accounts)
        )
        if link.item is not None and not link.may_choose_accounts:
            boxes = ""
        hidden = f'<input type="hidden" name="login" value="{escape(f"{bank.institution_id}/{login.username}")}">'
        return _page(f"Your accounts at {bank.name}", _form(session, hidden + boxes, "connect", "Connect"))

    def _left(self, link: LinkToken, session: LinkSession, error: Refused | None) -> web.StreamResponse:
        self._simulation.link.leave(link, session, error)
        said: JsonObject = {
            "error": error.as_object() if error else None,
            "metadata": {"link_session_id": session.id, "status": None},
        }
        return self._finished(link, session, said)

    def _finished(self, link: LinkToken, session: LinkSession, said: JsonObject) -> web.StreamResponse:
        del self._sessions[session.id]
        if link.hosted_id is not None and link.completion_redirect_uri is not None:
            raise web.HTTPSeeOther(link.completion_redirect_uri)
        text = msgspec.json.encode(said).decode()
        public = said.get("public_token", "")
        body = (
            f'<p>You may close this page.</p><output id="public-token">{escape(public)}</output>'
            f'<script type="application/json" id="said">{text.replace("<", chr(92) + "u003c")}</script>'
            "<script>if (window.parent !== window) { window.parent.postMessage("
            'JSON.parse(document.getElementById("said").textContent), "*"); }</script>'
        )
        if link.hosted_id is not None:
            body = "<p>You may close this page.</p>"  # the public token goes to the client's server only
        return _page("Connected" if public else "Not connected", body)

    def _running(self, id: str) -> tuple[LinkToken, LinkSession]:
        if id not in self._sessions:
            raise web.HTTPNotFound(text="No such session")
        return self._sessions[id]


def _form(session: LinkSession, fields: str, decision: str, button: str) -> str:
    return (
        f'<form method="post" action="/link/session/{session.id}">{fields}'
        f'<button name="decision" value="{decision}">{button}</button> '
        '<button name="decision" value="fail">Enter a wrong password and give up</button> '
        '<button name="decision" value="cancel">Cancel</button></form>'
    )


def _page(title: str, body: str) -> web.Response:
    return web.Response(text=_PAGE.format(title=escape(title), body=body), content_type="text/html")
