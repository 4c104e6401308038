"""Fields of Stripe's JSON objects, read strictly: nothing is coerced, and a message names the field and its value."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from domain.money import MINOR_UNITS_MAX, Currency, Money, UnknownCurrency
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import is_plain_id, printable

_EARLIEST: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LATEST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


def id_of(record: JsonObject, field: str = "id") -> str:
    """An id that must be there."""
    value = record.get(field)
    if not isinstance(value, str) or not is_plain_id(value):
        raise UnreadableRecord(f"{field} is {_named(record, field)}, not an id")
    return value


def reference(record: JsonObject, field: str) -> str | None:
    """The id of another object, given as the id itself or as the expanded object."""
    value = record.get(field)
    if value is None:
        return None
    if isinstance(value, Mapping):
        return id_of(value)
    return id_of(record, field)


def text(record: JsonObject, field: str) -> str | None:
    """Free text, cleaned of control characters; None where absent, null or blank."""
    value = record.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnreadableRecord(f"{field} is {shown(value)}, not text")
    return printable(value) or None


def truth(record: JsonObject, field: str) -> bool | None:
    """True or false; None where absent or null."""
    value = record.get(field)
    if value is None or isinstance(value, bool):
        return value
    raise UnreadableRecord(f"{field} is {shown(value)}, neither true nor false")


def currency(record: JsonObject) -> Currency:
    """The object's currency, in either case."""
    value = record.get("currency")
    if not isinstance(value, str):
        raise UnreadableRecord(f"currency is {_named(record, 'currency')}, not a currency's code")
    try:
        return Currency.of(value)
    except UnknownCurrency as error:
        raise UnreadableRecord(f"currency {shown(value)} is not known") from error


def minor_units(record: JsonObject, field: str, of: Currency) -> Money:
    """Money in whole minor units, as Stripe's API sends it. A float, a text or a truth value is refused."""
    value = record.get(field)
    if type(value) is not int:
        raise UnreadableRecord(f"{field} is {_named(record, field)}, not a whole number of minor units")
    if abs(value) > MINOR_UNITS_MAX:
        raise UnreadableRecord(f"{field} is {_digits(value)}, too large to be an amount of money")
    return Money(value, of)


def moment(record: JsonObject, field: str) -> datetime | None:
    """Unix seconds as a moment in UTC; None where absent or null."""
    value = record.get(field)
    if value is None:
        return None
    if type(value) is not int:
        raise UnreadableRecord(f"{field} is {shown(value)}, not a time in unix seconds")
    if not _EARLIEST <= value < _LATEST:
        raise UnreadableRecord(f"{field} is {_digits(value)}, not a time between 2000 and 2100 in unix seconds")
    return datetime.fromtimestamp(value, UTC)


def day(record: JsonObject, field: str) -> date | None:
    """Unix seconds as a calendar date in UTC; None where absent or null."""
    at = moment(record, field)
    return None if at is None else at.date()


def _named(record: JsonObject, field: str) -> str:
    if field not in record:
        return "missing"
    value = record[field]
    return "null" if value is None else shown(value)


def _digits(value: int) -> str:
    return str(value) if abs(value) < 10**40 else "a number of more than 40 digits"
