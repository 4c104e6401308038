"""Figures of what Stripe tells: by a type that is known, never by one that somebody made up."""

from collections import Counter
from datetime import datetime
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Gauge

from domain.stripe_event import ParkReason, StripeEvent
from domain.stripe_signature import SignatureFault
from ports.stripe_events import InboxLoad

_OTHER_TYPE: Final = "(other)"


class StripeFigures:
    """Of one process, but for those of the inbox, which all processes share."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._kept: dict[tuple[str, str], prometheus_client.Counter] = {}
        self._events = prometheus_client.Counter(
            "tieout_stripe_events_total",
            "Authentic events, by type, and what became of them: new, repeated, or parked for a reason",
            ("type", "became"),
            registry=registry,
        )
        self._refused = prometheus_client.Counter(
            "tieout_stripe_webhooks_refused_total", "Bodies not proved to be Stripe's", ("fault",), registry=registry
        )
        self._away = prometheus_client.Counter(
            "tieout_stripe_webhooks_turned_away_total", "Told to come back: too many at once", registry=registry
        )
        self._taken = prometheus_client.Counter(
            "tieout_stripe_events_taken_total", "Events taken, by what they led to", ("led_to",), registry=registry
        )
        self._waiting = Gauge("tieout_stripe_events_waiting", "Kept, and not taken yet", registry=registry)
        self._lag = Gauge("tieout_stripe_events_lag_seconds", "Age of the oldest that waits", registry=registry)
        self._parked = Gauge(
            "tieout_stripe_events_parked", "Authentic, and of no use: an alarm", ("reason",), registry=registry
        )

    def kept(self, event: StripeEvent, *, is_new: bool, is_known: bool) -> None:
        """One was acknowledged."""
        became = "repeated" if not is_new else "new" if event.parked is None else f"parked_{event.parked.value}"
        type_ = event.type if is_known else _OTHER_TYPE
        counted = self._kept.get((type_, became))
        if counted is None:
            counted = self._kept[type_, became] = self._events.labels(type_, became)
        counted.inc()

    def refused(self, fault: SignatureFault) -> None:
        """One was not proved."""
        self._refused.labels(fault.value).inc()

    def turned_away(self) -> None:
        """There was no room for one."""
        self._away.inc()

    def taken(self, *, hints: int, ignored: int, unknown: int) -> None:
        """Some were taken."""
        for led_to, count in (("work", hints), ("nothing", ignored), ("parked", unknown)):
            self._taken.labels(led_to).inc(count)

    def inbox(self, load: InboxLoad, at: datetime) -> None:
        """How much is there now."""
        self._waiting.set(load.waiting)
        age = (at - load.oldest_waiting).total_seconds() if load.oldest_waiting else 0.0
        self._lag.set(max(0.0, age))
        parked: Counter[ParkReason] = Counter()
        for (_, reason), count in load.parked.items():
            parked[reason] += count
        for reason in ParkReason:
            self._parked.labels(reason.value).set(parked[reason])
