"""Figures for Prometheus, by route template: never by a path that somebody made up."""

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from domain.work import WorkKind, WorkLoad
from entrypoints.http.stripe_figures import StripeFigures
from ports.reconciliation_record import RecordedChanges
from ports.stripe_events import InboxLoad

_WORK_BUCKETS: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


class Metrics:
    """The figures of one process. A registry of its own, so that two applications in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "tieout_http_requests_total", "Requests", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "tieout_http_request_seconds", "How long requests took", ("method", "route"), registry=self._registry
        )
        self._store = Gauge("tieout_store_up", "1: the store answers", registry=self._registry)
        self._work = Gauge("tieout_work", "Pieces of work, by state", ("state",), registry=self._registry)
        self._worked = Histogram(
            "tieout_work_seconds",
            "How long pieces of work took, by how they ended",
            ("work", "end"),
            buckets=_WORK_BUCKETS,
            registry=self._registry,
        )
        self._decided = Counter(
            "tieout_payouts_decided_total",
            "Payouts that came to this outcome. The share matched: increase of matched / increase of all",
            ("outcome",),
            registry=self._registry,
        )
        self.stripe = StripeFigures(self._registry)
        self._lag = Gauge("tieout_work_lag_seconds", "Age of the oldest work that is due", registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request has ended."""
        kept = self._answers.get((method, route, status))
        if kept is None:  # of routes, methods and statuses there are few, and to look their figures up costs
            kept = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
            self._answers[method, route, status] = kept
        kept[0].inc()
        kept[1].observe(seconds)

    def worked(self, work: WorkKind, end: str, seconds: float) -> None:
        """One piece of work has ended."""
        self._worked.labels(work.value, end).observe(seconds)

    def reconciled(self, changes: RecordedChanges) -> None:
        """One run was recorded."""
        for change in changes.payouts:
            outcome = change.standing.outcome.outcome
            if outcome is not change.before:
                self._decided.labels(outcome.value).inc()

    def text(self, load: WorkLoad | None, inbox: InboxLoad | None, at: datetime) -> bytes:
        """All figures, in Prometheus' own format. Without a load, which the store did not tell, the last one's."""
        self._store.set(load is not None)
        if inbox is not None:
            self.stripe.inbox(inbox, at)
        if load is not None:
            for state, count in (("due", load.due), ("running", load.running), ("parked", load.parked)):
                self._work.labels(state).set(count)
            age = (at - load.oldest_due).total_seconds() if load.oldest_due else 0.0
            self._lag.set(max(0.0, age))
        return generate_latest(self._registry)
