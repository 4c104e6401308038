"""Transactions on PostgreSQL: one connection of the pool each, bound to its company by row-level security."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from adapters.postgres.access import PostgresApiKeys, PostgresPartners, PostgresSessions
from adapters.postgres.audit_chains import COMPANY_CHAINS, PostgresAuditLog
from adapters.postgres.case_keys import PostgresCaseKeys
from adapters.postgres.companies import PostgresCompanies
from adapters.postgres.decisions import PostgresDecisions
from adapters.postgres.deliveries import PostgresDeliveries, PostgresDeliveryLog
from adapters.postgres.erasure import PostgresErasure
from adapters.postgres.errors import LOST, translated
from adapters.postgres.fact_lists import PostgresFactLists
from adapters.postgres.facts import PostgresFacts
from adapters.postgres.idempotency import PostgresIdempotency
from adapters.postgres.invoice_requests import PostgresInvoiceRequests
from adapters.postgres.invoice_standings import PostgresInvoiceStandings
from adapters.postgres.invoices import PostgresInvoices
from adapters.postgres.matching_rules import PostgresMatchingRules
from adapters.postgres.partner_trail import PostgresCheckpoints, PostgresPartnerEvents, PostgresPartnerTrail
from adapters.postgres.reconciliation_lists import PostgresReconciliationLists
from adapters.postgres.reconciliation_record import PostgresReconciliationRecord
from adapters.postgres.secrets import PostgresDataKeys, PostgresSealedSecrets
from adapters.postgres.statement_history import PostgresStatementHistory
from adapters.postgres.statements import PostgresStatements
from adapters.postgres.stripe_accounts import PostgresStripeAccounts
from adapters.postgres.stripe_authorizations import PostgresStripeAuthorizations
from adapters.postgres.stripe_events import PostgresStripeEvents, PostgresStripeInbox
from adapters.postgres.stripe_feeds import PostgresFeedChecks, PostgresStripeFeeds, PostgresStripeItemisations
from adapters.postgres.stripe_integrations import PostgresStripeIntegrations
from adapters.postgres.trail import (
    PostgresAuditTrail,
    PostgresEventLog,
    PostgresOutbox,
    record_trail,
)
from adapters.postgres.webhook_endpoints import PostgresWebhookEndpoints
from adapters.postgres.what_ifs import PostgresWhatIfs
from adapters.postgres.work_list import PostgresWorkList, PostgresWorkRequests
from domain.audit_chain import chain_of
from domain.company import CompanyId
from domain.identifiers import is_typed_id
from ports.transaction import CommitUnknown, StoreUnavailable

RUNTIME_ROLE: Final = "tieout_runtime"
"""Owns nothing and cannot pass row-level security; every connection of the pool puts it on."""

_SETTINGS: Final = {
    "search_path": "tieout",
    "timezone": "UTC",
    "application_name": "tieout",
    # Plans are kept: one that was made while a table was empty would read it whole, again and again, when it is full.
    "enable_seqscan": "off",
}
CLOSE_SECONDS_MAX: Final = 10
ACQUIRE_SECONDS_MAX: Final = 10
"""Whoever gets no connection in that time is better told so than kept waiting."""


class PostgresCompanyTransaction:
    """One transaction on one company."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId, *, writes: bool) -> None:
        self.company = company
        self._connection = connection
        self.companies = PostgresCompanies(connection, hold=writes)
        self.facts = PostgresFacts(connection, company)
        self.fact_lists = PostgresFactLists(connection, company)
        self.case_keys = PostgresCaseKeys(connection, company)
        self.statements = PostgresStatements(connection, company)
        self.statement_history = PostgresStatementHistory(connection, company)
        self.decisions = PostgresDecisions(connection, company)
        self.matching_rules = PostgresMatchingRules(connection, company)
        self.what_ifs = PostgresWhatIfs(connection, company)
        self.reconciliation = PostgresReconciliationRecord(connection, company)
        self.reconciliation_lists = PostgresReconciliationLists(connection, company)
        self.stripe_feeds = PostgresStripeFeeds(connection, company)
        self.stripe_itemisations = PostgresStripeItemisations(connection, company)
        self.feed_checks = PostgresFeedChecks(connection, company)
        self.invoices = PostgresInvoices(connection, company)
        self.invoice_requests = PostgresInvoiceRequests(connection, company)
        self.invoice_standings = PostgresInvoiceStandings(connection, company)
        self.stripe_accounts = PostgresStripeAccounts(connection)
        self.work = PostgresWorkRequests(connection)
        self.outbox = PostgresOutbox()
        self.events = PostgresEventLog(connection, company)
        self.audit = PostgresAuditTrail()
        self.audit_log = PostgresAuditLog(connection, COMPANY_CHAINS, chain_of(company))

    async def record_trail(self) -> None:
        """What was appended gets its numbers: the last thing before the commit, for others wait for it."""
        await record_trail(self._connection, self.company, self.outbox.appended, self.audit.appended)


class PostgresControlTransaction:
    """One transaction on the control tables."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.companies = PostgresCompanies(connection)
        self.partners = PostgresPartners(connection)
        self.api_keys = PostgresApiKeys(connection)
        self.sessions = PostgresSessions(connection)
        self.work = PostgresWorkRequests(connection)
        self.partner_trail = PostgresPartnerTrail(connection)
        self.checkpoints = PostgresCheckpoints(connection)
        self.data_keys = PostgresDataKeys(connection)
        self.sealed_secrets = PostgresSealedSecrets(connection)
        self.webhook_endpoints = PostgresWebhookEndpoints(connection)
        self.deliveries = PostgresDeliveries(connection)
        self.delivery_log = PostgresDeliveryLog(connection)
        self.partner_events = PostgresPartnerEvents(connection)
        self.stripe_integrations = PostgresStripeIntegrations(connection)
        self.stripe_accounts = self.stripe_account_pages = self.stripe_routing = PostgresStripeAccounts(connection)
        self.stripe_authorizations = PostgresStripeAuthorizations(connection)
        self.stripe_events = PostgresStripeEvents(connection)


class PostgresStore:
    """Keeps the promises of `ports.transaction.Store` over a pool of connections."""

    def __init__(self, pool: asyncpg.Pool, intake: asyncpg.Pool) -> None:
        self.pool = pool
        self._intake = intake
        """A connection of its own for what must not wait behind anybody's transaction; opened when it is needed."""

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        connections_max: int = 10,
        role: str = RUNTIME_ROLE,
        connection_class: type[asyncpg.Connection] = asyncpg.Connection,
    ) -> "PostgresStore":
        """A store on the database of this address, whose schema is in place. Raises StoreUnavailable."""

        async def put_on_role(connection: asyncpg.Connection) -> None:
            await connection.execute(f"SET ROLE {role}")  # outlives the pool's own reset of a connection

        options = {
            "command_timeout": 60,
            "connection_class": connection_class,
            "init": put_on_role,
            "server_settings": _SETTINGS,
        }
        with translated("connecting"):
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=connections_max, **options)
            intake = await asyncpg.create_pool(dsn, min_size=0, max_size=1, reset=_as_it_is, **options)
        return cls(pool, intake)

    def work_list(self) -> PostgresWorkList:
        """The work list in this database."""
        return PostgresWorkList(self.pool)

    def idempotency(self) -> PostgresIdempotency:
        """The answers kept in this database."""
        return PostgresIdempotency(self.pool)

    def stripe_inbox(self) -> PostgresStripeInbox:
        """Where Stripe's events are kept in this database."""
        return PostgresStripeInbox(self.pool, writing=self._intake)

    def erasure(self) -> PostgresErasure:
        """What forgets companies in this database."""
        return PostgresErasure(self._transaction)

    async def close(self) -> None:
        """Closes the connections, once what is running has ended; what does not end is cut off."""
        for pool in (self._intake, self.pool):
            try:
                await asyncio.wait_for(pool.close(), CLOSE_SECONDS_MAX)
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def company(self, company: CompanyId) -> AsyncIterator[PostgresCompanyTransaction]:
        """A transaction on one company. The company is bound by a literal, as a distributed database needs it."""
        async with self._transaction(_bound_to(company)) as connection:
            transaction = PostgresCompanyTransaction(connection, company, writes=True)
            yield transaction
            await transaction.record_trail()

    @asynccontextmanager
    async def snapshot(self, company: CompanyId) -> AsyncIterator[PostgresCompanyTransaction]:
        """A transaction that only reads, and sees nothing that was committed since it began."""
        only_read = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        async with self._transaction(f"{only_read}; {_bound_to(company)}") as connection:
            yield PostgresCompanyTransaction(connection, company, writes=False)

    @asynccontextmanager
    async def control(self) -> AsyncIterator[PostgresControlTransaction]:
        """A transaction on the control tables. No company is bound: company tables show nothing."""
        async with self._transaction("SET LOCAL tieout.company = ''") as connection:
            transaction = PostgresControlTransaction(connection)
            yield transaction
            await transaction.partner_trail.record()

    @asynccontextmanager
    async def _transaction(self, bind: str) -> AsyncIterator[asyncpg.Connection]:
        try:
            with translated("taking a connection"):
                connection = await self.pool.acquire(timeout=ACQUIRE_SECONDS_MAX)
        except asyncpg.PostgresError as error:  # renamed, dropped, closed to us: it once let us in, and may again
            raise StoreUnavailable(f"the database does not let us in: {type(error).__name__}") from error
        try:
            with translated("beginning"):
                await connection.execute(f"BEGIN; {bind}")
            try:
                with translated("working"):
                    yield connection
            except BaseException:
                await _roll_back(connection)
                raise
            try:
                done = await connection.execute("COMMIT")
            except LOST as error:
                raise CommitUnknown(f"the database was lost while committing: {type(error).__name__}") from error
            if done != "COMMIT":  # PostgreSQL's way to say that a statement had failed, whoever swallowed that
                raise StoreUnavailable("a statement had failed: everything was rolled back")
        finally:
            await _give_back(self.pool, connection)


async def _as_it_is(_connection: asyncpg.Connection) -> None:
    """Single statements leave nothing behind that would have to be undone, by one more way to the server and back."""


def _bound_to(company: CompanyId) -> str:
    if not is_typed_id(company, "co"):
        raise ValueError(f"not a company's id: {company!r}")
    return f"SET LOCAL tieout.company = '{company}'"


async def _roll_back(connection: asyncpg.Connection) -> None:
    """If the connection is gone, the server rolls back by itself."""
    try:
        await connection.execute("ROLLBACK")
    except LOST:
        _cut_off(connection)


async def _give_back(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    try:
        await pool.release(connection)
    except LOST:
        _cut_off(connection)


def _cut_off(connection: asyncpg.Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # the pool itself has noticed by now, and taken it out of our hands
        connection.terminate()
