"""The service over the in-memory adapters: for tests, of ours and of whoever builds on it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from adapters.encryption.aes_secret_box import AesSecretBox
from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import LocalMasterKey, MasterKeyText
from adapters.in_memory.erasure import InMemoryErasure
from adapters.in_memory.idempotency import InMemoryIdempotency
from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.stripe_connect import InMemoryStripeConnect
from adapters.in_memory.stripe_events import InMemoryStripeInbox
from adapters.in_memory.stripe_feed_reader import InMemoryStripeFeedReader
from adapters.in_memory.stripe_invoice_reader import InMemoryStripeInvoiceReader
from adapters.in_memory.stripe_invoicing import InMemoryStripeInvoicing
from adapters.in_memory.stripe_platform import InMemoryStripePlatform
from adapters.in_memory.webhook_sender import InMemoryWebhookSender
from adapters.in_memory.work_list import InMemoryWorkList
from adapters.stripe_api.event_reader import StripeEventEnvelopeReader
from entrypoints.composition import bank_readers
from entrypoints.composition.service import Service, random_id
from entrypoints.http.services import Services
from entrypoints.stripe_intake import StripeIntake
from entrypoints.stripe_keys import StripeKeys
from ports.facts_reader import FactsReader
from ports.master_key import MasterKey
from ports.stripe_platform import StripePlatform
from ports.webhook_sender import OutgoingWebhook, WebhookSender

_MASTER_KEY: Final = MasterKeyText("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
"""Known to everybody: what it protects ends with the test."""
_HARDLY_LIMITED: Final = 100_000


@attrs.define
class MovableClock:
    """Stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        """Later, or earlier."""
        self.now += by


@attrs.frozen(kw_only=True)
class InMemoryAdapters:
    """The adapters, and what a test sees of them."""

    service: Service
    clock: MovableClock
    sent: Sequence[OutgoingWebhook]
    """What was sent to webhook endpoints; nothing with a sender of one's own."""


def in_memory_adapters(
    *,
    now: datetime,
    more_bank_readers: Sequence[FactsReader] = (),
    sender: WebhookSender | None = None,
    master_key: MasterKey | None = None,
    stripe: StripePlatform | None = None,
    requests_per_second: int = _HARDLY_LIMITED,
) -> InMemoryAdapters:
    """An empty service at this moment. What is given takes its port's place; readers are asked before the others."""
    store, clock, fake = InMemoryStore(), MovableClock(now), InMemoryWebhookSender()
    connect = InMemoryStripeConnect()
    inbox, master_key, secret_box = (
        InMemoryStripeInbox(store.tables),
        master_key or LocalMasterKey(_MASTER_KEY),
        AesSecretBox(),
    )
    services = Services(
        store=store,
        idempotency=InMemoryIdempotency(store.tables),
        work_list=InMemoryWorkList(store.tables),
        clock=clock,
        random_id=random_id,
        random_secret=lambda: secrets.token_urlsafe(32),
        not_ready=_always_ready,
        bank_readers=lambda columns: (*more_bank_readers, *bank_readers(columns)),
        public_url="http://127.0.0.1:8080",
        master_key=master_key,
        secret_box=secret_box,
        checkpoint_signer=DerivedCheckpointSigner(_MASTER_KEY),
        erasure=InMemoryErasure(store.tables),
        stripe=stripe or InMemoryStripePlatform(),
        stripe_connect=connect,
        stripe_feed=InMemoryStripeFeedReader(),
        stripe_invoices=InMemoryStripeInvoiceReader(),
        stripe_invoicing=InMemoryStripeInvoicing(clock),
        stripe_onboarding=connect,
        stripe_event_reader=StripeEventEnvelopeReader(),
        stripe_inbox=inbox,
        stripe_intake=StripeIntake(inbox),
        stripe_keys=StripeKeys(
            store=store, master_key=master_key, secret_box=secret_box, seconds=lambda: clock.now.timestamp()
        ),
        webhooks_to_loopback=True,
        requests_per_second=requests_per_second,
        wrong_secrets_at_once=_HARDLY_LIMITED,
    )
    return InMemoryAdapters(
        service=Service.of(services, sender=sender or fake, embedded=False), clock=clock, sent=fake.sent
    )


async def _always_ready() -> str | None:
    return None
