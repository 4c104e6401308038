"""A partner's webhook endpoints: where it listens to our events, and what became of each."""

import base64
from datetime import datetime, timedelta
from typing import Annotated, Final

import attrs

from domain.actor import acting
from domain.company_event import EventId, EventType, event_id
from domain.secret import Secret
from domain.webhook_delivery import DeliveryAttempt, FailureKind, Turn, attempt_id, time_of_attempt
from domain.webhook_endpoint import DisabledReason, WebhookEndpoint, WebhookEndpointId
from domain.webhook_url import LENGTH_MAX, UnusableWebhookUrl
from entrypoints.http.list_places import unknown_place
from entrypoints.http.problem_details import not_found
from entrypoints.http.refusals import field_problem
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import (
    Limit,
    ListBounds,
    NoBody,
    NoQuery,
    NumberBounds,
    PageBody,
    TextBounds,
    TypedId,
)
from ports.master_key import MasterKeyUnknown
from ports.pages import PageKey
from ports.use_cases.add_webhook_endpoint import add_webhook_endpoint
from ports.use_cases.change_webhook_endpoint import EndpointChange, change_webhook_endpoint
from ports.use_cases.delete_webhook_endpoint import delete_webhook_endpoint
from ports.use_cases.redeliver_event import NoSuchEndpoint, NoSuchEvent, redeliver_event
from ports.use_cases.rotate_webhook_secret import rotate_webhook_secret
from ports.webhook_endpoints import TooManyEndpoints

ID_LETTERS: Final = 24
DAY_SECONDS: Final = 24 * 3600

WebhookUrl = Annotated[str, TextBounds(LENGTH_MAX, example="https://hooks.partner.example/tieout")]
EventTypes = Annotated[tuple[EventType, ...], ListBounds(len(EventType))]
Description = Annotated[str, TextBounds(200, shortest=0, example="Production ledger")]


@attrs.frozen(kw_only=True)
class WebhookEndpointBody:
    """An endpoint. No `event_types`: it gets all. `failing_since`: it has taken nothing since then.

    An endpoint that answers 410, or takes nothing for days, is disabled; `disabled` says why.
    """

    id: str
    url: str
    event_types: tuple[EventType, ...]
    description: str
    enabled: bool
    disabled: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    older_secret_until: datetime | None
    created: datetime
    updated: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> "WebhookEndpointBody":
        """As it is shown."""
        return cls(
            id=endpoint.id,
            url=endpoint.url,
            event_types=endpoint.event_types,
            description=endpoint.description,
            enabled=endpoint.enabled,
            disabled=endpoint.disabled,
            disabled_at=endpoint.disabled_at,
            failing_since=endpoint.failing_since,
            older_secret_until=endpoint.older_secret_until,
            created=endpoint.created,
            updated=endpoint.updated,
        )


@attrs.frozen(kw_only=True)
class EndpointWithSecretBody:
    """An endpoint with its new signing secret, which is shown this once: in a repeated answer it is null."""

    endpoint: WebhookEndpointBody
    secret: str | None = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class AddWebhookEndpoint:
    """Where to send events, and which; none named: all. In live mode the address begins with `https://`."""

    url: WebhookUrl
    event_types: EventTypes = ()
    description: Description = ""


@attrs.frozen(kw_only=True)
class ChangeWebhookEndpoint:
    """What is to be different. Enabled again, it first gets what happened in the meantime."""

    url: WebhookUrl | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: bool | None = None


@attrs.frozen(kw_only=True)
class RotateSecret:
    """For how long the secret before signs as well."""

    overlap_seconds: Annotated[int, NumberBounds(0, 7 * DAY_SECONDS)] = DAY_SECONDS


@attrs.frozen(kw_only=True)
class Redeliver:
    """The event to be sent once more, under the id that it always had."""

    event: TypedId


@attrs.frozen(kw_only=True)
class ListDeliveries:
    """The page."""

    starting_after: TypedId | None = None
    limit: Limit = 100


@attrs.frozen(kw_only=True)
class DeliveryBody:
    """One attempt to deliver an event. `turn` is `parked` for one that failed too often, or was asked for again."""

    id: str
    event: str
    company: str
    sequence: int
    turn: Turn
    attempt: int
    at: datetime
    taken: bool
    failure: FailureKind | None
    status: int | None
    answer_beginning: str
    took_milliseconds: int

    @classmethod
    def of(cls, attempt: DeliveryAttempt) -> "DeliveryBody":
        """As it is shown."""
        answer = attempt.answer
        return cls(
            id=attempt_id(attempt),
            event=event_id(attempt.company, attempt.sequence),
            company=attempt.company,
            sequence=attempt.sequence,
            turn=attempt.turn,
            attempt=attempt.attempt,
            at=attempt.at,
            taken=answer.failure is None,
            failure=answer.failure,
            status=answer.status,
            answer_beginning=answer.beginning,
            took_milliseconds=answer.took // timedelta(milliseconds=1),
        )


async def add_endpoint(call: Call[NoQuery, AddWebhookEndpoint]) -> EndpointWithSecretBody:
    """It gets what happens from now on, signed by Standard Webhooks with the secret in this answer.

    The events of a company arrive in the order of their `sequence`, each at least once, always under the same
    `webhook-id`. One that fails is tried again a few times while the next ones wait, then for days apart from them.
    """
    endpoint = WebhookEndpoint(
        id=WebhookEndpointId(f"we_{call.services.random_id(ID_LETTERS)}"),
        tenant=call.principal.tenant,
        url=call.body.url,
        event_types=call.body.event_types,
        description=call.body.description,
        created=call.at,
        updated=call.at,
    )
    secret = new_signing_secret(call.services.random_secret())
    try:
        await add_webhook_endpoint(
            endpoint,
            secret,
            who=acting(call.principal),
            store=call.services.store,
            master_key=call.services.master_key,
            secret_box=call.services.secret_box,
            loopback_allowed=call.services.webhooks_to_loopback,
        )
    except UnusableWebhookUrl as error:
        raise field_problem("/url", str(error)) from error
    return EndpointWithSecretBody(endpoint=WebhookEndpointBody.of(endpoint), secret=secret.reveal().decode())


def new_signing_secret(random: str) -> Secret:
    """As Standard Webhooks writes it, out of 43 URL-safe random characters."""
    return Secret(f"whsec_{base64.b64encode(base64.urlsafe_b64decode(random + '=')).decode()}")


async def list_endpoints(call: Call[NoQuery, NoBody]) -> PageBody[WebhookEndpointBody]:
    """All endpoints of this mode, the oldest first."""
    async with call.services.store.control() as transaction:
        endpoints = await transaction.webhook_endpoints.of_tenant(call.principal.tenant)
    return PageBody(data=tuple(map(WebhookEndpointBody.of, endpoints)), has_more=False)


async def read_endpoint(call: Call[NoQuery, NoBody]) -> WebhookEndpointBody:
    """Also a disabled one, and why it is."""
    return WebhookEndpointBody.of(await _found(call))


async def change_endpoint(call: Call[NoQuery, ChangeWebhookEndpoint]) -> WebhookEndpointBody:
    """What is not given, or null, stays as it is."""
    change = EndpointChange(
        url=call.body.url,
        event_types=call.body.event_types,
        description=call.body.description,
        enabled=call.body.enabled,
    )
    try:
        endpoint = await change_webhook_endpoint(
            WebhookEndpointId(call.path["endpoint"]),
            change,
            tenant=call.principal.tenant,
            who=acting(call.principal),
            store=call.services.store,
            loopback_allowed=call.services.webhooks_to_loopback,
            at=call.at,
        )
    except UnusableWebhookUrl as error:
        raise field_problem("/url", str(error)) from error
    if endpoint is None:
        raise not_found()
    return WebhookEndpointBody.of(endpoint)


async def delete_endpoint(call: Call[NoQuery, NoBody]) -> None:
    """It gets nothing more; its secrets and the log of its deliveries are gone."""
    id = WebhookEndpointId(call.path["endpoint"])
    who, tenant = acting(call.principal), call.principal.tenant
    if not await delete_webhook_endpoint(id, tenant=tenant, who=who, store=call.services.store, at=call.at):
        raise not_found()


async def rotate_secret(call: Call[NoQuery, RotateSecret]) -> EndpointWithSecretBody:
    """Until the overlap ends, both secrets sign: the receiver needs to know one of them."""
    secret = new_signing_secret(call.services.random_secret())
    endpoint = await rotate_webhook_secret(
        WebhookEndpointId(call.path["endpoint"]),
        secret,
        overlap=timedelta(seconds=call.body.overlap_seconds),
        tenant=call.principal.tenant,
        who=acting(call.principal),
        store=call.services.store,
        master_key=call.services.master_key,
        secret_box=call.services.secret_box,
        at=call.at,
    )
    if endpoint is None:
        raise not_found()
    return EndpointWithSecretBody(endpoint=WebhookEndpointBody.of(endpoint), secret=secret.reveal().decode())


async def list_deliveries(call: Call[ListDeliveries, NoBody]) -> PageBody[DeliveryBody]:
    """Every attempt of the last 30 days, the last first."""
    endpoint = await _found(call)
    after = None
    if call.query.starting_after is not None:
        at = time_of_attempt(call.query.starting_after)
        if at is None:
            raise unknown_place()
        after = PageKey(at=at, id=call.query.starting_after)
    async with call.services.store.control() as transaction:
        page = await transaction.delivery_log.page(endpoint.id, after=after, limit=call.query.limit)
    return PageBody(data=tuple(map(DeliveryBody.of, page.records)), has_more=page.has_more)


async def redeliver(call: Call[NoQuery, Redeliver]) -> None:
    """Due at once, apart from its turn."""
    try:
        await redeliver_event(
            WebhookEndpointId(call.path["endpoint"]),
            EventId(call.body.event),
            tenant=call.principal.tenant,
            store=call.services.store,
            at=call.at,
        )
    except NoSuchEvent as error:
        raise field_problem("/event", "is not the id of an event of yours") from error


async def _found(call: Call[ListDeliveries, NoBody] | Call[NoQuery, NoBody]) -> WebhookEndpoint:
    async with call.services.store.control() as transaction:
        endpoint = await transaction.webhook_endpoints.find(
            call.principal.tenant, WebhookEndpointId(call.path["endpoint"])
        )
    if endpoint is None:
        raise not_found()
    return endpoint


def _without_secret(answer: EndpointWithSecretBody) -> EndpointWithSecretBody:
    return attrs.evolve(answer, secret=None)


_TAG: Final = "Webhooks"
_PATH: Final = "/v1/webhook_endpoints"

ROUTES = (
    Route(
        method="POST",
        path=_PATH,
        handler=add_endpoint,
        summary="Add a webhook endpoint",
        tag=_TAG,
        may=PARTNERS,
        body=AddWebhookEndpoint,
        answer=EndpointWithSecretBody,
        status=201,
        refusals=(TooManyEndpoints, MasterKeyUnknown),
        kept=_without_secret,
    ),
    Route(
        method="GET",
        path=_PATH,
        handler=list_endpoints,
        summary="List webhook endpoints",
        tag=_TAG,
        may=PARTNERS,
        answer=PageBody[WebhookEndpointBody],
    ),
    Route(
        method="GET",
        path=f"{_PATH}/{{endpoint}}",
        handler=read_endpoint,
        summary="Read a webhook endpoint",
        tag=_TAG,
        may=PARTNERS,
        answer=WebhookEndpointBody,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{endpoint}}",
        handler=change_endpoint,
        summary="Change a webhook endpoint, turn it off or on",
        tag=_TAG,
        may=PARTNERS,
        body=ChangeWebhookEndpoint,
        answer=WebhookEndpointBody,
    ),
    Route(
        method="DELETE",
        path=f"{_PATH}/{{endpoint}}",
        handler=delete_endpoint,
        summary="Delete a webhook endpoint",
        tag=_TAG,
        may=PARTNERS,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{endpoint}}/rotate",
        handler=rotate_secret,
        summary="Give a webhook endpoint a new signing secret",
        tag=_TAG,
        may=PARTNERS,
        body=RotateSecret,
        answer=EndpointWithSecretBody,
        refusals=(MasterKeyUnknown,),
        kept=_without_secret,
    ),
    Route(
        method="GET",
        path=f"{_PATH}/{{endpoint}}/deliveries",
        handler=list_deliveries,
        summary="List what was sent to a webhook endpoint",
        tag=_TAG,
        may=PARTNERS,
        query=ListDeliveries,
        answer=PageBody[DeliveryBody],
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{endpoint}}/redeliver",
        handler=redeliver,
        summary="Send an event once more",
        tag=_TAG,
        may=PARTNERS,
        body=Redeliver,
        refusals=(NoSuchEndpoint,),
    ),
)
