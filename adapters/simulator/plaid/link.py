"""Link: the tokens that open it, the sessions of users, and the public tokens that come of them.

plaid.com/docs/api/link, plaid.com/docs/link/hosted-link, plaid.com/docs/link/update-mode; documented.
"""

from typing import Final

import attrs

from adapters.simulator.plaid import item_health, item_updates
from adapters.simulator.plaid.bank import Bank, BankLogin
from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.client import PlaidClient
from adapters.simulator.plaid.item import Item, LinkedAccount
from adapters.simulator.plaid.kernel import Environment, Kernel
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import DAY, HOUR, MINUTE, JsonObject

_LINK_TOKEN_LIVES: Final = 4 * HOUR
_UPDATE_TOKEN_LIVES: Final = 30 * MINUTE
_PUBLIC_TOKEN_LIVES: Final = 30 * MINUTE
_HOSTED_LIVES: Final = 30 * MINUTE
HOSTED_LIVES_MOST: Final = 21 * DAY


@attrs.define(kw_only=True, eq=False)
class LinkSession:
    """One user's going through Link."""

    id: str
    started: int
    finished: int | None = None
    public_token: str | None = None
    bank: Bank | None = None
    accounts: tuple[LinkedAccount, ...] = ()
    error: Refused | None = None
    """Why the user left, where a bank's refusal was the reason."""


@attrs.define(kw_only=True, eq=False)
class LinkToken:
    """What was asked for."""

    token: str
    client: PlaidClient
    environment: Environment
    request: JsonObject
    created: int
    expires: int
    item: Item | None = None
    """The Item to be repaired, in update mode."""
    hosted_id: str | None = None
    """The last part of the page's address, where the session is of Hosted Link."""
    hosted_until: int = 0
    sessions: list[LinkSession] = attrs.field(factory=list)

    @property
    def may_choose_accounts(self) -> bool:
        """In update mode: the user may share other accounts than before."""
        return bool(self.request.get("update", {}).get("account_selection_enabled"))

    @property
    def completion_redirect_uri(self) -> str | None:
        """Where Hosted Link goes in the end."""
        uri: str | None = self.request.get("hosted_link", {}).get("completion_redirect_uri")
        return uri


@attrs.define(kw_only=True)
class PublicToken:
    """Good once, for half an hour (documented)."""

    item: Item
    expires: int


class Link:
    """All tokens and Items of one simulated Plaid."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.items: dict[str, Item] = {}
        """By access token; a removed one stays, to be refused by its own name."""
        self._links: dict[str, LinkToken] = {}
        self._hosted: dict[str, LinkToken] = {}
        self._public: dict[str, PublicToken] = {}

    def create(
        self, client: PlaidClient, environment: Environment, request: JsonObject, item: Item | None
    ) -> LinkToken:
        """A link token; with an Item, for update mode."""
        kernel = self.kernel
        lives = _UPDATE_TOKEN_LIVES if item is not None else _LINK_TOKEN_LIVES
        link = LinkToken(
            token=kernel.ids.token("link", environment),
            client=client,
            environment=environment,
            request=request,
            created=kernel.now,
            expires=kernel.now + lives,
            item=item,
        )
        hosted = request.get("hosted_link")
        if hosted is not None:
            link.hosted_id = kernel.ids.id()
            link.hosted_until = kernel.now + hosted.get("url_lifetime_seconds", _HOSTED_LIVES)
            link.expires = max(link.expires, link.hosted_until)
            self._hosted[link.hosted_id] = link
        self._links[link.token] = link
        return link

    def find(self, token: str) -> LinkToken | None:
        """The link token, expired or not."""
        return self._links.get(token)

    def hosted(self, id: str) -> LinkToken | None:
        """The link token of a page of Hosted Link."""
        return self._hosted.get(id)

    def begin(self, link: LinkToken) -> LinkSession:
        """A user opens Link. Raises Refused: the token is expired."""
        limit = link.hosted_until if link.hosted_id else link.expires
        if self.kernel.now >= limit:
            raise Refused("INVALID_LINK_TOKEN", "the link token is expired. create a new one")
        session = LinkSession(id=self.kernel.ids.uuid(), started=self.kernel.now)
        link.sessions.append(session)
        return session

    def succeed(
        self, link: LinkToken, session: LinkSession, bank: Bank, login: BankLogin, accounts: list[BankAccount]
    ) -> str:
        """The user chose these accounts: an Item is made, or the one in need repaired. The public token."""
        if bank.trouble is not None:
            raise Refused(bank.trouble)
        if not accounts:
            raise Refused("NO_ACCOUNTS")
        if link.item is None:
            request = link.request
            item = self.open_item(
                link.client,
                link.environment,
                bank,
                login,
                accounts,
                webhook=request.get("webhook"),
                products=list(request.get("products", [])),
                days_requested=request.get("transactions", {}).get("days_requested", 90),
            )
        else:
            item = link.item
            if link.may_choose_accounts:
                self._share(item, accounts)
            item_health.repair(self.kernel, item)
        public = self.public_token(item)
        session.public_token, session.bank = public, bank
        session.accounts = tuple(item.shared())
        self._finish(link, session)
        return public

    def leave(self, link: LinkToken, session: LinkSession, error: Refused | None = None) -> None:
        """The user closed Link, perhaps because of an error."""
        session.error = error
        self._finish(link, session)

    def open_item(
        self,
        client: PlaidClient,
        environment: Environment,
        bank: Bank,
        login: BankLogin,
        accounts: list[BankAccount],
        *,
        webhook: str | None = None,
        products: list[str] | None = None,
        days_requested: int = 90,
    ) -> Item:
        """A new Item with new ids, though there be one of the same login already (plaid.com/docs/link/duplicate-items;
        documented)."""
        kernel = self.kernel
        if bank.habits.ends_former_items:
            for other in self.items.values():
                if (other.client_id, other.environment) == (client.client_id, environment) and other.login is login:
                    item_health.require_login(kernel, other, "OAUTH_INVALID_TOKEN")
        item = Item(
            item_id=kernel.ids.id(),
            client_id=client.client_id,
            environment=environment,
            bank=bank,
            login=login,
            access_token=kernel.ids.token("access", environment),
            webhook=webhook or None,
            products=["transactions"] if products is None else products,
            created=kernel.now,
            days_requested=days_requested,
        )
        self.items[item.access_token] = item
        for account in accounts:
            self._add_account(item, account)
        item_health.begin_consent(kernel, item)
        if "transactions" in item.products:
            item_updates.initialise(kernel, item)
        return item

    def public_token(self, item: Item) -> str:
        """One more public token for the Item."""
        token = self.kernel.ids.token("public", item.environment)
        self._public[token] = PublicToken(item=item, expires=self.kernel.now + _PUBLIC_TOKEN_LIVES)
        return token

    def exchange(self, client: PlaidClient, environment: Environment, token: str) -> Item:
        """The Item of a public token, which is used up. Raises Refused."""
        public = self._public.get(token)
        if public is None or (public.item.client_id, public.item.environment) != (client.client_id, environment):
            raise Refused("INVALID_PUBLIC_TOKEN", wrong_environment("public", token, environment))
        if self.kernel.now >= public.expires:
            words = (
                "provided public token is expired. Public tokens expire 30 minutes after creation at which point they "
                "can no longer be exchanged"
            )
            raise Refused("INVALID_PUBLIC_TOKEN", words)
        del self._public[token]
        return public.item

    def rotate_access(self, item: Item) -> str:
        """A new access token; the old one is good for nothing (documented)."""
        del self.items[item.access_token]
        item.access_token = self.kernel.ids.token("access", item.environment)
        self.items[item.access_token] = item
        return item.access_token

    def _share(self, item: Item, accounts: list[BankAccount]) -> None:
        known = {linked.account: linked for linked in item.accounts.values()}
        for account, linked in known.items():
            if account not in accounts and linked.is_shared:
                item_health.stop_sharing(self.kernel, item, linked)
        for account in accounts:
            if account not in known:
                self._add_account(item, account)
            elif not known[account].is_shared:
                known[account].is_shared = True
                item_updates.catch_up(self.kernel, item, known[account])

    def _add_account(self, item: Item, account: BankAccount) -> None:
        linked = LinkedAccount(account_id=self.kernel.ids.id(), account=account, name=account.name)
        item_updates.begin_reading(item, linked)
        if item.is_ready:
            item_updates.catch_up(self.kernel, item, linked)

    def _finish(self, link: LinkToken, session: LinkSession) -> None:
        session.finished = self.kernel.now
        if link.hosted_id is None and not self.kernel.switches.sessions_of_plain_link:
            return
        body: JsonObject = {
            "webhook_type": "LINK",
            "webhook_code": "SESSION_FINISHED",
            "status": "SUCCESS" if session.public_token else "EXITED",
            "link_session_id": session.id,
            "link_token": link.token,
            "environment": link.environment,
        }
        if session.public_token:
            body |= {"public_token": session.public_token, "public_tokens": [session.public_token]}
        self.kernel.tell(link.request.get("webhook"), body)


def wrong_environment(kind: str, token: str, environment: Environment) -> str | None:
    """The words for a token of the other environment, or of no form at all; None: the usual ones."""
    if token.startswith(f"{kind}-{environment}-"):
        return None
    for other in ("sandbox", "production"):
        if token.startswith(f"{kind}-{other}-"):
            return (
                f'the provided {kind} token is for the wrong Plaid environment. expected "{environment}", got "{other}"'
            )
    return f"provided {kind} token is in an invalid format. expected format: {kind}-<environment>-<identifier>"
