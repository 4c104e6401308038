"""What only the sandbox has: Items without Link, webhooks and broken logins on demand (plaid.com/docs/sandbox)."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from adapters.simulator.plaid import item_health, item_updates
from adapters.simulator.plaid.http.endpoint import Call, Endpoint
from adapters.simulator.plaid.http.parameters import any_text, day, list_of, nested, one_of, text
from adapters.simulator.plaid.item import HISTORICAL, Item
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import JsonObject
from domain.money import Currency, Money

_ANYBODY: Final = "user_good"
"""The sandbox's usual user: here, the first who can log in."""
_LINES_MOST: Final = 10
_DAYS_USUAL: Final = 90
_DAYS_MOST: Final = 730


def _public_token(call: Call) -> JsonObject:
    """An Item of all accounts of a login, whose name is `override_username`; any password is good."""
    simulation, options = call.simulation, call.options
    bank = simulation.banks.get(call.values["institution_id"])
    if bank is None:
        raise Refused("INVALID_INSTITUTION")
    if bank.trouble is not None:
        raise Refused(bank.trouble)
    username = options.get("override_username", _ANYBODY)
    login = bank.logins.get(username)
    if login is None and username == _ANYBODY:
        login = next(iter(bank.logins.values()), None)
    if login is None:
        raise Refused("INVALID_CREDENTIALS")
    first = options.get("transactions", {}).get("start_date")
    item = simulation.link.open_item(
        call.client,
        call.environment,
        bank,
        login,
        list(login.accounts),
        webhook=options.get("webhook"),
        products=call.values["initial_products"],
        days_requested=_days_since(first, simulation.kernel.today) if first else _DAYS_USUAL,
    )
    return {"public_token": simulation.link.public_token(item)}


def _fire_webhook(call: Call) -> JsonObject:
    """Sends a webhook whose reason did not happen."""
    item, kernel, code = call.item(), call.simulation.kernel, call.values["webhook_code"]
    if not item.webhook:
        raise Refused("SANDBOX_WEBHOOK_INVALID", "no webhook is set for this item")
    kind = "TRANSACTIONS" if code in ("SYNC_UPDATES_AVAILABLE", "DEFAULT_UPDATE") else "ITEM"
    body: JsonObject = {
        "webhook_type": kind,
        "webhook_code": code,
        "item_id": item.item_id,
        "environment": item.environment,
    }
    if code == "SYNC_UPDATES_AVAILABLE":
        body |= {
            "initial_update_complete": item.is_ready,
            "historical_update_complete": item.status == HISTORICAL,
        }
    kernel.tell(item.webhook, body)
    return {"webhook_fired": True}


def _reset_login(call: Call) -> JsonObject:
    item_health.require_login(call.simulation.kernel, call.item())
    return {"reset_login": True}


def _create_lines(call: Call) -> JsonObject:
    """Lines at the bank, and Plaid looks at once."""
    item = call.working_item()
    for record in call.values["transactions"]:
        _post(item, record)
    item_updates.look(call.simulation.kernel, item)
    return {}


def _post(item: Item, record: dict[str, Any]) -> None:
    account = item.shared()[0].account
    currency = Currency.of(record.get("iso_currency_code", account.currency.code.upper()))
    minor_units = -record["amount"].scaleb(currency.exponent)
    if minor_units != int(minor_units):
        raise Refused("INVALID_FIELD", f"amount {record['amount']} has more decimals than {currency.code.upper()}")
    account.post(Money(int(minor_units), currency), record["date_posted"], record["description"])


def _amount(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("INVALID_FIELD", f"{name} must be a number")
    return Decimal(str(value))


def _days_since(first: date, today: date) -> int:
    return min(_DAYS_MOST, max(1, (today - first).days))


ENDPOINTS: Final = (
    Endpoint(
        path="/sandbox/public_token/create",
        answer=_public_token,
        fields={
            "institution_id": text(),
            "initial_products": list_of(one_of("transactions", "auth", "identity", "balance")),
            "options": nested(
                {
                    "webhook": text(1_000),
                    "override_username": text(),
                    "override_password": any_text(55_000),
                    "transactions": nested({"start_date": day, "end_date": day}),
                }
            ),
        },
        required=("institution_id", "initial_products"),
        sandbox_only=True,
    ),
    Endpoint(
        path="/sandbox/item/fire_webhook",
        answer=_fire_webhook,
        fields={
            "access_token": text(),
            "webhook_type": one_of("TRANSACTIONS", "ITEM"),
            "webhook_code": one_of(
                "SYNC_UPDATES_AVAILABLE",
                "DEFAULT_UPDATE",
                "NEW_ACCOUNTS_AVAILABLE",
                "LOGIN_REPAIRED",
                "USER_PERMISSION_REVOKED",
                "PENDING_DISCONNECT",
            ),
        },
        required=("access_token", "webhook_code"),
        sandbox_only=True,
    ),
    Endpoint(
        path="/sandbox/item/reset_login",
        answer=_reset_login,
        fields={"access_token": text()},
        required=("access_token",),
        sandbox_only=True,
    ),
    Endpoint(
        path="/sandbox/transactions/create",
        answer=_create_lines,
        fields={
            "access_token": text(),
            "transactions": list_of(
                nested(
                    {
                        "date_transacted": day,
                        "date_posted": day,
                        "amount": _amount,
                        "description": text(500),
                        "iso_currency_code": text(3),
                    },
                    ("date_transacted", "date_posted", "amount", "description"),
                ),
                _LINES_MOST,
            ),
        },
        required=("access_token", "transactions"),
        sandbox_only=True,
    ),
)
