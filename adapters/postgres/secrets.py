"""Sealed secrets and wrapped data keys in PostgreSQL."""

from collections.abc import Sequence

import asyncpg

from domain.secret import KeyOwner, MasterKeyId, SealedSecret, SecretPlace, WrappedKey


class PostgresSealedSecrets:
    """Keeps the promises of `ports.secrets.SealedSecrets`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def put(self, secret: SealedSecret) -> None:
        """Inserted or replaced."""
        await self._connection.execute(
            """
            INSERT INTO sealed_secrets (owner, of_table, of_column, of_row, key_number, sealed)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (owner, of_table, of_column, of_row) DO UPDATE
              SET key_number = excluded.key_number, sealed = excluded.sealed
            """,
            *secret.place.bound(),
            secret.key_number,
            secret.sealed,
        )

    async def find(self, place: SecretPlace) -> SealedSecret | None:
        """By its place."""
        record = await self._connection.fetchrow(
            """
            SELECT key_number, sealed FROM sealed_secrets
            WHERE owner = $1 AND of_table = $2 AND of_column = $3 AND of_row = $4
            """,
            *place.bound(),
        )
        if record is None:
            return None
        return SealedSecret(place=place, key_number=record["key_number"], sealed=record["sealed"])

    async def delete(self, place: SecretPlace) -> None:
        """By its place."""
        await self._connection.execute(
            "DELETE FROM sealed_secrets WHERE owner = $1 AND of_table = $2 AND of_column = $3 AND of_row = $4",
            *place.bound(),
        )

    async def under_older_keys(self, owner: KeyOwner, newest: int, *, limit: int) -> Sequence[SealedSecret]:
        """Locked, so that nobody replaces one meanwhile."""
        records = await self._connection.fetch(
            """
            SELECT of_table, of_column, of_row, key_number, sealed FROM sealed_secrets
            WHERE owner = $1 AND key_number < $2 ORDER BY of_table, of_column, of_row LIMIT $3 FOR UPDATE
            """,
            owner,
            newest,
            limit,
        )
        return tuple(
            SealedSecret(
                place=SecretPlace(
                    owner=owner, table=record["of_table"], column=record["of_column"], row=record["of_row"]
                ),
                key_number=record["key_number"],
                sealed=record["sealed"],
            )
            for record in records
        )


class PostgresDataKeys:
    """Keeps the promises of `ports.secrets.DataKeys`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def newest(self, owner: KeyOwner) -> WrappedKey | None:
        """The highest number."""
        record = await self._connection.fetchrow(
            """
            SELECT owner, number, master_key, wrapped FROM data_keys WHERE owner = $1 ORDER BY number DESC LIMIT 1
            """,
            owner,
        )
        return None if record is None else _key(record)

    async def numbered(self, owner: KeyOwner, number: int) -> WrappedKey | None:
        """That number."""
        record = await self._connection.fetchrow(
            "SELECT owner, number, master_key, wrapped FROM data_keys WHERE owner = $1 AND number = $2", owner, number
        )
        return None if record is None else _key(record)

    async def add(self, key: WrappedKey) -> WrappedKey:
        """Of two at the same time, the one whose transaction commits first is kept."""
        await self._connection.execute(
            """
            INSERT INTO data_keys (owner, number, master_key, wrapped) VALUES ($1, $2, $3, $4)
            ON CONFLICT (owner, number) DO NOTHING
            """,
            key.owner,
            key.number,
            key.master_key,
            key.wrapped,
        )
        return await self.numbered(key.owner, key.number) or key

    async def replace(self, key: WrappedKey) -> None:
        """Only how it is wrapped."""
        await self._connection.execute(
            "UPDATE data_keys SET master_key = $3, wrapped = $4 WHERE owner = $1 AND number = $2",
            key.owner,
            key.number,
            key.master_key,
            key.wrapped,
        )

    async def not_under(self, master_key: MasterKeyId, *, limit: int) -> Sequence[WrappedKey]:
        """Locked, so that two who rewrap share the work."""
        records = await self._connection.fetch(
            """
            SELECT owner, number, master_key, wrapped FROM data_keys
            WHERE master_key <> $1 ORDER BY owner, number LIMIT $2 FOR UPDATE
            """,
            master_key,
            limit,
        )
        return tuple(_key(record) for record in records)


def _key(record: asyncpg.Record) -> WrappedKey:
    return WrappedKey(
        owner=KeyOwner(record["owner"]),
        number=record["number"],
        master_key=MasterKeyId(record["master_key"]),
        wrapped=record["wrapped"],
    )
