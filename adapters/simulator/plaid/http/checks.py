"""What is checked before a request is carried out: path, body, keys, fields."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from adapters.simulator.plaid.client import PlaidClient
from adapters.simulator.plaid.http.endpoint import Call, Endpoint
from adapters.simulator.plaid.http.endpoints import ENDPOINTS
from adapters.simulator.plaid.http.parameters import read_all
from adapters.simulator.plaid.kernel import Environment
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.simulation import Simulation

API_VERSION: Final = "2020-09-14"
"""The version whose shapes everything has, pinned by plaid-python 46.0.0 (seen)."""
_BY_PATH: Final = {endpoint.path: endpoint for endpoint in ENDPOINTS}


class Checks:
    """Each either gives what it found or raises Refused as Plaid would (plaid.com/docs/errors; documented; the order
    of the checks is assumed)."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def endpoint(self, request: web.Request) -> Endpoint:
        """What is asked for. 404 for a path or method that there is not."""
        endpoint = _BY_PATH.get(request.path)
        if endpoint is None or request.method != "POST":
            words = f"the endpoint you are requesting cannot be found: {request.method} {request.path}"
            raise Refused("NOT_FOUND", words)
        return endpoint

    async def content(self, request: web.Request) -> dict[str, Any]:
        """The body, which is a JSON object."""
        if request.content_type != "application/json":
            raise Refused("INVALID_HEADERS", "Content-Type must be application/json")
        version = request.headers.get("Plaid-Version", API_VERSION)
        if version != API_VERSION:
            raise Refused("INVALID_HEADERS", f"Plaid-Version {version[:40]} is not a version of this API")
        try:
            content = msgspec.json.decode(await request.read())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refused("INVALID_BODY") from error
        if not isinstance(content, dict):
            raise Refused("INVALID_BODY", "body must be a JSON object")
        return content

    def who(self, request: web.Request, content: dict[str, Any]) -> tuple[PlaidClient, Environment]:
        """Whose request it is, by headers or by fields of the body, which are taken out of it (documented)."""
        found = {
            "client_id": content.pop("client_id", None) or request.headers.get("PLAID-CLIENT-ID"),
            "secret": content.pop("secret", None) or request.headers.get("PLAID-SECRET"),
        }
        missing = [name for name, value in found.items() if not value]
        if missing:
            raise Refused("MISSING_FIELDS", f"the following required fields are missing: {', '.join(missing)}")
        client = self._simulation.clients.get(str(found["client_id"]))
        environment = client.environment_of(str(found["secret"])) if client else None
        if client is None or environment is None:
            raise Refused("INVALID_API_KEYS")
        return client, environment

    def call(
        self, endpoint: Endpoint, client: PlaidClient, environment: Environment, content: Mapping[str, Any]
    ) -> Call:
        """The request with its fields, read."""
        if endpoint.sandbox_only and environment != "sandbox":
            raise Refused("NOT_FOUND", f"the endpoint you are requesting cannot be found: {endpoint.path}")
        values = read_all(content, endpoint.fields, endpoint.required)
        return Call(simulation=self._simulation, client=client, environment=environment, values=values)
