"""Trouble with the server, translated at the edge of this adapter: what asyncpg and sockets raise when it is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from ports.transaction import StoreUnavailable

LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what is asked of a connection in the very moment in which it is lost
    asyncpg.OperatorInterventionError,  # it is stopping, starting, or somebody ended what we ran
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.TransactionRollbackError,  # a deadlock, say: all was rolled back, and may be tried again
    asyncpg.ReadOnlySQLTransactionError,  # it has become another's replica
    OSError,
    TimeoutError,
)
"""What means that the server, or the way to it, is gone."""


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raises StoreUnavailable, with the cause, for what means that the server is gone. `doing`: in words."""
    try:
        yield
    except LOST as error:
        raise StoreUnavailable(f"the database was lost while {doing}: {type(error).__name__}") from error
