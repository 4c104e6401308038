"""One world at Stripe, told and read in one way: what the company has of it in the end."""

import heapq
import random
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, cast

import aiohttp
import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.direct_requests import DirectRequests
from adapters.simulator.stripe.http.faults import Fault, FaultKind, Faults
from adapters.simulator.stripe.platform import Platform
from adapters.simulator.stripe.simulated_stripe import simulated_stripe
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, JsonObject
from adapters.stripe_api.feed_reader import StripeApiFeedReader
from adapters.stripe_api.stripe_requests import StripeRequests
from entrypoints.http.services import Services
from entrypoints.proofs.stripe_flow import Step
from entrypoints.proofs.stripe_reader import ReadCompany
from entrypoints.proofs.stripe_truth import hash_of, lines_of, truth_of
from ports.stripe_feed_reader import StripeFeedReader

START: Final = 1_772_409_600
"""2 March 2026, midnight in UTC."""
SETTLES_IN_DAYS: Final = 27
"""After the last step: until everything is paid out, and its trace id is told or will not be."""
_LOOKS_WHILE_SETTLING: Final = 9
_TIMEOUT: Final = aiohttp.ClientTimeout(total=0.25)
_SLOW: Final = 0.4
DEATH_AT_MOST: Final = 60
"""Awaits of one piece of work, after which it is killed at the latest."""
FAULTS: Final[tuple[FaultKind, ...]] = ("cut_body", "server_error", "reset", "not_json", "lock_timeout", "slow_body")


@attrs.frozen(kw_only=True)
class Telling:
    """How Stripe's events come."""

    lost: float = 0.0
    repeated: float = 0.0
    shuffled: bool = False
    late_most: int = 0
    """Seconds."""
    order: tuple[int, ...] | None = None
    """The events of `types` come in this order, one by one, each as soon as it and those before it are made."""
    types: str = ""
    """What the types of those begin with. All others are lost."""


@attrs.frozen(kw_only=True)
class Trouble:
    """What else goes wrong, as shares: of looks that end in a death, of requests, of transactions, of pages."""

    deaths: float = 0.0
    faults: float = 0.0
    lost_store: float = 0.0
    moves: float = 0.0
    """The world goes on between two pages."""
    sleeps: float = 0.0
    """Nobody is there to look after a step."""
    skew_seconds: int = 0
    """Our clock beside Stripe's."""
    connected_after: float = 0.0
    """So much of what happens is history when the account is connected."""


NO_TROUBLE: Final = Trouble()


@attrs.frozen(kw_only=True)
class Outcome:
    """What the company has, beside what Stripe has."""

    facts: str
    truth: str
    matches: tuple[str, ...]
    wrong: tuple[str, ...]
    """Facts that are not true, and truths that are no facts; the first few."""
    reasons: tuple[str, ...]
    """Why the last check did not call it complete."""
    records: int
    deaths: int
    faults: int
    heard: int

    @property
    def is_true(self) -> bool:
        """Everything that Stripe has is here, nothing else, and the check says so."""
        return self.facts == self.truth and not self.reasons


class World:
    """An account whose steps are taken one by one, and the events that they make, on their way."""

    def __init__(self, book: AccountBook, steps: Sequence[Step], telling: Telling, chance: random.Random) -> None:
        self.book = book
        self.heard = 0
        self.made: list[JsonObject] = []
        """Events that are told in an order."""
        self._steps = list(steps)
        self.telling, self._chance = telling, chance
        self._on_their_way: list[tuple[float, float, int, JsonObject]] = []
        self._numbers = count()
        book.kernel.listeners.append(self._made)

    def step(self) -> bool:
        """The next one is taken. False: there is none."""
        if not self._steps:
            return False
        self._steps.pop(0).take(self.book)
        return True

    def due(self) -> list[JsonObject]:
        """Events that arrive now."""
        if self.telling.order is not None:
            return self._next_in_order(self.telling.order)
        due = []
        while self._on_their_way and self._on_their_way[0][0] <= self.book.now:
            due.append(heapq.heappop(self._on_their_way)[-1])
        self.heard += len(due)
        return due

    def _next_in_order(self, order: Sequence[int]) -> list[JsonObject]:
        begin = self.heard
        while self.heard < len(order) and order[self.heard] < len(self.made):
            self.heard += 1
        return [self.made[place] for place in order[begin : self.heard]]

    def _made(self, account: str, _livemode: bool, event: JsonObject) -> None:
        telling, chance = self.telling, self._chance
        if telling.order is not None:
            if account == self.book.id and event["type"].startswith(telling.types):
                self.made.append(event)
            return
        if account != self.book.id or chance.random() < telling.lost:
            return
        for _ in range(1 + (chance.random() < telling.repeated)):
            arrives = self.book.now + chance.random() * telling.late_most
            order = chance.random() if telling.shuffled else 0.0
            heapq.heappush(self._on_their_way, (arrives, order, next(self._numbers), event))


class MovingReader:
    """Reads a feed, while the world goes on between its answers. It has the methods of a StripeFeedReader."""

    def __init__(self, reader: StripeApiFeedReader, world: World, chance: random.Random) -> None:
        self._reader, self._world, self._chance = reader, world, chance
        self.moves = 0.0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._reader, name)

        async def moving(*args: Any, **named: Any) -> Any:
            answer = await method(*args, **named)
            if self._chance.random() < self.moves:
                self._world.step()
            return answer

        return moving


async def lived_through(
    seed: str,
    steps: Sequence[Step],
    telling: Telling,
    trouble: Trouble = NO_TROUBLE,
    *,
    looks: Collection[int] | None = None,
    over_http: bool = False,
    services: Services | None = None,
) -> Outcome:
    """The world of this seed and these steps. All else, and not the world, depends on how it is told and read.

    `looks`: only after these steps is anybody there to look; None: after each. `services`: those of a database of its
    own; in memory unless given.
    """
    async with _stripe(seed, over_http=over_http) as stripe:
        chance = random.Random(f"{seed} {telling} {trouble}")  # noqa: S311  # a repeatable course of troubles
        world, faults = World(stripe.book, steps, telling, chance), stripe.faults
        moving = MovingReader(stripe.reader, world, chance)
        company = ReadCompany(
            stripe.book,
            cast(StripeFeedReader, moving),
            secret=stripe.secret,
            seed=str(chance.random()),
            skew=timedelta(seconds=trouble.skew_seconds),
            services=services,
        )
        for _ in range(int(len(steps) * trouble.connected_after)):
            world.step()
        await company.open()
        moving.moves, company.store.lost_share = trouble.moves, trouble.lost_store
        for number in count():
            if not world.step():
                break
            await _heard(world, company, telling)
            if chance.random() < trouble.sleeps or (looks is not None and number not in looks):
                continue
            if chance.random() < trouble.deaths:
                company.dies_after = chance.randrange(DEATH_AT_MOST)
            if faults is not None and chance.random() < trouble.faults:
                _plan(faults, chance)
            await company.work()
        moving.moves = company.store.lost_share = 0.0
        company.dies_after = None
        if faults is not None:
            faults.clear()
        await _settled(world, company)
        return await _outcome(company, world, faults)


async def _heard(world: World, company: ReadCompany, telling: Telling) -> None:
    """What arrives together is kept together; what comes in an order is looked at one by one."""
    due = world.due()
    if telling.order is None:
        await company.hear(due)
        return
    for event in due:
        await company.hear([event])
        await company.work()


async def _settled(world: World, company: ReadCompany) -> None:
    for _ in range(_LOOKS_WHILE_SETTLING):
        world.book.kernel.clock.run_until(world.book.now + SETTLES_IN_DAYS * DAY // _LOOKS_WHILE_SETTLING)
        await _heard(world, company, world.telling)
        await company.work()
    paid = [each for each in world.book.listing("payout").oldest_first() if each["status"] == "paid"]
    await company.push_lines(
        [
            (
                f"line of {payout['id']}",
                payout["amount"],
                datetime.fromtimestamp(payout["arrival_date"], UTC).date(),
                f"STRIPE TRANSFER TRACE#:{(payout['trace_id'] or {}).get('value') or ''}",
            )
            for payout in paid
            if payout["amount"]
        ]
    )
    world.book.kernel.clock.run_until(world.book.now + DAY + DAY // 4)
    await company.work()


async def _outcome(company: ReadCompany, world: World, faults: Faults | None) -> Outcome:
    here, there = lines_of(await company.facts()), lines_of(truth_of(world.book))
    check = await company.check()
    return Outcome(
        facts=hash_of(here),
        truth=hash_of(there),
        matches=tuple(await company.matches()),
        wrong=tuple(sorted({*here} ^ {*there}))[:6],
        reasons=("nothing was checked",) if check is None else check.reasons,
        records=len(here),
        deaths=company.deaths,
        faults=0 if faults is None else faults.happened,
        heard=world.heard,
    )


def _plan(faults: Faults, chance: random.Random) -> None:
    kind = chance.choices(FAULTS, weights=[4, 4, 4, 4, 4, 1])[0]
    path = chance.choice(("/v1/payouts", "/v1/balance_transactions", "/v1/.*"))
    times = 1 if kind == "slow_body" else chance.randrange(1, 7)
    faults.add(Fault(kind=kind, path=path, skip=chance.randrange(4), times=times, seconds=_SLOW))


@attrs.frozen(kw_only=True)
class _Stripe:
    """What a company asks."""

    book: AccountBook
    reader: StripeApiFeedReader
    secret: str = attrs.field(repr=False)
    faults: Faults | None


@asynccontextmanager
async def _stripe(seed: str, *, over_http: bool) -> AsyncIterator[_Stripe]:
    switches = switches_of(seed)
    if not over_http:
        simulation = Simulation(seed=seed, start=START, switches=switches)
        platform, book = _opened(simulation)
        requests = cast(StripeRequests, DirectRequests(simulation, platform))
        reader = StripeApiFeedReader(requests)
        yield _Stripe(book=book, reader=reader, secret=simulation.secret_key(platform), faults=None)
        return
    async with simulated_stripe(seed=seed, start=START, switches=switches) as stripe:
        platform, book = _opened(stripe.simulation)
        url = stripe.url
        async with StripeRequests(api_base=url, connect_base=url, sleep=_no_pause, timeout=_TIMEOUT) as real:
            secret = stripe.simulation.secret_key(platform)
            yield _Stripe(book=book, reader=StripeApiFeedReader(real), secret=secret, faults=stripe.api.faults)


def switches_of(seed: str) -> Switches:
    """What nobody outside of Stripe knows is one way in one world and the other way in another."""
    chance = random.Random(f"switches {seed}")  # noqa: S311  # a repeatable choice of worlds
    return Switches(
        zero_payouts=chance.choice(("made", "skipped")),
        manual_movements=chance.choice(("in_next_list", "with_what_they_paid")),
        early_items=chance.choice(("none", "some")),
        payout_movements=chance.choice(("available_at_once", "pending_until_arrival")),
        instant_fee_given_back=chance.random() < 0.5,
        undocumented_categories=chance.choice(("own_name", "other_adjustment")),
        reserves_mirrored=chance.random() < 0.5,
        dispute_rows_name=chance.choice(("dispute", "charge")),
        asynchronous_capture=chance.random() < 0.5,
    )


def _opened(simulation: Simulation) -> tuple[Platform, AccountBook]:
    platform, book = simulation.open_platform(), simulation.open_account()
    simulation.connect(platform, book)
    return platform, book


async def _no_pause(_seconds: float) -> None:
    return None
