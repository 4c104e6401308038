"""What happens at an account of a simulated Stripe: steps that are fixed by a seed, whoever looks on, and whenever.

Which objects a step takes is drawn from the step's own chance and from what there is, so that the same steps in the
same order end in the same account.
"""

import random
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from adapters.simulator.stripe import accounts, charges, disputes, other_movements, payouts, refunds, topups
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import DAY, JsonObject

Action = Callable[[AccountBook, random.Random], object]
_SAME_SECOND_SHARE: Final = 0.4


@attrs.frozen(kw_only=True)
class Step:
    """So many seconds after the step before, this happens. What cannot happen then, does not."""

    name: str
    after: int = 0
    chance: int = 0

    def take(self, book: AccountBook) -> None:
        """Moves the clock, and does it."""
        book.kernel.clock.run_until(book.now + self.after)
        try:
            ACTIONS[self.name](book, random.Random(self.chance))  # noqa: S311  # a repeatable course of things
        except Refused:
            return


def flow(seed: str, length: int) -> tuple[Step, ...]:
    """Steps of some weeks; many of the same second, and pauses of hours and days."""
    chance = random.Random(seed)  # noqa: S311
    names = [name for name, (weight, _) in _WEIGHTED.items() for _ in range(weight)]
    return tuple(
        Step(name=chance.choice(names), after=_pause(chance), chance=chance.getrandbits(32)) for _ in range(length)
    )


def _pause(chance: random.Random) -> int:
    if chance.random() < _SAME_SECOND_SHARE:
        return 0
    return chance.choice((1, 60, 3_600, 6 * 3_600, DAY, DAY, 2 * DAY, 3 * DAY))


def _charge(book: AccountBook, chance: random.Random) -> None:
    charges.charge(book, chance.choice((1_000, 1_000, 2_500, chance.randrange(100, 100_000))))


def _charges(book: AccountBook, chance: random.Random) -> None:
    for _ in range(chance.randrange(2, 5)):
        charges.charge(book, 1_000)


def _refund(book: AccountBook, chance: random.Random) -> None:
    left = [
        each
        for each in _all(book, "charge")
        if each["captured"] and each["status"] == "succeeded" and each["amount_refunded"] == 0 and not each["disputed"]
    ]
    if left:
        charge = chance.choice(left)
        refunds.refund(book, charge, chance.choice((None, charge["amount"] // 2 or None)))


def _dispute(book: AccountBook, chance: random.Random) -> None:
    left = [each for each in _all(book, "charge") if each["captured"] and not each["disputed"] and not each["refunded"]]
    if left:
        disputes.open_dispute(book, chance.choice(left))


def _end_dispute(book: AccountBook, chance: random.Random) -> None:
    left = [each for each in _all(book, "dispute") if each["status"] == "needs_response"]
    if left:
        chance.choice((disputes.win, disputes.lose))(book, left[0])


def _fail_payout(book: AccountBook, chance: random.Random) -> None:
    left = [each for each in _all(book, "payout") if each["status"] in ("in_transit", "paid") and each["amount"] > 0]
    recent = [each for each in left if each["arrival_date"] > book.now - 9 * DAY and each["reversed_by"] is None]
    if recent:
        payouts.fail(book, chance.choice(recent))


def _repair(book: AccountBook, _chance: random.Random) -> None:
    if book.payouts_paused:
        accounts.repair_bank_account(book)


def _request(book: AccountBook, chance: random.Random) -> None:
    payouts.request(book, chance.randrange(100, 2_000), instant=chance.random() < 0.3)


def _cancel(book: AccountBook, _chance: random.Random) -> None:
    left = [each for each in _all(book, "payout") if each["status"] == "pending" and not each["automatic"]]
    if left:
        payouts.cancel(book, left[0])


def _reverse(book: AccountBook, chance: random.Random) -> None:
    left = [each for each in _all(book, "payout") if each["status"] == "paid" and each["amount"] > 0]
    if left:
        payouts.reverse(book, chance.choice(left))


def _unheard_of(book: AccountBook, chance: random.Random) -> None:
    other_movements.unheard_of(book, "stardust", "celestial", -chance.randrange(1, 200))


def _all(book: AccountBook, kind: str) -> Sequence[JsonObject]:
    return list(book.listing(kind).oldest_first())


_WEIGHTED: Final[dict[str, tuple[int, Action]]] = {
    "charge": (8, _charge),
    "charges": (3, _charges),
    "refund": (3, _refund),
    "dispute": (1, _dispute),
    "end_dispute": (1, _end_dispute),
    "fail_payout": (1, _fail_payout),
    "repair": (3, _repair),
    "request_payout": (1, _request),
    "cancel_payout": (1, _cancel),
    "reverse_payout": (1, _reverse),
    "top_up": (1, lambda book, chance: topups.top_up(book, chance.randrange(100, 5_000))),
    "fee": (1, lambda book, chance: other_movements.stripe_fee(book, chance.randrange(1, 200))),
    "hold_reserve": (1, lambda book, chance: other_movements.hold_reserve(book, chance.randrange(1, 200))),
    "release_reserve": (1, lambda book, chance: other_movements.release_reserve(book, chance.randrange(1, 200))),
    "unheard_of": (1, _unheard_of),
    "nothing": (2, lambda _book, _chance: None),
}
ACTIONS: Final[dict[str, Action]] = {name: action for name, (_, action) in _WEIGHTED.items()}
