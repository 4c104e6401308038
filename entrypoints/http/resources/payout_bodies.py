"""What payouts look like over the wire."""

from datetime import date, datetime
from typing import Annotated

import attrs

from domain.payout import Payout, PayoutStatus
from domain.pushed_payout import PushedItem, PushedPayout
from domain.reconciliation_outcome import PayoutOutcomeKind
from domain.remainder import RemainderLabel
from entrypoints.http.fact_bodies import AmountParameter, AnyId
from entrypoints.http.resources.cases import CaseBody
from entrypoints.http.wire_types import CurrencyCode, ExternalId, Limit, ListBounds, MoneyBody, Name, TextBounds
from ports.fact_lists import Told
from ports.facts import FactSource
from ports.reconciliation_lists import KeptPayoutOutcome
from ports.use_cases.push_payouts import ITEMS_MAX, PAYOUTS_MAX

Word = Annotated[str, TextBounds(64, pattern=r"^[0-9A-Za-z_.-]+$", example="charge")]
LastDigits = Annotated[str, TextBounds(4, shortest=2, example="4821")]


@attrs.frozen(kw_only=True)
class PushItem:
    """One movement inside the payout; net = amount − fee. If `net` is given, it is checked."""

    external_id: ExternalId
    type: Word
    """As Stripe names its types (`charge`, `refund`, `stripe_fee`). Others wait in suspense, and count in every sum."""
    amount: MoneyBody
    """Gross; positive adds to the payout."""
    fee: MoneyBody | None = None
    net: MoneyBody | None = None
    created: datetime | None = None
    available_on: date | None = None
    description: Annotated[str, TextBounds(1_000)] | None = None

    def item(self) -> PushedItem:
        """As the domain knows it."""
        return PushedItem(
            external_id=self.external_id,
            type=self.type,
            amount=self.amount.money(),
            fee=None if self.fee is None else self.fee.money(),
            net=None if self.net is None else self.net.money(),
            created=self.created,
            available_on=self.available_on,
            description=self.description,
        )


@attrs.frozen(kw_only=True)
class PushPayout:
    """One payout, in the bank's view. Pushed again, it replaces what was pushed before.

    `items` is all that is inside: what is no longer in it is taken out. Without `items` those pushed before stay.
    """

    external_id: ExternalId
    amount: MoneyBody
    arrival_date: date
    status: PayoutStatus = PayoutStatus.PAID
    created: datetime | None = None
    automatic: bool | None = None
    method: Word = "standard"
    destination_last4: LastDigits | None = None
    trace_id: Name | None = None
    statement_descriptor: Name | None = None
    failure_code: Word | None = None
    items: Annotated[tuple[PushItem, ...], ListBounds(ITEMS_MAX)] | None = None

    def payout(self) -> PushedPayout:
        """As the domain knows it."""
        return PushedPayout(
            external_id=self.external_id,
            amount=self.amount.money(),
            arrival_date=self.arrival_date,
            status=self.status,
            created=self.created,
            automatic=self.automatic,
            method=self.method,
            destination_last4=self.destination_last4,
            trace_id=self.trace_id,
            statement_descriptor=self.statement_descriptor,
            failure_code=self.failure_code,
            items=None if self.items is None else tuple(item.item() for item in self.items),
        )


@attrs.frozen(kw_only=True)
class PushPayouts:
    """One or many payouts: all are kept, or none."""

    data: Annotated[tuple[PushPayout, ...], ListBounds(PAYOUTS_MAX, least=1)]


@attrs.frozen(kw_only=True)
class PayoutBody:
    """A payout as it is known now."""

    id: str
    external_id: str | None
    source: FactSource
    amount: MoneyBody
    arrival_date: date
    status: PayoutStatus
    created: datetime | None
    automatic: bool | None
    method: str
    destination_last4: str | None
    trace_id: str | None
    statement_descriptor: str | None
    failure_code: str | None
    outcome: PayoutOutcomeKind | None
    """What became of its money; null until it is worked out, which is right after it was told."""
    outcome_reason: str | None
    match: str | None
    """The match that it is in."""
    updated: datetime

    @classmethod
    def of(cls, payout: Payout, told: Told, standing: KeptPayoutOutcome | None) -> "PayoutBody":
        """As it is shown."""
        return cls(
            id=payout.id,
            external_id=told.external_id,
            source=told.told_by,
            amount=MoneyBody.of(payout.amount),
            arrival_date=payout.arrival_date,
            status=payout.status,
            created=payout.created,
            automatic=payout.automatic,
            method=payout.method,
            destination_last4=payout.destination_last4,
            trace_id=payout.trace_id,
            statement_descriptor=payout.statement_descriptor,
            failure_code=payout.failure_code,
            outcome=None if standing is None else standing.outcome.outcome,
            outcome_reason=None if standing is None else standing.outcome.reason,
            match=None if standing is None else standing.match,
            updated=told.recorded_at,
        )


@attrs.frozen(kw_only=True)
class PayoutItemBody:
    """One item of a payout: a balance transaction, or the part of one that this payout paid out."""

    balance_transaction: str
    external_id: str | None
    type: str | None
    reporting_category: str | None
    description: str | None
    source_object: str | None
    charge: str | None
    amount: MoneyBody
    fee: MoneyBody
    net: MoneyBody
    is_part: bool
    invoices: tuple[str, ...]
    """Those that its charge paid; of what gives money back, those that were paid before."""


@attrs.frozen(kw_only=True)
class RemainderBody:
    """What the items do not explain, and its name; of `none` the amount is zero."""

    amount: MoneyBody
    label: RemainderLabel
    in_words: str


@attrs.frozen(kw_only=True)
class CategoryTotalBody:
    """The items of one reporting category; of a source that does not say it, of one type. net = gross − fees.

    `suspense`: how many of them are of a type or category that is not known here. The fee on the payout's own movement
    is the category `payout`.
    """

    category: str
    count: int
    gross: MoneyBody
    fees: MoneyBody
    net: MoneyBody
    suspense: int


@attrs.frozen(kw_only=True)
class FeeTotalBody:
    """The fees of one kind (`stripe_fee`, `application_fee`, `tax`, …), and on how many items; `not_detailed`: of what
    kind they are is not known."""

    kind: str
    count: int
    amount: MoneyBody


@attrs.frozen(kw_only=True)
class BreakdownBody:
    """What is inside: gross − fees = net, and net + remainder = the payout.

    `by_category` and `fees_by_kind` add up to them; `suspense` items wait to be mapped, and count in every sum.
    """

    items: tuple[PayoutItemBody, ...]
    by_category: tuple[CategoryTotalBody, ...]
    fees_by_kind: tuple[FeeTotalBody, ...]
    suspense: int
    gross: MoneyBody
    fees: MoneyBody
    net: MoneyBody
    remainder: RemainderBody
    inferred: bool
    """The items are those of the convention (first in, first out), not of the source's own list."""


@attrs.frozen(kw_only=True)
class PayoutDetailBody(PayoutBody):
    """A payout, what is inside it, and the first cases that it touches: `/cases?payout=` has them all."""

    breakdown: BreakdownBody
    cases: tuple[CaseBody, ...]
    more_cases: bool


@attrs.frozen(kw_only=True)
class ListPayouts:
    """Filters, and the page. An amount is `minor_units` and `currency`."""

    external_id: ExternalId | None = None
    status: PayoutStatus | None = None
    minor_units: AmountParameter | None = None
    currency: CurrencyCode | None = None
    arrival_from: date | None = None
    arrival_to: date | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100
