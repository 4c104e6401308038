"""A bank line as Plaid's transaction object, and an account as its account object.

Shapes: Plaid API 2020-09-14 as plaid-python 46.0.0 has it (seen).
"""

from typing import Final

from adapters.simulator.plaid.bank_text import cleaned_name, merchant_name
from adapters.simulator.plaid.item import LinkedAccount
from adapters.simulator.plaid.numbers import printed
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.plaid.update_log import Transaction
from adapters.simulator.wire import JsonObject
from domain.money import Money

_NOWHERE: Final = dict.fromkeys(("address", "city", "region", "postal_code", "country", "lat", "lon", "store_number"))
_PAYMENT_META: Final = dict.fromkeys(
    ("by_order_of", "payee", "payer", "payment_method", "payment_processor", "ppd_id", "reason", "reference_number")
)


def transaction_object(transaction: Transaction, switches: Switches, *, with_original: bool) -> JsonObject:
    """The line, its amount with Plaid's sign: positive when money leaves the account (documented)."""
    line = transaction.line
    merchant = merchant_name(line.text, line.counterparty)
    comes_in = line.amount.minor_units > 0
    found: JsonObject = {
        "account_id": transaction.account_id,
        "account_owner": None,
        "amount": printed(-line.amount, switches.number_form),
        "authorized_date": line.date.isoformat() if line.is_pending else None,
        "authorized_datetime": None,
        "category": None,
        "category_id": None,
        "check_number": None,
        "counterparties": [_counterparty(merchant)] if merchant else [],
        "date": line.date.isoformat(),
        "datetime": None,
        "iso_currency_code": line.amount.currency.code.upper(),
        "location": dict(_NOWHERE),
        "logo_url": None,
        "merchant_entity_id": None,
        "merchant_name": merchant,
        "name": cleaned_name(line.text),
        "payment_channel": "other" if comes_in else "online",
        "payment_meta": {**_PAYMENT_META, "ppd_id": line.company_id},
        "pending": line.is_pending,
        "pending_transaction_id": transaction.pending_transaction_id,
        "personal_finance_category": {
            "primary": "TRANSFER_IN" if comes_in else "GENERAL_SERVICES",
            "detailed": "TRANSFER_IN_DEPOSIT" if comes_in else "GENERAL_SERVICES_OTHER_GENERAL_SERVICES",
            "confidence_level": "LOW",
        },
        "transaction_code": None,
        "transaction_id": transaction.transaction_id,
        "transaction_type": "special",
        "unofficial_currency_code": None,
        "website": None,
    }
    if with_original:
        found["original_description"] = line.text
    return found


def account_object(linked: LinkedAccount, switches: Switches, *, live: bool = False) -> JsonObject:
    """The account with its balances: as of Plaid's last look, or as they are at the bank now (`live`)."""
    account = linked.account
    current = account.current() if live or linked.current is None else linked.current
    available = account.available() if live or linked.available is None else linked.available
    found: JsonObject = {
        "account_id": linked.account_id,
        "balances": {
            "available": _number(available, switches),
            "current": _number(current, switches),
            "iso_currency_code": account.currency.code.upper(),
            "limit": None,
            "unofficial_currency_code": None,
        },
        "mask": account.mask,
        "name": linked.name,
        "official_name": account.official_name,
        "subtype": account.subtype,
        "type": "depository",
    }
    if account.persistent_id is not None:
        found["persistent_account_id"] = account.persistent_id
    return found


def _counterparty(name: str) -> JsonObject:
    return {
        "name": name,
        "type": "merchant",
        "entity_id": None,
        "logo_url": None,
        "website": None,
        "confidence_level": "LOW",
    }


def _number(money: Money, switches: Switches) -> object:
    return printed(money, switches.number_form)
