"""What a platform takes of its connected accounts' charges: a part of their fee, and a movement of its own balance."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import fee_detail, write
from adapters.simulator.stripe.wire import JsonObject, list_object


class NoPlatform(LookupError):
    """An application fee was asked for on an account that no platform is connected to."""

    def __init__(self, account: str) -> None:
        super().__init__(f"{account} is connected to no platform that could take an application fee")
        self.account = account


def detail(book: AccountBook, amount: int, currency: str) -> JsonObject:
    """The part of the connected account's fee (docs.stripe.com/api/balance_transactions; documented)."""
    return fee_detail(amount, currency, "application_fee", "Application fee", _platform(book).application)


def collect(book: AccountBook, charge: JsonObject, amount: int, currency: str) -> JsonObject:
    """The platform's `fee_`, with its movement of type `application_fee`, category `platform_earning`."""
    platform = _platform(book)
    id = platform.kernel.ids.id("fee_")
    movement = write(
        platform, "application_fee", "platform_earning", amount, currency=currency, source=id, available_at_once=False
    )
    item: JsonObject = {
        "id": id,
        "object": "application_fee",
        "account": book.id,
        "amount": amount,
        "amount_refunded": 0,
        "application": platform.application,
        "balance_transaction": movement["id"],
        "charge": charge["id"],
        "created": book.now,
        "currency": currency,
        "fee_source": {"charge": charge["id"], "payout": None, "type": "charge"},
        "livemode": book.livemode,
        "originating_transaction": None,
        "refunded": False,
        "refunds": list_object([], f"/v1/application_fees/{id}/refunds"),
    }
    return platform.add(item, "application_fee.created")


def refund(platform: AccountBook, fee: JsonObject, connected: AccountBook, amount: int) -> JsonObject:
    """The platform gives back part of its fee: `fr_`, out of its balance and into the account's.

    How the connected account's movement looks is assumed: no public example was found.
    """
    id = platform.kernel.ids.id("fr_")
    movement = write(
        platform, "application_fee_refund", "platform_earning_refund", -amount, currency=fee["currency"], source=id
    )
    words = "Application fee refund"
    write(
        connected, "adjustment", "other_adjustment", amount, currency=fee["currency"], source=fee["charge"],
        description=words,
    )  # fmt: skip
    item: JsonObject = {
        "id": id,
        "object": "fee_refund",
        "amount": amount,
        "balance_transaction": movement["id"],
        "created": platform.now,
        "currency": fee["currency"],
        "fee": fee["id"],
        "metadata": {},
    }
    platform.add(item)
    fee["refunds"]["data"].insert(0, item)
    total = fee["amount_refunded"] + amount
    platform.change(fee, "application_fee.refunded", amount_refunded=total, refunded=total == fee["amount"])
    return item


def _platform(book: AccountBook) -> AccountBook:
    if book.platform is None:
        raise NoPlatform(book.id)
    return book.platform
