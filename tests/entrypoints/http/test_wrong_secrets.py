"""Guessing secrets is bounded by address, and locks out nobody who is at work."""

import ipaddress
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import attrs
import pytest
import pytest_asyncio

from domain.access import SecretKind
from entrypoints.http.rate_limit import BUCKETS_MAX
from entrypoints.http.wrong_secrets import KNOWN_MAX, WrongSecrets
from tests.entrypoints.http.callers import NOON, PARTNERS_KEY, SECOND_KEY, WRONG_SECRET, introduce_everybody, secret_of
from tests.entrypoints.http.live_service import Answer, LiveService

AT_ONCE: Final = 3
HERE = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    """It is behind a proxy on this machine."""
    service = LiveService()
    service.services = attrs.evolve(service.services, wrong_secrets_at_once=AT_ONCE, trusted_proxies=HERE)
    await introduce_everybody(service.services.store)
    async with service.running():
        yield service


async def ask(service: LiveService, secret: str, address: str = "198.51.100.1") -> Answer:
    return await service.ask("GET", "/v1/api_keys", secret=secret, headers={"X-Forwarded-For": address})


async def test_after_so_many_wrong_ones_an_address_waits_and_others_do_not(service: LiveService) -> None:
    guesses = [await ask(service, WRONG_SECRET) for _ in range(AT_ONCE + 1)]
    elsewhere = await ask(service, WRONG_SECRET, "198.51.100.2")
    right = await ask(service, PARTNERS_KEY)
    service.clock.move(timedelta(seconds=2))
    later = [await ask(service, WRONG_SECRET) for _ in range(2)]

    assert [each.status for each in guesses] == [401] * AT_ONCE + [429]
    assert (guesses[-1].problem_kind, guesses[-1].headers["Retry-After"]) == ("rate-limited", "2")
    assert elsewhere.status == 401
    assert right.status == 429, "a guess that is right is no exception, or the bound would be none"
    assert [each.status for each in later] == [401, 429]


async def test_who_was_let_in_from_there_before_is_not_locked_out(service: LiveService) -> None:
    before = await ask(service, PARTNERS_KEY)
    guesses = [await ask(service, WRONG_SECRET) for _ in range(AT_ONCE + 1)]
    still, other = await ask(service, PARTNERS_KEY), await ask(service, SECOND_KEY)

    assert (before.status, guesses[-1].status) == (200, 429)
    assert (still.status, other.status) == (200, 429)


@pytest.mark.parametrize("spoofed", ["198.51.100.{}, 198.51.100.1", "10.0.0.{}, 198.51.100.1"])
async def test_another_address_put_before_ones_own_gives_no_more_guesses(service: LiveService, spoofed: str) -> None:
    guesses = [await ask(service, WRONG_SECRET, spoofed.format(number)) for number in range(AT_ONCE + 1)]

    assert [each.status for each in guesses] == [401] * AT_ONCE + [429]


async def test_without_trusted_proxies_the_header_is_nobodys_word() -> None:
    service = LiveService()
    service.services = attrs.evolve(service.services, wrong_secrets_at_once=AT_ONCE)
    async with service.running():
        guesses = [await ask(service, WRONG_SECRET, f"198.51.100.{number}") for number in range(AT_ONCE + 1)]

    assert [each.status for each in guesses] == [401] * AT_ONCE + [429]


async def test_guesses_of_tokens_count_as_well(service: LiveService) -> None:
    body = {"token": secret_of(SecretKind.TOKEN, "y")}
    guesses = [await service.ask("POST", "/v1/sessions", secret=None, body=body) for _ in range(AT_ONCE + 1)]

    assert [each.status for each in guesses] == [401] * AT_ONCE + [429]


async def test_no_secret_and_what_cannot_be_one_are_no_guesses(service: LiveService) -> None:
    for _ in range(AT_ONCE + 1):
        await ask(service, "nonsense")
        await service.ask("GET", "/v1/api_keys", secret=None)

    assert (await service.ask("GET", "/v1/api_keys", secret=PARTNERS_KEY)).status == 200


def test_a_secret_that_is_right_no_more_is_not_known_any_longer() -> None:
    wrong = WrongSecrets(1)
    wrong.was_right("here", b"1")
    wrong.was_wrong("here", b"1", NOON)

    with pytest.raises(Exception, match="wrong secrets"):
        wrong.check("here", b"1", NOON)


def test_memory_does_not_grow_with_what_is_known() -> None:
    wrong = WrongSecrets(1)
    for number in range(max(KNOWN_MAX, BUCKETS_MAX) + 10):
        wrong.was_right("here", number.to_bytes(4))

    assert len(wrong._known) == KNOWN_MAX
