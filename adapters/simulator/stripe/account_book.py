"""One account's objects in one mode. Test and live are worlds apart, though the account's id is the same."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

from adapters.simulator.stripe import accounts, versions
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.collection import Collection
from adapters.simulator.stripe.countries import COUNTRIES
from adapters.simulator.stripe.kernel import Kernel
from adapters.simulator.stripe.listing import Listing, WithHistory
from adapters.simulator.stripe.wire import API_VERSION, DAY, JsonObject, copied

EVENTS_KEPT: Final = 30 * DAY
"""Events can be listed for 30 days (docs.stripe.com/api/events; documented)."""


class AccountBook:
    """All that one account has in one mode, and the money of which it is not yet said which payout pays it out."""

    def __init__(self, kernel: Kernel, id: str, habits: AccountHabits, *, livemode: bool, is_platform: bool) -> None:
        self.kernel, self.id, self.habits, self.livemode, self.is_platform = kernel, id, habits, livemode, is_platform
        self.country = COUNTRIES[habits.country]
        self.currency = habits.currency or self.country.currency
        self._collections: dict[str, Collection] = defaultdict(Collection)
        self._objects: dict[str, JsonObject] = {}
        self.account: JsonObject = accounts.account_object(self)
        self.settings: JsonObject = accounts.balance_settings(self)
        self.unpaid: dict[str, dict[str, JsonObject]] = defaultdict(dict)
        """Per currency: available transactions that no payout's list has, in the order in which they became so."""
        self.items: dict[str, Collection] = defaultdict(Collection)
        """Per payout: the transactions in its list."""
        self.histories: dict[str, Listing] = {}
        """Per kind: what came before all that is kept. See `long_history`."""
        self.history_items: Callable[[str], Listing | None] = lambda _: None
        self.totals: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        """Per balance type and part (available, pending): net per currency."""
        self.settling: dict[int, list[JsonObject]] = defaultdict(list)
        """Pending transactions by the moment at which they become available."""
        self.undrifted: dict[str, JsonObject] = {}
        """Data of events that were written in an older version, as the newest has it."""
        self.payouts_paused = False
        """A payout failed, and the bank account has not been set right."""
        self.unlisted: dict[str, int] = defaultdict(int)
        """Per currency: money in the balance that the next payout pays out, though no list will show it."""
        self.next_invoice = 1
        self.hosted_invoices: dict[str, str] = {}
        """Invoices by the secret word in the address of their page."""
        self.application_fees: dict[str, int] = {}
        """Per invoice: what the platform will take of its payment."""
        self.invoice_lines: dict[str, list[JsonObject]] = defaultdict(list)
        """Per invoice: all of its lines, of which the object itself shows ten."""
        self.payments_of: dict[str, list[str]] = defaultdict(list)
        """Per invoice, and per PaymentIntent: the InvoicePayments, oldest first."""
        self.platform: AccountBook | None = None
        """The platform that takes application fees of this account, in the same mode."""
        self.application = kernel.ids.id("ca_") if is_platform else None
        """A platform's application, as its connected accounts see it."""

    @property
    def now(self) -> int:
        """The moment at which the clock stands."""
        return self.kernel.now

    def collection(self, kind: str) -> Collection:
        """All objects of a kind, by the name that Stripe gives in `object`."""
        return self._collections[kind]

    def listing(self, kind: str) -> Listing:
        """The same, with the account's long history behind it."""
        history, kept = self.histories.get(kind), self._collections[kind]
        return kept if history is None else WithHistory(kept, history)

    def items_of(self, payout: str) -> Listing:
        """The list of an automatic payout."""
        return self.history_items(payout) or self.items[payout]

    def find(self, id: str | None) -> JsonObject | None:
        """The object of this id, of whatever kind."""
        if id is None:
            return None
        found = self._objects.get(id)
        if found is None:
            found = next((each for history in self.histories.values() if (each := history.get(id))), None)
        return found

    def get(self, id: str) -> JsonObject:
        """The object of this id. Raises KeyError: for actions, which name what they made themselves."""
        return self._objects[id]

    def objects(self) -> Iterator[JsonObject]:
        """All of them, kind by kind, from the oldest on."""
        for kind in sorted(self._collections):
            yield from self._collections[kind].oldest_first()

    def add(self, item: JsonObject, event: str | None = None) -> JsonObject:
        """Keeps a new object, and writes the event that tells of it."""
        self._collections[item["object"]].add(item, self.now)
        self._objects[item["id"]] = item
        if event is not None:
            self.emit(event, item)
        return item

    def remove(self, item: JsonObject) -> None:
        """Forgets an object."""
        self._collections[item["object"]].remove(item["id"])
        del self._objects[item["id"]]

    def change(self, item: JsonObject, event: str | None = None, **values: Any) -> JsonObject:
        """Changes an object in place, and writes the event with what was there before."""
        previous = {key: item.get(key) for key, value in values.items() if item.get(key) != value}
        item.update(values)
        if event is not None:
            self.emit(event, item, previous)
        return item

    def emit(self, type: str, item: JsonObject, previous: JsonObject | None = None) -> JsonObject:
        """Writes an event with the object as it is now. The body is not made anew later (documented: webhooks)."""
        kernel = self.kernel
        data: JsonObject = {"object": copied(item)}
        if previous is not None:
            data["previous_attributes"] = copied(previous)
        event: JsonObject = {
            "id": kernel.ids.id("evt_"),
            "object": "event",
            "api_version": kernel.event_version,
            "created": kernel.now,
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": dict(kernel.request) if kernel.request else {"id": None, "idempotency_key": None},
            "type": type,
        }
        if not self.is_platform:
            event["account"] = self.id
        if kernel.event_version != API_VERSION:
            self.undrifted[event["id"]] = data
            event["data"] = versions.rendered(self, data, kernel.event_version)
        events = self._collections["event"]
        events.add(event)
        while (oldest := events.oldest()) is not None and oldest["created"] < kernel.now - EVENTS_KEPT:
            events.remove(oldest["id"])
        for listener in kernel.listeners:
            listener(self.id, self.livemode, event)
        return event
