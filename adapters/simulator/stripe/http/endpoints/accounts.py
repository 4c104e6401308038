"""`/v1/account`, `/v1/accounts`, their external accounts, and `/v1/account_links` (docs.stripe.com/api/accounts)."""

from typing import Final

from adapters.simulator.stripe import account_links
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.countries import COUNTRIES
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.no_access import no_access
from adapters.simulator.stripe.http.pagination import PAGE
from adapters.simulator.stripe.http.parameters import metadata, moments, nested, one_of, text
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject, list_object


def _own(call: Call) -> JsonObject:
    return call.book.account


def _book(call: Call, id: str) -> AccountBook:
    """The account itself, or one connected to it; others look as if they were not there."""
    if id == call.book.id:
        return call.book
    found = call.simulation.find_book(id, livemode=call.book.livemode)
    if found is None or call.platform.reaches(id, livemode=call.book.livemode) is None:
        raise no_access(call.key, id)
    return found


def _retrieve(call: Call) -> JsonObject:
    return _book(call, call.ids["id"]).account


def _list(call: Call) -> JsonObject:
    connected = [each for each in call.platform.connections.values() if each.livemode == call.book.livemode]
    books = [call.simulation.book(each.account, livemode=each.livemode) for each in reversed(connected)]
    limit = call.values.get("limit", 10)
    return list_object([book.account for book in books[:limit]], call.path, has_more=len(books) > limit)


def _create(call: Call) -> JsonObject:
    values = call.values
    country = values.get("country", "US")
    if country not in COUNTRIES:
        raise Refused(f"Country '{country}' is unknown. Try using a 2-character alphanumeric code.", param="country")
    profile = values.get("business_profile", {})
    habits = AccountHabits(
        country=country,
        name=profile.get("name") or values.get("email") or "New account",
        email=values.get("email", "nobody@example.com"),
        onboarded=False,
    )
    book = call.simulation.open_account(habits, livemode=call.book.livemode)
    book.account.update(type=values.get("type", "standard"), metadata=values.get("metadata", {}))
    call.platform.created_accounts.add(book.id)
    call.simulation.connect(call.platform, book)
    return book.account


def _external_accounts(call: Call) -> JsonObject:
    book = _book(call, call.ids["id"])
    listed = book.account["external_accounts"]["data"]
    return list_object(list(listed), call.path)


def _create_link(call: Call) -> JsonObject:
    values = call.values
    book = _book(call, values["account"])
    if book.id not in call.platform.created_accounts and values["type"] == "account_onboarding":
        words = "You cannot use account links with this account: it was not created by your platform."
        raise Refused(words, param="account")
    for name in ("refresh_url", "return_url"):
        if name not in values:
            raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
        if book.livemode and not values[name].startswith("https://"):
            raise Refused("Livemode requests must always be redirected via HTTPS.", code="url_invalid", param=name)
    link = call.simulation.account_links.make(
        call.platform, book, refresh_url=values["refresh_url"], return_url=values["return_url"]
    )
    return account_links.as_object(link)


ENDPOINTS: Final = (
    Endpoint(method="GET", path="/v1/account", resource="accounts", answer=_own),
    Endpoint(
        method="GET",
        path="/v1/accounts",
        resource="accounts",
        answer=_list,
        parameters={**PAGE, "created": moments},
        own_account_only=True,
    ),
    Endpoint(method="GET", path="/v1/accounts/{id}", resource="accounts", answer=_retrieve),
    Endpoint(
        method="POST",
        path="/v1/accounts",
        resource="accounts",
        answer=_create,
        parameters={
            "business_profile": nested({"name": text(), "url": text()}),
            "country": text(2),
            "email": text(),
            "metadata": metadata,
            "type": one_of("custom", "express", "standard"),
        },
        own_account_only=True,
    ),
    Endpoint(
        method="GET",
        path="/v1/accounts/{id}/external_accounts",
        resource="accounts",
        answer=_external_accounts,
        parameters={**PAGE, "object": one_of("bank_account", "card")},
    ),
    Endpoint(
        method="POST",
        path="/v1/account_links",
        resource="account_link",
        answer=_create_link,
        required=("account", "type"),
        parameters={
            "account": text(),
            "refresh_url": text(),
            "return_url": text(),
            "type": one_of("account_onboarding", "account_update"),
        },
        own_account_only=True,
    ),
)
