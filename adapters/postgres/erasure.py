"""Forgetting a company in PostgreSQL, by the role that only erases."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import asyncpg

from adapters.postgres.partner_trail import PostgresPartnerTrail
from domain.audit_entry import AuditEntry
from domain.company import CompanyId, CompanyStatus
from domain.identifiers import is_typed_id
from domain.partner import Tenant
from ports.erasure import NotArchived

ERASER_ROLE: Final = "tieout_eraser"

ERASED: Final = {
    # First the company itself: whoever looks for it from now on waits for us, or does not find it.
    "companies": "id",
    # What others lock too, in the order in which they do: who takes events holds its accounts, then asks for work.
    "stripe_accounts": "company_id",
    "work_list": "company_id",
    "trail_heads": "company_id",
    "trail_tips": "company_id",
    "webhook_streams": "company_id",
    "webhook_parked": "company_id",
    "webhook_attempts": "company_id",
    # The rest, in any order.
    "audit_checkpoints": "chain",
    "audit_links": "company_id",
    "audit_rows": "company_id",
    "balance_transactions": "company_id",
    "bank_accounts": "company_id",
    "bank_deposits": "company_id",
    "breaks": "company_id",
    "data_keys": "owner",
    "decision_heads": "company_id",
    "decision_records": "company_id",
    "decisions": "company_id",
    "deposit_standings": "company_id",
    "fact_moments": "company_id",
    "match_records": "company_id",
    "matches": "company_id",
    "model_snapshots": "company_id",
    "matching_rules": "company_id",
    "outbox_events": "company_id",
    "partner_events": "company_id",
    "payout_standings": "company_id",
    "payouts": "company_id",
    "reconciliation_basis": "company_id",
    "sealed_secrets": "owner",
    "sessions": "company_id",
    "bank_statements": "company_id",
    "statement_columns": "company_id",
    "statement_periods": "company_id",
    "feed_checks": "company_id",
    "credit_notes": "company_id",
    "invoice_heads": "company_id",
    "invoice_payment_names": "company_id",
    "invoice_payments": "company_id",
    "invoice_requests": "company_id",
    "invoice_standings": "company_id",
    "invoices": "company_id",
    "stripe_authorizations": "company_id",
    "stripe_feeds": "company_id",
    "stripe_itemisations": "company_id",
    "what_ifs": "company_id",
    "what_ifs_applied": "company_id",
}
"""Every table with rows of a company, and the column that says whose they are. A test compares it with the catalog."""

ERASED_BY_ACCOUNT: Final = ("stripe_events",)
"""Tables with rows of a company's Stripe accounts, which bear a body with its data, but not its id."""

_OF_ITS_ACCOUNTS: Final = """
DELETE FROM {table} AS told USING stripe_accounts AS a
WHERE a.company_id = $1 AND told.partner_id = a.partner_id AND told.mode = a.mode AND told.account = a.account
"""
_KEPT_ANSWERS: Final = "DELETE FROM idempotency_keys WHERE position($1::bytea IN body) > 0"
"""Answers kept for repeated requests that name the company; the others say nothing of whose they are."""


class PostgresErasure:
    """Keeps the promises of `ports.erasure.Erasure`."""

    def __init__(self, transaction: Callable[[str], AbstractAsyncContextManager[asyncpg.Connection]]) -> None:
        self._transaction = transaction

    async def forget(self, company: CompanyId, *, tenant: Tenant, entry: AuditEntry) -> bool:
        """One transaction, in which the eraser erases, and then the run-time role writes one link."""
        if not is_typed_id(company, "co"):
            return False
        async with self._transaction(
            f"SET LOCAL ROLE {ERASER_ROLE}; SET LOCAL tieout.company = '{company}'"
        ) as connection:
            status = await connection.fetchval(
                "SELECT status FROM companies WHERE id = $1 AND partner_id = $2 AND mode = $3",
                company,
                tenant.partner,
                tenant.mode.value,
            )
            if status is None:
                return False
            if status != CompanyStatus.ARCHIVED.value:
                raise NotArchived(company)
            for table in ERASED_BY_ACCOUNT:  # while it is known whose they are
                await connection.execute(_OF_ITS_ACCOUNTS.format(table=table), company)
            for table, column in ERASED.items():
                await connection.execute(f"DELETE FROM {table} WHERE {column} = $1", company)
            await connection.execute(_KEPT_ANSWERS, company.encode())
            await connection.execute("SET LOCAL ROLE tieout_runtime")
            trail = PostgresPartnerTrail(connection)
            await trail.append(tenant, [entry])
            await trail.record()
        return True
