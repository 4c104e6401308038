"""Plays a generated world into accounts, on the clock: its payouts live, and the bank lines of the same world agree."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

import attrs

from adapters.simulator import banking_calendar
from adapters.simulator.balance_items import ItemsLaw, make_books
from adapters.simulator.stripe import accounts, payout_life
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.balance_transactions import fee_detail, keep_out_of_lists, listed_in, write
from adapters.simulator.stripe.countries import midnight
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import DAY, HOUR, MINUTE
from adapters.simulator.stripe.world_sources import add_source
from adapters.simulator.world import CompanyWorld, MadePayout
from adapters.simulator.world_files import payout_object
from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout, PayoutId, PayoutStatus

_COUNTRIES: Final = {"usd": "US", "eur": "DE", "gbp": "GB", "huf": "HU", "jpy": "JP"}
_FAILS_AFTER_BANKING_DAYS: Final = 4


@attrs.frozen(kw_only=True)
class PlayedWorld:
    """The accounts of a world, and how far the clock is to go."""

    books: Mapping[str, AccountBook]
    """By account id: the ids in the world's payouts."""
    planted: frozenset[PayoutId]
    """Payouts of which an item was left out on purpose."""
    ends: int
    """The last second of the world's day of looking."""


def starts(world: CompanyWorld) -> int:
    """A moment before anything happens in the world: where a simulation's clock must stand to play it."""
    created = [_seconds(made.payout.created) for made in world.payouts if made.payout.created]
    return min(created, default=midnight(world.as_of)) - 7 * DAY


def play(
    simulation: Simulation,
    world: CompanyWorld,
    *,
    items: ItemsLaw | None = None,
    invoiced: float = 0.0,
    livemode: bool = True,
) -> PlayedWorld:
    """Plans everything that happens in the world; moving the clock lets it happen. `invoiced` is the share of charges
    that pay an invoice.

    Payouts keep the world's ids, amounts, dates, trace ids and fates. What came back returns when the later payout that
    lists it needs it. Manual payouts, of whose money a world says nothing, are paid for by charges that no list has.
    """
    books: dict[str, AccountBook] = {}
    planted: set[PayoutId] = set()
    for account in sorted({made.account for made in world.payouts}):
        own = [made for made in world.payouts if made.account == account]
        player = _AccountPlayer(simulation, world, own, items, invoiced=invoiced, livemode=livemode)
        player.plan()
        books[player.book.id] = player.book
        planted |= player.planted
    return PlayedWorld(books=books, planted=frozenset(planted), ends=midnight(world.as_of) + DAY - 1)


class _AccountPlayer:
    """One account of a world."""

    def __init__(
        self,
        simulation: Simulation,
        world: CompanyWorld,
        own: list[MadePayout],
        items: ItemsLaw | None,
        *,
        invoiced: float,
        livemode: bool,
    ) -> None:
        self.clock, self.own, self.invoiced = simulation.kernel.clock, own, invoiced
        first, law = own[0].payout, own[0].law
        self.banking = world.law.banks[law.bank].banking
        currency = law.currency.code
        habits = AccountHabits(country=_COUNTRIES.get(currency, "US"), currency=currency, name=world.name)
        self.book = simulation.open_account(habits, id=first.stripe_account, livemode=livemode, paid=False)
        made = make_books(tuple(each.payout for each in own), f"{world.name}/{first.stripe_account}", items)
        self.planted, self.items = made.planted, made.items
        self.moved: dict[str, BalanceTransaction] = {item.id: item for item in made.items}
        self.returned: dict[str, Payout] = {
            made.payout.failure_balance_transaction: made.payout
            for made in own
            if made.payout.failure_balance_transaction
        }
        """Payouts that come back, by the movement that brings their money."""

    def plan(self) -> None:
        """All payouts of the account, and what is in them."""
        self._add_destinations()
        inside: dict[str, list[BalanceTransaction]] = {}
        for item in self.items:
            if item.payout is not None and not item.is_payout_itself:
                inside.setdefault(item.payout, []).append(item)
        for item in self.items:
            if not item.is_payout_itself and item.id not in self.returned:
                self._at(_seconds(item.created), partial(self._write, item))
        for made in self.own:
            self._plan_payout(made, inside.get(made.payout.id, []))

    def _add_destinations(self) -> None:
        known = {made.payout.destination: made.payout for made in self.own if made.payout.destination}
        for id, payout in known.items():
            accounts.add_bank_account(
                self.book, id=id, last4=payout.destination_last4, currency=payout.amount.currency.code
            )

    def _plan_payout(self, made: MadePayout, inside: list[BalanceTransaction]) -> None:
        payout, clock = made.payout, self.clock
        created = _seconds(payout.created)
        fee = self.moved[_own(payout)].fee.minor_units if _own(payout) in self.moved else 0
        if not payout.automatic and payout.amount.minor_units > 0:
            self._at(created - DAY, lambda: self._fund(payout, fee))
        self._at(created, lambda: self._create(payout, inside, fee))
        if payout.came_back:
            self._at(self._comes_back_at(payout), lambda: self._come_back(payout))
        is_instant = payout.method == "instant"
        left = created + (MINUTE if is_instant else 4 * HOUR)
        arrives = left + 30 * MINUTE if is_instant else max(left + HOUR, midnight(payout.arrival_date) + 6 * HOUR)
        self._at(left, lambda: payout_life.leave(self.book, self.book.get(payout.id)))
        self._at(arrives, lambda: payout_life.arrive(self.book, self.book.get(payout.id)))
        if payout.trace_id is not None:
            trace = payout.trace_id
            told = max(arrives + HOUR, midnight(payout.arrival_date) + made.law.trace_days * DAY)
            clock.at(told, lambda: payout_life.tell_trace(self.book, self.book.get(payout.id), trace))
        if payout.reversed_by is not None:
            self._at_reversal(payout, payout.reversed_by)

    def _at_reversal(self, payout: Payout, by: PayoutId) -> None:
        back = next(made.payout for made in self.own if made.payout.id == by)

        def note() -> None:
            self.book.change(self.book.get(payout.id), "payout.updated", reversed_by=by)

        self._at(_seconds(back.created), note)

    def _create(self, payout: Payout, inside: Iterable[BalanceTransaction], fee: int) -> None:
        """The payout as it is at first, with its movement; its items are in its list, which is not yet told."""
        book = self.book
        item = payout_object(payout)
        item.update(
            destination=payout.destination,
            failure_balance_transaction=None,
            failure_code=None,
            failure_message=None,
            livemode=book.livemode,
            reconciliation_status="in_progress" if payout.automatic else "not_applicable",
            reversed_by=None,
            status="pending",
            trace_id={"status": "pending", "value": None},
        )
        currency = payout.amount.currency.code
        own = write(
            book,
            "payout",
            "payout",
            -payout.amount.minor_units,
            currency=currency,
            fees=[fee_detail(fee, currency, "stripe_fee", "Instant payout fee")] if fee else [],
            source=payout.id,
            description="STRIPE PAYOUT",
            available_on=midnight(payout.arrival_date),
            id=_own(payout),
            status="available",
        )
        keep_out_of_lists(book, own)
        book.add(item, "payout.created")
        if payout.automatic:
            for movement in (*(book.find(each.id) for each in inside), own):
                if movement is not None:
                    listed_in(book, movement, payout.id)
            settled = book.now + book.kernel.chance("payouts").randint(2 * HOUR, 20 * HOUR)
            back = [self._comes_back_at(self.returned[each.id]) for each in inside if each.id in self.returned]
            settled = max(settled, *(moment + HOUR for moment in back)) if back else settled
            self._at(settled, lambda: payout_life.complete_reconciliation(book, item))

    def _comes_back_at(self, payout: Payout) -> int:
        """When the later payout that lists the return needs it; else some banking days after arrival."""
        returned = self.moved.get(payout.failure_balance_transaction or "")
        if returned is not None and returned.created is not None:
            return max(_seconds(returned.created), _seconds(payout.created) + HOUR)
        if payout.status is PayoutStatus.CANCELED:
            return _seconds(payout.created) + HOUR
        return midnight(banking_calendar.moved(self.banking, payout.arrival_date, _FAILS_AFTER_BANKING_DAYS))

    def _come_back(self, payout: Payout) -> None:
        book, item = self.book, self.book.get(payout.id)
        canceled = payout.status is PayoutStatus.CANCELED
        own = book.get(item["balance_transaction"])
        back = write(
            book,
            "payout_cancel" if canceled else "payout_failure",
            "payout_reversal",
            payout.amount.minor_units,
            currency=item["currency"],
            fees=[{**detail, "amount": -detail["amount"]} for detail in own["fee_details"]],
            source=payout.id,
            description="REFUND FOR PAYOUT (STRIPE PAYOUT)",
            id=payout.failure_balance_transaction,
        )
        listing = self.moved[back["id"]].payout if back["id"] in self.moved else None
        if listing is not None and book.find(listing) is not None:
            listed_in(book, back, listing)  # its list is not final yet
        book.change(
            item,
            "payout.canceled" if canceled else "payout.failed",
            status=payout.status.value,
            failure_balance_transaction=back["id"],
            failure_code=payout.failure_code,
            failure_message=None if canceled else "The bank account has been closed.",
        )

    def _write(self, item: BalanceTransaction) -> None:
        currency, fee = item.amount.currency.code, item.fee.minor_units
        source = item.source
        if source is not None:
            add_source(self.book, item, invoiced=self.invoiced)
        write(
            self.book,
            item.type or "adjustment",
            item.reporting_category or "other_adjustment",
            item.amount.minor_units,
            currency=currency,
            fees=[fee_detail(fee, currency, "stripe_fee", "Stripe processing fees")] if fee else [],
            source=source,
            description=item.description,
            id=item.id,
        )

    def _fund(self, payout: Payout, fee: int) -> None:
        currency = payout.amount.currency.code
        words = "Paid for by hand"
        write(self.book, "charge", "charge", payout.amount.minor_units + fee, currency=currency, description=words)

    def _at(self, moment: int, action: Callable[[], None]) -> None:
        self.clock.at(moment, action)


def _own(payout: Payout) -> str:
    return payout.balance_transaction or f"txn_of_{payout.id}"


def _seconds(moment: datetime | None) -> int:
    if moment is None:
        raise ValueError("a world's payouts and transactions know when they were created")
    return int(moment.timestamp())
