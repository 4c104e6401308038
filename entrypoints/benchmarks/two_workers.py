"""The engine in two processes that share the facts in memory: companies are independent of each other."""

import multiprocessing
import warnings
from collections.abc import Sequence
from multiprocessing.pool import Pool

from domain.matching.deposit_matching import decide_deposits
from entrypoints.benchmarks.matching_data import Company

_companies: Sequence[Company] = ()


class TwoWorkers:
    """Two forked processes, started before anything is timed; each run decides all companies, shared between them."""

    def __init__(self, pool: Pool, count: int) -> None:
        self._pool = pool
        self._count = count

    def run(self) -> None:
        """Decide every company once."""
        sum(self._pool.imap_unordered(_decide_one, range(self._count)))

    def close(self) -> None:
        """End both processes."""
        self._pool.terminate()
        self._pool.join()


def two_workers(companies: Sequence[Company]) -> TwoWorkers | None:
    """Workers for these companies; None where processes cannot be forked, or there are too few companies to share."""
    global _companies
    if "fork" not in multiprocessing.get_all_start_methods() or len(companies) < 2:
        return None
    _companies = companies
    with warnings.catch_warnings():  # newer Pythons warn of threads; the children run no code of another library
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = multiprocessing.get_context("fork").Pool(2)
    return TwoWorkers(pool, len(companies))


def _decide_one(index: int) -> int:
    company = _companies[index]
    return len(decide_deposits(company.facts, as_of=company.as_of).findings)
