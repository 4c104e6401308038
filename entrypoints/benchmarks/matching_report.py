"""The result of `tieout bench matching`, and how it is printed."""

import io
import math
from typing import Final

import attrs
from rich.console import Console
from rich.table import Table

METHOD: Final = """\
Facts are in memory; the cyclic garbage collector rests, for all alike. The engine learns its model from the facts,
weighs and decides; explanations are made when asked for. Greedy and engine use one thread; beside DuckDB's two threads
the engine also runs in two processes, whose CPU seconds are not counted.
"""

DRIFT_MOST: Final = 0.15
"""A control that differs by more than this between rounds makes the run worthless."""


@attrs.frozen(kw_only=True)
class Measured:
    """One candidate at one size."""

    median_seconds: float
    worst_seconds: float
    best_seconds: float
    median_cpu_seconds: float

    @property
    def drift(self) -> float:
        """How far the rounds lie apart, as a share of the median."""
        return (self.worst_seconds - self.best_seconds) / self.median_seconds


@attrs.frozen(kw_only=True)
class SizeResult:
    """Every candidate on the same facts."""

    words: str
    payouts: int
    deposits: int
    links: int
    """True pairs in the data: what a perfect matcher would find, and the unit of 'pairs per second'."""
    rounds: int
    facts_mebibytes: float | None
    """Peak of the process before the first candidate ran."""
    peak_mebibytes: float | None
    measured: dict[str, Measured]


@attrs.frozen(kw_only=True)
class MatchingReport:
    """All sizes."""

    sizes: tuple[SizeResult, ...]
    equal_amounts: tuple[tuple[SizeResult, ...], ...]
    engine: str
    control: str
    engine_twice: str
    join: str
    duckdb_installed: bool

    def rejected(self) -> tuple[str, ...]:
        """Sizes whose control drifted too far for the figures to mean anything."""
        every = (*self.sizes, *(result for results in self.equal_amounts for result in results))
        return tuple(result.words for result in every if result.measured[self.control].drift > DRIFT_MOST)

    def exponent(self, results: tuple[SizeResult, ...], name: str, *, of_cpu: bool = False) -> float | None:
        """Growth of the median between the smallest and the largest size: 1 is linear, 2 quadratic."""
        having = [result for result in results if name in result.measured]
        if len(having) < 2 or having[0].payouts == having[-1].payouts:
            return None
        first, last = having[0], having[-1]
        if of_cpu:
            time = last.measured[name].median_cpu_seconds / first.measured[name].median_cpu_seconds
        else:
            time = last.measured[name].median_seconds / first.measured[name].median_seconds
        return math.log(time) / math.log(last.payouts / first.payouts)

    def render(self, console: Console) -> None:
        """Prints the tables: coloured on a terminal, plain otherwise."""
        console.print(METHOD)
        for results in (*self.equal_amounts, self.sizes):
            for result in results:
                console.print(self._size_table(result))
            if results:
                console.print(self._exponents(f"Growth exponents, {results[0].words.split(',')[0]}", results))
        console.print(self._in_short())
        if not self.duckdb_installed:
            console.print("DuckDB is not installed, so there is no join to compare with: pip install 'tieout[bench]'")
        for words in self.rejected():
            console.print(f"REJECTED: {words}: the control drifted by more than {DRIFT_MOST:.0%} between rounds")

    def as_text(self) -> str:
        """The same as plain text."""
        out = io.StringIO()
        self.render(Console(file=out, width=150, force_terminal=False, color_system=None))
        return out.getvalue()

    def _size_table(self, result: SizeResult) -> Table:
        memory = ""
        if result.peak_mebibytes is not None and result.facts_mebibytes is not None:
            memory = (
                f"; memory {result.facts_mebibytes:,.0f} MiB with the facts, {result.peak_mebibytes:,.0f} at the peak"
            )
        drift = result.measured[self.control].drift
        title = (
            f"{result.words}, {result.deposits:,} bank lines, {result.rounds} rounds{memory}; control drift {drift:.0%}"
        )
        table = Table(title=title, title_justify="left")
        for heading in ("candidate", "median s", "worst s", "CPU s", "pairs/s", "× greedy", "× DuckDB"):
            table.add_column(heading, justify="left" if heading == "candidate" else "right")
        for name, measured in result.measured.items():
            table.add_row(
                name,
                f"{measured.median_seconds:.4f}",
                f"{measured.worst_seconds:.4f}",
                f"{measured.median_cpu_seconds:.4f}",
                f"{result.links / measured.median_seconds:,.0f}",
                self._speed(result, self.control, measured),
                self._speed(result, self.join, measured),
            )
        return table

    def _in_short(self) -> str:
        """What the benchmark is asked for, at the largest size."""
        if not self.sizes or self.engine not in self.sizes[-1].measured:
            return ""
        largest = self.sizes[-1]
        engine = largest.measured[self.engine]
        lines = [
            f"In short, {largest.words}:",
            f"  speed ÷ greedy first fit   {self._speed(largest, self.control, engine)}",
            f"  speed ÷ DuckDB hash join   {self._speed(largest, self.join, engine)}",
            f"    in two processes         {self._twice(largest)}",
            f"  pairs per second           {largest.links / engine.median_seconds:,.0f}",
            f"  CPU-seconds                {engine.median_cpu_seconds:.2f}",
        ]
        if largest.peak_mebibytes is not None:
            lines.append(f"  peak memory                {largest.peak_mebibytes:,.0f} MiB")
        for results in (self.sizes, *self.equal_amounts):
            exponent = self.exponent(results, self.engine)
            if exponent is not None:
                words = f"growth exponent, {results[0].words.split(',')[0]}"
                lines.append(f"  {words}: {exponent:.2f} (CPU {self.exponent(results, self.engine, of_cpu=True):.2f})")
        return "\n".join(lines) + "\n"

    def _twice(self, result: SizeResult) -> str:
        twice = result.measured.get(self.engine_twice)
        return "–" if twice is None else self._speed(result, self.join, twice)

    @staticmethod
    def _speed(result: SizeResult, yardstick: str, measured: Measured) -> str:
        if yardstick not in result.measured:
            return "–"
        return f"{result.measured[yardstick].median_seconds / measured.median_seconds:.4f}"

    def _exponents(self, title: str, results: tuple[SizeResult, ...]) -> str:
        parts = []
        for name in (self.engine, self.control, self.join):
            exponent, of_cpu = self.exponent(results, name), self.exponent(results, name, of_cpu=True)
            if exponent is not None:
                parts.append(f"{name} {exponent:.2f} (CPU {of_cpu:.2f})")
        return f"{title}: {', '.join(parts) or 'needs two sizes'}\n"
