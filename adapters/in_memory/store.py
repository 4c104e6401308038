"""An in-memory store: every port of the service over plain dictionaries, for tests and for developers without a server.

Differences from PostgreSQL: transactions run one after the other, whatever they touch; nothing outlives the process.
Rolling back is real: a transaction works on copies of the tables that it touches, and they replace the originals only
when it commits. Rows must be frozen values, so that a shallow copy of a table is a copy of its content.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Any

from adapters.in_memory.access import InMemoryApiKeys, InMemoryPartners, InMemorySessions
from adapters.in_memory.case_keys import InMemoryCaseKeys
from adapters.in_memory.companies import InMemoryCompanies
from adapters.in_memory.decisions import InMemoryDecisions
from adapters.in_memory.deliveries import InMemoryDeliveries, InMemoryDeliveryLog, InMemoryWebhookEndpoints
from adapters.in_memory.fact_lists import InMemoryFactLists
from adapters.in_memory.facts import InMemoryFacts
from adapters.in_memory.invoice_requests import InMemoryInvoiceRequests
from adapters.in_memory.invoices import InMemoryInvoices, InMemoryInvoiceStandings
from adapters.in_memory.matching_rules import InMemoryMatchingRules
from adapters.in_memory.partner_trail import InMemoryCheckpoints, InMemoryPartnerEvents, InMemoryPartnerTrail
from adapters.in_memory.reconciliation import InMemoryReconciliationLists, InMemoryReconciliationRecord
from adapters.in_memory.secrets import InMemoryDataKeys, InMemorySealedSecrets
from adapters.in_memory.statement_history import InMemoryStatementHistory
from adapters.in_memory.statements import InMemoryStatements
from adapters.in_memory.stripe_accounts import InMemoryStripeAccounts
from adapters.in_memory.stripe_authorizations import InMemoryStripeAuthorizations
from adapters.in_memory.stripe_events import InMemoryStripeEvents
from adapters.in_memory.stripe_feeds import InMemoryFeedChecks, InMemoryStripeFeeds, InMemoryStripeItemisations
from adapters.in_memory.stripe_integrations import InMemoryStripeIntegrations
from adapters.in_memory.tables import InMemoryTables
from adapters.in_memory.trail import (
    InMemoryAuditLog,
    InMemoryAuditTrail,
    InMemoryEventLog,
    InMemoryOutbox,
    record_audit,
    record_events,
)
from adapters.in_memory.what_ifs import InMemoryWhatIfs
from adapters.in_memory.work_list import InMemoryWorkRequests
from domain.audit_chain import chain_of
from domain.company import CompanyId


class InMemoryCompanyTransaction:
    """One transaction on one company."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self.company = company
        self._tables = tables
        self.companies = InMemoryCompanies(tables)
        self.facts = InMemoryFacts(tables, company)
        self.fact_lists = InMemoryFactLists(tables, company)
        self.case_keys = InMemoryCaseKeys(tables, company)
        self.statements = InMemoryStatements(tables, company)
        self.statement_history = InMemoryStatementHistory(tables, company)
        self.decisions = InMemoryDecisions(tables, company)
        self.matching_rules = InMemoryMatchingRules(tables, company)
        self.what_ifs = InMemoryWhatIfs(tables, company)
        self.reconciliation = InMemoryReconciliationRecord(tables, company)
        self.reconciliation_lists = InMemoryReconciliationLists(tables, company)
        self.stripe_feeds = InMemoryStripeFeeds(tables, company)
        self.stripe_itemisations = InMemoryStripeItemisations(tables, company)
        self.feed_checks = InMemoryFeedChecks(tables, company)
        self.invoices = InMemoryInvoices(tables, company)
        self.invoice_requests = InMemoryInvoiceRequests(tables, company)
        self.invoice_standings = InMemoryInvoiceStandings(tables, company)
        self.stripe_accounts = InMemoryStripeAccounts(tables)
        self.work = InMemoryWorkRequests(tables)
        self.outbox = InMemoryOutbox()
        self.events = InMemoryEventLog(tables, company)
        self.audit = InMemoryAuditTrail()
        self.audit_log = InMemoryAuditLog(tables, chain_of(company))

    async def record_trail(self) -> None:
        """What was appended gets its numbers."""
        record_events(self._tables, self.company, self.outbox.appended)
        await record_audit(self._tables, chain_of(self.company), self.audit.appended)


class InMemoryControlTransaction:
    """One transaction on the control tables."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self.companies = InMemoryCompanies(tables)
        self.partners = InMemoryPartners(tables)
        self.api_keys = InMemoryApiKeys(tables)
        self.sessions = InMemorySessions(tables)
        self.work = InMemoryWorkRequests(tables)
        self.partner_trail = InMemoryPartnerTrail(tables)
        self.checkpoints = InMemoryCheckpoints(tables)
        self.data_keys = InMemoryDataKeys(tables)
        self.sealed_secrets = InMemorySealedSecrets(tables)
        self.webhook_endpoints = InMemoryWebhookEndpoints(tables)
        self.deliveries = InMemoryDeliveries(tables)
        self.delivery_log = InMemoryDeliveryLog(tables)
        self.partner_events = InMemoryPartnerEvents(tables)
        self.stripe_integrations = InMemoryStripeIntegrations(tables)
        self.stripe_accounts = self.stripe_account_pages = self.stripe_routing = InMemoryStripeAccounts(tables)
        self.stripe_authorizations = InMemoryStripeAuthorizations(tables)
        self.stripe_events = InMemoryStripeEvents(tables)


class InMemoryStore:
    """Keeps the promises of `ports.transaction.Store`."""

    def __init__(self) -> None:
        self._committed: dict[str, dict[Hashable, Any]] = {}
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def company(self, company: CompanyId) -> AsyncIterator[InMemoryCompanyTransaction]:
        """A transaction on one company."""
        async with self.tables() as tables:
            transaction = InMemoryCompanyTransaction(tables, company)
            yield transaction
            await transaction.record_trail()

    @asynccontextmanager
    async def snapshot(self, company: CompanyId) -> AsyncIterator[InMemoryCompanyTransaction]:
        """What was committed when it began: a commit replaces tables, it changes none."""
        yield InMemoryCompanyTransaction(InMemoryTables(dict(self._committed)), company)

    @asynccontextmanager
    async def control(self) -> AsyncIterator[InMemoryControlTransaction]:
        """A transaction on the control tables."""
        async with self.tables() as tables:
            transaction = InMemoryControlTransaction(tables)
            yield transaction
            await transaction.partner_trail.record()

    @asynccontextmanager
    async def tables(self) -> AsyncIterator[InMemoryTables]:
        """A transaction on the bare tables, for ports that are not part of a use case's transaction."""
        async with self._one_at_a_time:
            tables = InMemoryTables(self._committed)
            yield tables
            tables.commit()
