"""The result of `tieout bench intake`, and how it is printed."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

import attrs

METHOD: Final = """\
The whole service in one process, an embedded PostgreSQL with fsync and synchronous_commit on, a client in a process of
its own, all on this machine. verify: the same server, nothing kept. each: one commit for each event, over as many
connections to the database as served best. commit: bare insertions of the same rows, one commit each, no HTTP, best of
1, 8, 32 and 64 connections. All in turn in each round; ratios are of one round: median, and the worst."""
DRIFT_MOST: Final = 0.15
VERIFY_GOAL: Final = 0.6
COMMIT_GOAL: Final = 1.3
GOODPUT_GOAL: Final = 0.9


@attrs.frozen(kw_only=True)
class AtConnections:
    """Events a second of each, by round, with so many clients at once."""

    connections: int
    rates: Mapping[str, Sequence[float]]
    """Of `verify`, `durable`, `each`, `commit`."""
    each_best: int
    """Connections to the database that served `each` best."""
    p99_seconds: Mapping[str, float]
    commits_an_event: float
    """Of `durable`: how many transactions the database committed for an event."""
    cpu_seconds_a_million: Mapping[str, float]
    """Of the service's process."""

    def ratios(self, other: str) -> list[float]:
        """Durable to another, round by round."""
        return [one / two if two else 0.0 for one, two in zip(self.rates["durable"], self.rates[other], strict=True)]

    @property
    def drift(self) -> float:
        """How far the control's halves lie apart."""
        rates = self.rates["verify"]
        half = len(rates) // 2 or 1
        return abs(median(rates[:half]) - median(rates[-half:])) / (median(rates) or 1.0)


@attrs.frozen(kw_only=True)
class Overload:
    """Three times as much as it can, by round."""

    peak: Sequence[float]
    """Durable, with as many at once as served best, measured before each."""
    goodput: Sequence[float]
    offered: Sequence[float]
    turned_away: int
    never_sent: int
    """Every connection was waiting for an answer."""
    without_retry_after: int
    other_answers: Mapping[int, int]
    p99_seconds: float
    memory_before: float
    memory_peak: float
    acknowledged: int
    lost: int

    @property
    def ratio(self) -> float:
        """Goodput to peak."""
        return median(one / two if two else 0.0 for one, two in zip(self.goodput, self.peak, strict=True))


@attrs.frozen(kw_only=True)
class IntakeReport:
    """What was measured."""

    at: tuple[AtConnections, ...]
    overload: Overload
    commit_best: int
    fsync_seconds: float
    """Of one bare commit, median."""

    @property
    def is_rejected(self) -> bool:
        """The control drifted too much for the figures to be trusted."""
        return any(each.drift > DRIFT_MOST for each in self.at)

    @property
    def holds(self) -> bool:
        """The goals are met, and nothing acknowledged was lost."""
        most = self.at[-1]
        return (
            median(most.ratios("verify")) >= VERIFY_GOAL
            and median(most.ratios("commit")) >= COMMIT_GOAL
            and self.overload.ratio >= GOODPUT_GOAL
            and not (self.overload.lost or self.overload.without_retry_after or self.overload.other_answers)
        )

    def as_text(self) -> str:
        """For people."""
        lines = [METHOD, ""]
        for each in self.at:
            said = ", ".join(f"{name} {median(rates):,.0f}/s" for name, rates in each.rates.items())
            lines += [
                f"{each.connections} connections: {said} (each over {each.each_best}, commit over {self.commit_best})",
                *(
                    f"  durable / {other:<6} = {median(each.ratios(other)):.2f} (worst {min(each.ratios(other)):.2f})"
                    for other in ("verify", "each", "commit")
                ),
                f"  commits an event {each.commits_an_event:.3f}; p99 "
                + ", ".join(f"{name} {1000 * seconds:.1f} ms" for name, seconds in each.p99_seconds.items())
                + "; service CPU-s a million "
                + ", ".join(f"{name} {seconds:,.0f}" for name, seconds in each.cpu_seconds_a_million.items())
                + f"; control's drift {each.drift:.0%}",
            ]
        over = self.overload
        lines += [
            f"overload: {median(over.offered):,.0f}/s offered, {median(over.goodput):,.0f}/s acknowledged = "
            f"{over.ratio:.2f} × peak ({median(over.peak):,.0f}/s); {over.turned_away:,} told to come back, "
            f"{over.without_retry_after} of them not when; {over.never_sent:,} found every connection waiting; "
            f"other answers {dict(over.other_answers) or 0}",
            f"  p99 of the acknowledged {1000 * over.p99_seconds:.0f} ms; memory {over.memory_before:.0f} → "
            f"{over.memory_peak:.0f} MiB at most; of {over.acknowledged:,} acknowledged, {over.lost} are not there",
            f"one bare commit takes {1000 * self.fsync_seconds:.2f} ms",
        ]
        if self.is_rejected:
            lines.append("REJECTED: the control drifted by more than 15 %")
        return "\n".join(lines)
