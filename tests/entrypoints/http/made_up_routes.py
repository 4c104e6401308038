"""Routes that the tests make up, to see what the edge does with a handler that waits, fails or loses the store."""

import asyncio
from typing import Annotated

import attrs

from domain.access import Role
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import NoQuery, TextBounds
from ports.transaction import StoreUnavailable

CANARY = "canary-4711-secret"


@attrs.frozen(kw_only=True)
class Said:
    """Something that a client says."""

    text: Annotated[str, TextBounds(50, example="hello")]


@attrs.frozen(kw_only=True)
class Heard:
    """What was heard, and for the how manieth time."""

    text: str
    times: int


class Listener:
    """A handler that does as it is told: `go` lets it go on, `raises` is what it raises the next time."""

    def __init__(self) -> None:
        self.times = 0
        self.go = asyncio.Event()
        self.go.set()
        self.waiting = asyncio.Event()
        self.raises: Exception | None = None

    async def listen(self, call: Call[NoQuery, Said]) -> Heard:
        self.waiting.set()
        await self.go.wait()
        if self.raises is not None:
            raised, self.raises = self.raises, None
            raise raised
        self.times += 1
        return Heard(text=call.body.text, times=self.times)

    def routes(self) -> tuple[Route, ...]:
        """One route, which writes."""
        return (
            Route(
                method="POST",
                path="/v1/companies/{company}/said",
                handler=self.listen,
                summary="Say something",
                tag="Tests",
                may=frozenset({Role.PARTNER, Role.OWNER}),
                body=Said,
                answer=Heard,
                status=201,
                refusals=(StoreUnavailable,),
            ),
        )
