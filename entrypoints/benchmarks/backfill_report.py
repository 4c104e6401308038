"""The result of `tieout bench backfill`, and how it is printed."""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

METHOD: Final = """\
The whole service, with its embedded PostgreSQL (fsync on), and a simulated Stripe in a process of its own that refuses
what is beyond Stripe's documented limits (live: 25 requests a second for an endpoint, 100 for an account, counted in
whole seconds), all on this machine. An account's whole history is read: payouts, what is in each, and all movements,
the last two at one endpoint, whose 25 a second are the limit. bare: a client that walks the same list without limits,
keeping nothing. CPU: the service with the reconciling that it does meanwhile, and its database."""
SHARE_GOAL: Final = 0.95
REFUSED_GOAL: Final = 0.001
REPEATED_GOAL: Final = 1
LIMIT: Final = 25.0
"""Requests a second."""


@attrs.frozen(kw_only=True)
class Backfill:
    """One account's."""

    transactions: int
    seconds: float
    """From the first request to the last of the history."""
    requests: Mapping[str, int]
    """By path."""
    refused: int
    """429."""
    memory_before: float
    memory_peak: float
    """Of the service, in MiB."""
    service_cpu: float
    database_cpu: float
    stripe_cpu: float
    """Seconds."""
    kept: int
    """Balance transactions that are here at the end."""

    @property
    def busiest(self) -> int:
        """Requests at the endpoint that was asked most."""
        return max(self.requests.values(), default=0)

    @property
    def share(self) -> float:
        """Of the limit, at that endpoint."""
        return self.busiest / (self.seconds or 1.0) / LIMIT

    @property
    def share_refused(self) -> float:
        """Of all requests."""
        return self.refused / max(1, sum(self.requests.values()))

    def a_million(self, seconds: float) -> float:
        """CPU-seconds for a million transactions at this rate."""
        return seconds * 1_000_000 / max(1, self.transactions)


@attrs.frozen(kw_only=True)
class Death:
    """The service was killed while it read, and started again."""

    pages_before: int
    repeated: int
    """Pages asked for again that had been answered."""


@attrs.frozen(kw_only=True)
class BackfillReport:
    """What was measured."""

    answer_seconds: float
    bare_rate: float
    """Pages a second."""
    fills: tuple[Backfill, ...]
    deaths: tuple[Death, ...]

    @property
    def repeated_most(self) -> int:
        """After one death."""
        return max((each.repeated for each in self.deaths), default=0)

    @property
    def holds(self) -> bool:
        """The goals are met by every one, nothing is missing, and memory does not grow with the history."""
        return (
            all(each.share >= SHARE_GOAL and each.share_refused <= REFUSED_GOAL for each in self.fills)
            and all(each.kept == each.transactions for each in self.fills)
            and self.repeated_most <= REPEATED_GOAL
        )

    def as_text(self) -> str:
        """For people."""
        lines = [METHOD, "", f"bare: {self.bare_rate:.0f} pages/s; every answer takes {self.answer_seconds:.3f} s"]
        for each in self.fills:
            rate = each.busiest / (each.seconds or 1.0)
            lines += [
                f"{each.transactions:,} transactions: {each.seconds:.1f} s, {rate:.2f} requests/s at the busiest "
                f"endpoint = {each.share:.3f} × the limit; 429: {each.refused} ({each.share_refused:.2%}); "
                f"{each.kept:,} kept",
                f"  requests {_counted(each.requests)}",
                f"  service's memory {each.memory_before:.0f} → {each.memory_peak:.0f} MiB at most; CPU-s a million: "
                f"service {each.a_million(each.service_cpu):.0f}, database {each.a_million(each.database_cpu):.0f}, "
                f"together {each.a_million(each.service_cpu + each.database_cpu):.0f} "
                f"(the simulated Stripe's {each.a_million(each.stripe_cpu):.0f})",
            ]
        lines.append(f"memory, largest to smallest history: × {self._growth():.2f}")
        if self.deaths:
            each_time = ", ".join(f"{each.repeated} after {each.pages_before}" for each in self.deaths)
            lines.append(f"kill -9 while reading, {len(self.deaths)} times: pages asked for again {each_time}")
        return "\n".join(lines)

    def _growth(self) -> float:
        peaks = [each.memory_peak for each in self.fills]
        return peaks[-1] / peaks[0] if peaks and peaks[0] else 1.0


def _counted(requests: Mapping[str, int]) -> str:
    most: Sequence[tuple[str, int]] = sorted(requests.items(), key=lambda each: -each[1])
    return ", ".join(f"{path} {count:,}" for path, count in most)
