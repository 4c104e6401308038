"""Link tokens, public tokens and Items, asked of Plaid."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from plaid.model.country_code import CountryCode
from plaid.model.item_get_request import ItemGetRequest
from plaid.model.item_public_token_exchange_request import ItemPublicTokenExchangeRequest
from plaid.model.item_remove_request import ItemRemoveRequest
from plaid.model.link_token_create_hosted_link import LinkTokenCreateHostedLink
from plaid.model.link_token_create_request import LinkTokenCreateRequest
from plaid.model.link_token_create_request_update import LinkTokenCreateRequestUpdate
from plaid.model.link_token_create_request_user import LinkTokenCreateRequestUser
from plaid.model.link_token_get_request import LinkTokenGetRequest
from plaid.model.link_token_transactions import LinkTokenTransactions
from plaid.model.products import Products

from adapters.plaid_api.exact_json import field, object_in, text_or_none
from adapters.plaid_api.plaid_requests import PlaidRequests
from domain.secret import Secret
from ports.plaid_feed import PlaidKeys, PlaidSource
from ports.plaid_link import GrantedItem, ItemStanding, LinkInvitation, LinkRequest, PublicTokenRefused
from ports.plaid_refusals import PlaidAccessGone, PlaidAnswerUnreadable, PlaidRefused

_NAME_MAX: Final = 30
"""Characters of `client_name` that Plaid takes."""


class PlaidApiLink:
    """Keeps the promises of `ports.plaid_link.PlaidLink`."""

    def __init__(self, requests: PlaidRequests) -> None:
        self._requests = requests

    async def invite(self, keys: PlaidKeys, request: LinkRequest) -> LinkInvitation:
        """`/link/token/create`."""
        answer = object_in(await self._requests.ask("link_token_create", _link_token_request(request), keys=keys))
        return LinkInvitation(
            token=Secret(field(answer, "link_token", str)),
            expires_at=_moment(field(answer, "expiration", str)),
            url=text_or_none(answer, "hosted_link_url"),
        )

    async def public_tokens(self, keys: PlaidKeys, invitation: Secret) -> tuple[Secret, ...]:
        """`/link/token/get`: of the sessions that ended well."""
        request = LinkTokenGetRequest(link_token=_text(invitation))
        answer = object_in(await self._requests.ask("link_token_get", request, keys=keys))
        sessions = answer.get("link_sessions")
        found: list[Secret] = []
        for session in sessions if isinstance(sessions, list) else ():
            results = session.get("results") if isinstance(session, Mapping) else None
            added = results.get("item_add_results") if isinstance(results, Mapping) else None
            for each in added if isinstance(added, list) else ():
                token = text_or_none(each, "public_token") if isinstance(each, Mapping) else None
                if token:
                    found.append(Secret(token))
        return tuple(found)

    async def exchange(self, keys: PlaidKeys, public_token: Secret) -> GrantedItem:
        """`/item/public_token/exchange`."""
        request = ItemPublicTokenExchangeRequest(public_token=_text(public_token))
        try:
            body = await self._requests.ask("item_public_token_exchange", request, keys=keys, again=False)
        except PlaidRefused as refusal:
            if refusal.code == "INVALID_PUBLIC_TOKEN":
                raise PublicTokenRefused("Plaid does not take the public token") from refusal
            raise
        answer = object_in(body)
        return GrantedItem(item=field(answer, "item_id", str), access_token=Secret(field(answer, "access_token", str)))

    async def standing(self, source: PlaidSource) -> ItemStanding:
        """`/item/get`."""
        request = ItemGetRequest(access_token=_text(source.access_token))
        answer = object_in(await self._requests.ask("item_get", request, keys=source.keys))
        item: Mapping[str, Any] = field(answer, "item", dict)
        error = item.get("error")
        consent = text_or_none(item, "consent_expiration_time")
        return ItemStanding(
            item=field(item, "item_id", str),
            institution=text_or_none(item, "institution_id"),
            institution_name=text_or_none(item, "institution_name"),
            needs=(text_or_none(error, "error_code") or "UNKNOWN") if isinstance(error, Mapping) else None,
            consent_expires=_moment(consent) if consent else None,
            last_update=_last_update(answer),
        )

    async def remove(self, source: PlaidSource) -> bool:
        """`/item/remove`."""
        request = ItemRemoveRequest(access_token=_text(source.access_token))
        try:
            await self._requests.ask("item_remove", request, keys=source.keys)
        except PlaidAccessGone:
            return False
        return True


def _link_token_request(request: LinkRequest) -> LinkTokenCreateRequest:
    asked: dict[str, Any] = {}
    if request.repair is None:
        asked["products"] = [Products("transactions")]
        asked["transactions"] = LinkTokenTransactions(days_requested=request.days_requested)
    else:
        asked["access_token"] = _text(request.repair)
        asked["update"] = LinkTokenCreateRequestUpdate(account_selection_enabled=request.choose_accounts)
    if request.webhook is not None:
        asked["webhook"] = request.webhook
    if request.redirect_uri is not None:
        asked["redirect_uri"] = request.redirect_uri
    if request.hosted_return is not None:
        asked["hosted_link"] = LinkTokenCreateHostedLink(completion_redirect_uri=request.hosted_return)
    return LinkTokenCreateRequest(
        client_name=request.client_name[:_NAME_MAX],
        language=request.language,
        country_codes=[CountryCode(code) for code in request.countries],
        user=LinkTokenCreateRequestUser(client_user_id=request.user),
        **asked,
    )


def _last_update(answer: Mapping[str, Any]) -> datetime | None:
    status = answer.get("status")
    transactions = status.get("transactions") if isinstance(status, Mapping) else None
    said = text_or_none(transactions, "last_successful_update") if isinstance(transactions, Mapping) else None
    return _moment(said) if said else None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlaidAnswerUnreadable(f"Plaid's answer has {text[:40]!r} where a moment should be") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _text(secret: Secret) -> str:
    return secret.reveal().decode("ascii", "replace")
