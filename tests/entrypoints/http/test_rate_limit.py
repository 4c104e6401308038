from datetime import timedelta

from entrypoints.http.rate_limit import BUCKETS_MAX, RateLimit
from tests.entrypoints.http.callers import NOON, PARTNERS_KEY, SECOND_KEY, introduce_everybody
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.service import in_memory_services

SECOND = timedelta(seconds=1)


async def test_a_key_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up() -> None:
    service = LiveService()
    service.services = in_memory_services(service.clock, requests_per_second=1)
    await introduce_everybody(service.services.store)
    async with service.running():
        burst = [await service.ask("GET", "/v1/api_keys", secret=PARTNERS_KEY) for _ in range(3)]
        other = await service.ask("GET", "/v1/api_keys", secret=SECOND_KEY)
        service.clock.move(SECOND)
        later = await service.ask("GET", "/v1/api_keys", secret=PARTNERS_KEY)

    assert [each.status for each in burst] == [200, 200, 429]
    assert (burst[2].problem_kind, burst[2].headers["Retry-After"]) == ("rate-limited", "1")
    assert (other.status, later.status) == (200, 200)


def test_a_clock_that_goes_back_gives_nothing_away_and_locks_nobody_out() -> None:
    limit = RateLimit(1)
    waits = [limit.seconds_to_wait("me", NOON) for _ in range(3)]

    assert waits == [0, 0, 1]
    assert limit.seconds_to_wait("me", NOON - SECOND) == 1
    assert limit.seconds_to_wait("me", NOON + SECOND) == 0


def test_memory_does_not_grow_with_the_number_of_callers() -> None:
    limit = RateLimit(1)
    for caller in range(BUCKETS_MAX + 10):
        limit.seconds_to_wait(str(caller), NOON)

    assert len(limit) == BUCKETS_MAX
