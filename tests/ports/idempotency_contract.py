"""What keeping answers promises, whatever they are kept in."""

import asyncio
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from ports.idempotency import (
    KEPT_FOR,
    UNDER_WAY_FOR_MAX,
    Fresh,
    Idempotency,
    KeptAnswer,
    KeyState,
    OtherRequest,
    UnderWay,
)
from ports.transaction import Store

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ANSWER = KeptAnswer(status=201, content_type="application/json", body=b'{"id": "co_1"}')


class IdempotencyContract(ABC):
    """Subclass it with a `store` fixture for each adapter."""

    @abstractmethod
    def keys(self, store: Store) -> Idempotency:
        """The keys that belong to the store."""

    async def begin(self, store: Store, *, owner: str = "me", request: bytes = b"1", at: datetime = NOON) -> KeyState:
        return await self.keys(store).begin(owner, "key", request, at=at)

    async def test_the_first_answer_is_given_again(self, store: Store) -> None:
        first = await self.begin(store)
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)

        assert first == Fresh()
        assert await self.begin(store) == ANSWER

    async def test_until_it_ends_the_first_request_is_under_way(self, store: Store) -> None:
        await self.begin(store)

        assert await self.begin(store) == UnderWay()

    async def test_another_request_under_the_same_key_is_told_apart(self, store: Store) -> None:
        await self.begin(store)
        during = await self.begin(store, request=b"2")
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)

        assert (during, await self.begin(store, request=b"2")) == (OtherRequest(), OtherRequest())

    async def test_owners_do_not_share_keys(self, store: Store) -> None:
        await self.begin(store)
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)

        assert await self.begin(store, owner="you", request=b"2") == Fresh()

    async def test_a_request_that_changed_nothing_may_be_tried_again(self, store: Store) -> None:
        await self.begin(store)
        await self.keys(store).drop("me", "key", begun=NOON)

        assert await self.begin(store, request=b"2") == Fresh()

    async def test_what_is_kept_cannot_be_dropped_or_replaced(self, store: Store) -> None:
        await self.begin(store)
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)
        await self.keys(store).drop("me", "key", begun=NOON)
        other = KeptAnswer(status=500, content_type="text/plain", body=b"")
        await self.keys(store).keep("me", "key", other, begun=NOON)

        assert await self.begin(store) == ANSWER

    async def test_a_request_that_died_with_its_process_does_not_block_the_key_for_long(self, store: Store) -> None:
        await self.begin(store)

        just_before = await self.begin(store, at=NOON + UNDER_WAY_FOR_MAX - timedelta(seconds=1))

        assert just_before == UnderWay()
        assert await self.begin(store, at=NOON + UNDER_WAY_FOR_MAX) == Fresh()

    async def test_a_request_that_outlived_its_key_leaves_it_to_the_one_that_holds_it_now(self, store: Store) -> None:
        later = NOON + UNDER_WAY_FOR_MAX
        await self.begin(store)
        await self.begin(store, request=b"2", at=later)

        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)
        await self.keys(store).drop("me", "key", begun=NOON)

        assert await self.begin(store, request=b"2", at=later) == UnderWay()

    async def test_an_answer_is_kept_for_a_day(self, store: Store) -> None:
        await self.begin(store)
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)

        assert await self.begin(store, at=NOON + KEPT_FOR - timedelta(seconds=1)) == ANSWER
        assert await self.begin(store, request=b"2", at=NOON + KEPT_FOR) == Fresh()

    async def test_old_answers_are_forgotten(self, store: Store) -> None:
        await self.begin(store)
        await self.keys(store).keep("me", "key", ANSWER, begun=NOON)

        early = await self.keys(store).forget(at=NOON + KEPT_FOR - timedelta(seconds=1))
        late = await self.keys(store).forget(at=NOON + KEPT_FOR)

        assert (early, late) == (0, 1)

    async def test_of_many_at_once_one_is_told_to_go_on(self, store: Store) -> None:
        told = await asyncio.gather(*(self.begin(store) for _ in range(8)))

        assert sorted(type(each).__name__ for each in told) == ["Fresh"] + ["UnderWay"] * 7
