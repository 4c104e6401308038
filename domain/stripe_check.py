"""A check of an account that is under way: what its lists showed so far, in a few numbers, however long they are.

It goes on where it was, so that a long history is checked in many turns. The newest movements, its *head*, are listed
again around the moment at which the balance is read; the *body* below them is listed once, for nothing new gets there
that the sums would not show.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout

SUSPECTS_MAX: Final = 500
"""So many are looked at a second time; of more, something is wrong in any case."""
HEAD_AT_LEAST: Final = 1_000
"""An account with no more movements than these is listed whole each time."""
HEAD_OVERLAP: Final = timedelta(minutes=10)
"""So far below the newest the head goes at least: what comes late, and what is of the same second, is listed again."""
UNREADABLE_MAX: Final = 20

Record = Payout | BalanceTransaction
Sums = tuple[tuple[str, str, int], ...]
"""Currency, kind of balance and minor units, in this order."""


def what_is_said(record: Record) -> tuple[object, ...]:
    """What must agree. What is behind a movement is not asked for by a check, nor which payout it is in."""
    if isinstance(record, Payout):
        return attrs.astuple(record, recurse=False)
    return (
        record.id,
        record.amount,
        record.fee,
        record.net,
        record.balance_type,
        record.type,
        record.reporting_category,
        record.source,
        record.created,
        record.available_on,
    )


def mark_of(record: Record) -> str:
    """Stands for what is said."""
    return sha256(repr(what_is_said(record)).encode()).hexdigest()[:32]


@attrs.frozen(kw_only=True)
class Suspect:
    """A record that Stripe listed, and that was not here, or not like this."""

    id: str
    mark: str


@attrs.frozen(kw_only=True)
class Listing:
    """One kind of record, as far as it was listed."""

    here: int
    """How many there were here before it began."""
    after: str | None = None
    """The list goes on after this record."""
    ended: bool = False
    listed: int = 0
    missing: int = 0
    """When they were listed. Some may have come since."""
    different: int = 0
    suspects: tuple[Suspect, ...] = ()
    unreadable: tuple[str, ...] = ()
    """With the reason; the first few."""
    unread: int = 0
    """How many cannot be read: they are not here either."""

    def taking(
        self, told: Sequence[Record], here: Mapping[str, Record], unreadable: Sequence[str], after: str | None
    ) -> "Listing":
        """With one page more; `after`: where the list goes on, None at its end."""
        missing = [each for each in told if each.id not in here]
        other = [each for each in told if each.id in here and what_is_said(here[each.id]) != what_is_said(each)]
        suspects = [Suspect(id=each.id, mark=mark_of(each)) for each in (*missing, *other)]
        return attrs.evolve(
            self,
            after=after,
            ended=after is None,
            listed=self.listed + len(told) + len(unreadable),
            missing=self.missing + len(missing),
            different=self.different + len(other),
            suspects=(*self.suspects, *suspects)[:SUSPECTS_MAX],
            unreadable=(*self.unreadable, *unreadable)[:UNREADABLE_MAX],
            unread=self.unread + len(unreadable),
        )

    @property
    def suspect_ids(self) -> tuple[str, ...]:
        """Which records are to be looked at again."""
        return tuple(each.id for each in self.suspects)

    @property
    def extra(self) -> int:
        """Here before it was listed, and not listed: Stripe takes nothing away."""
        return self.here - (self.listed - self.missing - self.unread)

    def looked_at_again(self, here: Mapping[str, Record]) -> tuple[int, int]:
        """How many are missing and different, once what is new was read: what came or changed meanwhile is neither."""
        if len(self.suspects) < self.missing + self.different:
            return self.missing + self.unread, self.different
        missing = sum(each.id not in here for each in self.suspects)
        different = sum(each.id in here and mark_of(here[each.id]) != each.mark for each in self.suspects)
        return missing + self.unread, different


@attrs.frozen(kw_only=True)
class Movements:
    """What an account's movements come to, as far as they were listed."""

    top: datetime | None = None
    """When the newest was made."""
    head_since: datetime | None = None
    """Where the head ends; None: everything is head."""
    head: Sums = ()
    head_mark: int = 0
    """Of the records of the head, whatever their order. 64 bits: it is kept as a number of JSON's."""
    body: Sums = ()
    counted: int = 0
    recent: int = 0
    """Made since the moment that was asked for."""

    def taking(self, told: Sequence[BalanceTransaction], *, last: datetime | None, since: datetime) -> "Movements":
        """With one page more, whose last record was made at `last`. `since`: from when on they are recent."""
        in_head = [each for each in told if self.is_head(each)]
        in_body = [each for each in told if not self.is_head(each)]
        top = self.top or (told[0].created if told else None)
        counted = self.counted + len(told)
        deep = last is not None and top is not None and last < top - HEAD_OVERLAP
        return Movements(
            top=top,
            head_since=last if self.head_since is None and deep and counted >= HEAD_AT_LEAST else self.head_since,
            head=summed(self.head, in_head),
            head_mark=_mark_of_all(self.head_mark, in_head),
            body=summed(self.body, in_body),
            counted=counted,
            recent=self.recent + sum(each.created is not None and each.created >= since for each in told),
        )

    def is_head(self, movement: BalanceTransaction) -> bool:
        """Whether it is listed again."""
        if self.head_since is None:
            return True
        return movement.created is not None and movement.created >= self.head_since

    def anew(self) -> "Movements":
        """Before its head is listed again."""
        return attrs.evolve(self, head=(), head_mark=0)

    def with_more_head(self, told: Sequence[BalanceTransaction]) -> "Movements":
        """With one page more of the head that is listed again."""
        in_head = [each for each in told if self.is_head(each)]
        return attrs.evolve(self, head=summed(self.head, in_head), head_mark=_mark_of_all(self.head_mark, in_head))

    @property
    def whole(self) -> Mapping[tuple[str, str], int]:
        """What everything comes to, by currency and kind of balance."""
        found: dict[tuple[str, str], int] = {}
        for currency, kind, amount in (*self.head, *self.body):
            found[currency, kind] = found.get((currency, kind), 0) + amount
        return found


@attrs.frozen(kw_only=True)
class CheckUnderWay:
    """A check between two turns."""

    begun: datetime
    payouts: Listing
    transactions: Listing
    movements: Movements = Movements()
    reads: int = 0
    restarts: int = 0
    """How often a list was begun anew, because the place where it was to go on was gone."""

    @property
    def is_listed(self) -> bool:
        """Both lists were seen to their ends."""
        return self.payouts.ended and self.transactions.ended


def summed(sums: Sums, movements: Iterable[BalanceTransaction]) -> Sums:
    """With these more."""
    found = {(currency, kind): amount for currency, kind, amount in sums}
    for each in movements:
        place = each.net.currency.code, each.balance_type
        found[place] = found.get(place, 0) + each.net.minor_units
    return tuple((*place, amount) for place, amount in sorted(found.items()))


def _mark_of_all(mark: int, movements: Iterable[BalanceTransaction]) -> int:
    """Whatever their order: they are the same set if it is the same number, but for one case in 2⁶³."""
    for each in movements:
        line = (
            f"{each.id} {each.amount.minor_units} {each.fee.minor_units} {each.net.currency.code} {each.balance_type}"
        )
        mark = (mark + int.from_bytes(sha256(line.encode()).digest()[:8])) & ((1 << 63) - 1)
    return mark
