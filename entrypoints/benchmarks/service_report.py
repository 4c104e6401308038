"""The result of `tieout bench service`, and how it is printed."""

import io
import math
from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

import attrs
from rich.console import Console
from rich.table import Table

from entrypoints.benchmarks.recomputed import Comparison
from entrypoints.benchmarks.service_data import ChangeKind, Mix

METHOD: Final = """\
One company, {a_year:,} payouts a year of the {mix} mix, in an embedded PostgreSQL with fsync and synchronous_commit on.
L_copy: COPY, in binary, from a file, of the very rows that were written, into the same tables with their indexes.
A change is told (one transaction), then reconciled (claimed, decided on a snapshot, kept with its events in another).
Rows read: all that the server fetched from the company's tables for the reconciliation. Commit: one row, same server.
"""
DRIFT_MOST: Final = 0.15
"""A control that differs by more than this makes the run worthless."""
_QUARTERS: Final = 4


@attrs.frozen(kw_only=True)
class Bulk:
    """Many rows made durable, beside COPY of the same."""

    rows: int
    seconds: tuple[float, ...]
    """Of the transaction that writes them."""
    cpu_seconds: tuple[float, ...]
    """Of service and database, for all that led to it."""
    copy_seconds: tuple[float, ...]
    whole_seconds: tuple[float, ...] = ()
    """With what led to the transaction, if anything did."""

    @property
    def ratio(self) -> float:
        """Speed as a share of L_copy."""
        return median(self.copy_seconds) / median(self.seconds)

    @property
    def drift(self) -> float:
        """How far the control's rounds lie apart."""
        return (max(self.copy_seconds) - min(self.copy_seconds)) / median(self.copy_seconds)


@attrs.frozen(kw_only=True)
class ChangeTimes:
    """One change, and the bare commit before it."""

    kind: ChangeKind
    commit_seconds: float
    told_seconds: float
    reconciled_seconds: float
    cpu_seconds: float
    rows_read: int
    statements: int
    """Ways to the server and back, for the reconciliation."""
    anew: bool
    """So much was touched that everything was decided again."""


@attrs.frozen(kw_only=True)
class ServiceSize:
    """One company."""

    payouts: int
    lines: int
    load: Bulk
    reconcile: Bulk
    matches: int
    memory_before: float | None
    memory_peak: float | None
    changes: tuple[ChangeTimes, ...]
    compared: Comparison

    @property
    def records(self) -> int:
        """Payouts and bank lines."""
        return self.payouts + self.lines

    @property
    def commit_drift(self) -> float:
        """How far the medians of the bare commits lie apart, quarter by quarter of the run."""
        commits = [change.commit_seconds for change in self.changes]
        size = max(1, len(commits) // _QUARTERS)
        medians = [median(commits[start : start + size]) for start in range(0, len(commits) - size + 1, size)]
        return (max(medians) - min(medians)) / median(commits)

    def rejected(self) -> tuple[str, ...]:
        """Which controls drifted too far."""
        drifts = (
            ("load", self.load.drift),
            ("reconcile", self.reconcile.drift),
            ("single changes", self.commit_drift),
        )
        return tuple(f"{words} ({drift:.0%})" for words, drift in drifts if drift > DRIFT_MOST)

    def anew(self) -> int:
        """Changes after which everything was decided again."""
        return sum(change.anew for change in self.changes)


@attrs.frozen(kw_only=True)
class ServiceReport:
    """All sizes, the smallest first."""

    sizes: tuple[ServiceSize, ...]
    a_year: int
    mix: Mix = Mix.HARD

    @property
    def holds(self) -> bool:
        """What is kept is everywhere what a full recompute gives."""
        return all(size.compared.is_equal for size in self.sizes)

    def exponents(self, figure: Callable[[ServiceSize], float]) -> tuple[float, ...]:
        """Growth of a figure from each size to the next: 0 is none, 1 linear in the number of records."""
        return tuple(
            math.log(figure(large) / figure(small)) / math.log(large.records / small.records)
            for small, large in zip(self.sizes, self.sizes[1:], strict=False)
        )

    def render(self, console: Console) -> None:
        """Prints the tables."""
        console.print(METHOD.format(a_year=self.a_year, mix=self.mix.value))
        console.print(self._bulk_table())
        for size in self.sizes:
            console.print(_changes_table(size))
        if len(self.sizes) > 1:
            console.print(self._growth())
        for size in self.sizes:
            console.print(_equality(size))
            if size.rejected():
                console.print(f"REJECTED at {size.payouts:,}: the control drifted: {', '.join(size.rejected())}")

    def as_text(self) -> str:
        """The same as plain text."""
        out = io.StringIO()
        self.render(Console(file=out, width=150, force_terminal=False, color_system=None))
        return out.getvalue()

    def _bulk_table(self) -> Table:
        table = Table(title="Load and full reconciliation", title_justify="left")
        for heading in (
            *("payouts", "", "rows", "median s", "worst s", "rows/s", "L_copy rows/s", "÷ L_copy", "drift"),
            *("CPU-s a million", "memory MiB"),
        ):
            table.add_column(heading, justify="left" if heading == "" else "right")
        for size in self.sizes:
            memory = "" if size.memory_peak is None else f"{size.memory_before:,.0f} → {size.memory_peak:,.0f}"
            _add_bulk(table, f"{size.payouts:,}", "load", size.load, size.records, "")
            _add_bulk(table, "", "results kept", size.reconcile, size.records, memory)
            whole = size.reconcile.whole_seconds
            rates = size.matches / median(whole), size.matches / median(size.reconcile.seconds)
            copied = size.matches / median(size.reconcile.copy_seconds)
            table.add_row(
                *("", "full reconcile", f"{size.matches:,} matches", f"{median(whole):.2f}", f"{max(whole):.2f}"),
                *(f"{rates[0]:,.0f}; kept {rates[1]:,.0f}", f"{copied:,.0f}"),
            )
        return table

    def _growth(self) -> str:
        figures: Sequence[tuple[str, Callable[[ServiceSize], float]]] = (
            ("reconciliation of a change, p50", lambda size: _percentile(_reconciled(size), 50)),
            ("its CPU-seconds, mean", lambda size: sum(each.cpu_seconds for each in size.changes) or 0.01),
            ("rows read, median", lambda size: max(1, median(each.rows_read for each in size.changes))),
            ("told, p50", lambda size: _percentile([each.told_seconds for each in size.changes], 50)),
            ("full reconcile, CPU", lambda size: median(size.reconcile.cpu_seconds)),
        )
        lines = [
            f"  {words}: " + ", ".join(f"{exponent:.2f}" for exponent in self.exponents(figure))
            for words, figure in figures
        ]
        return "Growth exponents, from size to size:\n" + "\n".join(lines) + "\n"


def in_words(what: str, bulk: Bulk, records: int) -> str:
    """One part as soon as it is done."""
    whole = f", with what led to it {median(bulk.whole_seconds):,.1f} s" if bulk.whole_seconds else ""
    return (
        f"{what}: {bulk.rows:,} rows in {median(bulk.seconds):,.1f} s{whole}, {bulk.ratio:.2f} of L_copy, "
        f"{median(bulk.cpu_seconds) * 1_000_000 / records:,.1f} CPU-s a million records"
    )


def changes_in_words(changes: Sequence[ChangeTimes]) -> str:
    """Those that were made so far."""
    seconds = [each.reconciled_seconds for each in changes]
    rows = [float(each.rows_read) for each in changes]
    return (
        f"{len(changes)} changes: p50 {_percentile(seconds, 50) * 1000:,.0f} ms, "
        f"p99 {_percentile(seconds, 99) * 1000:,.0f} ms, rows read "
        f"p50 {_percentile(rows, 50):,.0f}, p99 {_percentile(rows, 99):,.0f}, "
        f"decided all anew {sum(each.anew for each in changes)}"
    )


def _add_bulk(table: Table, payouts: str, words: str, bulk: Bulk, records: int, memory: str) -> None:
    table.add_row(
        *(payouts, words, f"{bulk.rows:,}", f"{median(bulk.seconds):.2f}", f"{max(bulk.seconds):.2f}"),
        *(f"{bulk.rows / median(bulk.seconds):,.0f}", f"{bulk.rows / median(bulk.copy_seconds):,.0f}"),
        *(f"{bulk.ratio:.2f}", f"{bulk.drift:.0%}", f"{median(bulk.cpu_seconds) * 1_000_000 / records:.1f}", memory),
    )


def _changes_table(size: ServiceSize) -> Table:
    commits = [each.commit_seconds for each in size.changes]
    table = Table(
        title=(
            f"{len(size.changes)} single changes at {size.payouts:,} payouts, {size.lines:,} lines; bare commit p50 "
            f"{_percentile(commits, 50) * 1000:.2f} ms, p99 {_percentile(commits, 99) * 1000:.2f} ms, drift "
            f"{size.commit_drift:.0%}; decided all anew: {size.anew()}"
        ),
        title_justify="left",
    )
    for heading in (
        *("change", "told p50 ms", "p99", "reconciled p50 ms", "p99", "worst", "p50 × commit", "p99 × commit"),
        *("CPU ms", "statements p50", "rows read p50", "p99", "worst"),
    ):
        table.add_column(heading, justify="left" if heading == "change" else "right")
    for words, kinds in (*((kind.value, {kind}) for kind in ChangeKind), ("all", set(ChangeKind))):
        some = [each for each in size.changes if each.kind in kinds]
        told, reconciled = [each.told_seconds for each in some], [each.reconciled_seconds for each in some]
        read = [float(each.rows_read) for each in some]
        commit = _percentile(commits, 50)
        table.add_row(
            words,
            *(f"{_percentile(told, share) * 1000:.2f}" for share in (50, 99)),
            *(f"{_percentile(reconciled, share) * 1000:.2f}" for share in (50, 99, 100)),
            *(f"{_percentile(reconciled, share) / commit:.1f}" for share in (50, 99)),
            f"{sum(each.cpu_seconds for each in some) * 1000 / max(1, len(some)):.1f}",
            f"{_percentile([each.statements for each in some], 50):,.0f}",
            *(f"{_percentile(read, share):,.0f}" for share in (50, 99, 100)),
        )
    return table


def _equality(size: ServiceSize) -> str:
    compared = size.compared
    what = f"{compared.matches:,} matches, {compared.outcomes:,} outcomes, {compared.breaks:,} breaks"
    if compared.is_equal:
        return f"At {size.payouts:,}: {what}: equal to a full recompute"
    return (
        f"At {size.payouts:,}: DIFFERENT from a full recompute: {compared.wrong_matches:,} matches, "
        f"{compared.wrong_outcomes:,} outcomes, {compared.wrong_breaks:,} breaks, of {what}"
    )


def _reconciled(size: ServiceSize) -> list[float]:
    return [each.reconciled_seconds for each in size.changes]


def _percentile(values: Sequence[float], share: int) -> float:
    """The value that so many in a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)] if ordered else math.nan
