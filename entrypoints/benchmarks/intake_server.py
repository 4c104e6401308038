"""The service in a process of its own: as it is, and, to compare, with other ways to keep an event in its place."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

import attrs
from aiohttp import web

from adapters.postgres.store import PostgresStore
from adapters.postgres.stripe_events import PostgresStripeInbox
from domain.partner import Tenant
from domain.stripe_event import StripeEvent
from entrypoints.composition.service import opened_database, opened_service
from entrypoints.http.application import build_application
from entrypoints.http.server import runner
from entrypoints.logging_setup import set_up_logging
from entrypoints.running import run
from entrypoints.settings import Settings
from entrypoints.stripe_intake import StripeIntake
from ports.stripe_events import InboxLoad, StripeInbox

DATABASE_CONNECTIONS: Final = (1, 8, 32)
"""Of those that commit each event by itself."""
VARIANTS: Final = ("verify", "durable", *(f"each{count}" for count in DATABASE_CONNECTIONS))


class NothingKept:
    """An inbox that takes everything and keeps nothing: what is left is the server that verifies."""

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        return [True] * len(events)

    async def load(self) -> InboxLoad:
        return InboxLoad(waiting=0, oldest_waiting=None)

    async def latest(self, tenant: Tenant) -> datetime | None:  # noqa: ARG002
        return None


class OneByOne(StripeIntake):
    """Commits each event by itself."""

    def __init__(self, inbox: StripeInbox) -> None:
        super().__init__(inbox)
        self._one_by_one = inbox

    async def keep(self, event: StripeEvent) -> bool:
        return (await self._one_by_one.keep([event]))[0]


class NoWrite(StripeIntake):
    """Answers at once."""

    async def keep(self, event: StripeEvent) -> bool:  # noqa: ARG002
        return True


async def serve_variants(folder: Path) -> int:
    """Says the port of each, and serves until its input ends."""
    settings = Settings(data_dir=folder)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(opened_service(settings, public_url="http://localhost"))
        database = await stack.enter_async_context(opened_database(settings))
        intakes: dict[str, StripeIntake] = {
            "verify": NoWrite(NothingKept()),
            "durable": service.services.stripe_intake,
        }
        for count in DATABASE_CONNECTIONS:
            store = await PostgresStore.open(database.runtime, connections_max=count)
            stack.push_async_callback(store.close)
            intakes[f"each{count}"] = OneByOne(PostgresStripeInbox(store.pool))
        for name, intake in intakes.items():
            served = runner(build_application(attrs.evolve(service.services, stripe_intake=intake)))
            await served.setup()
            stack.push_async_callback(served.cleanup)
            await web.TCPSite(served, "127.0.0.1", 0, backlog=4096).start()
            print(name, served.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
    return 0


def main() -> None:
    """In a process of its own: the folder of the database is its argument."""
    with Path("/dev/null").open("w") as nowhere:
        set_up_logging(nowhere)
        sys.exit(run(lambda: serve_variants(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
