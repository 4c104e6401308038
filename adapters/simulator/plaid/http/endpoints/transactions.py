"""`/transactions/sync`, `/get` and `/refresh` (plaid.com/docs/api/products/transactions; documented)."""

from typing import Final

from adapters.simulator.plaid import item_updates
from adapters.simulator.plaid.http.endpoint import Call, Endpoint, chosen
from adapters.simulator.plaid.http.parameters import any_text, day, flag, integer, list_of, nested, one_of, text
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.transaction_object import account_object, transaction_object
from adapters.simulator.plaid.transactions_sync import sync
from adapters.simulator.wire import JsonObject

_PAGE_LONGEST: Final = 500
_PAGE_USUAL: Final = 100
_CURSOR_LONGEST: Final = 256
_DAYS_MOST: Final = 730


def _sync(call: Call) -> JsonObject:
    item, options = _readable_item(call), call.options
    account_id = options.get("account_id")
    if account_id is not None:
        chosen(item, [account_id])
    if "days_requested" in options and not item.has_transactions:
        item.days_requested = options["days_requested"]
    return sync(
        call.simulation.kernel,
        item,
        cursor=call.values.get("cursor", ""),
        count=call.values.get("count", _PAGE_USUAL),
        account_id=account_id,
        with_original=options.get("include_original_description", False),
    )


def _get(call: Call) -> JsonObject:
    item, options, switches = _readable_item(call), call.options, call.simulation.kernel.switches
    item_updates.initialise(call.simulation.kernel, item)
    if not item.is_ready:
        raise Refused("PRODUCT_NOT_READY")
    first, last = call.values["start_date"], call.values["end_date"]
    if last < first:
        raise Refused("INVALID_FIELD", "start_date must not be after end_date")
    accounts = chosen(item, options.get("account_ids"))
    named = {linked.account_id for linked in accounts}
    found = [each for each in item.standing() if each.account_id in named and first <= each.line.date <= last]
    offset = options.get("offset", 0)
    page = found[offset : offset + options.get("count", _PAGE_USUAL)]
    with_original = options.get("include_original_description", False)
    return {
        "accounts": [account_object(linked, switches) for linked in accounts],
        "transactions": [transaction_object(each, switches, with_original=with_original) for each in page],
        "total_transactions": len(found),
        "item": item.as_object(),
    }


def _refresh(call: Call) -> JsonObject:
    """Plaid looks at once: the bank must answer."""
    item = call.working_item()
    if item.bank.trouble is not None:
        raise Refused(item.bank.trouble)
    item_updates.initialise(call.simulation.kernel, item)
    item_updates.look(call.simulation.kernel, item)
    return {}


def _readable_item(call: Call) -> Item:
    item = call.item()
    is_broken = item.error is not None and item.error.code == "ITEM_LOGIN_REQUIRED"
    if is_broken and call.simulation.kernel.switches.lines_while_broken == "as_last_known":
        return item
    return call.working_item()


_SHOWN: Final = {
    "include_original_description": flag,
    "include_personal_finance_category": flag,
    "personal_finance_category_version": one_of("v1", "v2"),
    "days_requested": integer(1, _DAYS_MOST),
}

ENDPOINTS: Final = (
    Endpoint(
        path="/transactions/sync",
        answer=_sync,
        fields={
            "access_token": text(),
            "cursor": any_text(_CURSOR_LONGEST),
            "count": integer(1, _PAGE_LONGEST),
            "options": nested({**_SHOWN, "account_id": text()}),
        },
        required=("access_token",),
        limit_code="TRANSACTIONS_SYNC_LIMIT",
    ),
    Endpoint(
        path="/transactions/get",
        answer=_get,
        fields={
            "access_token": text(),
            "start_date": day,
            "end_date": day,
            "options": nested(
                {
                    **_SHOWN,
                    "account_ids": list_of(text()),
                    "count": integer(1, _PAGE_LONGEST),
                    "offset": integer(0, 10**6),
                }
            ),
        },
        required=("access_token", "start_date", "end_date"),
        per_item=30,
        per_client=20_000,
        limit_code="TRANSACTIONS_LIMIT",
    ),
    Endpoint(
        path="/transactions/refresh",
        answer=_refresh,
        fields={"access_token": text()},
        required=("access_token",),
        limit_code="TRANSACTIONS_REFRESH_LIMIT",
    ),
)
