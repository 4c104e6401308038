"""An endpoint: a path, its fields, and what answers. Every one is a POST of JSON (plaid.com/docs/api; documented)."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from adapters.simulator.plaid.client import PlaidClient
from adapters.simulator.plaid.http.parameters import Kind
from adapters.simulator.plaid.item import Item, LinkedAccount
from adapters.simulator.plaid.kernel import Environment
from adapters.simulator.plaid.link import wrong_environment
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.wire import JsonObject


@attrs.frozen(kw_only=True)
class Call:
    """One request that may be answered: who asks, and every field, has been checked."""

    simulation: Simulation
    client: PlaidClient
    environment: Environment
    values: Mapping[str, Any]

    @property
    def options(self) -> Mapping[str, Any]:
        """The field of that name."""
        found: Mapping[str, Any] = self.values.get("options", {})
        return found

    def item(self) -> Item:
        """The Item of the access token, whatever its state. Raises Refused: it is not this client's, or removed."""
        return find_item(self, self.values["access_token"])

    def working_item(self) -> Item:
        """The Item, if its access works. Raises Refused."""
        item = self.item()
        if item.error is not None:
            raise item.error
        return item


def find_item(call: Call, token: str) -> Item:
    """The Item of this access token. Raises Refused."""
    item = call.simulation.link.items.get(token)
    if item is None or (item.client_id, item.environment) != (call.client.client_id, call.environment):
        raise Refused("INVALID_ACCESS_TOKEN", wrong_environment("access", token, call.environment))
    if item.is_removed:
        raise Refused(call.simulation.kernel.switches.removed_item)
    return item


def chosen(item: Item, ids: list[str] | None) -> list[LinkedAccount]:
    """The accounts named, or all that are shared. Raises Refused."""
    shared = {linked.account_id: linked for linked in item.shared()}
    if ids is None:
        return list(shared.values())
    if any(id not in shared for id in ids):
        raise Refused("INVALID_ACCOUNT_ID")
    return [linked for id, linked in shared.items() if id in ids]


Answer = Callable[[Call], JsonObject]


@attrs.frozen(kw_only=True)
class Endpoint:
    """One path."""

    path: str
    answer: Answer
    fields: Mapping[str, Kind] = attrs.field(factory=dict)
    required: tuple[str, ...] = ()
    per_item: int | None = None
    """Requests a minute of one Item in production (plaid.com/docs/errors/rate-limit-exceeded; documented)."""
    per_client: int | None = None
    """Requests a minute of one client, likewise."""
    limit_code: str = "RATE_LIMIT"
    """The error beyond that."""
    sandbox_only: bool = False
