"""Every account, platform and key of one simulated Stripe."""

from collections.abc import Iterator, Mapping
from typing import Literal

from adapters.simulator.clock import Clock
from adapters.simulator.stripe import accounts, payout_schedule
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.account_links import AccountLinks
from adapters.simulator.stripe.kernel import Kernel
from adapters.simulator.stripe.platform import ApiKey, Connection, Platform, Scope
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.webhook_endpoints import WebhookEndpoints
from adapters.simulator.stripe.wire import encoded

Permissions = Mapping[str, Literal["read", "write"]]


class Simulation:
    """The state of it all. What happens on accounts are functions of `charges`, `refunds`, `payouts` and the like."""

    def __init__(
        self,
        *,
        seed: str = "stripe",
        start: int = 1_767_225_600,
        switches: Switches | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`clock` is one that others go by too; without it, one of its own begins at `start`."""
        self.kernel = Kernel(seed=seed, clock=clock or Clock(start), switches=switches or Switches())
        self.platforms: dict[str, Platform] = {}
        self.keys: dict[str, ApiKey] = {}
        self.expired_keys: set[str] = set()
        self.webhook_endpoints = WebhookEndpoints(self.kernel)
        self.account_links = AccountLinks(self.kernel)
        self._books: dict[tuple[str, bool], AccountBook] = {}

    @property
    def now(self) -> int:
        """The moment at which the clock stands, in seconds since 1970."""
        return self.kernel.now

    def open_account(
        self, habits: AccountHabits | None = None, *, id: str | None = None, livemode: bool = False, paid: bool = True
    ) -> AccountBook:
        """A new account, in one mode, with a bank account. Unless `paid` is false its schedule pays it out."""
        id = id or self.kernel.ids.account_id()
        return self._open(id, habits or AccountHabits(), livemode=livemode, is_platform=False, paid=paid)

    def open_mode(self, book: AccountBook, *, paid: bool = True) -> AccountBook:
        """The same account in the other mode."""
        return self._open(book.id, book.habits, livemode=not book.livemode, is_platform=book.is_platform, paid=paid)

    def open_platform(self, name: str = "Ledgerline", *, redirect_uris: tuple[str, ...] = ()) -> Platform:
        """A platform, in both modes: `redirect_uris` that are plain http are registered for test only."""
        id = self.kernel.ids.account_id()
        habits = AccountHabits(name=name, email=f"stripe@{name.lower()}.example")
        for livemode in (False, True):
            self._open(id, habits, livemode=livemode, is_platform=True, paid=True)
        platform = Platform(id=id, name=name)
        platform.redirect_uris[False].extend(redirect_uris)
        platform.redirect_uris[True].extend(uri for uri in redirect_uris if uri.startswith("https://"))
        self.platforms[id] = platform
        return platform

    def secret_key(self, platform: Platform, *, livemode: bool = False) -> str:
        """A new secret key, good for everything."""
        secret = f"sk_{'live' if livemode else 'test'}_51{self.kernel.ids.letters(97)}"
        self.keys[secret] = ApiKey(secret=secret, account=platform.id, livemode=livemode)
        return secret

    def restricted_key(
        self,
        platform: Platform,
        permissions: Permissions,
        *,
        connect: Permissions | None = None,
        livemode: bool = False,
    ) -> str:
        """A new restricted key (docs.stripe.com/keys; documented). `connect` is its column for connected accounts,
        the same unless told."""
        secret = f"rk_{'live' if livemode else 'test'}_51{self.kernel.ids.letters(97)}"
        self.keys[secret] = ApiKey(
            secret=secret,
            account=platform.id,
            livemode=livemode,
            permissions=permissions,
            connect_permissions=permissions if connect is None else connect,
            is_restricted=True,
        )
        return secret

    def expire_key(self, secret: str) -> None:
        """The key is rolled, and good for nothing from now on."""
        del self.keys[secret]
        self.expired_keys.add(secret)

    def connect(self, platform: Platform, book: AccountBook, *, scope: Scope = "read_write") -> Connection:
        """The account lets the platform act for it, without a user's going through OAuth."""
        connection = Connection(account=book.id, livemode=book.livemode, scope=scope)
        self.establish(platform, connection)
        return connection

    def establish(self, platform: Platform, connection: Connection) -> None:
        """Notes a connection; the event `account.application.authorized` tells of a new one (docs.stripe.com/connect/
        webhooks; documented)."""
        is_new = platform.reaches(connection.account, livemode=connection.livemode) is None
        platform.connections[connection.account, connection.livemode] = connection
        book = self._books[connection.account, connection.livemode]
        book.platform = self._books[platform.id, connection.livemode]
        if is_new:
            authorized = self.application_object(platform, livemode=connection.livemode)
            book.emit("account.application.authorized", authorized)

    def disconnect(self, platform: Platform, account: str, *, livemode: bool) -> None:
        """The user, or the platform, ends it. The event still reaches the platform's Connect endpoint (documented)."""
        book = self._books[account, livemode]
        connection = platform.connections[account, livemode]
        book.emit("account.application.deauthorized", self.application_object(platform, livemode=livemode))
        del platform.connections[account, livemode]
        for token in connection.tokens:
            self.keys.pop(token, None)
        book.platform = None

    def application_object(self, platform: Platform, *, livemode: bool) -> dict[str, object]:
        """The platform as its connected accounts see it."""
        return {"id": self.client_id(platform, livemode=livemode), "object": "application", "name": platform.name}

    def client_id(self, platform: Platform, *, livemode: bool = False) -> str:
        """`ca_…`, one a mode."""
        return str(self._books[platform.id, livemode].application)

    def book(self, account: str, *, livemode: bool = False) -> AccountBook:
        """The account's objects in one mode. Raises KeyError."""
        return self._books[account, livemode]

    def find_book(self, account: str, *, livemode: bool) -> AccountBook | None:
        """The same, or None."""
        return self._books.get((account, livemode))

    def books(self) -> Iterator[AccountBook]:
        """All accounts, in the order in which they were opened."""
        return iter(self._books.values())

    def advance_silently(self, seconds: int) -> None:
        """Moves the clock, without delivering webhooks: they wait for whoever sends them."""
        self.kernel.clock.run_until(self.now + seconds)

    def dump(self) -> bytes:
        """Everything in every account, as JSON: the same bytes for the same seed and actions."""
        return encoded(
            [
                {"account": book.id, "livemode": book.livemode, "objects": list(book.objects())}
                for book in self._books.values()
            ]
        )

    def _open(self, id: str, habits: AccountHabits, *, livemode: bool, is_platform: bool, paid: bool) -> AccountBook:
        book = AccountBook(self.kernel, id, habits, livemode=livemode, is_platform=is_platform)
        self._books[id, livemode] = book
        if habits.onboarded:
            accounts.add_bank_account(book)
        if paid:
            payout_schedule.begin(book)
        else:
            accounts.set_schedule(book, "manual")
        return book
