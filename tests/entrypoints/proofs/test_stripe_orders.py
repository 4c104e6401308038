"""However Stripe's events come, and whenever anybody looks: the facts and the matches are one and the same."""

from itertools import combinations
from typing import Any, Final

import attrs
import pytest

from adapters.simulator.stripe.wire import DAY
from domain.stripe_feed import ListProgress
from entrypoints.proofs.stripe_cycle import Telling, Trouble, lived_through, switches_of
from entrypoints.proofs.stripe_flow import ACTIONS, Step, flow
from entrypoints.proofs.stripe_orders import (
    LIFE_OF_A_PAYOUT,
    OF_PAYOUTS,
    ONLY_POLLING,
    orders_of,
    run_stripe,
    ways,
)
from entrypoints.proofs.stripe_reader import ReadCompany

EVENTS_IN_THE_SUITE: Final = 4
"""24 orders; `tieout prove stripe --events 7` tries all 5,040 of a payout's whole life."""
SAME_SECOND: Final = (
    Step(name="charges", chance=1),
    Step(name="charge", chance=2),
    Step(name="refund", chance=3),
    Step(name="request_payout", after=3 * DAY, chance=4),
    Step(name="cancel_payout"),
)
"""All within two seconds of Stripe's."""


async def test_all_orders_of_a_payouts_events_end_in_what_stripe_has() -> None:
    """Failure 4: an older event overwrote a newer one; an update came before what it updates."""
    found = set()
    for order in orders_of(EVENTS_IN_THE_SUITE):
        outcome = await lived_through("orders", LIFE_OF_A_PAYOUT, Telling(order=order, types=OF_PAYOUTS))
        assert outcome.heard == EVENTS_IN_THE_SUITE
        assert outcome.is_true, outcome
        found.add((outcome.facts, outcome.matches))

    assert len(found) == 1


@pytest.mark.parametrize("steps", [SAME_SECOND, LIFE_OF_A_PAYOUT[3:]], ids=["same second", "days"])
async def test_whenever_it_is_looked_at_while_things_happen_it_ends_the_same(steps: tuple[Step, ...]) -> None:
    """Each set of moments at which anybody looks: every order of every event's arrival comes to one of them.

    Failure 5, a tie: events of one second, in any order.
    """
    found = set()
    for size in range(len(steps) + 1):
        for looks in combinations(range(len(steps)), size):
            outcome = await lived_through("looks", steps, ONLY_POLLING, looks=looks)
            assert outcome.is_true, (looks, outcome)
            found.add((outcome.facts, outcome.matches))

    assert len(found) == 1


@pytest.mark.parametrize("lost", [0.0, 0.1, 0.5, 0.9, 1.0])
async def test_whatever_share_of_events_is_lost_it_ends_the_same(lost: float) -> None:
    """Failure 10: Stripe made no events at all."""
    steps = flow("lost", 30)
    by_polling = await lived_through("lost", steps, ONLY_POLLING)

    told = await lived_through("lost", steps, Telling(lost=lost, repeated=0.3, shuffled=True, late_most=3 * DAY))

    assert (told.heard > 0) is (lost < 1)
    assert told.is_true, told
    assert (told.facts, told.matches) == (by_polling.facts, by_polling.matches)


@pytest.mark.parametrize("number", range(8))
async def test_long_flows_in_trouble_end_in_what_stripe_has(number: int) -> None:
    """Readers die, the store is lost before or after it committed, lists change under the reader, clocks differ."""
    seed = f"long {number}"
    telling, trouble = ways(seed)

    outcome = await lived_through(seed, flow(seed, 40), telling, trouble)

    assert outcome.is_true, outcome
    assert outcome.records > 20


async def test_disputes_that_are_decided_without_a_movement_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is lost moves nothing, so no list's top shows it."""
    monkeypatch.setattr("adapters.stripe_api.list_pages.PAGE", 2)
    steps = (
        Step(name="charge"),
        Step(name="dispute"),
        Step(name="charges", after=DAY),
        Step(name="nothing", after=9 * DAY),
    )
    ends = set()
    for chance in range(4):
        decided = (*steps, Step(name="end_dispute", chance=chance))
        outcome = await lived_through("lost", decided, ONLY_POLLING)
        assert outcome.is_true, outcome
        ends.add(outcome.facts)

    assert switches_of("lost").dispute_rows_name == "dispute"
    assert len(ends) == 2, "won, and lost"


async def test_the_proof_runs_over_http_with_spoilt_answers() -> None:
    report = await run_stripe(cycles=2, seed=1, events=2)

    assert report.holds, report.as_text()
    assert (report.worlds, report.orders) == (2, 2)
    assert report.heard > 0
    assert report.faults > 0
    assert "ended otherwise than Stripe has it: 0" in report.as_text()


async def test_a_reader_that_forgets_where_it_broke_off_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof's own guard: what it would say of a bug."""
    read = ListProgress.read

    def forgetful(self: ListProgress, *page: Any, **more: Any) -> ListProgress:
        return read(self, *page, **{**more, "has_more": False})

    monkeypatch.setattr(ListProgress, "read", forgetful)
    monkeypatch.setattr("adapters.stripe_api.list_pages.PAGE", 3)

    outcome = await lived_through("forgetful", flow("forgetful", 90), ONLY_POLLING, Trouble(connected_after=1.0))

    assert not outcome.is_true
    assert outcome.wrong
    assert outcome.reasons


async def test_work_that_is_killed_leaves_nothing_half_and_is_done_by_the_next() -> None:
    """At each of its awaits in turn, until it ends before it is killed."""
    steps = (Step(name="charges", chance=1), Step(name="nothing", after=3 * DAY), Step(name="nothing", after=DAY))
    reference = await lived_through("killed", steps, ONLY_POLLING)
    killed = 0
    for awaits in range(0, 45, 2):
        outcome = await killed_after("killed", steps, awaits)
        assert outcome.is_true, (awaits, outcome)
        assert outcome.facts == reference.facts
        killed += outcome.deaths

    assert killed > 5


async def killed_after(seed: str, steps: tuple[Step, ...], awaits: int) -> Any:
    work = ReadCompany.work

    async def dying(company: ReadCompany) -> None:
        if not company.deaths:
            company.dies_after = awaits
        await work(company)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReadCompany, "work", dying)
        return await lived_through(seed, steps, ONLY_POLLING)


def test_what_nobody_knows_of_stripe_is_tried_both_ways() -> None:
    worlds = [attrs.asdict(switches_of(f"world {number}")) for number in range(40)]
    kinds = {name: {world[name] for world in worlds} for name in worlds[0]}

    assert sum(len(answers) == 2 for answers in kinds.values()) == 9


def test_steps_are_a_function_of_their_seed_and_all_of_them_are_taken_now_and_then() -> None:
    assert flow("a", 50) == flow("a", 50)
    assert {step.name for step in flow("all", 1_000)} == set(ACTIONS)
