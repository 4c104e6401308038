"""Sends one event to one endpoint, and records what came of it and what is next."""

from datetime import datetime
from typing import Final

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.company_event import NumberedEvent
from domain.json_value import canonical_text
from domain.secret import Secret
from domain.webhook_delivery import Answer, DeliveryAttempt, Done, DueDelivery, Hold, Turn, next_step
from domain.webhook_endpoint import WebhookEndpoint
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import ControlTransaction, Store
from ports.use_cases.open_secret import open_secret
from ports.webhook_sender import OutgoingWebhook, WebhookSender

_EVENTS_AT_ONCE: Final = 100


async def deliver_event(
    delivery: DueDelivery,
    *,
    store: Store,
    sender: WebhookSender,
    master_key: MasterKey,
    secret_box: SecretBox,
    at: datetime,
) -> DeliveryAttempt | None:
    """What was sent; None if nothing was to be. Nothing is sent inside a transaction.

    Whoever dies on the way leaves the lease to run out, and the event is sent again: at least once, under one id.
    Raises StoreUnavailable; MasterKeyUnknown, KeyDamaged, SecretDamaged if it cannot be signed.
    """
    async with store.control() as transaction:
        endpoint = await transaction.webhook_endpoints.find(None, delivery.endpoint)
        if endpoint is None or not endpoint.enabled:
            await transaction.deliveries.settle(delivery, Hold(), sequence=delivery.sequence, at=at)
            return None
        secrets = await _secrets(endpoint, transaction, master_key, secret_box, at)
    event, through = await _event(endpoint, delivery, store)
    if event is None:
        async with store.control() as transaction:
            await transaction.deliveries.settle(delivery, Done(), sequence=through, at=at)
        return None
    body = canonical_text(event.told()).encode()
    answer = await sender.send(OutgoingWebhook(url=endpoint.url, id=event.id, at=at, body=body, secrets=secrets))
    attempt = DeliveryAttempt(
        endpoint=delivery.endpoint,
        company=delivery.company,
        sequence=event.sequence,
        turn=delivery.turn,
        attempt=delivery.attempt,
        at=at,
        answer=answer,
    )
    async with store.control() as transaction:
        await _record(delivery, attempt, transaction, at=at + answer.took)
    return attempt


async def _secrets(
    endpoint: WebhookEndpoint,
    transaction: ControlTransaction,
    master_key: MasterKey,
    secret_box: SecretBox,
    at: datetime,
) -> tuple[Secret, ...]:
    found = [
        await open_secret(place, transaction=transaction, master_key=master_key, secret_box=secret_box)
        for place in endpoint.secret_places(at)
    ]
    return tuple(secret for secret in found if secret is not None)


async def _event(endpoint: WebhookEndpoint, delivery: DueDelivery, store: Store) -> tuple[NumberedEvent | None, int]:
    """The event to send, if there is one that the endpoint wants, and up to where that settles the matter."""
    async with store.company(delivery.company) as transaction:
        if delivery.turn is Turn.PARKED:
            return await transaction.events.numbered(delivery.sequence), delivery.sequence
        through = delivery.sequence - 1
        while events := await transaction.events.after(through, limit=_EVENTS_AT_ONCE):
            for event in events:
                if endpoint.wants(event.event.type):
                    return event, event.sequence
            through = events[-1].sequence
    return None, through


async def _record(
    delivery: DueDelivery, attempt: DeliveryAttempt, transaction: ControlTransaction, *, at: datetime
) -> None:
    # Found anew, and locked: it may have been changed or deleted while we waited for the answer.
    endpoint = await transaction.webhook_endpoints.find(None, delivery.endpoint)
    if endpoint is None:
        return
    await transaction.delivery_log.record(attempt)
    after = _after(endpoint, attempt.answer, at)
    if after != endpoint:
        await transaction.webhook_endpoints.change(after)
    if endpoint.enabled and not after.enabled:
        await transaction.deliveries.pause(endpoint.id)
        disabled = AuditEntry(
            who=ENGINE,
            action="webhook_endpoint.disabled",
            subject=endpoint.id,
            note="" if after.disabled is None else after.disabled.value,
            at=at,
        )
        await transaction.partner_trail.append(endpoint.tenant, [disabled])
    held = attempt.answer.failure is not None and not after.enabled
    step = Hold() if held else next_step(delivery, attempt.answer, at=at)
    await transaction.deliveries.settle(delivery, step, sequence=attempt.sequence, at=at)


def _after(endpoint: WebhookEndpoint, answer: Answer, at: datetime) -> WebhookEndpoint:
    if answer.failure is None:
        return endpoint.after_success()
    return endpoint.after_failure(gone=answer.gone, at=at)
