"""The resources: a module each, with its routes. All routes of the service are in ROUTES."""

from entrypoints.http.resources import (
    api_keys,
    audit,
    balance_transactions,
    bank_accounts,
    companies,
    deposit_decisions,
    deposits,
    events,
    matches,
    open_questions,
    payouts,
    rules,
    sessions,
    statements,
    webhook_endpoints,
    what_if,
)

ROUTES = (
    *api_keys.ROUTES,
    *sessions.ROUTES,
    *companies.ROUTES,
    *payouts.ROUTES,
    *balance_transactions.ROUTES,
    *bank_accounts.ROUTES,
    *deposits.ROUTES,
    *deposit_decisions.ROUTES,
    *statements.ROUTES,
    *matches.ROUTES,
    *open_questions.ROUTES,
    *rules.ROUTES,
    *what_if.ROUTES,
    *webhook_endpoints.ROUTES,
    *events.ROUTES,
    *audit.ROUTES,
)
