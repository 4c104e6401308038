"""Pages of facts in memory.

Differences from PostgreSQL: every page sorts all that is listed.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

from adapters.in_memory.facts import KINDS, FactVersion
from adapters.in_memory.tables import InMemoryTables
from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit
from domain.company import CompanyId
from domain.payout import Payout
from ports.fact_lists import (
    BalanceTransactionsWanted,
    BankAccountsWanted,
    DepositsWanted,
    ListedFact,
    PayoutsWanted,
    Told,
)
from ports.pages import Page, PageKey, checked_limit

Wanted = PayoutsWanted | DepositsWanted | BalanceTransactionsWanted | BankAccountsWanted


class InMemoryFactLists:
    """Keeps the promises of `ports.fact_lists.FactLists`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def payouts(
        self, wanted: PayoutsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[Payout]]:
        """By arrival date."""
        return self._page("payouts", wanted, after, limit, lambda fact: fact.arrival_date)

    async def deposits(
        self, wanted: DepositsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankDeposit]]:
        """By date."""
        return self._page("deposits", wanted, after, limit, lambda fact: fact.date)

    async def balance_transactions(
        self, wanted: BalanceTransactionsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BalanceTransaction]]:
        """By id."""
        return self._page("balance_transactions", wanted, after, limit)

    async def accounts(
        self, wanted: BankAccountsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankAccount]]:
        """By id."""
        return self._page("accounts", wanted, after, limit)

    async def told(self, ids: Collection[str]) -> Mapping[str, Told]:
        """Whatever the kind."""
        return {
            versions[-1].fact.id: _told(versions)
            for kind in KINDS
            for versions in self._current(kind)
            if versions[-1].fact.id in ids
        }

    def _current(self, kind: str) -> list[tuple[FactVersion, ...]]:
        table = self._tables.table(f"{kind} of {self._company}")
        return [versions for versions in table.values() if not versions[-1].is_retracted]

    def _page(
        self,
        kind: str,
        wanted: Wanted,
        after: PageKey | None,
        limit: int,
        day: Callable[[Any], Any] | None = None,
    ) -> Page[Any]:
        checked_limit(limit)
        descending = wanted.updated_since is None and day is not None

        def key(version: FactVersion) -> tuple[Any, ...]:
            if wanted.updated_since is not None:
                return version.recorded_at, version.fact.id
            return (None if day is None else day(version.fact)), version.fact.id

        def place(at: Any, id_: str) -> tuple[Any, ...]:
            return (id_,) if at is None else (at, id_)

        found = sorted(
            (versions for versions in self._current(kind) if _meets(versions[-1], wanted)),
            key=lambda versions: place(*key(versions[-1])),
            reverse=descending,
        )
        if after is not None:
            last = place(after.at, after.id)
            found = [v for v in found if (place(*key(v[-1])) < last if descending else place(*key(v[-1])) > last)]
        page = tuple(ListedFact(fact=versions[-1].fact, told=_told(versions)) for versions in found[:limit])
        if len(found) <= limit:
            return Page(records=page)
        at, id_ = key(found[limit - 1][-1])
        return Page(records=page, next=PageKey(id=id_, at=at))


def _meets(version: FactVersion, wanted: Wanted) -> bool:
    """Every filter that is set has a field of the same name, but for days, ids and the moment."""
    fact, filters = version.fact, attrs.asdict(wanted, recurse=False)
    since, ids = filters.pop("updated_since"), filters.pop("ids")
    first_day, last_day = filters.pop("first_day", None), filters.pop("last_day", None)
    day = fact.arrival_date if isinstance(fact, Payout) else getattr(fact, "date", None)
    return (
        (since is None or version.recorded_at >= since)
        and (ids is None or fact.id in ids)
        and (first_day is None or day >= first_day)
        and (last_day is None or day <= last_day)
        and all(value is None or getattr(fact, name) == value for name, value in filters.items())
    )


def _told(versions: tuple[FactVersion, ...]) -> Told:
    return Told(
        external_id=versions[-1].external_id,
        told_by=versions[-1].told_by,
        recorded_at=versions[-1].recorded_at,
        previous_at=versions[-2].recorded_at if len(versions) > 1 else None,
    )
