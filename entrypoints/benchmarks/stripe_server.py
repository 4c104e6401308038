"""A simulated Stripe in a process of its own, with accounts that have a past, and the limits that Stripe documents.

Its argument is what it is to be, as JSON; it answers each line of its input by a line of JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import attrs

from adapters.simulator.stripe import SimulatedStripe, simulated_stripe
from adapters.simulator.stripe.http.faults import Fault
from adapters.simulator.stripe.http.rate_limits import LIVE, RateLimits
from adapters.simulator.stripe.long_history import add_long_history
from entrypoints.running import run

ITEMS_EACH: Final = 99
"""With the payout's own movement they fill one page."""
_FOR_EVER: Final = 1 << 60


@attrs.frozen(kw_only=True)
class Wanted:
    """What the simulated Stripe is to have."""

    sizes: Sequence[int]
    """Balance transactions of an account each."""
    answer_seconds: float = 0.0
    """How long every answer takes at least."""


async def serve(wanted: Wanted) -> int:
    """Says where it is and who is there; serves until its input ends."""
    async with simulated_stripe(seed="bench", start=int(time.time()), limits=LIVE) as stripe:
        simulation = stripe.simulation
        platform = simulation.open_platform()
        accounts = []
        for size in wanted.sizes:
            book = simulation.open_account(livemode=True, paid=False)
            simulation.connect(platform, book)
            add_long_history(book, payouts=size // (ITEMS_EACH + 1), items_each=ITEMS_EACH)
            accounts.append(book.id)
        if wanted.answer_seconds:
            stripe.api.faults.add(Fault(kind="slow_answer", seconds=wanted.answer_seconds, times=_FOR_EVER))
        key = simulation.secret_key(platform, livemode=True)
        _say({"url": stripe.url, "key": key, "accounts": accounts})
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            _say(_answer(stripe, line))
    return 0


def _answer(stripe: SimulatedStripe, line: str) -> Any:
    """`asked N`: what was asked since the N-th request; `count`; `refused`; `limited yes|no`."""
    word, _, rest = line.partition(" ")
    if word == "asked":
        return [path for _, path in stripe.api.requests][int(rest) :]
    if word == "count":
        return len(stripe.api.requests)
    if word == "limited":
        stripe.api.limiter.limits = LIVE if rest == "yes" else RateLimits()
        return None
    return stripe.api.limiter.refused


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    sys.exit(run(lambda: serve(Wanted(**json.loads(sys.argv[1])))))
