"""Transfers from a platform to its connected accounts, and their reversals."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import write
from adapters.simulator.stripe.balances import available
from adapters.simulator.stripe.charges import charge_object
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject, list_object


def transfer(
    platform: AccountBook,
    destination: AccountBook,
    amount: int,
    *,
    currency: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonObject:
    """`tr_` out of the platform's balance; on the other side a payment `py_` (docs.stripe.com/api/transfers;
    documented). Raises Refused if the platform has not so much available.
    """
    currency = currency or platform.currency
    if available(platform, currency) < amount:
        raise Refused("You have insufficient available funds in your Stripe account.", code="balance_insufficient")
    ids = platform.kernel.ids
    id, payment = ids.id("tr_"), ids.id("py_")
    out = write(platform, "transfer", "transfer", -amount, currency=currency, source=id, description=description)
    into = write(destination, "payment", "charge", amount, currency=currency, source=payment, description=description)
    destination.add(_destination_payment(destination, payment, id, amount, currency, into["id"]))
    item: JsonObject = {
        "id": id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": out["id"],
        "created": platform.now,
        "currency": currency,
        "description": description,
        "destination": destination.id,
        "destination_payment": payment,
        "livemode": platform.livemode,
        "metadata": dict(metadata or {}),
        "reversals": list_object([], f"/v1/transfers/{id}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": None,
    }
    return platform.add(item, "transfer.created")


def reverse(platform: AccountBook, item: JsonObject, destination: AccountBook, amount: int | None = None) -> JsonObject:
    """Takes it back, or a part: `trr_`, movements `transfer_refund` and, on the other side, `payment_refund`."""
    amount = item["amount"] - item["amount_reversed"] if amount is None else amount
    id = platform.kernel.ids.id("trr_")
    back = write(platform, "transfer_refund", "transfer_reversal", amount, currency=item["currency"], source=id)
    write(
        destination, "payment_refund", "refund", -amount, currency=item["currency"],
        source=item["destination_payment"], description="REFUND FOR PAYMENT",
    )  # fmt: skip
    reversal: JsonObject = {
        "id": id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": back["id"],
        "created": platform.now,
        "currency": item["currency"],
        "destination_payment_refund": None,
        "metadata": {},
        "source_refund": None,
        "transfer": item["id"],
    }
    platform.add(reversal)
    item["reversals"]["data"].insert(0, reversal)
    total = item["amount_reversed"] + amount
    platform.change(item, "transfer.reversed", amount_reversed=total, reversed=total == item["amount"])
    return reversal


def _destination_payment(
    book: AccountBook, id: str, transfer: str, amount: int, currency: str, movement: str
) -> JsonObject:
    payment = charge_object(book, id, amount, currency, "stripe_account")
    payment.update(balance_transaction=movement, source_transfer=transfer, payment_method=None)
    return payment
