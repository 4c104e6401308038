"""A store, of which it is counted what is read of facts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from ports.facts import Everything, Facts, FactSelection
from ports.transaction import CompanyTransaction, ControlTransaction, Store
from ports.use_cases.supposed_transaction import SupposedTransaction


class WatchedStore:
    """Counts over all of its snapshots."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.facts_read = 0
        self.has_read_everything = False

    def company(self, company: CompanyId) -> AbstractAsyncContextManager[CompanyTransaction]:
        return self._store.company(company)

    def control(self) -> AbstractAsyncContextManager[ControlTransaction]:
        return self._store.control()

    @asynccontextmanager
    async def snapshot(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        async with self._store.snapshot(company) as snapshot:
            last = (await snapshot.decisions.since(0)).last
            watched = SupposedTransaction(snapshot, decisions=last)
            watched.facts = _WatchedFacts(snapshot.facts, self)
            yield watched


class _WatchedFacts:
    """Facts as they are; what is not looked at goes through."""

    def __init__(self, facts: Facts, store: WatchedStore) -> None:
        self._facts = facts
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    async def load(self, *wanted: FactSelection, to_change: bool = False) -> CompanyFacts:
        found = await self._facts.load(*wanted, to_change=to_change)
        self._store.facts_read += len(found.payouts) + len(found.deposits)
        self._store.has_read_everything |= any(isinstance(each, Everything) for each in wanted)
        return found
