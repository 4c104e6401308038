"""Small input files for runs of the command line, and a way to run it."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-c", "import sys; from entrypoints.command_line import main; sys.exit(main())"]

Record = dict[str, Any]


def tieout(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder, as from a shell whose output is not a terminal."""
    return subprocess.run(
        [*RUN, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def seconds(day: str) -> int:
    """Unix seconds of a day's first moment, in UTC."""
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())


def payout(id: str, amount: int, arrives: str, **others: Any) -> Record:
    """A payout as Stripe's API gives it."""
    return {
        "id": id,
        "object": "payout",
        "amount": amount,
        "currency": "usd",
        "arrival_date": seconds(arrives),
        "created": seconds(arrives) - 2 * 86_400,
        "automatic": True,
        "balance_transaction": f"txn_of_{id}",
        "destination": "ba_1",
        "livemode": False,
        "method": "standard",
        "reconciliation_status": "completed",
        "status": "paid",
        "type": "bank_account",
        **others,
    }


def transaction(id: str, amount: int, fee: int = 0, *, on: str = "2026-06-01", **others: Any) -> Record:
    """A balance transaction as Stripe's API gives it."""
    return {
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "fee": fee,
        "net": amount - fee,
        "currency": "usd",
        "created": seconds(on),
        "available_on": seconds(on),
        "status": "available",
        "type": "charge",
        "reporting_category": "charge",
        "source": f"ch_{id}",
        **others,
    }


def own(payout: Record) -> Record:
    """The payout's own transaction."""
    return transaction(
        payout["balance_transaction"],
        -payout["amount"],
        type="payout",
        reporting_category="payout",
        source=payout["id"],
    )


def write_json(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_bank(path: Path, *lines: tuple[str, str, str]) -> Path:
    """A bank's CSV: day, text, amount."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Date", "Description", "Amount", "Currency"))
        writer.writerows((*line, "USD") for line in lines)
    return path


def first_payout(folder: Path) -> tuple[Path, Path, Path]:
    """The company's first payout: four payments of 1,000.00 less 25.00 each, less 10.00 given."""
    sent = payout("po_1", 3890_00, "2026-06-10")
    payments = [transaction(f"txn_{n}", 1000_00, 25_00) for n in range(4)]
    climate = transaction("txn_climate", -10_00, type="contribution", reporting_category="contribution")
    return (
        write_json(folder / "payouts.json", {"object": "list", "data": [sent], "has_more": False}),
        write_json(folder / "items.json", {"payout": "po_1", "data": [*payments, climate, own(sent)]}),
        write_bank(
            folder / "bank.csv",
            ("2026-06-10", "STRIPE TRANSFER ST-A1B2C3D4E5F6", "3890.00"),
            ("2026-06-12", "CARD PURCHASE COFFEE", "-4.50"),
        ),
    )


def report_of(path: Path) -> Record:
    content: Record = json.loads(path.read_text(encoding="utf-8"))
    return content
