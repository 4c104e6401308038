"""A long sequence, piece by piece, the next made ready while one is written."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from adapters.postgres import pieces
from adapters.postgres.pieces import pieces_ready


@pytest.mark.parametrize("length", [0, 1, 5, 500, 501, 1_000, 1_001])
async def test_every_item_is_in_one_piece_in_order(length: int) -> None:
    items = list(range(length))

    found = [piece async for piece in pieces_ready(items, list, size=100)]

    assert [item for piece in found for item in piece] == items
    assert all(found)


async def test_the_next_piece_is_made_ready_while_one_is_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_FEW", 0)
    second_begun = threading.Event()

    def ready(piece: Sequence[int]) -> int:
        if piece[0] == 1:
            second_begun.set()
        return piece[0]

    async for piece in pieces_ready([0, 1], ready, size=1):
        if piece == 0:
            assert await asyncio.to_thread(second_begun.wait, 10)


async def test_trouble_with_a_piece_is_told_and_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_FEW", 0)

    def ready(piece: Sequence[int]) -> int:
        return 1 // piece[0]

    with pytest.raises(ZeroDivisionError):
        assert [piece async for piece in pieces_ready([1, 0, 1], ready, size=1)]
