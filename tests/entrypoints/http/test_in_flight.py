import asyncio

import attrs
import pytest

from entrypoints.http.in_flight import InFlight
from entrypoints.http.problem_details import Problem
from tests.entrypoints.http.callers import ACME, introduce_everybody
from tests.entrypoints.http.live_service import Answer, LiveService
from tests.entrypoints.http.made_up_routes import Listener


async def say(service: LiveService) -> Answer:
    return await service.ask("POST", f"/v1/companies/{ACME}/said", body={"text": "hello"})


async def test_more_requests_than_can_be_worked_on_at_once_are_told_to_come_back() -> None:
    listener = Listener()
    service = LiveService(listener.routes())
    service.services = attrs.evolve(service.services, requests_at_once=1)
    await introduce_everybody(service.services.store)
    listener.go.clear()
    async with service.running():
        first = asyncio.create_task(say(service))
        await listener.waiting.wait()
        meanwhile = await say(service)
        alive = await service.ask("GET", "/healthz", secret=None)
        listener.go.set()
        answers = [await first, await say(service)]

    assert (meanwhile.status, meanwhile.problem_kind, meanwhile.headers["Retry-After"]) == (503, "unavailable", "2")
    assert alive.status == 200
    assert [each.status for each in answers] == [201, 201]


def test_bodies_share_the_room_that_there_is_and_give_it_back() -> None:
    in_flight = InFlight(10, body_bytes_max=100)
    with in_flight.body(60), pytest.raises(Problem), in_flight.body(41):
        raise AssertionError("there was no room")

    with in_flight.body(100):
        pass
