"""`tieout prove stripe`: whatever becomes of Stripe's events and of whoever reads, the facts are what Stripe has.

Every cycle is a world of its own, fixed by the seed. It is read in peace once, by polling alone; and once more over
HTTP while events are lost, repeated, late and in any order, while readers are killed, the database is lost, answers are
cut, refused and slow, and lists change under the reader. Both must end in what the simulated Stripe holds, with one and
the same matches.
"""

import asyncio
import logging
import random
from collections.abc import Iterator
from itertools import islice, permutations
from typing import Final

import attrs

from adapters.simulator.stripe.wire import DAY
from entrypoints.logging_setup import set_up_logging
from entrypoints.progress_bar import Progress
from entrypoints.proofs.stripe_cycle import Outcome, Telling, Trouble, lived_through
from entrypoints.proofs.stripe_flow import Step, flow

ONLY_POLLING: Final = Telling(lost=1.0)
LIFE_OF_A_PAYOUT: Final = (
    Step(name="charge", chance=1),
    Step(name="charge", chance=2),
    Step(name="nothing", after=3 * DAY),
    Step(name="nothing", after=DAY),
    Step(name="nothing", after=2 * DAY),
    Step(name="fail_payout", chance=3),
    Step(name="repair"),
    Step(name="nothing", after=2 * DAY),
)
"""It is made, sent, itemised, paid, gets its trace id and comes back; another carries the money again."""
OF_PAYOUTS: Final = "payout."
_LENGTHS: Final = (10, 20, 40, 80)


@attrs.frozen(kw_only=True)
class StripeReport:
    """What came of it."""

    worlds: int
    orders: int
    records: int
    heard: int
    deaths: int
    faults: int
    wrong: tuple[str, ...]
    """Which worlds, and what is wrong with them."""

    @property
    def holds(self) -> bool:
        """Nothing is wrong, and there was something."""
        return not self.wrong and self.records > 0

    def as_text(self) -> str:
        """For people."""
        return "\n".join(
            (
                f"worlds: {self.worlds}, each told and read in two ways; orders of one payout's events: {self.orders}",
                f"records: {self.records}; events heard: {self.heard}; readers killed: {self.deaths}; "
                f"answers spoilt: {self.faults}",
                f"ended otherwise than Stripe has it: {len(self.wrong)}",
                *self.wrong,
            )
        )


def prove_stripe(*, cycles: int, seed: int, events: int, progress: Progress) -> StripeReport:
    """So many worlds, and all orders of so many events. What workers log of their troubles is of no use here."""
    set_up_logging(level=logging.CRITICAL)
    return asyncio.run(run_stripe(cycles=cycles, seed=seed, events=events, progress=progress))


async def run_stripe(
    *, cycles: int, seed: int, events: int, progress: Progress = lambda _words, _done, _of: None
) -> StripeReport:
    """The same, where a loop runs."""
    wrong: list[str] = []
    outcomes: list[Outcome] = []
    orders = 0
    for order in orders_of(events):
        orders += 1
        outcome = await lived_through("orders", LIFE_OF_A_PAYOUT, Telling(order=order, types=OF_PAYOUTS))
        if not outcome.is_true:
            wrong.append(f"events in the order {order}: {_words(outcome)}")
        if orders % 10 == 0:
            progress("orders", orders, orders)
    for cycle in range(cycles):
        world = f"{seed}-{cycle}"
        rough = await _both(world, wrong)
        outcomes.append(rough)
        progress("worlds", cycle + 1, cycles)
    return StripeReport(
        worlds=cycles,
        orders=orders,
        records=sum(each.records for each in outcomes),
        heard=sum(each.heard for each in outcomes),
        deaths=sum(each.deaths for each in outcomes),
        faults=sum(each.faults for each in outcomes),
        wrong=tuple(wrong),
    )


def orders_of(events: int, at_most: int | None = None) -> Iterator[tuple[int, ...]]:
    """All orders of so many events."""
    return islice(permutations(range(events)), at_most)


def ways(seed: str) -> tuple[Telling, Trouble]:
    """How the world of this seed is told, and what else goes wrong."""
    chance = random.Random(f"ways {seed}")  # noqa: S311  # a repeatable course of troubles
    telling = Telling(
        lost=chance.choice((0.0, 0.0, 0.1, 0.5, 0.9, 1.0)),
        repeated=chance.choice((0.0, 0.3, 1.0)),
        shuffled=chance.random() < 0.7,
        late_most=chance.choice((0, 60, DAY, 3 * DAY)),
    )
    trouble = Trouble(
        deaths=chance.choice((0.0, 0.3, 0.9)),
        faults=chance.choice((0.0, 0.3, 0.9)),
        lost_store=chance.choice((0.0, 0.05, 0.2)),
        moves=chance.choice((0.0, 0.05, 0.3)),
        sleeps=chance.choice((0.0, 0.3, 0.9)),
        skew_seconds=chance.choice((-90, 0, 90)),
        connected_after=chance.choice((0.0, 0.3, 1.0)),
    )
    return telling, trouble


async def _both(world: str, wrong: list[str]) -> Outcome:
    length = random.Random(f"length {world}").choice(_LENGTHS)  # noqa: S311
    steps = flow(world, length)
    telling, trouble = ways(world)
    calm = await lived_through(world, steps, ONLY_POLLING)
    rough = await lived_through(world, steps, telling, trouble, over_http=True)
    for name, outcome in (("in peace", calm), ("in trouble", rough)):
        if not outcome.is_true:
            wrong.append(f"world {world}, {name}: {_words(outcome)}")
    if calm.truth != rough.truth:
        wrong.append(f"world {world} is not one world")
    elif calm.matches != rough.matches:
        wrong.append(f"world {world}: other matches")
    return rough


def _words(outcome: Outcome) -> str:
    return "; ".join((*outcome.reasons, *outcome.wrong)) or "facts differ"
