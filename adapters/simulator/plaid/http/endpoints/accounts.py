"""`/accounts/get` and `/accounts/balance/get` (plaid.com/docs/api/accounts; documented)."""

from typing import Final

from adapters.simulator.plaid.http.endpoint import Call, Endpoint, chosen
from adapters.simulator.plaid.http.parameters import list_of, nested, text
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.transaction_object import account_object
from adapters.simulator.wire import JsonObject


def _get(call: Call) -> JsonObject:
    """As of Plaid's last look."""
    return _accounts(call, live=False)


def _balance(call: Call) -> JsonObject:
    """As they are at the bank now: it must answer."""
    item = call.working_item()
    if item.bank.trouble is not None:
        raise Refused(item.bank.trouble)
    return _accounts(call, live=True)


def _accounts(call: Call, *, live: bool) -> JsonObject:
    item, switches = call.working_item(), call.simulation.kernel.switches
    accounts = chosen(item, call.options.get("account_ids"))
    return {
        "accounts": [account_object(linked, switches, live=live) for linked in accounts],
        "item": item.as_object(),
    }


_FIELDS: Final = {"access_token": text(), "options": nested({"account_ids": list_of(text())})}

ENDPOINTS: Final = (
    Endpoint(
        path="/accounts/get",
        answer=_get,
        fields=_FIELDS,
        required=("access_token",),
        per_item=15,
        per_client=15_000,
        limit_code="ACCOUNTS_LIMIT",
    ),
    Endpoint(
        path="/accounts/balance/get",
        answer=_balance,
        fields=_FIELDS,
        required=("access_token",),
        per_item=5,
        per_client=1_200,
        limit_code="BALANCE_LIMIT",
    ),
)
