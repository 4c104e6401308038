"""`tieout serve` and `tieout worker`: the service, until it is told to stop."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

from aiohttp import web

from entrypoints.background import background
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.composition.service import Service, opened_service
from entrypoints.http.application import build_application, build_probes
from entrypoints.http.server import runner
from entrypoints.logging_setup import set_up_logging
from entrypoints.new_partner import make_partner
from entrypoints.running import run, stopping_by_signal, until_stopped
from entrypoints.settings import Settings
from entrypoints.tracing import UnknownExporter, exported_traces

Say = Callable[[str], None]


def run_serve(settings: Settings, *, host: str, port: int) -> int:
    """Serves. Raises CannotStart."""
    set_up_logging()
    with _traces():
        return run(lambda: serve(settings, host=host, port=port, say=_say))


def run_worker(settings: Settings, *, probes: tuple[str, int] | None) -> int:
    """Works; answers probes and nothing else, where `probes` says, if it does. Raises CannotStart."""
    set_up_logging()
    with _traces():
        return run(lambda: work(settings, probes=probes, say=_say))


@contextlib.contextmanager
def _traces() -> Iterator[None]:
    try:
        with exported_traces():
            yield
    except UnknownExporter as refusal:
        raise CannotStart(str(refusal)) from refusal


async def serve(settings: Settings, *, host: str, port: int, say: Say) -> int:
    """Says its address once it answers there; after that, a signal ends it."""
    with stopping_by_signal() as stop:
        async with AsyncExitStack() as stack:
            address = _http(host, port)
            service = await stack.enter_async_context(
                opened_service(settings, public_url=settings.public_url or address)
            )
            await _introduce_first_partner(service, say)
            served = runner(build_application(service.services))
            await served.setup()
            stack.push_async_callback(served.cleanup)
            reached = await _listen(served, host, port, option="--port")
            say(f"Its API is explained at {reached}/docs")
            say(f"Tieout answers at {reached}")
            loops = background(service, stop)
            await until_stopped(stop, (_stop_answering(stop, served, say), *loops))
    return 0


async def _stop_answering(stop: asyncio.Event, served: web.AppRunner, say: Say) -> None:
    """First nobody new is let in; requests that are under way may end."""
    await stop.wait()
    say("Stopping: what is under way may end.")
    await served.cleanup()


async def work(settings: Settings, *, probes: tuple[str, int] | None = None, say: Say) -> int:
    """Says that it works; after that, a signal ends it. Probes are answered until the last work has ended."""
    with stopping_by_signal() as stop:
        async with AsyncExitStack() as stack:
            public_url = settings.public_url or "http://localhost"
            service = await stack.enter_async_context(opened_service(settings, public_url=public_url))
            if probes is not None:
                asked = runner(build_probes(service.services))
                await asked.setup()
                stack.push_async_callback(asked.cleanup)
                reached = await _listen(asked, *probes, option="--metrics-port")
                say(f"Its figures are at {reached}/metrics")
            say("Tieout works.")
            await until_stopped(stop, background(service, stop))
    return 0


async def _listen(served: web.AppRunner, host: str, port: int, *, option: str) -> str:
    """The address at which it is reached. Raises CannotStart."""
    try:
        await web.TCPSite(served, host, port).start()
    except OSError as error:
        raise CannotStart(
            f"{host}:{port} cannot be listened on: {error.strerror or error}; try another {option}"
        ) from error
    return _http(host, served.addresses[0][1])


def _http(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def _introduce_first_partner(service: Service, say: Say) -> None:
    """On a fresh database of our own: somebody to be, at once."""
    if not service.embedded:
        return
    async with service.store.control() as transaction:
        if await transaction.partners.all():
            return
    made = await make_partner("First partner", service.services)
    say(f"A first partner was made. Its test key, shown this once: {made.test_key}")
    say("For others, and for live keys: tieout partner add NAME")


def _say(words: str) -> None:
    print(words, file=sys.stdout, flush=True)
