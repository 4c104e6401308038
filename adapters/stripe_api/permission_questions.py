"""How each thing that a key may do is tried, so that nothing at Stripe changes.

What is read is read, a little of it. What is written is asked for with a parameter that Stripe must refuse, whatever
the key: a key without the permission is refused for that instead. Source: API version 2026-10-28, each resource's path.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from adapters.stripe_api.stripe_requests import Address, Verb
from domain.stripe_key_check import StripeAccess

NOTHING: Final = "tieout_permission_check"
"""The value of a parameter that can be no value of it."""
NO_CODE: Final = f"ac_{NOTHING}"
NO_ACCOUNT: Final = "acct_0000tieoutcheck"
"""Nobody's: accounts' ids do not look so."""


@attrs.frozen(kw_only=True)
class Question:
    """One request."""

    path: str
    verb: Verb = "get"
    params: Mapping[str, Any] = attrs.field(factory=dict)
    address: Address = "api"


def _some(path: str) -> Question:
    return Question(path=path, params={"limit": 1})


def _refused(path: str, **params: str) -> Question:
    return Question(path=path, verb="post", params=params)


QUESTIONS: Final[Mapping[StripeAccess, Question]] = {
    StripeAccess.ACCOUNT: Question(path="/v1/account"),
    StripeAccess.CONNECTED_ACCOUNTS: _some("/v1/accounts"),
    StripeAccess.BALANCE: Question(path="/v1/balance"),
    StripeAccess.BALANCE_TRANSACTIONS: _some("/v1/balance_transactions"),
    StripeAccess.BALANCE_TRANSACTION_SOURCES: Question(
        path="/v1/balance_transactions", params={"limit": 1, "expand": ["data.source"]}
    ),
    StripeAccess.PAYOUTS: _some("/v1/payouts"),
    StripeAccess.CHARGES: _some("/v1/charges"),
    StripeAccess.REFUNDS: _some("/v1/refunds"),
    StripeAccess.DISPUTES: _some("/v1/disputes"),
    StripeAccess.EVENTS: _some("/v1/events"),
    StripeAccess.INVOICES: _some("/v1/invoices"),
    StripeAccess.INVOICE_PAYMENTS: _some("/v1/invoice_payments"),
    StripeAccess.CREDIT_NOTES: _some("/v1/credit_notes"),
    StripeAccess.CUSTOMERS_WRITE: _refused("/v1/customers", tax_exempt=NOTHING),
    StripeAccess.INVOICES_WRITE: _refused("/v1/invoices", collection_method=NOTHING),
    StripeAccess.CONNECTED_ACCOUNTS_WRITE: _refused("/v1/accounts", type=NOTHING),
    StripeAccess.ACCOUNT_LINKS_WRITE: _refused("/v1/account_links", account=NO_ACCOUNT, type=NOTHING),
    StripeAccess.OAUTH_CODES: Question(
        path="/oauth/token",
        verb="post",
        params={"grant_type": "authorization_code", "code": NO_CODE},
        address="connect",
    ),
    StripeAccess.CLIENT_ID: Question(
        path="/oauth/deauthorize", verb="post", params={"stripe_user_id": NO_ACCOUNT}, address="connect"
    ),
}
CONTROL: Final = _refused("/v1/topups", amount=NOTHING)
"""What no key of ours needs. If it is refused for the permission, Stripe looks at permissions first, which is not
documented; then what was refused for its parameter was not refused for its permission."""
