"""Plays a generated world into banks, on the clock: the same world that the simulated Stripe plays into accounts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

import attrs

from adapters.simulator.payout_maker import account_mask
from adapters.simulator.plaid.bank import Bank, BankHabits, BankLogin
from adapters.simulator.plaid.bank_account import BankAccount, BankLine
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.wire import DAY, HOUR
from adapters.simulator.world import CompanyWorld, MadeLine
from domain.bank_deposit import BankDepositId
from domain.money import Money

_COUNTRIES: Final = {"usd": "US", "cad": "CA", "gbp": "GB"}
_OPENING: Final = 1_250_000
"""Minor units in each account before the first line."""


@attrs.frozen(kw_only=True)
class PlayedBanks:
    """The banks of a world, by their number in its law; those that no feed shows are left out."""

    banks: Mapping[int, Bank]
    logins: Mapping[int, BankLogin]
    ends: int
    """The last second of the world's day of looking."""

    def truth(self, item: Item) -> dict[str, BankDepositId]:
        """What the Item's transactions, as they stand, are called in the world."""
        return {
            each.transaction_id: BankDepositId(each.line.name) for each in item.standing() if each.line.name is not None
        }


def play(simulation: Simulation, world: CompanyWorld, *, habits: BankHabits | None = None) -> PlayedBanks:
    """Plans every line of the world; moving the clock lets them come. What is older than the clock is there at once.

    Lines keep the world's amounts, dates and texts. A share of them, by the bank's law, is pending on the day before.
    A line's id is Plaid's own and new with each Item: `PlayedBanks.truth` tells which is which. An account that the
    world links again is here one account: to link it again is a user's doing.
    """
    banks: dict[int, Bank] = {}
    logins: dict[int, BankLogin] = {}
    for number, law in enumerate(world.law.banks):
        if not law.in_feed:
            continue
        mask, currency = account_mask(number), law.currency
        account = BankAccount(
            name="Business Checking",
            official_name=f"{law.institution} Business Checking",
            mask=mask,
            currency=currency,
            opening=Money(_OPENING, currency),
        )
        bank = simulation.open_bank(law.institution, country=_COUNTRIES.get(currency.code, "DE"), habits=habits)
        banks[number], logins[number] = bank, bank.add_login(f"{world.name} {mask}", account)
        own = [made for made in world.lines if made.bank == number]
        for made in sorted(own, key=lambda made: (made.deposit.date, made.deposit.id)):
            _plan(simulation, account, made, law.pending_share)
    return PlayedBanks(banks=banks, logins=logins, ends=_midnight(world.as_of) + DAY - 1)


def _plan(simulation: Simulation, account: BankAccount, made: MadeLine, pending_share: float) -> None:
    kernel, line = simulation.kernel, made.deposit
    chance = kernel.chance("bank days")
    posts = _midnight(line.date) + chance.randrange(8 * HOUR, 14 * HOUR)
    if chance.random() < pending_share:

        def show() -> None:
            pending = _post(account, made, pending=True)
            kernel.clock.at(posts, lambda: _settle(account, pending, line.date))

        kernel.clock.at(posts - DAY, show)
    else:
        kernel.clock.at(posts, lambda: _show(account, made))


def _show(account: BankAccount, made: MadeLine) -> None:
    _post(account, made)


def _settle(account: BankAccount, pending: BankLine, day: date) -> None:
    account.settle(pending, day)


def _post(account: BankAccount, made: MadeLine, *, pending: bool = False) -> BankLine:
    line = made.deposit
    return account.post(
        line.amount,
        line.date - timedelta(days=1) if pending else line.date,
        line.text,
        counterparty=line.counterparty,
        company_id=line.company_id,
        pending=pending,
        name=line.id,
    )


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
