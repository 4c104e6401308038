"""Plaid's sign and decimals made right: here, and nowhere else.

Plaid: a JSON number of major units, positive when money leaves the account. Tieout: whole minor units, positive when it
comes in. The number must have been parsed from the raw bytes as Decimal, never as a float.
"""

from decimal import Decimal

from domain.money import Currency, Money, UnknownCurrency
from ports.file_formats.amounts import exact_money
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord, shown


def line_amount(record: JsonObject) -> Money:
    """The amount of a transaction, in the bank account's view. Raises UnreadableRecord."""
    return _from_plaid(record, _currency(record))


def sandbox_line_amount(record: JsonObject) -> Money:
    """The amount in the sandbox's custom-user shape: the same sign, another name for the currency."""
    return _from_plaid(record, _known(record.get("currency"), "currency"))


def _from_plaid(record: JsonObject, currency: Currency) -> Money:
    value = record.get("amount")
    if type(value) is not int and type(value) is not Decimal:
        raise UnreadableRecord(f"amount is {'missing' if value is None else shown(value)}, not a number")
    return -exact_money("amount", value, value, currency)


def _currency(record: JsonObject) -> Currency:
    code = record.get("iso_currency_code")
    if code is None and record.get("unofficial_currency_code") is not None:
        raise UnreadableRecord(f"unofficial currency {shown(record['unofficial_currency_code'])} is not known")
    return _known(code, "iso_currency_code")


def _known(code: object, field: str) -> Currency:
    if not isinstance(code, str):
        raise UnreadableRecord(f"{field} is {'missing' if code is None else shown(code)}, not a currency's code")
    try:
        return Currency.of(code)
    except UnknownCurrency as error:
        raise UnreadableRecord(f"{field} {shown(code)} is not known") from error
