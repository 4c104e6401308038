"""`tieout bench accuracy`: the engine and the replicas of others' rules over worlds whose truth is known."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from multiprocessing import get_context
from operator import add
from typing import Final

import attrs

from adapters.simulator.profiles import PROFILES, company_of
from domain.matching.deposit_matching import reconcile_deposits
from domain.reconciliation_match import MatchStatus, ReconciliationMatch
from entrypoints.benchmarks.accuracy_report import AccuracyReport, ProfileResult
from entrypoints.benchmarks.replicas import REPLICAS, Pairing
from entrypoints.benchmarks.scoring import BINS, Referee, Reliability, Tally

ENGINE: Final = "tieout"
Progress = Callable[[str, int, int], None]
"""Called with the profile's name, payouts done and payouts wanted, over all profiles."""


class UnknownProfile(ValueError):
    """There is no profile of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no profile {name!r}; there are: {', '.join(PROFILES)}")
        self.name = name


@attrs.frozen
class _Part:
    """Some companies of one profile, judged."""

    tallies: dict[str, Tally]
    reliability: tuple[Reliability, ...]
    companies: int

    @property
    def payouts(self) -> int:
        return self.tallies[ENGINE].payouts


def run_accuracy(
    payouts: int = 100_000,
    seed: int = 1,
    profiles: tuple[str, ...] | None = None,
    progress: Progress | None = None,
    workers: int = 2,
) -> AccuracyReport:
    """Judges every rule on at least so many payouts, spread evenly over the profiles. Raises UnknownProfile.

    The same arguments give the same report, whatever the number of worker processes.
    """
    names = profiles or tuple(PROFILES)
    for name in names:
        if name not in PROFILES:
            raise UnknownProfile(name)
    wanted, done, results = -(-payouts // len(names)), 0, []
    # Spawned, not forked: a progress bar's thread must not be copied half-way through its work.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    try:
        for name in names:
            parts: list[_Part] = []
            for part in _parts(name, seed, wanted, pool, workers):
                parts.append(part)
                if progress is not None:
                    progress(name, min(wanted, sum(each.payouts for each in parts)) + done, wanted * len(names))
            done += wanted
            results.append(_result(name, parts))
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    return AccuracyReport(
        payouts=sum(result.tallies[ENGINE].payouts for result in results), seed=seed, profiles=tuple(results)
    )


def _parts(profile: str, seed: int, wanted: int, pool: ProcessPoolExecutor | None, workers: int) -> Iterator[_Part]:
    """Parts in order until there are enough payouts. Parts begun in advance and not needed are dropped."""
    size = max(1, min(1_000, wanted) // PROFILES[profile].typical_payouts)
    index, made = 0, 0
    if pool is None:
        while made < wanted:
            part = _judge(profile, seed, index, size)
            index, made = index + size, made + part.payouts
            yield part
        return
    waiting = [pool.submit(_judge, profile, seed, place * size, size) for place in range(workers + 1)]
    index = len(waiting) * size
    while made < wanted:
        part = waiting.pop(0).result()
        made += part.payouts
        if made + len(waiting) * part.payouts < wanted or not waiting:
            waiting.append(pool.submit(_judge, profile, seed, index, size))
            index += size
        yield part
    for future in waiting:
        future.cancel()


def _judge(profile: str, seed: int, first: int, count: int) -> _Part:
    tallies: dict[str, list[Tally]] = {ENGINE: [], **{replica.name: [] for replica in REPLICAS}}
    reliability = [Reliability() for _ in BINS[1:]]
    for index in range(first, first + count):
        world = company_of(profile, seed, index)
        referee = Referee(world)
        reconciliation = reconcile_deposits(world.facts, as_of=world.as_of)
        automatic = [_pairing(match) for match in reconciliation.matches if match.status is MatchStatus.MATCHED]
        tallies[ENGINE].append(referee.tally(automatic, review=len(reconciliation.matches) - len(automatic)))
        for match in reconciliation.matches:
            place = _bin(match.probability)
            right = referee.links_inside(_pairing(match)) is not None
            reliability[place] += Reliability(count=1, right=int(right), stated=match.probability)
        for replica in REPLICAS:
            tallies[replica.name].append(referee.tally(replica.pair(world.facts)))
    sums = {name: reduce(add, parts, Tally()) for name, parts in tallies.items()}
    return _Part(sums, tuple(reliability), count)


def _pairing(match: ReconciliationMatch) -> Pairing:
    return match.payouts, match.deposits


def _bin(probability: float) -> int:
    return next((place for place, edge in enumerate(BINS[1:-1]) if probability < edge), len(BINS) - 2)


def _result(name: str, parts: list[_Part]) -> ProfileResult:
    tallies = {
        rule: reduce(add, (part.tallies[rule] for part in parts), Tally())
        for rule in (ENGINE, *(replica.name for replica in REPLICAS))
    }
    reliability = tuple(
        reduce(add, (part.reliability[place] for part in parts), Reliability()) for place in range(len(BINS) - 1)
    )
    return ProfileResult(
        name=name,
        says=PROFILES[name].says,
        companies=sum(part.companies for part in parts),
        unlike_defaults=PROFILES[name].unlike_defaults,
        tallies=tallies,
        reliability=reliability,
    )
