"""`expand`: ids in an answer replaced by their objects, up to four levels (docs.stripe.com/expand; documented)."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject, list_object

LEVELS_MOST: Final = 4

_EXPANDABLE: Final[dict[str, frozenset[str]]] = {
    "application_fee": frozenset({"account", "balance_transaction", "charge", "originating_transaction"}),
    "balance_transaction": frozenset({"source"}),
    "charge": frozenset(
        "application_fee balance_transaction customer failure_balance_transaction payment_intent source_transfer "
        "transfer".split()
    ),
    "credit_note": frozenset({"customer", "customer_balance_transaction", "invoice"}),
    "dispute": frozenset({"charge", "payment_intent"}),
    "fee_refund": frozenset({"balance_transaction", "fee"}),
    "invoice": frozenset({"customer", "latest_revision"}),
    "invoice_payment": frozenset({"invoice"}),
    "payment_intent": frozenset({"customer", "latest_charge"}),
    "payout": frozenset(
        "application_fee balance_transaction destination failure_balance_transaction original_payout "
        "reversed_by".split()
    ),
    "refund": frozenset({"balance_transaction", "charge", "failure_balance_transaction", "payment_intent"}),
    "topup": frozenset({"balance_transaction"}),
    "transfer": frozenset({"balance_transaction", "destination", "destination_payment", "source_transaction"}),
    "transfer_reversal": frozenset({"balance_transaction", "transfer"}),
}
"""Which fields of which objects can be expanded (the SDK's `ExpandableField`; seen)."""

_ANYWHERE: Final = frozenset({"refunds", "payments"}).union(*_EXPANDABLE.values())
_POLYMORPHIC: Final = frozenset({"source", "destination"})

_NESTED: Final = frozenset({"payment", "refunds", "data", "payments", "balance_transactions", "lines"})
"""Fields whose value is itself an object, or a list of objects, with something to expand inside."""


def expanded(book: AccountBook, answer: JsonObject, paths: Iterable[str]) -> JsonObject:
    """The answer with these expanded. What is kept is not touched. Raises Refused for what cannot be expanded."""
    for path in paths:
        steps = path.split(".")
        is_list = answer.get("object") == "list"
        if is_list and steps[0] != "data":
            raise _cannot(path)
        if len(steps) - is_list > LEVELS_MOST:
            words = f"You cannot expand more than {LEVELS_MOST} levels of a property. Property: {path}"
            raise Refused(words, param="expand")
        answer = _along(book, answer, steps, path)
    return answer


def _along(book: AccountBook, item: JsonObject, steps: list[str], path: str, *, any_kind: bool = False) -> JsonObject:
    """`any_kind`: the item stands where objects of several kinds can; a field that others have is passed over."""
    if not steps:
        return item
    step, rest = steps[0], steps[1:]
    if (included := _INCLUDABLE.get((item.get("object", ""), step))) is not None:
        value: Any = item[step] if isinstance(item.get(step), dict) else included(book, item)
    elif step in _expandable(item):
        value = item.get(step)
        if isinstance(value, str):
            value = _found(book, value) or value
    elif step in _NESTED and isinstance(item.get(step), dict | list):
        value = item[step]
    elif any_kind and step in _ANYWHERE:
        return item
    else:
        raise _cannot(path)
    return {**item, step: _into(book, value, rest, path, any_kind=any_kind or step in _POLYMORPHIC)}


def _into(book: AccountBook, value: Any, rest: list[str], path: str, *, any_kind: bool) -> Any:
    if isinstance(value, dict):
        return _along(book, value, rest, path, any_kind=any_kind)
    if isinstance(value, list):
        return [_into(book, each, rest, path, any_kind=any_kind) for each in value]
    return value


def _expandable(item: JsonObject) -> frozenset[str]:
    kind = item.get("object")
    if kind is None:  # the payment of an invoice payment, a refund of a credit note
        return frozenset({"charge", "payment_intent", "refund"})
    return _EXPANDABLE.get(kind, frozenset())


def _found(book: AccountBook, id: str) -> JsonObject | None:
    """The object, of this account, or the fee or transfer that the platform has for it."""
    if id == book.id:
        return book.account
    found = book.find(id)
    if found is None and book.platform is not None:
        found = book.platform.find(id)
    return found


def _refunds_of(book: AccountBook, charge: JsonObject) -> JsonObject:
    found = [each for each in book.collection("refund").newest_first() if each["charge"] == charge["id"]]
    return list_object(found[:10], f"/v1/charges/{charge['id']}/refunds", has_more=len(found) > 10)


def _payments_of(book: AccountBook, invoice: JsonObject) -> JsonObject:
    found = [book.get(id) for id in reversed(book.payments_of.get(invoice["id"], []))]
    return list_object(found[:10], f"/v1/invoice_payments?invoice={invoice['id']}", has_more=len(found) > 10)


_INCLUDABLE: Final[dict[tuple[str, str], Callable[[AccountBook, JsonObject], JsonObject]]] = {
    ("charge", "refunds"): _refunds_of,
    ("invoice", "payments"): _payments_of,
}
"""Lists that an object has only when they are asked for."""


def _cannot(path: str) -> Refused:
    words = (
        f"This property cannot be expanded ({path}). You may want to try expanding it from another object, or from the "
        "elements of a list: 'data.…'."
    )
    return Refused(words, param="expand")
