"""A live service for the tests: the whole application behind a real socket, over the in-memory adapters."""

import json
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import attrs
from aiohttp import web
from yarl import URL

from adapters.in_memory.store import InMemoryStore
from entrypoints.http.application import build_application
from entrypoints.http.problem_details import DOCUMENTED_AT
from entrypoints.http.resources import ROUTES
from entrypoints.http.route import Route
from entrypoints.http.server import runner
from tests.entrypoints.http.callers import PARTNERS_KEY, introduce_everybody
from tests.entrypoints.http.losable_store import LosableStore
from tests.entrypoints.http.service import Clock, in_memory_services


@attrs.frozen(kw_only=True)
class Answer:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.content)

    @property
    def problem_kind(self) -> str:
        """Which problem it is, of those that are documented."""
        assert self.headers["Content-Type"].split(";")[0] == "application/problem+json"
        return str(self.json["type"]).removeprefix(DOCUMENTED_AT)


class LiveService:
    """A service and a client of it. The clock stands still until it is moved."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        self.clock = Clock()
        self.services = in_memory_services(self.clock)
        self.routes = routes
        self.url = URL()
        self._client: aiohttp.ClientSession | None = None

    @property
    def client(self) -> aiohttp.ClientSession:
        """The client, once the service runs."""
        assert self._client is not None
        return self._client

    def records(self) -> dict[str, dict[Hashable, Any]]:
        """Everything that is kept. That a key was used is no change."""
        store = self.services.store
        if isinstance(store, LosableStore):
            store = store.store
        assert isinstance(store, InMemoryStore)
        kept = {name: dict(rows) for name, rows in store._committed.items() if rows}
        kept["api_keys"] = {id: attrs.evolve(key, last_used=None) for id, key in kept["api_keys"].items()}
        return kept

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LiveService"]:
        """The service, while it runs."""
        served = runner(self.application(), shutdown_seconds=1)
        await served.setup()
        await web.TCPSite(served, "127.0.0.1", 0).start()
        host, port = served.addresses[0][:2]
        self.url = URL.build(scheme="http", host=host, port=port)
        async with aiohttp.ClientSession() as client:
            self._client = client
            yield self
        await served.cleanup()

    def application(self) -> web.Application:
        """The application that is served."""
        return build_application(self.services, self.routes)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        secret: str | None = PARTNERS_KEY,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request: `body` is sent as JSON, `content` as it is. The path is sent as it is written."""
        sent = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        data = None if content is None else BytesIO(content)
        if body is not None:
            data = BytesIO(json.dumps(body).encode())
            sent["Content-Type"] = "application/json"
        sent |= dict(headers or {})
        url = URL(str(self.url).rstrip("/") + path, encoded=True)
        skipped = ("Content-Type",)
        async with self.client.request(
            method, url, data=data, headers=sent, skip_auto_headers=skipped, allow_redirects=False
        ) as response:
            return Answer(status=response.status, headers=response.headers, content=await response.read())


@asynccontextmanager
async def live_service(routes: tuple[Route, ...] = ROUTES) -> AsyncIterator[LiveService]:
    """A running service that knows everybody in `callers`."""
    service = LiveService(routes)
    await introduce_everybody(service.services.store)
    async with service.running():
        yield service
