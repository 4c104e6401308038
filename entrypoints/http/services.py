"""What the HTTP edge is given to work with. Composed elsewhere, from the real adapters or from the fakes."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import attrs

from entrypoints.http.metrics import Metrics
from entrypoints.settings import Network
from entrypoints.stripe_intake import StripeIntake
from entrypoints.stripe_keys import StripeKeys
from ports.checkpoint_signer import CheckpointSigner
from ports.erasure import Erasure
from ports.facts_reader import FactsReader
from ports.idempotency import Idempotency
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.stripe_connect import StripeConnect, StripeOnboarding
from ports.stripe_event_reader import StripeEventReader
from ports.stripe_events import StripeInbox
from ports.stripe_feed_reader import StripeFeedReader
from ports.stripe_invoice_reader import StripeInvoiceReader
from ports.stripe_invoicing import StripeInvoicing
from ports.stripe_platform import StripePlatform
from ports.transaction import Store
from ports.work_list import WorkList


@attrs.frozen(kw_only=True)
class Services:
    """Ports and the few things that only the edge may have: a clock, randomness, its own address."""

    store: Store
    idempotency: Idempotency
    work_list: WorkList
    clock: Callable[[], datetime]
    """Now, in UTC."""
    random_id: Callable[[int], str]
    """So many letters and digits that nobody can guess: `a-z0-9`."""
    random_secret: Callable[[], str]
    """43 URL-safe characters: 256 bits."""
    not_ready: Callable[[], Awaitable[str | None]]
    """Why requests cannot be served right now; None if they can."""
    bank_readers: Callable[[str | None], tuple[FactsReader, ...]]
    """Readers of statement files, given what is known of a CSV's columns."""
    public_url: str
    master_key: MasterKey
    secret_box: SecretBox
    checkpoint_signer: CheckpointSigner
    erasure: Erasure
    stripe: StripePlatform
    stripe_connect: StripeConnect
    stripe_feed: StripeFeedReader
    stripe_invoices: StripeInvoiceReader
    stripe_invoicing: StripeInvoicing
    stripe_onboarding: StripeOnboarding
    stripe_event_reader: StripeEventReader
    stripe_inbox: StripeInbox
    stripe_intake: StripeIntake
    stripe_keys: StripeKeys
    metrics: Metrics = attrs.field(factory=Metrics)
    """Figures of this process: of its requests, and of what it works."""
    webhooks_to_loopback: bool = False
    """Partners' webhooks may go to this very machine: for tests and development."""
    requests_per_second: int = 100
    """For each key or session, with bursts of twice that."""
    wrong_secrets_at_once: int = 30
    """From one address; after that, one every two seconds."""
    trusted_proxies: tuple[Network, ...] = ()
    """Who is believed when it says whom it was called by."""
    requests_at_once: int = 512
    """In this process: more are told to come back, for they would only wait for each other's connections."""
