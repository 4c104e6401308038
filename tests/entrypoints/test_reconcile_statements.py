"""`tieout reconcile` on bank statements that leave something open, or that come twice."""

import os
import stat
from collections import Counter
from pathlib import Path

import pytest

from tests.entrypoints.small_files import payout, report_of, tieout, write_json

DAYS = [f"2026-06-{day:02}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)]
AMOUNTS = [100_003 + 13_337 * number for number in range(len(DAYS))]
COMMAND = ("reconcile", "--stripe", "payouts.json", "--out", "report.json", "--bank")


def payouts(folder: Path) -> None:
    sent = [payout(f"po_{n}", AMOUNTS[n], DAYS[n]) for n in range(len(DAYS))]
    write_json(folder / "payouts.json", {"object": "list", "data": sent, "has_more": False})


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def csv_statement(folder: Path, headings: str = "Date,Description,Amount,Currency,Original currency") -> None:
    lines = [f"{day},STRIPE TRANSFER,{major(minor)},USD,EUR" for day, minor in zip(DAYS, AMOUNTS, strict=True)]
    rent = [f"{day},RENT {day},-12{day[-2:]}.00,USD,EUR" for day in DAYS]
    (folder / "bank.csv").write_text("\n".join([headings, *lines, *rent, ""]), encoding="utf-8")


def ofx_statement(folder: Path) -> None:
    told = [*zip(DAYS, AMOUNTS, strict=True), *((day, -120_000 - 100 * int(day[-2:])) for day in DAYS)]
    lines = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day.replace('-', '')}<TRNAMT>{minor / 100:.2f}<FITID>F{number}"
        f"<NAME>{'STRIPE' if minor > 0 else 'LANDLORD'}<MEMO>REF {number:05}</STMTTRN>"
        for number, (day, minor) in enumerate(told)
    )
    (folder / "bank.ofx").write_text(
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021000021"
        f"<ACCTID>4821<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>{lines}</BANKTRANLIST></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>",
        encoding="utf-8",
    )


def test_a_statement_whose_currency_is_read_from_the_wrong_column_is_left_for_a_person(tmp_path: Path) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path)

    right = tieout(*COMMAND, "bank.csv", folder=tmp_path)
    as_it_is = report_of(tmp_path / "report.json")
    wrong = tieout(*COMMAND, "bank.csv", "--bank-columns", "currency=Original currency", folder=tmp_path)
    misread = report_of(tmp_path / "report.json")

    assert (right.returncode, wrong.returncode) == (0, 0)
    assert {each["status"] for each in as_it_is["matches"]} == {"matched"}
    assert {(each["status"], each["kind"]) for each in misread["matches"]} == {("needs_review", "conversion")}
    assert len(misread["matches"]) == len(DAYS)
    assert misread["proof"]["usd"]["matched"] == 0
    assert "see whether the statement's currency is right" in " ".join(wrong.stdout.split())


def test_one_account_given_in_two_formats_counts_once_and_the_summary_says_so(tmp_path: Path) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path)
    ofx_statement(tmp_path)

    done = tieout(*COMMAND, "bank.csv", "bank.ofx", "--strict", folder=tmp_path)

    report = report_of(tmp_path / "report.json")
    assert {each["outcome"] for each in report["payouts"]} == {"matched"}
    assert Counter(each["outcome"] for each in report["deposits"])["duplicate"] == 20
    assert Counter(each["kind"] for each in report["breaks"])["duplicate_feed"] == 1
    assert "20 of 40 lines came twice and count once" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (
            "Wann,Was,Wieviel,Womit,Woher",
            "bank.csv: line 1: none of its headings is known here: “Wann”, “Was”, “Wieviel”, “Womit”, “Woher”; "
            "say it with --bank-columns date=…,amount=…,text=…",
        ),
        (
            "Wann,Description,Amount,Currency,Woher",
            "bank.csv: line 1: no heading row with a column for date; best guess: “Wann”, “Description”, “Amount”, "
            "“Currency”, “Woher”; say it with --bank-columns date=…,amount=Amount,text=Description",
        ),
        (
            "Date,Description,Amount,Woher,Wohin",
            "",
        ),
    ],
)
def test_headings_that_nobody_knows_are_refused_with_the_option_that_names_them(
    tmp_path: Path, headings: str, said: str
) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path, headings)

    done = tieout(*COMMAND, "bank.csv", folder=tmp_path)

    assert (done.returncode, done.stderr) == ((2, f"tieout: {said}\n") if said else (0, ""))


def test_what_the_message_suggests_makes_the_file_readable(tmp_path: Path) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path, "Wann,Was,Wieviel,Womit,Woher")

    done = tieout(
        *COMMAND, "bank.csv", "--bank-columns", "date=Wann,amount=Wieviel,text=Was,currency=Womit", folder=tmp_path
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert {each["outcome"] for each in report_of(tmp_path / "report.json")["payouts"]} == {"matched"}


def test_the_report_notes_of_each_input_what_the_terminal_shows(tmp_path: Path) -> None:
    payouts(tmp_path)
    (tmp_path / "bank.csv").write_text("Date,Description,Amount\n2026-06-01,STRIPE,1.234\n", encoding="utf-8")

    done = tieout(*COMMAND, "bank.csv", folder=tmp_path)

    (notes,) = [each["notes"] for each in report_of(tmp_path / "report.json")["inputs"] if each["file"] == "bank.csv"]
    assert notes == [
        "names no currency: taken to be USD, as the payouts are",
        "no amount shows decimals: a mark before three digits is taken to set thousands apart, in USD",
    ]
    assert all(note in " ".join(done.stdout.split()) for note in notes)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_new_report_has_the_mode_that_the_umask_leaves_it(tmp_path: Path, umask: int, mode: int) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path)
    before = os.umask(umask)
    try:
        tieout(*COMMAND, "bank.csv", folder=tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_report_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    payouts(tmp_path)
    csv_statement(tmp_path)
    (tmp_path / "report.json").touch(mode=0o600)

    tieout(*COMMAND, "bank.csv", folder=tmp_path)

    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
