"""`/v1/balance`, `/v1/balance_transactions`, `/v1/balance_settings` (docs.stripe.com/api/balance; documented)."""

from itertools import islice
from typing import Final

from adapters.simulator.stripe import accounts
from adapters.simulator.stripe.balances import balance_object
from adapters.simulator.stripe.collection import Collection
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import (
    currency,
    flag,
    integer,
    list_of,
    mapping_of,
    moments,
    nested,
    one_of,
    text,
)
from adapters.simulator.stripe.listing import Listing
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject

NOT_ITEMISED: Final = "Balance transaction history can only be filtered on automatic transfers, not manual."
"""The refusal's exact words (seen: singer-io/tap-stripe issue 25, proudcity/wp-proudcity issue 993)."""


def _balance(call: Call) -> JsonObject:
    return balance_object(call.book)


def _list(call: Call) -> JsonObject:
    values, book = call.values, call.book
    transactions = book.listing("balance_transaction")
    if "payout" in values:
        transactions = _items(call, values["payout"])
    accepts = having(values, "currency", "source", "type")
    return page(transactions, values, call.path, "balance_transaction", accepts)


def _items(call: Call, id: str) -> Listing:
    """An automatic payout's list, its own movement among it, once it is completed (docs.stripe.com/payouts/
    reconciliation; documented). What is listed before is not known: `Switches.early_items`.
    """
    payout = call.named("payout", id, param="payout", status=400)
    if not payout["automatic"]:
        raise Refused(NOT_ITEMISED, param="payout")
    items = call.book.items_of(payout["id"])
    if payout["reconciliation_status"] == "completed":
        return items
    early = Collection()
    if call.book.kernel.switches.early_items == "some":
        for item in islice(items.oldest_first(), len(items) // 2):
            early.add(item)
    return early


def _retrieve(call: Call) -> JsonObject:
    return call.named("balance_transaction")


def _settings(call: Call) -> JsonObject:
    return call.book.settings


def _change_settings(call: Call) -> JsonObject:
    payments, book = call.values.get("payments", {}), call.book
    kept = book.settings["payments"]
    payouts = payments.get("payouts", {})
    if "debit_negative_balances" in payments:
        accounts.set_debits(book, payments["debit_negative_balances"])
    if "minimum_balance_by_currency" in payouts:
        accounts.set_minimum_balance(book, payouts["minimum_balance_by_currency"] or None)
    if "statement_descriptor" in payouts:
        kept["payouts"]["statement_descriptor"] = payouts["statement_descriptor"]
    if "schedule" in payouts:
        schedule = payouts["schedule"]
        accounts.set_schedule(
            book,
            schedule.get("interval", kept["payouts"]["schedule"]["interval"]),
            weekly_payout_days=schedule.get("weekly_payout_days"),
            monthly_payout_days=schedule.get("monthly_payout_days"),
        )
    if "settlement_timing" in payments:
        kept["settlement_timing"]["delay_days_override"] = payments["settlement_timing"].get("delay_days_override")
    return book.settings


_DAYS: Final = one_of("monday", "tuesday", "wednesday", "thursday", "friday")
_SCHEDULE: Final = nested(
    {
        "interval": one_of("daily", "weekly", "monthly", "manual"),
        "weekly_payout_days": list_of(_DAYS),
        "monthly_payout_days": list_of(integer(1, 31)),
    }
)
_PAYOUTS: Final = nested(
    {
        "schedule": _SCHEDULE,
        "statement_descriptor": text(22),
        "minimum_balance_by_currency": mapping_of(integer(0)),
    }
)
_PAYMENTS: Final = nested(
    {
        "debit_negative_balances": flag,
        "payouts": _PAYOUTS,
        "settlement_timing": nested({"delay_days_override": integer(0, 31)}),
    }
)

ENDPOINTS: Final = (
    Endpoint(method="GET", path="/v1/balance", resource="balance", answer=_balance),
    Endpoint(
        method="GET",
        path="/v1/balance_transactions",
        resource="balance_transaction_source",
        answer=_list,
        parameters={
            **PAGE,
            "created": moments,
            "currency": currency,
            "payout": text(),
            "source": text(),
            "type": text(),
        },
    ),
    Endpoint(
        method="GET",
        path="/v1/balance_transactions/{id}",
        resource="balance_transaction_source",
        answer=_retrieve,
    ),
    Endpoint(method="GET", path="/v1/balance_settings", resource="balance_settings", answer=_settings),
    Endpoint(
        method="POST",
        path="/v1/balance_settings",
        resource="balance_settings",
        answer=_change_settings,
        parameters={"payments": _PAYMENTS},
    ),
)
