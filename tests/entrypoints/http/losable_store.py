"""A store that is lost when a test says so: before a transaction, or while it commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.company import CompanyId
from ports.transaction import CommitUnknown, CompanyTransaction, ControlTransaction, Store, StoreUnavailable


class LosableStore:
    """Passes transactions on to another store, until so many were opened."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.opened = 0
        self.lost_after: int | None = None
        """So many more transactions are opened; then it is lost. None: never."""
        self.while_committing = False
        """It is lost after the last of them has committed, and nobody is told."""

    @asynccontextmanager
    async def company(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        self._open()
        async with self.store.company(company) as transaction:
            yield transaction
        self._committed()

    @asynccontextmanager
    async def snapshot(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        self._open()
        async with self.store.snapshot(company) as transaction:
            yield transaction

    @asynccontextmanager
    async def control(self) -> AsyncIterator[ControlTransaction]:
        self._open()
        async with self.store.control() as transaction:
            yield transaction
        self._committed()

    def _open(self) -> None:
        if self.lost_after == 0:
            raise StoreUnavailable("the store is lost")
        self.opened += 1
        if self.lost_after is not None:
            self.lost_after -= 1

    def _committed(self) -> None:
        if self.lost_after == 0 and self.while_committing:
            raise CommitUnknown("the store was lost while it committed")
