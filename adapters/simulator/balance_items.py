"""The balance transactions inside a world's payouts: they add up, except where a fault is planted and named."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import attrs

from adapters.simulator.payout_maker import token
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Money
from domain.payout import Payout, PayoutId, PayoutStatus

_FEE_BASIS_POINTS: Final = 290
_FEE_FIXED: Final = 30
_CHARGE_LARGEST: Final = 250_000


@attrs.frozen(kw_only=True)
class ItemsLaw:
    """How often each kind of item is in a payout."""

    refund: float = 0.15
    dispute: float = 0.02
    dispute_won: float = 0.005
    radar_fee: float = 0.1
    climate: float = 0.03
    reserve: float = 0.02
    payment_failure: float = 0.01
    instant_fee_basis_points: int = 150
    planted: float = 0.0
    """Share of automatic payouts of which one item is left out, so that they do not add up."""


@attrs.frozen(kw_only=True)
class Books:
    """All balance transactions of one Stripe account, and the payouts that were made not to add up."""

    items: tuple[BalanceTransaction, ...]
    planted: frozenset[PayoutId]


def make_books(payouts: tuple[Payout, ...], seed: str, law: ItemsLaw | None = None) -> Books:
    """Every payout's own movement, its return if it came back, and what Stripe says is inside automatic payouts."""
    maker = _Maker(Random(f"{seed}/items"), law or ItemsLaw())
    for payout in sorted(payouts, key=lambda each: (each.arrival_date, each.id)):
        maker.payout(payout)
    return Books(items=tuple(maker.items), planted=frozenset(maker.planted))


class _Maker:
    def __init__(self, rng: Random, law: ItemsLaw) -> None:
        self.rng, self.law = rng, law
        self.items: list[BalanceTransaction] = []
        self.planted: set[PayoutId] = set()
        self.returned: list[Payout] = []
        """Payouts that came back and are not yet in a later payout's list."""
        self.held: int = 0
        """Reserve that is held and will be released."""

    def payout(self, payout: Payout) -> None:
        """All that this payout writes."""
        created = payout.created or datetime(payout.arrival_date.year, 1, 1, tzinfo=UTC)
        fee = 0
        if payout.method == "instant":
            fee = abs(payout.amount.minor_units) * self.law.instant_fee_basis_points // 10_000
        inside = payout.id if payout.automatic else None
        if payout.automatic:
            self._inside(payout, created)
        self._add(
            payout, created, -payout.amount.minor_units, fee, "payout", "payout", inside, payout.balance_transaction
        )
        if payout.came_back:
            self.returned.append(payout)

    def _inside(self, payout: Payout, created: datetime) -> None:
        before = len(self.items)
        rest = payout.amount.minor_units
        for kind in ("refund", "dispute", "dispute_won", "radar_fee", "climate", "reserve", "payment_failure"):
            if self.rng.random() < getattr(self.law, kind):
                rest -= getattr(self, f"_{kind}")(payout, created)
        rest -= self._returns(payout, created)
        self._charges(payout, created, rest)
        if self.rng.random() < self.law.planted and len(self.items) - before > 1:
            self.items.pop(self.rng.randrange(before, len(self.items)))
            self.planted.add(payout.id)

    def _returns(self, payout: Payout, created: datetime) -> int:
        """What came back since stands in the next automatic payout's list, and was not listed before."""
        total = 0
        for returned in [each for each in self.returned if each.arrival_date < payout.arrival_date]:
            if returned.amount.currency != payout.amount.currency:
                continue
            self.returned.remove(returned)
            kind = "payout_cancel" if returned.status is PayoutStatus.CANCELED else "payout_failure"
            amount = returned.amount.minor_units
            self._add(
                payout, created, amount, 0, kind, "payout_reversal", payout.id, returned.failure_balance_transaction,
                source=returned.id, description="REFUND FOR PAYOUT (STRIPE PAYOUT)",
            )  # fmt: skip
            total += amount
        return total

    def _charges(self, payout: Payout, created: datetime, rest: int) -> None:
        """Charges whose nets come to the rest; where the rest is negative, a refund takes it."""
        if rest < 0:
            self._add(payout, created, rest, 0, "refund", "refund", payout.id, description="REFUND FOR CHARGE")
            return
        while rest > 0:
            net = rest if rest < 5_000 or self.rng.random() < 0.25 else self.rng.randrange(rest // 4, rest) + 1
            net = min(net, _CHARGE_LARGEST)
            gross = (net + _FEE_FIXED) * 10_000 // (10_000 - _FEE_BASIS_POINTS)
            self._add(payout, created, gross, gross - net, "charge", "charge", payout.id, description="Invoice payment")
            rest -= net

    def _refund(self, payout: Payout, created: datetime) -> int:
        amount = -self.rng.randrange(500, 20_000)
        return self._add(payout, created, amount, 0, "refund", "refund", payout.id, description="REFUND FOR CHARGE")

    def _dispute(self, payout: Payout, created: datetime) -> int:
        amount = -self.rng.randrange(1_000, 30_000)
        words = "Chargeback withdrawal for " + token(self.rng, "ch_")
        return self._add(payout, created, amount, 1_500, "adjustment", "dispute", payout.id, description=words)

    def _dispute_won(self, payout: Payout, created: datetime) -> int:
        amount = self.rng.randrange(1_000, 30_000)
        words = "Chargeback reversal for " + token(self.rng, "ch_")
        return self._add(payout, created, amount, 0, "adjustment", "dispute_reversal", payout.id, description=words)

    def _radar_fee(self, payout: Payout, created: datetime) -> int:
        words = f"Radar ({created:%Y-%m-%d}): Standard"
        amount = -5 * self.rng.randrange(1, 40)
        return self._add(payout, created, amount, 0, "stripe_fee", "fee", payout.id, description=words)

    def _climate(self, payout: Payout, created: datetime) -> int:
        amount = -max(1, abs(payout.amount.minor_units) // 100)
        return self._add(payout, created, amount, 0, "contribution", "contribution", payout.id, description="Climate")

    def _reserve(self, payout: Payout, created: datetime) -> int:
        """A reserve is held, or the one that is held is released."""
        amount = self.held or -self.rng.randrange(1_000, 50_000)
        self.held = 0 if self.held else -amount
        return self._add(payout, created, amount, 0, "reserved_funds", "risk_reserved_funds", payout.id)

    def _payment_failure(self, payout: Payout, created: datetime) -> int:
        amount = self.rng.randrange(1_000, 40_000)
        paid = self._add(payout, created, amount, 80, "payment", "charge", payout.id, description="ACH payment")
        return paid + self._add(payout, created, -amount, 0, "payment_failure_refund", "charge_failure", payout.id)

    def _add(
        self,
        payout: Payout,
        created: datetime,
        amount: int,
        fee: int,
        type_: str,
        category: str,
        inside: PayoutId | None,
        id_: str | None = None,
        *,
        source: str | None = None,
        description: str | None = None,
    ) -> int:
        currency, own = payout.amount.currency, type_ == "payout"
        when = created if own else created - timedelta(seconds=self.rng.randrange(3_600, 172_800))
        prefix = {"charge": "ch_", "payment": "py_", "refund": "re_", "adjustment": "du_"}.get(type_)
        self.items.append(
            BalanceTransaction(
                id=BalanceTransactionId(id_ or token(self.rng, "txn_")),
                amount=Money(amount, currency),
                fee=Money(fee, currency),
                net=Money(amount - fee, currency),
                type=type_,
                reporting_category=category,
                payout=inside,
                source=source or (payout.id if own else token(self.rng, prefix) if prefix else None),
                created=when,
                available_on=payout.arrival_date if own else created.date(),
                description="STRIPE PAYOUT" if own else description,
                status="available",
            )
        )
        return amount - fee
