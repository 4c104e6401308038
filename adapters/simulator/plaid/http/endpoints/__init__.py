"""The paths that the simulated Plaid knows, by subject."""

from adapters.simulator.plaid.http.endpoint import Endpoint
from adapters.simulator.plaid.http.endpoints import accounts, institutions, items, link, sandbox, transactions, webhooks

ENDPOINTS: tuple[Endpoint, ...] = (
    *accounts.ENDPOINTS,
    *institutions.ENDPOINTS,
    *items.ENDPOINTS,
    *link.ENDPOINTS,
    *sandbox.ENDPOINTS,
    *transactions.ENDPOINTS,
    *webhooks.ENDPOINTS,
)
