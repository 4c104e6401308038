"""A connection that counts its statements: each is a way to the server and back."""

from typing import Any, ClassVar

import asyncpg

from adapters.postgres.reconciliation_statements import HOLDING_MATCHES


class CountingConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Counts for all connections of the class."""

    statements: ClassVar[int] = 0
    replacements: ClassVar[int] = 0
    """How often everything was decided anew: only that asks for all matches that hold."""

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """As asyncpg's."""
        self._count(query)
        return str(await super().execute(query, *args, **options))

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        self._count(query)
        return await super().fetch(query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        self._count(query)
        return await super().fetchrow(query, *args, **options)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        self._count(query)
        return await super().fetchval(query, *args, **options)

    def cursor(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        self._count(query)
        return super().cursor(query, *args, **options)

    @classmethod
    def _count(cls, query: str) -> None:
        cls.statements += 1
        cls.replacements += query == HOLDING_MATCHES
