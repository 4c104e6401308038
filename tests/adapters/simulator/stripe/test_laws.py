"""Laws that hold whatever happens: every minor unit is somewhere, once; and the same seed gives the same bytes."""

import contextlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.simulator.stripe import (
    accounts,
    charges,
    disputes,
    other_movements,
    payouts,
    refunds,
    topups,
    transfers,
)
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.balances import balance_object
from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, HOUR, JsonObject
from tests.adapters.simulator.stripe.shop import MONDAY, Listener, Shop, listening, open_shop


class Business:
    """An account to which things happen at random."""

    def __init__(self, simulation: Simulation, book: AccountBook, rng: Random) -> None:
        self.simulation, self.book, self.rng = simulation, book, rng
        self.platform: AccountBook | None = book.platform

    def one_day(self) -> None:
        """A few events, spread over the day."""
        for _ in range(self.rng.randrange(5)):
            action = self.rng.choice(self.actions())
            with contextlib.suppress(Refused):  # it is not always possible, as for anybody
                action()
            self.simulation.kernel.clock.run_until(self.simulation.now + self.rng.randrange(1, 4 * HOUR))

    def actions(self) -> list[Callable[[], object]]:
        return [
            self.charge, self.charge, self.charge, self.charge, self.debit, self.refund, self.bounce, self.dispute,
            self.win, self.partly, self.fee, self.reserve, self.release, self.instant, self.by_hand, self.fail,
            self.cancel, self.reverse, self.topup, self.capital, self.unheard, self.minimum, self.transfer,
        ]  # fmt: skip

    def some(self, kind: str, **having: Any) -> JsonObject:
        found = [
            item
            for item in self.book.collection(kind).oldest_first()
            if all(item[name] == value for name, value in having.items())
        ]
        if not found:
            raise Refused("there is none")
        return self.rng.choice(found)

    def amount(self) -> int:
        return self.rng.randrange(50, 50_000)

    def charge(self) -> None:
        fee = self.rng.randrange(0, 40) if self.platform else 0
        charges.charge(self.book, self.amount(), application_fee=fee)

    def debit(self) -> None:
        item = charges.charge(self.book, self.amount(), method="us_bank_account")
        if self.rng.random() < 0.3:
            charges.return_payment(self.book, item, after_success=self.rng.random() < 0.5)

    def partly(self) -> None:
        item = charges.charge(self.book, self.amount(), capture=False)
        charges.capture(self.book, item, item["amount"] // 2 + 1)

    def refund(self) -> None:
        item = self.some("charge", status="succeeded", captured=True, source_transfer=None)
        left = item["amount_captured"] - item["amount_refunded"]
        if left <= 0:
            raise Refused("there is nothing left")
        refunds.refund(self.book, item, self.rng.randint(1, left))

    def bounce(self) -> None:
        refunds.fail(self.book, self.some("refund", status="succeeded"))

    def dispute(self) -> None:
        disputes.open_dispute(self.book, self.some("charge", disputed=False, captured=True))

    def win(self) -> None:
        disputes.win(self.book, self.some("dispute", status="needs_response"))

    def fee(self) -> None:
        other_movements.stripe_fee(self.book, self.rng.randrange(1, 300))
        other_movements.tax(self.book, self.rng.randrange(1, 30))

    def reserve(self) -> None:
        other_movements.hold_reserve(self.book, self.amount() // 10)

    def release(self) -> None:
        other_movements.release_reserve(self.book, self.amount() // 10, kind="reserved_funds")

    def instant(self) -> None:
        payouts.request(self.book, self.amount() // 10, instant=True)

    def by_hand(self) -> None:
        payouts.request(self.book, self.amount() // 5)

    def fail(self) -> None:
        payouts.fail(self.book, self.some("payout"))
        if self.rng.random() < 0.8:
            accounts.repair_bank_account(self.book)

    def cancel(self) -> None:
        payouts.cancel(self.book, self.some("payout", automatic=False))

    def reverse(self) -> None:
        payouts.reverse(self.book, self.some("payout", status="paid"))

    def topup(self) -> None:
        topups.top_up(self.book, self.amount())

    def capital(self) -> None:
        other_movements.advance_capital(self.book, self.amount())
        other_movements.repay_capital(self.book, self.amount() // 20)

    def unheard(self) -> None:
        other_movements.unheard_of(self.book, "quantum_levy", "quantum", -self.rng.randrange(1, 90), fee=2)

    def minimum(self) -> None:
        accounts.set_minimum_balance(self.book, self.rng.choice([None, {"usd": self.rng.randrange(1, 5_000)}]))

    def transfer(self) -> None:
        if self.platform is not None:
            transfers.transfer(self.platform, self.book, self.rng.randrange(1, 200))


def lived(seed: str, switches: Switches, days: int = 25) -> tuple[Simulation, AccountBook]:
    simulation = Simulation(seed=seed, start=MONDAY, switches=switches)
    platform = simulation.open_platform()
    book = simulation.open_account(AccountHabits(fee_tax_basis_points=1_900))
    simulation.connect(platform, book)
    business = Business(simulation, book, Random(seed))
    for day in range(days):
        simulation.kernel.clock.run_until(MONDAY + day * DAY + 9 * HOUR)
        business.one_day()
    simulation.kernel.clock.run_until(MONDAY + (days + 3) * DAY)
    return simulation, book


SWITCHES = st.builds(
    Switches,
    zero_payouts=st.sampled_from(["made", "skipped"]),
    manual_movements=st.sampled_from(["in_next_list", "with_what_they_paid"]),
    payout_movements=st.sampled_from(["available_at_once", "pending_until_arrival"]),
    instant_fee_given_back=st.booleans(),
    undocumented_categories=st.sampled_from(["own_name", "other_adjustment"]),
    reserves_mirrored=st.booleans(),
    dispute_rows_name=st.sampled_from(["dispute", "charge"]),
    capital_advance=st.sampled_from(["listed", "apart"]),
    asynchronous_capture=st.booleans(),
)


@given(seed=st.integers(0, 10**6), switches=SWITCHES)
@settings(max_examples=25)
def test_every_minor_unit_is_in_one_place_and_every_list_adds_up(seed: int, switches: Switches) -> None:
    _, book = lived(f"life {seed}", switches)

    movements = list(book.collection("balance_transaction").oldest_first())
    listed = Counter[str]()
    for payout in book.collection("payout").oldest_first():
        items = list(book.items[payout["id"]].oldest_first()) if payout["automatic"] else []
        listed.update(item["id"] for item in items)
        assert sum(item["net"] for item in items) == 0, payout
        own = sum(item["net"] for item in items if item["id"] == payout["balance_transaction"])
        assert not payout["automatic"] or own == -payout["amount"]
    assert set(listed.values()) <= {1}
    assert all(item["net"] == item["amount"] - item["fee"] for item in movements)
    assert all(item["fee"] == sum(detail["amount"] for detail in item["fee_details"]) for item in movements)
    unpaid = {id for waiting in book.unpaid.values() for id in waiting}
    assert not unpaid & set(listed)
    assert balance_object(book) == recounted(book, movements)


def recounted(book: AccountBook, movements: list[JsonObject]) -> JsonObject:
    """The balance as the sum of its movements; a payout that was sent has left it."""
    counted = balance_object(book)
    for part in ("available", "pending"):
        for place in counted[part]:
            place["amount"] = sum(
                item["net"]
                for item in movements
                if item["currency"] == place["currency"]
                and item["balance_type"] == "payments"
                and (item["status"] == "available" or (item["type"] == "payout" and item["amount"] < 0))
                == (part == "available")
            )
            place["source_types"] = {"card": place["amount"]}
    return counted


@given(seed=st.integers(0, 10**6))
@settings(max_examples=6)
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    one, _ = lived(f"twin {seed}", Switches(), days=10)
    two, _ = lived(f"twin {seed}", Switches(), days=10)

    assert one.dump() == two.dump()


def test_another_seed_gives_other_bytes() -> None:
    assert lived("a", Switches(), days=3)[0].dump() != lived("b", Switches(), days=3)[0].dump()


@pytest.mark.parametrize(
    "policy",
    [
        DeliveryPolicy(),
        DeliveryPolicy(never=True),
        DeliveryPolicy(lost=0.5, repeated=0.5, twinned=0.2, delay_most=3 * DAY, shuffled=True),
        DeliveryPolicy(repeated=1.0, shuffled=True),
    ],
    ids=["plain", "never", "everything goes wrong", "all twice"],
)
async def test_webhooks_of_any_kind_and_lists_lead_to_the_same_objects(policy: DeliveryPolicy) -> None:
    """Whoever takes a webhook as a hint, and looks, ends with the same objects; and so does who only lists."""
    async with open_shop(policy=policy, seed="any policy") as shop, listening() as listener:
        shop.stripe.simulation.webhook_endpoints.add(shop.platform.id, listener.url, connect=True)
        listener.answers = [500, 200, 302] * 20
        await busy(shop)

        by_hints = await looked_up(shop, listener)
        by_lists = {}
        for path in _PATHS.values():
            by_lists.update({item["id"]: item for item in await shop.every(path)})

        truth = {item["id"]: item for kind in _PATHS for item in shop.account.collection(kind).oldest_first()}
        assert by_lists == truth
        assert {**by_lists, **by_hints} == truth
        assert policy.never or len(by_hints) > len(truth) // 2


_PATHS = {
    "charge": "/v1/charges",
    "dispute": "/v1/disputes",
    "payment_intent": "/v1/payment_intents",
    "payout": "/v1/payouts",
    "refund": "/v1/refunds",
    "topup": "/v1/topups",
}


async def busy(shop: Shop) -> None:
    business = Business(shop.stripe.simulation, shop.account, Random("busy"))
    for _ in range(8):
        business.one_day()
        await shop.stripe.advance(DAY)
    await shop.stripe.advance(20 * DAY)


async def looked_up(shop: Shop, listener: Listener) -> dict[str, JsonObject]:
    """What the webhooks named, as it is now."""
    named = [each.event["data"]["object"] for each in listener.received]
    places = sorted({f"{_PATHS[item['object']]}/{item['id']}" for item in named if item["object"] in _PATHS})
    found = [await shop.ask(place) for place in places]
    return {item["id"]: item for item in found}
