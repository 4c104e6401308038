"""A long past for an account, which takes no memory: payouts and their items are computed when they are asked for.

For back-fills of millions of rows. Each payout of it is automatic, paid and completed, and its list comes to nothing,
so that the balance is what it was. The charges that its items name are not there to be looked up.
"""

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.accounts import bank_account_for
from adapters.simulator.stripe.balance_transactions import fee_detail
from adapters.simulator.stripe.wire import DAY, JsonObject

_DIGITS: Final = 12
_AS_LONG_AS: Final = 14 * 365 * DAY
"""No past reaches further back: Stripe itself is not older."""


class NotANewAccount(ValueError):
    """A past can be given only to an account to which nothing has happened."""

    def __init__(self, account: str) -> None:
        super().__init__(f"{account} has movements already, which a past would have to come before")


@attrs.frozen(kw_only=True)
class Computed:
    """Objects by position, from the oldest on."""

    length: int
    make: Callable[[int], JsonObject]
    position: Callable[[str], int | None]
    """Where the object of this id is, if it is one of these."""

    def get(self, id: str) -> JsonObject | None:
        """The object, or None."""
        place = self.position(id)
        return None if place is None else self.make(place)

    def newest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """From the newest on, or from behind this one."""
        begin = self.length if after is None else self._place(after)
        for place in range(begin - 1, -1, -1):
            yield self.make(place)

    def oldest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """The other way round."""
        begin = 0 if after is None else self._place(after) + 1
        for place in range(begin, self.length):
            yield self.make(place)

    def __contains__(self, id: str) -> bool:
        return self.position(id) is not None

    def __len__(self) -> int:
        return self.length

    def _place(self, id: str) -> int:
        place = self.position(id)
        if place is None:
            raise KeyError(id)
        return place


def add_long_history(book: AccountBook, *, payouts: int, items_each: int) -> None:
    """So many payouts with so many items each, a day apart or less, the last one as long ago. Raises NotANewAccount."""
    if len(book.collection("balance_transaction")) or len(book.collection("payout")):
        raise NotANewAccount(book.id)
    past = _Past(book, payouts, items_each)
    book.histories["payout"] = past.payouts
    book.histories["balance_transaction"] = past.transactions
    book.history_items = past.items_of


class _Past:
    def __init__(self, book: AccountBook, payouts: int, items_each: int) -> None:
        self.count, self.each = payouts, items_each
        self.currency, self.livemode = book.currency, book.livemode
        self.apart = min(DAY, _AS_LONG_AS // max(payouts, 1))
        self.first = book.now - payouts * self.apart
        self.tag = book.kernel.ids.letters(10)
        bank = bank_account_for(book, book.currency)
        self.destination = bank["id"] if bank else None
        self.payouts = Computed(length=payouts, make=self.payout, position=self._parsed("po_", payouts))
        block = items_each + 1
        self.transactions = Computed(
            length=payouts * block, make=self.transaction, position=self._parsed("txn_", payouts * block)
        )

    def items_of(self, payout: str) -> Computed | None:
        """The list of one of these payouts; None if it is another one."""
        number = self.payouts.position(payout)
        if number is None:
            return None
        block = self.each + 1
        start = number * block

        def position(id: str) -> int | None:
            place = self.transactions.position(id)
            return place - start if place is not None and start <= place < start + block else None

        return Computed(length=block, make=lambda place: self.transaction(start + place), position=position)

    def payout(self, number: int) -> JsonObject:
        """The so-manieth payout."""
        created = self.first + number * self.apart
        return {
            "id": self._id("po_", number),
            "object": "payout",
            "amount": sum(gross - fee for gross, fee in map(self._amounts, self._numbers(number))),
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": (created // DAY + 1) * DAY,
            "automatic": True,
            "balance_transaction": self._id("txn_", number * (self.each + 1) + self.each),
            "created": created,
            "currency": self.currency,
            "description": "STRIPE PAYOUT",
            "destination": self.destination,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "livemode": self.livemode,
            "metadata": {},
            "method": "standard",
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "completed",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": None,
            "status": "paid",
            "trace_id": {"status": "supported", "value": f"0910000{number:08d}"},
            "type": "bank_account",
        }

    def transaction(self, place: int) -> JsonObject:
        """The so-manieth movement: a payout's charges, then its own."""
        number, item = divmod(place, self.each + 1)
        sent = self.first + number * self.apart
        if item == self.each:
            total = self.payout(number)["amount"]
            shared = {"amount": -total, "fee": 0, "fee_details": [], "net": -total, "created": sent}
            own = {"available_on": (sent // DAY + 1) * DAY, "source": self._id("po_", number), "type": "payout"}
            return self._movement(place, {**shared, **own, "reporting_category": "payout"}, "STRIPE PAYOUT")
        gross, fee = self._amounts(place)
        created = sent - self.apart + 1 + item * (self.apart - 2) // self.each
        shared = {"amount": gross, "fee": fee, "net": gross - fee, "created": created, "available_on": created}
        details = [fee_detail(fee, self.currency, "stripe_fee", "Stripe processing fees")]
        source = {"source": self._id("ch_", place), "type": "charge", "reporting_category": "charge"}
        return self._movement(place, {**shared, **source, "fee_details": details}, None)

    def _movement(self, place: int, fields: JsonObject, description: str | None) -> JsonObject:
        return {
            "id": self._id("txn_", place),
            "object": "balance_transaction",
            "balance_type": "payments",
            "currency": self.currency,
            "description": description,
            "exchange_rate": None,
            "status": "available",
            **fields,
        }

    def _numbers(self, number: int) -> range:
        start = number * (self.each + 1)
        return range(start, start + self.each)

    def _amounts(self, place: int) -> tuple[int, int]:
        """Gross and fee: any amounts will do, if they are always the same."""
        gross = 1_000 + place * 104_729 % 90_001
        return gross, gross * 290 // 10_000 + 30

    def _id(self, prefix: str, number: int) -> str:
        return f"{prefix}1H{self.tag}{number:0{_DIGITS}d}"

    def _parsed(self, prefix: str, length: int) -> Callable[[str], int | None]:
        start = f"{prefix}1H{self.tag}"

        def parse(id: str) -> int | None:
            digits = id[len(start) :]
            if not id.startswith(start) or len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
                return None
            return int(digits) if int(digits) < length else None

        return parse
