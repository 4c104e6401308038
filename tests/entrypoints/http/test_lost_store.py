"""The store is lost at any moment of any request: 503, when to come back, nothing half-written, and recovery."""

from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio

from tests.entrypoints.http.callers import introduce_everybody
from tests.entrypoints.http.documented import Documented, documented_routes
from tests.entrypoints.http.live_service import Answer, LiveService
from tests.entrypoints.http.losable_store import LosableStore

ALL = [each for each in documented_routes() if each.route.may]


@pytest_asyncio.fixture
async def service() -> AsyncIterator[LiveService]:
    service = LiveService()
    await introduce_everybody(service.services.store)
    service.services = attrs.evolve(service.services, store=LosableStore(service.services.store))
    async with service.running():
        yield service


@pytest.fixture
def store(service: LiveService) -> LosableStore:
    assert isinstance(service.services.store, LosableStore)
    return service.services.store


async def ask(service: LiveService, documented: Documented) -> Answer:
    return await service.ask(documented.route.method, documented.path(), **documented.valid())


@pytest.mark.parametrize("documented", ALL, ids=str)
async def test_before_any_of_its_transactions(
    service: LiveService, store: LosableStore, documented: Documented
) -> None:
    before = service.records()
    for transactions in range(20):
        store.lost_after = transactions
        answer = await ask(service, documented)
        if answer.status != 503:
            break
        assert (answer.problem_kind, answer.headers["Retry-After"]) == ("unavailable", "2")
        if transactions < 2:  # who asks, and whose company it is: nothing is written there
            assert service.records() == before

    assert transactions > 0
    assert answer.status in documented.statuses()
    assert answer.status < 500


@pytest.mark.parametrize("documented", [each for each in ALL if each.route.writes], ids=str)
async def test_while_its_last_transaction_commits(
    service: LiveService, store: LosableStore, documented: Documented
) -> None:
    await ask(service, documented)
    transactions = store.opened
    store.lost_after, store.while_committing = transactions, True

    lost = await ask(service, documented)
    store.lost_after = None
    again = await ask(service, documented)

    assert lost.status in (503, again.status)
    assert again.status < 500
    assert again.status in documented.statuses()
