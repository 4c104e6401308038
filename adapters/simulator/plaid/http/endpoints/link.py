"""`/link/token/create` and `/link/token/get` (plaid.com/docs/api/link; documented)."""

from typing import Any, Final

from adapters.simulator.plaid.http.endpoint import Call, Endpoint, find_item
from adapters.simulator.plaid.http.parameters import any_text, flag, integer, list_of, nested, one_of, text
from adapters.simulator.plaid.kernel import moment_text
from adapters.simulator.plaid.link import HOSTED_LIVES_MOST, LinkSession, LinkToken
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import JsonObject

_COUNTRIES: Final = ("US", "CA", "GB", "DE", "FR", "ES", "NL", "IE", "IT", "PL", "DK", "NO", "SE", "EE", "LT", "LV")
_LANGUAGES: Final = ("da", "nl", "en", "et", "fr", "de", "hi", "it", "lv", "lt", "no", "pl", "pt", "ro", "es", "sv")
_PRODUCTS: Final = ("transactions", "auth", "identity", "balance", "statements")
_DAYS_MOST: Final = 730


def _create(call: Call) -> JsonObject:
    values = dict(call.values)
    token = values.get("access_token")
    item = find_item(call, token) if token else None
    if item is None and not values.get("products"):
        raise Refused("MISSING_FIELDS", "the following required fields are missing: products")
    if item is not None and values.get("products"):
        raise Refused("INVALID_FIELD", "products must not be set in update mode")
    if "user" not in values and "user_id" not in values:
        raise Refused("MISSING_FIELDS", "the following required fields are missing: user")
    if values.get("redirect_uri", "https://").partition("?")[0] != values.get("redirect_uri", "https://"):
        raise Refused("INVALID_FIELD", "OAuth redirect URI must not have query parameters")
    link = call.simulation.link.create(call.client, call.environment, values, item)
    found: JsonObject = {"expiration": moment_text(link.expires), "link_token": link.token}
    if link.hosted_id is not None:
        found["hosted_link_url"] = f"{call.simulation.kernel.address}/hl/{link.hosted_id}"
    return found


def _get(call: Call) -> JsonObject:
    link = call.simulation.link.find(call.values["link_token"])
    if link is None or (link.client, link.environment) != (call.client, call.environment):
        raise Refused("INVALID_LINK_TOKEN")
    request = link.request
    found: JsonObject = {
        "link_token": link.token,
        "created_at": moment_text(link.created),
        "expiration": moment_text(link.expires),
        "metadata": {
            "initial_products": list(request.get("products") or []),
            "webhook": request.get("webhook"),
            "country_codes": request["country_codes"],
            "language": request["language"],
            "redirect_uri": request.get("redirect_uri"),
            "client_name": request["client_name"],
        },
    }
    if link.hosted_id is not None or call.simulation.kernel.switches.sessions_of_plain_link:
        found["link_sessions"] = [_session(link, session) for session in link.sessions]
    return found


def _session(link: LinkToken, session: LinkSession) -> JsonObject:
    found: JsonObject = {
        "link_session_id": session.id,
        "started_at": moment_text(session.started),
        "finished_at": moment_text(session.finished) if session.finished is not None else None,
        "events": [],
    }
    if session.public_token is not None and session.bank is not None:
        added: JsonObject = {
            "public_token": session.public_token,
            "accounts": session_accounts(session),
            "institution": {"institution_id": session.bank.institution_id, "name": session.bank.name},
        }
        found["results"] = {
            "item_add_results": [] if link.item is not None else [added],
            "cra_item_add_results": [],
            "cra_update_results": [],
            "bank_income_results": [],
            "payroll_income_results": [],
            "document_income_results": None,
        }
    elif session.finished is not None:
        error = session.error.as_object() if session.error else None
        metadata: JsonObject = {"link_session_id": session.id, "status": "institution_not_found" if error else ""}
        found["exit"] = {"error": error, "metadata": metadata}
    return found


def session_accounts(session: LinkSession) -> list[JsonObject]:
    """What Link tells of the accounts: enough to see that an Item is a duplicate (documented)."""
    return [
        {
            "id": linked.account_id,
            "name": linked.name,
            "mask": linked.account.mask,
            "type": "depository",
            "subtype": linked.account.subtype,
            "verification_status": None,
            "class_type": None,
        }
        for linked in session.accounts
    ]


def _anything(value: Any, _name: str) -> Any:
    return value


def _text_or_null(value: Any, name: str) -> str | None:
    return None if value is None else text()(value, name)


ENDPOINTS: Final = (
    Endpoint(
        path="/link/token/create",
        answer=_create,
        fields={
            "client_name": text(30),
            "language": one_of(*_LANGUAGES),
            "country_codes": list_of(one_of(*_COUNTRIES)),
            "user": nested(
                {
                    "client_user_id": text(255),
                    "legal_name": any_text(),
                    "email_address": any_text(),
                    "phone_number": any_text(),
                },
                ("client_user_id",),
            ),
            "user_id": text(),
            "products": list_of(one_of(*_PRODUCTS)),
            "required_if_supported_products": list_of(one_of(*_PRODUCTS)),
            "optional_products": list_of(one_of(*_PRODUCTS)),
            "webhook": text(1_000),
            "access_token": _text_or_null,
            "redirect_uri": text(1_000),
            "link_customization_name": text(100),
            "account_filters": _anything,
            "institution_id": text(),
            "update": nested({"account_selection_enabled": flag, "reauthorization_enabled": flag}),
            "transactions": nested({"days_requested": integer(1, _DAYS_MOST)}),
            "hosted_link": nested(
                {
                    "completion_redirect_uri": text(1_000),
                    "url_lifetime_seconds": integer(1, HOSTED_LIVES_MOST),
                    "is_mobile_app": flag,
                }
            ),
        },
        required=("client_name", "language", "country_codes"),
    ),
    Endpoint(
        path="/link/token/get",
        answer=_get,
        fields={"link_token": text()},
        required=("link_token",),
    ),
)
