"""An endpoint: method, path, who may call it, its parameters, and what answers."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.parameters import Kind
from adapters.simulator.stripe.platform import ApiKey, Platform
from adapters.simulator.stripe.refused import Refused, no_such
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import JsonObject


@attrs.frozen(kw_only=True)
class Call:
    """One request that may be answered: everything about it has been checked."""

    simulation: Simulation
    platform: Platform
    key: ApiKey
    book: AccountBook
    """Whose objects: the key's own account, or the one that `Stripe-Account` names."""
    path: str
    ids: Mapping[str, str]
    values: Mapping[str, Any]

    def named(self, kind: str, id: str | None = None, *, param: str = "id", status: int = 404) -> JsonObject:
        """The object of this kind that the path, or a parameter, names. Raises Refused."""
        id = self.ids["id"] if id is None else id
        found = self.book.listing(kind).get(id)
        if found is not None:
            return found
        other = self.simulation.find_book(self.book.id, livemode=not self.book.livemode)
        if other is not None and id in other.collection(kind):
            there, here = ("live", "test") if not self.book.livemode else ("test", "live")
            words = (
                f"No such {kind}: '{id}'; a similar object exists in {there} mode, but a {here} mode key was used to "
                "make this request."
            )
            raise Refused(words, code="resource_missing", param=param, status=status)
        raise no_such(kind, id, param=param, status=status)


Answer = Callable[[Call], JsonObject]


@attrs.frozen(kw_only=True)
class Endpoint:
    """One method on one path. `expand` goes with every one of them."""

    method: str
    path: str
    resource: str
    """The word in a restricted key's permission: `rak_payout_read` (seen in Stripe's own refusals)."""
    answer: Answer
    parameters: Mapping[str, Kind] = attrs.field(factory=dict)
    required: tuple[str, ...] = ()
    own_account_only: bool = False
    """It cannot be called with `Stripe-Account`."""
    pattern: re.Pattern[str] = attrs.field(init=False)
    """The path, with its ids as groups."""

    @property
    def permission(self) -> str:
        """What a restricted key needs: `read` or `write`."""
        return "read" if self.method == "GET" else "write"

    @pattern.default
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[A-Za-z0-9_]+)", self.path), re.ASCII)
