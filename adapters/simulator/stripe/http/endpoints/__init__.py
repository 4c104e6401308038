"""The paths that the simulated Stripe knows, by resource."""

from adapters.simulator.stripe.http.endpoint import Endpoint
from adapters.simulator.stripe.http.endpoints import (
    accounts,
    balance,
    charges,
    connect_money,
    credit_notes,
    customers,
    events,
    invoice_payments,
    invoices,
    payouts,
    refunds,
    webhook_endpoints,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *accounts.ENDPOINTS,
    *balance.ENDPOINTS,
    *charges.ENDPOINTS,
    *connect_money.ENDPOINTS,
    *credit_notes.ENDPOINTS,
    *customers.ENDPOINTS,
    *events.ENDPOINTS,
    *invoice_payments.ENDPOINTS,
    *invoices.ENDPOINTS,
    *payouts.ENDPOINTS,
    *refunds.ENDPOINTS,
    *webhook_endpoints.ENDPOINTS,
)
