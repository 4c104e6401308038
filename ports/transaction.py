"""The unit of work: one transaction, which the small ports of one use case share.

A use case opens exactly one. Leaving the block commits; an exception inside it rolls everything back. Nothing of one
company can be seen or changed from a transaction on another.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.company import CompanyId
from ports.api_keys import ApiKeys
from ports.audit_log import AuditLog
from ports.audit_trail import AuditTrail
from ports.case_keys import CaseKeys
from ports.checkpoints import Checkpoints
from ports.companies import Companies
from ports.decisions import Decisions
from ports.deliveries import Deliveries, DeliveryLog
from ports.event_log import EventLog
from ports.fact_lists import FactLists
from ports.facts import Facts
from ports.invoice_requests import InvoiceRequests
from ports.invoice_standings import InvoiceStandings
from ports.invoices import Invoices
from ports.matching_rules import MatchingRules
from ports.outbox import Outbox
from ports.partner_events import PartnerEvents
from ports.partner_trail import PartnerTrail
from ports.partners import Partners
from ports.reconciliation_lists import ReconciliationLists
from ports.reconciliation_record import ReconciliationRecord
from ports.secrets import DataKeys, SealedSecrets
from ports.sessions import Sessions
from ports.statement_history import StatementHistory
from ports.statements import Statements
from ports.stripe_accounts import StripeAccountPages, StripeAccounts, StripeRouting
from ports.stripe_authorizations import StripeAuthorizations
from ports.stripe_events import StripeEvents
from ports.stripe_feeds import FeedChecks, StripeFeeds, StripeItemisations
from ports.stripe_integrations import StripeIntegrations
from ports.webhook_endpoints import WebhookEndpoints
from ports.what_ifs import WhatIfs
from ports.work_requests import WorkRequests


class StoreUnavailable(Exception):
    """The store cannot be reached, or was lost before the commit was sent: nothing was written. Try again later."""


class CommitUnknown(StoreUnavailable):
    """The store was lost while it committed: all was written, or nothing. Repeat the use case: it is replay-safe."""


class CompanyTransaction(Protocol):
    """One transaction on one company. Its attributes are the ports that take part in it."""

    @property
    def company(self) -> CompanyId:
        """The company that everything in this transaction is about."""
        ...

    @property
    def companies(self) -> Companies:
        """What is said of the company."""
        ...

    @property
    def facts(self) -> Facts:
        """Its payouts, balance transactions, accounts and bank lines."""
        ...

    @property
    def fact_lists(self) -> FactLists:
        """The same, page by page."""
        ...

    @property
    def case_keys(self) -> CaseKeys:
        """What tells its cases apart."""
        ...

    @property
    def statements(self) -> Statements:
        """What is remembered of its statement files."""
        ...

    @property
    def statement_history(self) -> StatementHistory:
        """What its statements said of themselves."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What people decided."""
        ...

    @property
    def matching_rules(self) -> MatchingRules:
        """People's own rules."""
        ...

    @property
    def what_ifs(self) -> WhatIfs:
        """What people asked before they changed anything."""
        ...

    @property
    def reconciliation(self) -> ReconciliationRecord:
        """What was decided for it, and on what basis."""
        ...

    @property
    def reconciliation_lists(self) -> ReconciliationLists:
        """The same, page by page."""
        ...

    @property
    def stripe_feeds(self) -> StripeFeeds:
        """How far its Stripe accounts have been read."""
        ...

    @property
    def stripe_itemisations(self) -> StripeItemisations:
        """Which of its payouts are to be listed."""
        ...

    @property
    def feed_checks(self) -> FeedChecks:
        """What checks against Stripe found."""
        ...

    @property
    def invoices(self) -> Invoices:
        """Its invoices at Stripe."""
        ...

    @property
    def invoice_requests(self) -> InvoiceRequests:
        """What was asked for of them."""
        ...

    @property
    def invoice_standings(self) -> InvoiceStandings:
        """What was told of them."""
        ...

    @property
    def stripe_accounts(self) -> StripeAccounts:
        """Which Stripe accounts it has; held before work is asked for, as whoever takes events does."""
        ...

    @property
    def work(self) -> WorkRequests:
        """Asking for work, and ending it; the last thing in a transaction."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What the partner is told."""
        ...

    @property
    def events(self) -> EventLog:
        """What the partner was told before."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """What was done, by whom and why."""
        ...

    @property
    def audit_log(self) -> AuditLog:
        """What was done before."""
        ...


class ControlTransaction(Protocol):
    """One transaction on what stands above companies: partners, keys, sessions, routing, the work list."""

    @property
    def companies(self) -> Companies:
        """All companies."""
        ...

    @property
    def partners(self) -> Partners:
        """The partners."""
        ...

    @property
    def api_keys(self) -> ApiKeys:
        """Their keys."""
        ...

    @property
    def sessions(self) -> Sessions:
        """People's sessions."""
        ...

    @property
    def work(self) -> WorkRequests:
        """Asking for work; the last thing in a transaction."""
        ...

    @property
    def partner_trail(self) -> PartnerTrail:
        """What was done by partners, above their companies."""
        ...

    @property
    def checkpoints(self) -> Checkpoints:
        """How far audit trails are signed."""
        ...

    @property
    def data_keys(self) -> DataKeys:
        """Wrapped keys."""
        ...

    @property
    def sealed_secrets(self) -> SealedSecrets:
        """What is sealed under them."""
        ...

    @property
    def webhook_endpoints(self) -> WebhookEndpoints:
        """Where partners listen."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """What is to be sent there."""
        ...

    @property
    def partner_events(self) -> PartnerEvents:
        """What partners are told, across their companies."""
        ...

    @property
    def delivery_log(self) -> DeliveryLog:
        """What was sent there."""
        ...

    @property
    def stripe_integrations(self) -> StripeIntegrations:
        """Partners' Stripe platforms."""
        ...

    @property
    def stripe_accounts(self) -> StripeAccounts:
        """Which company has which Stripe account."""
        ...

    @property
    def stripe_account_pages(self) -> StripeAccountPages:
        """All accounts of a partner."""
        ...

    @property
    def stripe_routing(self) -> StripeRouting:
        """The same, asked by what is told of accounts."""
        ...

    @property
    def stripe_authorizations(self) -> StripeAuthorizations:
        """Users' visits to Stripe."""
        ...

    @property
    def stripe_events(self) -> StripeEvents:
        """What Stripe told, until it is taken."""
        ...


class Store(Protocol):
    """Opens transactions. All raise StoreUnavailable; leaving the block of one that writes may raise CommitUnknown."""

    def company(self, company: CompanyId) -> AbstractAsyncContextManager[CompanyTransaction]:
        """A transaction on one company. Whether the company exists is not looked at."""
        ...

    def snapshot(self, company: CompanyId) -> AbstractAsyncContextManager[CompanyTransaction]:
        """One company as it is at one moment, to be read only: whatever others do meanwhile, all that is read in it
        belongs together. It makes nobody wait."""
        ...

    def control(self) -> AbstractAsyncContextManager[ControlTransaction]:
        """A transaction on the control tables."""
        ...
