"""The facts of a company in memory: every version of every fact, in dictionaries by id.

Differences from PostgreSQL: a selection looks at every fact of the company.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, assert_never

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccount, BankDeposit
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.payment_case import HOLDS, key_of, may_be
from domain.payout import Payout
from domain.remainder import WITHHELD_KINDS
from ports.facts import (
    AllAccounts,
    AmountDays,
    AmountsWithin,
    AskedFor,
    CaseMovements,
    Everything,
    FactCounts,
    FactSelection,
    FactSource,
    HeldMoney,
    ItemsOf,
    LinesDated,
    MovementsOf,
    OfAmounts,
    OfCharges,
    OfPayments,
    OpenDisputes,
    PayoutsArriving,
    RecordedFacts,
    ReversalsOf,
    Unlisted,
    UnstorableFact,
    WithIds,
)

KINDS: Final = ("accounts", "payouts", "balance_transactions", "deposits")
"""The fields of CompanyFacts, in the order in which they are streamed."""
_MINOR_UNITS_MAX: Final = 2**63 - 1


@attrs.frozen(kw_only=True)
class FactVersion:
    """One version of one fact."""

    fact: Any
    is_retracted: bool = False
    external_id: str | None
    told_by: FactSource
    recorded_at: datetime


class InMemoryFacts:
    """Keeps the promises of `ports.facts.Facts`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def record(
        self,
        facts: CompanyFacts,
        *,
        source: FactSource,
        at: datetime,
        external_ids: Mapping[str, str] | None = None,
        retracted: Collection[BalanceTransactionId] = (),
    ) -> RecordedFacts:
        """Appends what is new or changed."""
        moments = self._tables.table("fact_moments")
        last: datetime | None = moments.get(self._company)
        moment = at if last is None else max(at, last + timedelta(microseconds=1))
        parts = _Parts()
        for kind in KINDS:
            versions = self._versions(kind)
            told = {fact.id: fact for fact in getattr(facts, kind)}
            if len(told) < len(getattr(facts, kind)):
                raise ValueError(f"two of the {kind} told have the same id")
            for id_, fact in told.items():
                refuse_unstorable(fact)
                kept = versions.get(id_, ())
                if parts.compare(kind, fact, None if not kept or kept[-1].is_retracted else kept[-1].fact):
                    external_id = (external_ids or {}).get(id_, kept[-1].external_id if kept else None)
                    versions[id_] = (
                        *kept,
                        FactVersion(fact=fact, external_id=external_id, told_by=source, recorded_at=moment),
                    )
            for id_ in {*retracted} - {*told} if kind == "balance_transactions" else ():
                kept = versions.get(id_, ())
                if kept and not kept[-1].is_retracted:
                    parts.retracted.append(kept[-1].fact)
                    gone = attrs.evolve(kept[-1], is_retracted=True, told_by=source, recorded_at=moment)
                    versions[id_] = (*kept, gone)
        if parts.whole(last).is_empty:
            return parts.whole(last)
        moments[self._company] = moment
        return parts.whole(moment)

    async def load(self, *wanted: FactSelection, to_change: bool = False) -> CompanyFacts:  # noqa: ARG002
        """Every fact that one of the selections wants. No other transaction runs meanwhile in any case."""
        found: dict[str, tuple[Any, ...]] = {}
        for kind in KINDS:
            facts = list(self._current(kind))
            chosen = {
                fact.id: fact for each in wanted for fact in _at_most(each, [f for f in facts if _wants(each, f)])
            }
            found[kind] = tuple(fact for fact in facts if fact.id in chosen)
        return CompanyFacts(**found)

    async def stream(self, *, size_max: int = 10_000) -> AsyncIterator[CompanyFacts]:
        """Sorted by id."""
        for kind in KINDS:
            facts = sorted(self._current(kind), key=lambda fact: str(fact.id))
            for begin in range(0, len(facts), size_max):
                yield CompanyFacts(**{kind: tuple(facts[begin : begin + size_max])})

    async def changed_since(self, moment: datetime | None) -> RecordedFacts:
        """Compares what is current with what was at the moment."""
        parts = _Parts()
        for kind in KINDS:
            for versions in self._versions(kind).values():
                past = [v for v in versions if moment is not None and v.recorded_at <= moment]
                before = past[-1].fact if past and not past[-1].is_retracted else None
                if not versions[-1].is_retracted:
                    parts.compare(kind, versions[-1].fact, before)
                elif before is not None:
                    parts.retracted.append(before)
        parts.unchanged.clear()
        return parts.whole(self._tables.table("fact_moments").get(self._company))

    async def count(self, stripe_account: str | None = None) -> FactCounts:
        """Counted."""
        of = stripe_account
        counts = {
            kind: sum(of is None or getattr(fact, "stripe_account", None) == of for fact in self._current(kind))
            for kind in KINDS
        }
        return FactCounts(**counts)

    def _versions(self, kind: str) -> dict[Any, tuple[FactVersion, ...]]:
        """All versions by id, the oldest first."""
        return self._tables.table(f"{kind} of {self._company}")

    def _current(self, kind: str) -> Iterator[Any]:
        for versions in self._versions(kind).values():
            if not versions[-1].is_retracted:
                yield versions[-1].fact


class _Parts:
    """What was recorded, as it is put together."""

    def __init__(self) -> None:
        self.new: dict[str, list[Any]] = defaultdict(list)
        self.changed: dict[str, list[Any]] = defaultdict(list)
        self.unchanged: dict[str, list[Any]] = defaultdict(list)
        self.before: dict[str, list[Any]] = defaultdict(list)
        self.retracted: list[BalanceTransaction] = []

    def compare(self, kind: str, fact: object, before: object | None) -> bool:
        """Files the fact under what it is; True if it is other than before."""
        if fact == before:
            self.unchanged[kind].append(fact)
        elif before is None:
            self.new[kind].append(fact)
        else:
            self.changed[kind].append(fact)
            self.before[kind].append(before)
        return fact != before

    def whole(self, moment: datetime | None) -> RecordedFacts:
        return RecordedFacts(
            new=_facts(self.new),
            changed=_facts(self.changed),
            unchanged=_facts(self.unchanged),
            before=_facts(self.before),
            retracted=tuple(self.retracted),
            recorded_at=moment,
        )


def _facts(parts: Mapping[str, list[Any]]) -> CompanyFacts:
    return CompanyFacts(**{kind: tuple(facts) for kind, facts in parts.items()})


def _at_most(selection: FactSelection, facts: list[Any]) -> list[Any]:
    return facts[: selection.most] if isinstance(selection, Unlisted) else facts


def _wants(selection: FactSelection, fact: Any) -> bool:
    match selection:
        case Everything():
            return True
        case AllAccounts():
            return isinstance(fact, BankAccount)
        case WithIds(ids=ids, movements_only=movements_only):
            return fact.id in ids and (isinstance(fact, BalanceTransaction) or not movements_only)
        case OfAmounts(amounts=amounts, first_day=first_day, last_day=last_day):
            if not isinstance(fact, Payout | BankDeposit) or fact.amount not in amounts:
                return False
            return (first_day or date.min) <= _day(fact) <= (last_day or date.max)
        case AmountsWithin(payouts=payouts, lines=lines):
            if isinstance(fact, Payout):
                return any(_is_of(fact, each) and (fact.trace_id or not each.only_traced) for each in payouts)
            return isinstance(fact, BankDeposit) and any(_is_of(fact, each) for each in lines)
        case PayoutsArriving(first_day=first_day, last_day=last_day, currency=currency):
            return (
                isinstance(fact, Payout)
                and first_day <= fact.arrival_date <= last_day
                and currency in (None, fact.amount.currency)
            )
        case LinesDated(first_day=first_day, last_day=last_day, accounts=accounts):
            return (
                isinstance(fact, BankDeposit)
                and first_day <= fact.date <= last_day
                and (accounts is None or fact.account in accounts)
            )
        case ItemsOf(payouts=payouts):
            return isinstance(fact, BalanceTransaction) and fact.payout in payouts
        case ReversalsOf(payouts=payouts):
            return isinstance(fact, Payout) and fact.original_payout in payouts
        case AskedFor(currency=currency):
            is_certain = isinstance(fact, Payout) and fact.automatic and fact.method != "instant"
            return isinstance(fact, Payout) and not is_certain and fact.amount.currency == currency
        case _:
            return isinstance(fact, BalanceTransaction) and _wants_transaction(selection, fact)


def _wants_transaction(
    selection: MovementsOf | OfCharges | OfPayments | OpenDisputes | HeldMoney | CaseMovements | Unlisted,
    fact: BalanceTransaction,
) -> bool:
    match selection:
        case MovementsOf(payouts=payouts):
            return fact.payment_intent is None and fact.source in payouts
        case OfCharges(charges=charges):
            return fact.of_charge in charges
        case HeldMoney():
            names = {fact.type, fact.reporting_category}
            return any(may_be(fact, kind) for kind in HOLDS) or bool(names & WITHHELD_KINDS)
        case CaseMovements(kind=kind, keys=keys):
            return may_be(fact, kind) and key_of(fact) in keys
        case Unlisted(currency=currency):
            return fact.payout is None and fact.balance_type == "payments" and fact.net.currency == currency
        case OfPayments(payment_intents=intents, charges=charges):
            return fact.payment_intent in intents or (
                fact.payment_intent is None and fact.type in ("charge", "payment") and fact.source in charges
            )
        case OpenDisputes(stripe_account=account):
            return fact.is_of_open_dispute and fact.stripe_account == account
        case _:
            assert_never(selection)


def _is_of(fact: Payout | BankDeposit, wanted: AmountDays) -> bool:
    return fact.amount == wanted.amount and wanted.first_day <= _day(fact) <= wanted.last_day


def _day(fact: Payout | BankDeposit) -> date:
    return fact.arrival_date if isinstance(fact, Payout) else fact.date


def refuse_unstorable(fact: Any) -> None:
    """What PostgreSQL cannot keep is not kept here either."""
    for each in _leaves(attrs.asdict(fact)):
        if isinstance(each, str) and ("\0" in each or any("\ud800" <= letter <= "\udfff" for letter in each)):
            raise UnstorableFact("a text holds U+0000 or half a surrogate pair")
        if type(each) is int and abs(each) > _MINOR_UNITS_MAX:
            raise UnstorableFact("a number is beyond 64 bits")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | tuple | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value
