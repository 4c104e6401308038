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
from domain.payout import Payout
from ports.facts import (
    AllAccounts,
    AmountDays,
    AmountsWithin,
    Everything,
    FactCounts,
    FactSelection,
    FactSource,
    ItemsOf,
    LinesDated,
    OfAmounts,
    PayoutsArriving,
    RecordedFacts,
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
                _refuse_unstorable(fact)
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
        return CompanyFacts(
            **{
                kind: tuple(fact for fact in self._current(kind) if any(_wants(each, fact) for each in wanted))
                for kind in KINDS
            }
        )

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

    async def count(self) -> FactCounts:
        """Counted."""
        return FactCounts(**{kind: sum(1 for _ in self._current(kind)) for kind in KINDS})

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


def _wants(selection: FactSelection, fact: Any) -> bool:
    match selection:
        case Everything():
            return True
        case AllAccounts():
            return isinstance(fact, BankAccount)
        case WithIds(ids=ids):
            return fact.id in ids
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
        case _:
            assert_never(selection)


def _is_of(fact: Payout | BankDeposit, wanted: AmountDays) -> bool:
    return fact.amount == wanted.amount and wanted.first_day <= _day(fact) <= wanted.last_day


def _day(fact: Payout | BankDeposit) -> date:
    return fact.arrival_date if isinstance(fact, Payout) else fact.date


def _refuse_unstorable(fact: Any) -> None:
    """What PostgreSQL cannot keep is not kept here either."""
    for value in attrs.asdict(fact).values():
        for each in value.values() if isinstance(value, dict) else (value,):
            if isinstance(each, str) and ("\0" in each or any("\ud800" <= letter <= "\udfff" for letter in each)):
                raise UnstorableFact("a text holds U+0000 or half a surrogate pair")
            if type(each) is int and abs(each) > _MINOR_UNITS_MAX:
                raise UnstorableFact("a number is beyond 64 bits")
