"""What whoever runs the processes asks them: alive, ready, and in figures."""

import contextlib

from aiohttp import hdrs, web

from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.services import Services
from ports.transaction import StoreUnavailable


def add_probes(application: web.Application, services: Services) -> None:
    """/healthz, /readyz and /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        reason = await services.not_ready()
        if reason is None:
            return web.json_response({"status": "ready"})
        raise Problem(ProblemKind.UNAVAILABLE, reason)

    async def figures(_request: web.Request) -> web.Response:
        at = services.clock()
        load = inbox = None
        with contextlib.suppress(StoreUnavailable):  # the figures of this process are wanted now more than ever
            load = await services.work_list.load(at=at)
            inbox = await services.stripe_inbox.load()
        text = services.metrics.text(load, inbox, at)
        return web.Response(body=text, headers={hdrs.CONTENT_TYPE: "text/plain; version=0.0.4; charset=utf-8"})

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", figures, allow_head=False)
