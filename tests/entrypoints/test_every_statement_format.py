"""One company's month at the bank in every format: by the command line and by the API, the same comes of it."""

from datetime import date
from pathlib import Path

import pytest

from domain.money import Currency, Money
from tests.entrypoints.http.test_facts_by_http import partner
from tests.entrypoints.small_files import first_payout, report_of, tieout
from tests.strategies.bank_statements import MadeLine, MadeStatement, bai2, camt053, mt940, ofx

USD = Currency.of("usd")
MONTH = MadeStatement(
    account="DE89370400440532013000",
    number=6,
    opening=Money(100_00, USD),
    opened_on=date(2026, 6, 9),
    closed_on=date(2026, 6, 10),
    lines=(
        MadeLine(
            amount=Money(3890_00, USD), day=date(2026, 6, 10), text="STRIPE TRANSFER ST-A1B2C3D4E5F6", reference="R001"
        ),
        MadeLine(amount=Money(-4_50, USD), day=date(2026, 6, 10), text="CARD PURCHASE COFFEE", reference=""),
    ),
)
FORMATS = {
    "CAMT.053 statement": camt053(MONTH),
    "MT940 statement": mt940(MONTH),
    "BAI2 statement": bai2(MONTH),
    "OFX statement": ofx(MONTH),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_command_line_takes_it(kind: str, tmp_path: Path) -> None:
    first_payout(tmp_path)
    (tmp_path / "bank").write_bytes(FORMATS[kind])

    done = tieout(
        "reconcile", "--stripe", "payouts.json", "items.json", "--bank", "bank", "--out", "report.json", "--strict",
        folder=tmp_path,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    report = report_of(tmp_path / "report.json")
    assert [each["kind"] for each in report["inputs"] if each["file"] == "bank"] == [kind]
    assert [(each["status"], each["payouts"]) for each in report["matches"]] == [("matched", ["po_1"])]
    assert sorted(each["outcome"] for each in report["deposits"]) == ["matched", "not_stripe"]
    assert report["breaks"] == []


@pytest.mark.parametrize("kind", ["CAMT.053 statement", "MT940 statement", "BAI2 statement"])
def test_a_statement_that_does_not_add_up_leaves_something_unexplained(kind: str, tmp_path: Path) -> None:
    first_payout(tmp_path)
    content = FORMATS[kind]
    for written in (b"3985.50", b"3985,50", b"398550"):
        content = content.replace(written, written.replace(b"98", b"97"))
    (tmp_path / "bank").write_bytes(content)

    done = tieout(
        "reconcile", "--stripe", "payouts.json", "items.json", "--bank", "bank", "--out", "report.json", "--strict",
        folder=tmp_path,
    )  # fmt: skip

    assert done.returncode == 1
    kinds = [each["kind"] for each in report_of(tmp_path / "report.json")["breaks"]]
    assert set(kinds) == {"statement_does_not_add_up"}
    assert "closes with" in done.stdout


async def test_the_api_takes_each_and_counts_the_same_lines_once() -> None:
    async with partner() as we:
        answers = [
            (kind, await we.ask("POST", "./bank/statements", params={"file": "june"}, data=content))
            for kind, content in FORMATS.items()
        ]
        _, lines = await we.ask("GET", "./deposits")
        _, accounts = await we.ask("GET", "./bank/accounts")

    assert [(status, body["kind"]) for _, (status, body) in answers] == [(200, kind) for kind in FORMATS]
    assert [(body["new"], body["known"], body["breaks"]) for _, (_, body) in answers] == [
        (2, 0, []), (0, 2, []), (0, 2, []), (0, 2, []),
    ]  # fmt: skip
    assert len(lines["data"]) == 2
    assert len(accounts["data"]) == 1
