"""Payouts that a file only names: their amount is what their items add up to, unless their own movement states it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.money import Money
from domain.payout import Payout, PayoutId, PayoutStatus
from domain.reconciliation_break import BreakKind, ReconciliationBreak

_UTC_MIDNIGHT_WEST: Final = 14
"""UTC midnight is shown at 14:00 or later only west of Greenwich, and then on the day before."""


@attrs.define
class NamedPayout:
    """What the rows of a file say of one payout."""

    id: PayoutId
    arrival_date: date | None = None
    currencies: dict[str, Money] = attrs.Factory(dict)
    """What the items add up to, by currency: there should be one."""
    own: BalanceTransaction | None = None
    """The movement that takes the payout out of the balance, if the file lists it."""
    trace_id: str | None = None
    statement_descriptor: str | None = None
    stripe_account: str | None = None
    automatic: bool | None = None
    status: PayoutStatus = PayoutStatus.UNKNOWN
    incomplete: bool = False
    """A row that belongs to it cannot be read, so that its items do not add up to it."""

    def add(self, item: BalanceTransaction) -> None:
        """Take in one item, or the payout's own movement."""
        if item.is_payout_itself:
            self.own = item
            return
        code = item.net.currency.code
        self.currencies[code] = self.currencies[code] + item.net if code in self.currencies else item.net


def mark_incomplete(named: Mapping[PayoutId, NamedPayout], values: Sequence[str]) -> None:
    """A row with these values cannot be read: the payouts that it names lack an item."""
    for value in values:
        if value.startswith(("po_", "tr_")) and PayoutId(value) in named:
            named[PayoutId(value)].incomplete = True


def expected_arrival(utc: datetime | None, elsewhere: datetime | None) -> date | None:
    """The UTC date of a payout's expected arrival, which Stripe keeps as midnight UTC.

    A report in another time zone shows that midnight as some other hour; west of Greenwich, of the day before.
    """
    if utc is not None:
        return utc.date()
    if elsewhere is None:
        return None
    return elsewhere.date() + timedelta(days=1 if elsewhere.hour >= _UTC_MIDNIGHT_WEST else 0)


def payouts_named(
    file_name: str, named: Mapping[PayoutId, NamedPayout]
) -> tuple[tuple[Payout, ...], Sequence[ReconciliationBreak]]:
    """The payouts that can be made of what is said of them, and a break for each that cannot."""
    payouts, breaks = list[Payout](), list[ReconciliationBreak]()
    for payout in named.values():
        reason = _unusable(payout)
        if reason is not None:
            breaks.append(ReconciliationBreak(kind=BreakKind.OTHER, where=f"{file_name}:{payout.id}", reason=reason))
            continue
        assert payout.arrival_date is not None  # noqa: S101  # _unusable has looked
        amount = -payout.own.amount if payout.own is not None else next(iter(payout.currencies.values()))
        payouts.append(
            Payout(
                id=payout.id,
                amount=amount,
                arrival_date=payout.arrival_date,
                status=payout.status,
                automatic=payout.automatic,
                stripe_account=payout.stripe_account,
                trace_id=payout.trace_id,
                balance_transaction=None if payout.own is None else payout.own.id,
                amount_from_items=payout.own is None,
            )
        )
    return tuple(payouts), breaks


def _unusable(payout: NamedPayout) -> str | None:
    if payout.arrival_date is None:
        return "no row says when the payout arrives: it is not among the payouts"
    if payout.own is None and payout.incomplete:
        return "one of its rows cannot be read, and no row states its amount: it is not among the payouts"
    if payout.own is None and len(payout.currencies) != 1:
        return f"its items are in several currencies ({', '.join(sorted(payout.currencies))}): its amount is not known"
    return None
