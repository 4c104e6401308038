"""Several views of one record, made one: what a view does not say is taken from the others; contradictions are named.

An export shows part of a record: the itemised report knows neither a transaction's type nor a payout's status, the
Dashboard cuts seconds off. The result depends on the set of views only, never on their order.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

import attrs

from domain.balance_transaction import DECIDED_DISPUTES, BalanceTransaction
from domain.fee_part import NOT_DETAILED, FeePart, fees_by_kind
from domain.money import Money
from domain.payout import Payout, PayoutStatus, ReconciliationStatus

Record = TypeVar("Record", Payout, BalanceTransaction)

_ZONES: Final = timedelta(hours=15)
"""Two views of one moment may lie this far apart if one was written in another time zone."""


class Contradiction(Exception):
    """Two views state different values of one field."""

    def __init__(self, field: str, values: Iterable[object]) -> None:
        self.field = field
        self.values = tuple(sorted(str(value) for value in values))
        super().__init__(f"{field}: {' or '.join(self.values)}")


def merged_payout(views: Collection[Payout]) -> Payout:
    """One payout out of its views. Raises Contradiction.

    If no view states the amount, it stays the first one's sum: the caller adds the items up again.
    """
    full = [view for view in views if view.status is not PayoutStatus.UNKNOWN]
    # A view without status and creation is of the payout's items, and does not know the method either.
    described = [view for view in full if view.created is not None]
    currencies = {view.amount.currency.code for view in views}
    if len(currencies) > 1:
        raise Contradiction("currency", currencies)
    stating = [view for view in views if not view.amount_from_items]
    amounts = {view.amount for view in stating}
    if len(amounts) > 1:
        raise Contradiction("amount", amounts)
    # The API states it; the Dashboard's export only shows it in the description.
    stated = {view.automatic for view in views if view.reconciliation_status is not ReconciliationStatus.UNKNOWN} - {
        None
    }
    return _merged(
        views,
        full,
        automatic=_only("automatic", stated or ({view.automatic for view in views} - {None}), None),
        amount=next(iter(amounts)) if amounts else min((view.amount for view in views), key=lambda m: m.minor_units),
        amount_from_items=not stating,
        arrival_date=_near("arrival_date", [v.arrival_date for v in full], [v.arrival_date for v in views]),
        status=_only("status", {view.status for view in full}, PayoutStatus.UNKNOWN),
        method=_only("method", {view.method for view in described or full or views}, "standard"),
        reconciliation_status=_only(
            "reconciliation_status",
            {view.reconciliation_status for view in views} - {ReconciliationStatus.UNKNOWN},
            ReconciliationStatus.UNKNOWN,
        ),
    )


def merged_balance_transaction(views: Collection[BalanceTransaction]) -> BalanceTransaction:
    """One balance transaction out of its views. Raises Contradiction.

    Money, type, category and payout must agree. What only describes (source, text, days) is the fullest views' to say:
    the API's, which know type and category, before the Dashboard's, which know the type, before a report's. A view
    that calls the transaction `pending` was taken earlier than one that calls it `available`.
    """
    fullest = max(map(_fullness, views))
    full = [view for view in views if _fullness(view) == fullest]
    statuses = {view.status for view in views} - {None}
    return _merged(
        views,
        full,
        available_on=_near("available_on", [v.available_on for v in full], [v.available_on for v in views]),
        description=_preferred("description", full, views, lambda view: view.description),
        source=_preferred("source", full, views, lambda view: view.source),
        status=_only("status", statuses - {"pending"} if "available" in statuses else statuses, None),
        dispute_status=_last_status({view.dispute_status for view in views} - {None}),
        fee_parts=_fullest_parts(views),
    )


def knowing(told: BalanceTransaction, known: BalanceTransaction) -> BalanceTransaction:
    """What is told, and of what it does not say what is known already: who knows less takes nothing back.

    A payout's own movement names that payout as its source, wherever it is told; that another payout's list has it, as
    what a reversal draws back, only that list says.
    """
    unsaid = {
        name: kept
        for name in _NOT_ALWAYS_SAID
        if getattr(told, name) is None and (kept := getattr(known, name)) is not None
    }
    if told.payout is not None and told.payout == told.source and known.payout is not None:
        unsaid["payout"] = known.payout
    return attrs.evolve(told, **unsaid) if unsaid else told


def is_fully_said(told: BalanceTransaction) -> bool:
    """Nothing that is known already could be added to it."""
    return told.payout != told.source and all(getattr(told, name) is not None for name in _NOT_ALWAYS_SAID)


_NOT_ALWAYS_SAID: Final = (
    "payout",
    "of_charge",
    "payment_intent",
    "invoice",
    "of_source",
    "dispute_status",
    "fee_parts",
)
"""In which payout a movement is, only that payout's list says; what its source says, only a reading that expands it."""


def _last_status(statuses: Collection[str | None]) -> str | None:
    """A view that calls a dispute decided was taken later than one that does not; of others, who knows."""
    decided = set(statuses) & DECIDED_DISPUTES
    found: str | None = _only("dispute_status", decided or ({min(map(str, statuses))} if statuses else ()), None)
    return found


def _fullest_parts(views: Collection[BalanceTransaction]) -> tuple[FeePart, ...] | None:
    """A report names a part of the fee only: what comes to the whole fee goes before what does not."""
    said = {view.fee_parts for view in views if view.fee_parts is not None}
    whole = {parts for parts in said if _come_to(parts, next(iter(views)).fee)}
    if whole:
        found: tuple[FeePart, ...] = _only("fee_parts", whole, None)
        return found
    return max(said, key=lambda parts: (len(parts), repr(parts)), default=None)


def _come_to(parts: tuple[FeePart, ...], fee: Money) -> bool:
    return NOT_DETAILED not in fees_by_kind(fee, parts)


def _fullness(view: BalanceTransaction) -> int:
    return 2 * (view.type is not None) + (view.reporting_category is not None)


def _merged(views: Collection[Record], full: Sequence[Record], **settled: object) -> Record:
    any_view = next(iter(views))
    fields: dict[str, Any] = dict(settled)
    fields["created"] = _moment([view.created for view in full], [view.created for view in views])
    for field in attrs.fields(type(any_view)):
        if field.name not in fields:
            known = {getattr(view, field.name) for view in views} - {None}
            fields[field.name] = _only(field.name, known, None)
    return type(any_view)(**fields)


def _only(field: str, values: Collection[Any], nothing: object) -> Any:
    if len(values) > 1:
        raise Contradiction(field, values)
    return next(iter(values)) if values else nothing


def _near(field: str, full: Iterable[date | None], every: Iterable[date | None]) -> date | None:
    """The date that full views state. A partial view may be a day off: its report may be in another time zone."""
    stated, known = set(full) - {None}, set(every) - {None}
    if len(stated) != 1:
        found: date | None = _only(field, known, None)
        return found
    day = next(iter(stated))
    if any(abs((other - day).days) > 1 for other in known if other is not None and day is not None):
        raise Contradiction(field, known)
    return day


def _moment(full: Iterable[datetime | None], every: Iterable[datetime | None]) -> datetime | None:
    """The most exact of the moments stated: some exports cut seconds off, or are written in another time zone."""
    stated = {at for at in full if at is not None}
    known = {at for at in every if at is not None}
    exact = _exact(stated) or _exact(known)
    if not known:
        return None
    if exact is None or any(not _same_moment(other, exact) for other in known):
        raise Contradiction("created", known)
    return exact


def _exact(moments: Collection[datetime]) -> datetime | None:
    """The one moment with seconds, if the others are the same without them; None if they differ."""
    minutes = {at.replace(second=0) for at in moments}
    seconds = {at for at in moments if at.second}
    if len(minutes) != 1 or len(seconds) > 1:
        return None
    return next(iter(seconds or minutes))


def _same_moment(other: datetime, exact: datetime) -> bool:
    apart = abs(other.replace(second=0) - exact.replace(second=0))
    agree_on_seconds = other.second in (0, exact.second) or exact.second == 0
    return apart <= _ZONES and apart % timedelta(minutes=15) == timedelta(0) and agree_on_seconds


def _preferred(
    field: str,
    full: Sequence[BalanceTransaction],
    views: Collection[BalanceTransaction],
    said: Callable[[BalanceTransaction], str | None],
) -> str | None:
    """What the fullest views say; where they say nothing, the longest that any says."""
    stated = {text for view in full if (text := said(view))}
    if len(stated) > 1:
        raise Contradiction(field, stated)
    return (
        next(iter(stated), None)
        or max((said(view) or "" for view in views), key=lambda text: (len(text), text))
        or None
    )
