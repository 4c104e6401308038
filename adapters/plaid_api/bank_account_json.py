"""Plaid's account object to a BankAccount and its balances. Source: Plaid API 2020-09-14, `/accounts/get`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.plaid_api.bank_line_json import id_in, optional_text
from domain.bank_deposit import BankAccount, BankAccountId
from domain.money import Currency, Money, UnknownCurrency
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord
from ports.plaid_feed import AccountBalance, PlaidSource


def bank_account_from_json(record: Mapping[str, Any], source: PlaidSource) -> BankAccount:
    """The account that the object describes. Raises UnreadableRecord."""
    return BankAccount(
        id=BankAccountId(id_in(record, "account_id")),
        feed=source.item,
        institution=source.institution,
        name=optional_text(record, "official_name") or optional_text(record, "name"),
        mask=optional_text(record, "mask"),
        persistent_id=optional_text(record, "persistent_account_id"),
        currency=_currency(_balances(record)),
    )


def account_balance_from_json(record: Mapping[str, Any], source: PlaidSource) -> AccountBalance:
    """The account with what is in it: positive, as the owner sees it. Raises UnreadableRecord."""
    account, balances = bank_account_from_json(record, source), _balances(record)
    return AccountBalance(
        account=account,
        current=_money("current", balances.get("current"), account.currency),
        available=_money("available", balances.get("available"), account.currency),
    )


def _money(name: str, value: object, currency: Currency | None) -> Money | None:
    if value is None or currency is None:
        return None
    if type(value) is not int and type(value) is not Decimal:
        raise UnreadableRecord(f"balances.{name} is not a number")
    return exact_money(f"balances.{name}", value, value, currency)


def _balances(record: Mapping[str, Any]) -> Mapping[str, Any]:
    balances = record.get("balances")
    return balances if isinstance(balances, Mapping) else {}


def _currency(balances: Mapping[str, Any]) -> Currency | None:
    code = balances.get("iso_currency_code")
    try:
        return Currency.of(code) if isinstance(code, str) else None
    except UnknownCurrency:
        return None
