"""`tieout bench matching`: the engine beside a greedy first fit in plain Python and a DuckDB hash join, in one run.

Candidates take turns, round by round, on the same facts in memory. Times are medians, with the worst beside them. The
cyclic garbage collector rests while a candidate runs, for all alike, as in the timeit module. The engine decides; it
does not render explanations, which are made when asked for. It uses one thread; beside DuckDB's two, it is also run in
two processes, company by company. A run whose control (the greedy first fit) drifts by
more than 15 % between rounds is marked as rejected. Small sets come first: the peak of memory never falls again.
"""

import gc
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from domain.matching.deposit_matching import decide_deposits
from entrypoints.benchmarks import duckdb_join
from entrypoints.benchmarks.matching_data import Company, all_equal, hard_mix
from entrypoints.benchmarks.matching_report import MatchingReport, Measured, SizeResult
from entrypoints.benchmarks.replicas import first_fit
from entrypoints.benchmarks.two_workers import two_workers

ENGINE: Final = "tieout"
CONTROL: Final = "greedy first fit ±3, plain Python"
ENGINE_TWICE: Final = "tieout, 2 processes"
JOIN: Final = "DuckDB hash join, 2 threads"
_SAMPLE_SECONDS: Final = 0.25
"""A sample repeats its work until it lasts so long, so that small sizes are not drowned in noise."""

Progress = Callable[[str, int, int], None]
"""Called with what is being measured, rounds done and rounds wanted."""


def run_matching(
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000),
    rounds: int = 7,
    seed: int = 1,
    progress: Progress | None = None,
    equal_sizes: tuple[int, ...] = (10_000, 100_000),
) -> MatchingReport:
    """Measures the hard mix at each size, and sets of equal amounts, spread over two years and all on one day."""
    equal: list[tuple[SizeResult, ...]] = []
    for one_day, words in ((False, "$100.00 over two years"), (True, "$100.00 on one day")):
        equal.append(
            tuple(
                _measure(
                    f"{words}, {size:,} payouts", [all_equal(size, one_day=one_day)], min(rounds, 3), False, progress
                )
                for size in equal_sizes
            )
        )
    results = [
        _measure(f"hard mix, {size:,} payouts", hard_mix(size, seed), _rounds(size, rounds), True, progress)
        for size in sorted(sizes)
    ]
    return MatchingReport(
        sizes=tuple(results),
        equal_amounts=tuple(equal),
        engine=ENGINE,
        control=CONTROL,
        engine_twice=ENGINE_TWICE,
        join=JOIN,
        duckdb_installed=duckdb_join.is_installed(),
    )


def _rounds(size: int, rounds: int) -> int:
    return rounds if size < 100_000 else min(rounds, 5 if size < 1_000_000 else 3)


def _measure(
    words: str, companies: list[Company], rounds: int, with_join: bool, progress: Progress | None
) -> SizeResult:
    gc.collect()
    gc.freeze()
    workers = two_workers(companies) if with_join else None  # before DuckDB starts its threads
    join = duckdb_join.DuckdbJoin(companies) if with_join and duckdb_join.is_installed() else None
    candidates: dict[str, Callable[[], None]] = {
        ENGINE: lambda: _decide(companies),
        CONTROL: lambda: _greedy(companies),
    }
    if join is not None:
        candidates[JOIN] = join.run
    if workers is not None:
        candidates[ENGINE_TWICE] = workers.run
    facts_mebibytes = _peak_mebibytes()
    try:
        is_long = sum(len(company.facts.payouts) for company in companies) >= 90_000
        repeats = {
            name: 1 if is_long and name in (ENGINE, ENGINE_TWICE) else _repeats(candidate)
            for name, candidate in candidates.items()
        }
        samples: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
        for number in range(rounds):
            for name, candidate in candidates.items():
                samples[name].append(_sample(candidate, repeats[name]))
            if progress is not None:
                progress(words, number + 1, rounds)
    finally:
        gc.unfreeze()
        if join is not None:
            join.close()
        if workers is not None:
            workers.close()
    return SizeResult(
        words=words,
        payouts=sum(len(company.facts.payouts) for company in companies),
        deposits=sum(len(company.facts.deposits) for company in companies),
        links=sum(company.links for company in companies),
        rounds=rounds,
        facts_mebibytes=facts_mebibytes,
        peak_mebibytes=_peak_mebibytes(),
        measured={name: _measured(taken) for name, taken in samples.items()},
    )


def _decide(companies: list[Company]) -> None:
    for company in companies:
        decide_deposits(company.facts, as_of=company.as_of)


def _greedy(companies: list[Company]) -> None:
    for company in companies:
        first_fit(company.facts, 3)


def _repeats(candidate: Callable[[], None]) -> int:
    """A first run, not counted, that says how often a sample repeats its work."""
    seconds, _ = _sample(candidate, 1)
    return max(1, round(_SAMPLE_SECONDS / max(seconds, 1e-6)))


def _sample(candidate: Callable[[], None], repeats: int) -> tuple[float, float]:
    """Seconds on the clock and of the processor, for one run."""
    gc.collect()
    gc.disable()
    try:
        processor, clock = time.process_time(), time.perf_counter()
        for _ in range(repeats):
            candidate()
        return (time.perf_counter() - clock) / repeats, (time.process_time() - processor) / repeats
    finally:
        gc.enable()


def _measured(samples: list[tuple[float, float]]) -> Measured:
    seconds = [clock for clock, _ in samples]
    return Measured(
        median_seconds=median(seconds),
        worst_seconds=max(seconds),
        best_seconds=min(seconds),
        median_cpu_seconds=median(cpu for _, cpu in samples),
    )


def _peak_mebibytes() -> float | None:
    """The most memory that this process has held so far; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
