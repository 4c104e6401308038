"""The remainder of a payout: what its items do not explain, and its name. There is no unnamed remainder."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Money
from domain.payout import Payout


class RemainderLabel(StrEnum):
    """Every name that a remainder can have."""

    NONE = "none"
    """The items add up to the payout."""
    ITEMS_MISSING = "items_missing"
    """Stripe itemises the payout, but its items are not among the inputs."""
    NOT_ITEMISED_YET = "not_itemised_yet"
    """Stripe says that it is still putting the list together."""
    NOT_IN_RECORDS = "not_in_records"
    """A manual or instant payout that the transactions given cannot have paid for, wholly or in part: the balance that
    it drew on is older than the records, or was not given."""
    NOT_WORKED_OUT = "not_worked_out"
    """A manual or instant payout of an account of which more transactions stand in no list than are looked at at once:
    only the proof of the whole company says what it paid out."""
    CAPITAL = "capital"
    """A repayment of Stripe Capital that Stripe lists in no payout is exactly the remainder."""
    RESERVE = "reserve"
    """Money put in reserve, or let out of it, that Stripe lists in no payout is exactly the remainder."""
    MINIMUM_BALANCE = "minimum_balance"
    """Money held as minimum balance, or released, that Stripe lists in no payout is exactly the remainder."""
    ROUNDED_PAYOUT = "rounded_payout"
    """A currency that Stripe pays out in whole units only (huf, twd): the rest stays in the balance or came from it."""
    CAME_BACK = "came_back"
    """A failed or canceled payout that the source does not itemise in its own place; its money was given back."""
    DRAWN_FROM_BANK = "drawn_from_bank"
    """Drawn from the bank by hand, or by reversal of a payout: it pays nothing out, and a later payout pays it."""
    IN_LATER_PAYOUT = "in_later_payout"
    """Stripe lists this payout's own movement inside another payout, and with it what it had paid out."""
    UNEXPLAINED = "unexplained"
    """Nothing among the records explains it."""

    @classmethod
    def settled(cls) -> frozenset["RemainderLabel"]:
        """Names of remainders that leave no question open: the records say where the money is."""
        return frozenset({cls.CAME_BACK, cls.DRAWN_FROM_BANK, cls.IN_LATER_PAYOUT})

    @property
    def in_words(self) -> str:
        """For a bookkeeper."""
        return _IN_WORDS[self]


_IN_WORDS: Final = {
    RemainderLabel.NONE: "the items add up",
    RemainderLabel.ITEMS_MISSING: "its items are not among the inputs",
    RemainderLabel.NOT_ITEMISED_YET: "Stripe has not finished its list",
    RemainderLabel.NOT_IN_RECORDS: "what paid for it is older than the records, or was not given",
    RemainderLabel.NOT_WORKED_OUT: "too much could have paid for it to work it out here; the company's proof does",
    RemainderLabel.CAPITAL: "a repayment of Stripe Capital of this amount is listed in no payout",
    RemainderLabel.RESERVE: "a reserve movement of this amount is listed in no payout",
    RemainderLabel.MINIMUM_BALANCE: "a minimum-balance movement of this amount is listed in no payout",
    RemainderLabel.ROUNDED_PAYOUT: "Stripe pays this currency out in whole units only",
    RemainderLabel.CAME_BACK: "the payout came back, and is not itemised in its place",
    RemainderLabel.DRAWN_FROM_BANK: "drawn from the bank; a later payout pays it out",
    RemainderLabel.IN_LATER_PAYOUT: "Stripe lists this payout inside another one",
    RemainderLabel.UNEXPLAINED: "nothing among the records explains it",
}

WHOLE_UNIT_PAYOUTS: Final = frozenset({"huf", "twd"})
"""Two-decimal currencies whose payouts Stripe makes in whole units. Source: Stripe's page on currencies."""

_CAPITAL: Final = frozenset(
    {
        "anticipation_repayment",
        "financing_payout",
        "financing_payout_reversal",
        "financing_paydown",
        "financing_paydown_reversal",
    }
)
_RESERVE: Final = frozenset(
    {
        "reserve_transaction",
        "reserved_funds",
        "reserve_hold",
        "reserve_release",
        "payment_network_reserve_hold",
        "payment_network_reserve_release",
        "connect_reserved_funds",
        "risk_reserved_funds",
    }
)
_MINIMUM_BALANCE: Final = frozenset({"payout_minimum_balance_hold", "payout_minimum_balance_release"})
WITHHELD_KINDS: Final = _CAPITAL | _RESERVE | _MINIMUM_BALANCE
"""Types and categories of movements that can name a remainder."""


@attrs.frozen(kw_only=True)
class Remainder:
    """Payout less the net of its items, signed, and its name: `none` and nothing else when it is zero."""

    amount: Money
    label: RemainderLabel

    def __attrs_post_init__(self) -> None:
        if bool(self.amount) == (self.label is RemainderLabel.NONE):
            raise ValueError(f"a remainder of {self.amount} cannot be called {self.label}")


class WithheldMoney:
    """Movements that Stripe lists in no payout and that explain why a payout is less, or more, than its items.

    A movement names a remainder if it has exactly its amount and was made by the payout's arrival; each names one
    remainder, and where movements of two kinds could, none does: that would be a guess.
    """

    def __init__(self, unlisted: Iterable[BalanceTransaction]) -> None:
        self._by_amount: dict[Money, list[tuple[RemainderLabel, BalanceTransaction]]] = {}
        self.used: set[BalanceTransactionId] = set()
        for transaction in sorted(unlisted, key=lambda transaction: transaction.id):
            label = _kind(transaction)
            if label is not None:
                self._by_amount.setdefault(transaction.net, []).append((label, transaction))

    def name(self, payout: Payout, remainder: Money) -> RemainderLabel:
        """The name of the remainder of a payout whose items are all there."""
        if payout.amount.currency.code in WHOLE_UNIT_PAYOUTS and _is_rounding(payout.amount, remainder):
            return RemainderLabel.ROUNDED_PAYOUT
        fitting = [
            (label, transaction)
            for label, transaction in self._by_amount.get(remainder, ())
            if transaction.id not in self.used
            and (transaction.created is None or transaction.created.date() <= payout.arrival_date)
        ]
        if len({label for label, _ in fitting}) != 1:
            return RemainderLabel.UNEXPLAINED
        label, transaction = fitting[0]
        self.used.add(transaction.id)
        return label


def may_name(transaction: BalanceTransaction) -> bool:
    """It is listed in no payout, and of a kind that names remainders."""
    return transaction.payout is None and _kind(transaction) is not None


def _kind(transaction: BalanceTransaction) -> RemainderLabel | None:
    names = {transaction.type, transaction.reporting_category}
    if names & _CAPITAL:
        return RemainderLabel.CAPITAL
    if names & _RESERVE:
        return RemainderLabel.RESERVE
    if names & _MINIMUM_BALANCE:
        return RemainderLabel.MINIMUM_BALANCE
    return None


def _is_rounding(amount: Money, remainder: Money) -> bool:
    return amount.minor_units % 100 == 0 and abs(remainder.minor_units) < 100
