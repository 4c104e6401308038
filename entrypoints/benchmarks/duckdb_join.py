"""The yardstick of `tieout bench matching`: a hash join of the same payouts and lines in DuckDB, on two threads."""

import csv
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

from domain.bank_deposit import BankDepositStatus
from entrypoints.benchmarks.matching_data import Company

_COLUMNS = "{'company': 'INTEGER', 'id': 'VARCHAR', 'currency': 'VARCHAR', 'amount': 'BIGINT', 'day': 'INTEGER'}"
_JOIN = """
CREATE OR REPLACE TABLE joined AS
SELECT payouts.id AS payout, deposits.id AS deposit, abs(deposits.day - payouts.day) AS gap
FROM payouts JOIN deposits
  ON payouts.company = deposits.company AND payouts.currency = deposits.currency AND payouts.amount = deposits.amount
 AND deposits.day BETWEEN payouts.day - 3 AND payouts.day + 3
"""


def is_installed() -> bool:
    """DuckDB is there; it comes with `pip install 'tieout[bench]'`."""
    return importlib.util.find_spec("duckdb") is not None


class DuckdbJoin:
    """Holds the tables; `run` joins them."""

    def __init__(self, companies: list[Company]) -> None:
        import duckdb

        self._connection: Any = duckdb.connect(":memory:", config={"threads": 2})
        with tempfile.TemporaryDirectory() as folder:
            for table, rows in (("payouts", _payout_rows(companies)), ("deposits", _deposit_rows(companies))):
                path = Path(folder) / f"{table}.csv"
                with path.open("w", newline="", encoding="utf-8") as out:
                    csv.writer(out).writerows(rows)
                self._connection.execute(
                    f"CREATE TABLE {table} AS SELECT * FROM read_csv(?, header=false, columns={_COLUMNS})",  # noqa: S608
                    [str(path)],
                )

    def run(self) -> None:
        """Joins, and keeps the result as a table."""
        self._connection.execute(_JOIN)

    def close(self) -> None:
        """Frees the tables."""
        self._connection.close()


def _payout_rows(companies: list[Company]) -> list[tuple[object, ...]]:
    return [
        (number, each.id, each.amount.currency.code, each.amount.minor_units, each.arrival_date.toordinal())
        for number, company in enumerate(companies)
        for each in company.facts.payouts
        if not each.came_back and each.amount
    ]


def _deposit_rows(companies: list[Company]) -> list[tuple[object, ...]]:
    return [
        (number, each.id, each.amount.currency.code, each.amount.minor_units, each.date.toordinal())
        for number, company in enumerate(companies)
        for each in company.facts.deposits
        if each.status is BankDepositStatus.POSTED
    ]
