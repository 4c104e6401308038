"""The invoices of a company in PostgreSQL: appended versions, and the names by which payments are found."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import attrs

from adapters.postgres.fact_statements import possible_ids
from domain.company import CompanyId
from domain.invoice import InvoiceId
from domain.invoice_facts import InvoiceFacts
from domain.invoice_payment import InvoicePayment
from domain.invoice_trail import names_of
from domain.payout import PayoutId
from ports.facts import UnstorableFact
from ports.invoices import RecordedInvoices
from ports.kept_invoices import credit_note_from, invoice_fact_bytes, invoice_from, payment_from

HOLD: Final = "SELECT moment FROM invoice_heads WHERE company_id = $1 FOR UPDATE"


@attrs.frozen
class _Kind:
    """A table of versions. `of`: the column that says which invoice they are of."""

    table: str
    of: str
    read: Callable[[bytes], Any]


_KINDS: Final[Mapping[str, _Kind]] = {
    "invoices": _Kind("invoices", "id", invoice_from),
    "payments": _Kind("invoice_payments", "invoice", payment_from),
    "credit_notes": _Kind("credit_notes", "invoice", credit_note_from),
}


async def hold(connection: asyncpg.Connection, company: CompanyId) -> datetime | None:
    """The company's row is this transaction's until it ends: the last moment in it."""
    row = await connection.fetchrow(HOLD, company)
    if row is None:
        await connection.execute(
            "INSERT INTO invoice_heads (company_id) VALUES ($1) ON CONFLICT (company_id) DO NOTHING", company
        )
        row = await connection.fetchrow(HOLD, company)
    moment: datetime | None = row["moment"]
    return moment


class PostgresInvoices:
    """Keeps the promises of `ports.invoices.Invoices`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def hold(self) -> None:
        """By the company's row."""
        await hold(self._connection, self._company)

    async def record(self, facts: InvoiceFacts, *, at: datetime) -> RecordedInvoices:
        """What is new or changed is appended, in the order of the ids."""
        if facts.is_empty:
            return RecordedInvoices()
        await self.hold()
        try:
            appended = {name: await self._append(kind, getattr(facts, name), at) for name, kind in _KINDS.items()}
            new = InvoiceFacts(**{name: told for name, (told, _) in appended.items()})
            recorded = RecordedInvoices(
                new=new, changed=InvoiceFacts(**{name: told for name, (_, told) in appended.items()})
            )
            await self._name((*recorded.new.payments, *recorded.changed.payments))
        except (asyncpg.DataError, UnicodeEncodeError, OverflowError) as error:
            raise UnstorableFact(f"a value cannot be kept: {type(error).__name__}") from None
        return recorded

    async def load(self, ids: Collection[InvoiceId]) -> InvoiceFacts:
        """The last version of each."""
        possible = possible_ids(ids)
        found = {}
        for name, kind in _KINDS.items() if possible else ():
            rows = await self._connection.fetch(
                f"SELECT DISTINCT ON (id) content FROM {kind.table} "  # names of ours
                f"WHERE company_id = $1 AND {kind.of} = ANY($2) ORDER BY id, version DESC",
                self._company,
                possible,
            )
            found[name] = tuple(kind.read(row["content"]) for row in rows)
        return InvoiceFacts(**found)

    async def paid_by(self, names: Collection[str]) -> Mapping[str, Collection[InvoiceId]]:
        """By the key."""
        rows = await self._connection.fetch(
            "SELECT name, invoice FROM invoice_payment_names WHERE company_id = $1 AND name = ANY($2)",
            self._company,
            possible_ids(names),
        )
        found: dict[str, set[InvoiceId]] = defaultdict(set)
        for row in rows:
            found[row["name"]].add(InvoiceId(row["invoice"]))
        return found

    async def in_payouts(self, payouts: Collection[PayoutId]) -> Collection[InvoiceId]:
        """By the items of each, and the names of payments: of a large payout nothing else is read."""
        rows = await self._connection.fetch(
            """
            SELECT DISTINCT n.invoice
            FROM balance_transactions f
            CROSS JOIN LATERAL (VALUES (f.payment_intent), (f.source)) AS known (name)
            JOIN invoice_payment_names n ON n.company_id = $1 AND n.name = known.name
            WHERE f.company_id = $1 AND f.payout = ANY($2)
            """,
            self._company,
            possible_ids(payouts),
        )
        return {InvoiceId(row["invoice"]) for row in rows}

    async def _append(self, kind: _Kind, told: Sequence[Any], at: datetime) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """What is new, and what is other than it was."""
        by_id = {each.id: each for each in told}
        if len(by_id) < len(told):
            raise ValueError(f"two of the {kind.table.replace('_', ' ')} told have the same id")
        ids = sorted(by_id)
        rows = await self._connection.fetch(
            f"SELECT DISTINCT ON (id) id, version, content FROM {kind.table} "
            "WHERE company_id = $1 AND id = ANY($2) ORDER BY id, version DESC",
            self._company,
            ids,
        )
        kept = {row["id"]: (row["version"], kind.read(row["content"])) for row in rows}
        changed, versions = [], []
        for id in ids:
            version, before = kept.get(id, (0, None))
            if before is None or not (by_id[id] == before or by_id[id].is_older_than(before)):
                changed.append(by_id[id])
                versions.append(version + 1)
        if changed:
            of = "" if kind.of == "id" else f", {kind.of}"
            also = "" if kind.of == "id" else ", $6::text[]"
            columns = [[each.id for each in changed], versions, [invoice_fact_bytes(each) for each in changed]]
            invoices = [] if kind.of == "id" else [[each.invoice for each in changed]]
            await self._connection.execute(
                f"INSERT INTO {kind.table} (company_id, recorded_at, id, version, content{of}) "
                f"SELECT $1, $2, told.* FROM unnest($3::text[], $4::integer[], $5::bytea[]{also}) AS told",
                self._company,
                at,
                *columns,
                *invoices,
            )
        return (
            tuple(each for each in changed if each.id not in kept),
            tuple(each for each in changed if each.id in kept),
        )

    async def _name(self, payments: Sequence[InvoicePayment]) -> None:
        """A payment is found by names that it does not lose."""
        named = sorted({(name, each.invoice) for each in payments for name in names_of(each)})
        if named:
            await self._connection.execute(
                """
                INSERT INTO invoice_payment_names (company_id, name, invoice)
                SELECT $1, told.* FROM unnest($2::text[], $3::text[]) AS told
                ON CONFLICT (company_id, name, invoice) DO NOTHING
                """,
                self._company,
                *map(list, zip(*named, strict=True)),
            )
