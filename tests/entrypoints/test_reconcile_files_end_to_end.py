"""`tieout reconcile` from files to report, as a user runs it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.entrypoints.small_files import (
    ROOT,
    RUN,
    first_payout,
    own,
    payout,
    report_of,
    tieout,
    transaction,
    write_bank,
    write_json,
)


def test_a_companys_first_payout_is_matched_itemised_and_proved_to_the_cent(tmp_path: Path) -> None:
    first_payout(tmp_path)

    done = tieout(
        "reconcile", "--stripe", "payouts.json", "items.json", "--bank", "bank.csv", "--out", "report.json", "--strict",
        folder=tmp_path,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    report = report_of(tmp_path / "report.json")
    assert list(report) == [
        "as_of", "engine", "model", "inputs", "matches", "payouts", "deposits", "breakdowns", "balance_transactions",
        "breaks", "proof",
    ]  # fmt: skip
    assert report["as_of"] == "2026-06-12"
    assert report["breakdowns"] == [
        {
            "payout": "po_1",
            "currency": "usd",
            "items": 5,
            "gross": 399000,
            "fees": 10000,
            "net": 389000,
            "inferred": False,
            "remainder": {"minor_units": 0, "label": "none"},
        }
    ]
    (match,) = report["matches"]
    assert (match["status"], match["kind"], match["payouts"]) == ("matched", "one_to_one", ["po_1"])
    assert [found["outcome"] for found in report["deposits"]] == ["matched", "not_stripe"]
    assert {found["outcome"] for found in report["balance_transactions"]} == {"in_payout"}
    assert report["proof"]["usd"] == {
        "paid_out": 389000,
        "matched": 389000,
        "in_transit": 0,
        "late_or_missing": 0,
        "in_review": 0,
        "failed_or_canceled": 0,
        "ties_out": True,
    }
    assert report["breaks"] == []
    assert "Everything is explained." in done.stdout


def test_files_may_follow_one_option_or_each_its_own(tmp_path: Path) -> None:
    first_payout(tmp_path)
    bank = ("--bank", "bank.csv")

    together = tieout("reconcile", "--stripe", "payouts.json", "items.json", *bank, "--out", "a.json", folder=tmp_path)
    apart = tieout(
        "reconcile", *bank, "--stripe", "items.json", "--stripe", "payouts.json", "--out", "b.json", folder=tmp_path
    )

    assert (together.returncode, apart.returncode) == (0, 0)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert together.stdout.replace("a.json", "") == apart.stdout.replace("b.json", "")


def test_the_order_of_the_records_changes_no_byte_of_the_report(tmp_path: Path) -> None:
    sent = [payout(f"po_{n}", 1000_00 + n, f"2026-06-{10 + n}") for n in range(4)]
    items = [transaction(f"txn_{n}", 1000_00 + n, payout=f"po_{n}") for n in range(4)]
    records = [*sent, *items, *(own(found) for found in sent)]
    lines = [(f"2026-06-{10 + n}", "STRIPE TRANSFER", f"{1000 + n / 100:.2f}") for n in range(3)]
    written = []
    for name, order in (("forward", 1), ("backward", -1)):
        folder = tmp_path / name
        folder.mkdir()
        write_json(folder / "stripe.json", records[::order])
        write_bank(folder / "bank.csv", *lines)
        done = tieout(
            "reconcile", "--stripe", "stripe.json", "--bank", "bank.csv", "--out", "report.json", folder=folder
        )
        assert done.returncode == 0, done.stderr
        written.append((folder / "report.json").read_bytes())

    assert written[0] == written[1]


def test_a_payout_that_never_came_is_left_unexplained(tmp_path: Path) -> None:
    lost = payout("po_lost", 512_34, "2026-04-01")
    write_json(tmp_path / "stripe.json", [lost, transaction("txn_1", 512_34, payout="po_lost"), own(lost)])
    write_bank(tmp_path / "bank.csv", ("2026-03-20", "RENT", "-900.00"), ("2026-06-30", "RENT", "-900.00"))
    command = ("reconcile", "--stripe", "stripe.json", "--bank", "bank.csv")

    lenient, strict = tieout(*command, folder=tmp_path), tieout(*command, "--strict", folder=tmp_path)

    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert lenient.stdout == strict.stdout
    assert "Late or missing (1)" in strict.stdout
    assert "90 days ago" in strict.stdout


def test_one_bad_record_is_a_break_and_the_rest_goes_on(tmp_path: Path) -> None:
    payouts, items, bank = first_payout(tmp_path)
    bad = {**payout("po_2", 5, "2026-06-11"), "amount": 12.5}
    write_json(payouts, [*json.loads(payouts.read_text())["data"], bad])

    done = tieout("reconcile", "--stripe", payouts, items, "--bank", bank, "--out", "report.json", folder=tmp_path)

    report = report_of(tmp_path / "report.json")
    assert done.returncode == 0
    assert [found["kind"] for found in report["breaks"]] == ["unreadable_record"]
    assert [found["outcome"] for found in report["payouts"]] == ["matched"]


def test_a_file_given_twice_is_counted_once_and_said(tmp_path: Path) -> None:
    payouts, items, bank = first_payout(tmp_path)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(bank.read_bytes())
    given = ("--stripe", payouts, payouts, items, "--bank", bank, copy)

    done = tieout("reconcile", *given, "--out", "report.json", "--strict", folder=tmp_path)

    report = report_of(tmp_path / "report.json")
    assert done.returncode == 0
    assert [found["kind"] for found in report["breaks"]] == ["duplicate_file", "duplicate_file"]
    assert (len(report["payouts"]), len(report["deposits"])) == (1, 2)
    assert "duplicate file (2)" in done.stdout


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit status 2, nothing on standard output, and one line on standard error with these words."""
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("tieout: ")
    for word in words:
        assert word in line


@pytest.mark.parametrize(
    "content",
    ['{"object": "list", "data": [', "", "no such format\n1\n", "id,Amount\n", "\x00\x01\x02"],
    ids=["truncated", "empty", "unknown", "no usable header", "binary"],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    _, items, bank = first_payout(tmp_path)
    (tmp_path / "bad.json").write_text(content)

    refused(tieout("reconcile", "--stripe", "bad.json", items, "--bank", bank, folder=tmp_path), "bad.json: ")


def test_test_and_live_records_never_meet(tmp_path: Path) -> None:
    _, _, bank = first_payout(tmp_path)
    write_json(tmp_path / "a.json", [payout("po_1", 3890_00, "2026-06-10")])
    write_json(tmp_path / "b.json", [payout("po_2", 10, "2026-06-10", livemode=True)])

    refused(tieout("reconcile", "--stripe", "a.json", "b.json", "--bank", bank, folder=tmp_path), ".json: ", "live")


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    _, _, bank = first_payout(tmp_path)

    refused(
        tieout("reconcile", "--stripe", "absent.json", "--bank", bank, folder=tmp_path), "absent.json: whole file: "
    )
    refused(tieout("reconcile", "--stripe", tmp_path, "--bank", bank, folder=tmp_path), "whole file: ")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--stripe"),
        (("--stripe", "payouts.json"), "--bank"),
        (("--stripe", "--bank", "bank.csv"), "--stripe"),
        (("--strype", "payouts.json"), "Did you mean --stripe?"),
        (("payouts.json",), "payouts.json"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--as-of", "30/06/2026"), "--as-of"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--as-of", "2026-02-30"), "--as-of"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--bank-columns", "nonsense"), "--bank-columns"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--out", "no/such/folder/report.json"), "--out"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--out", "."), "--out"),
        (("--stripe", "payouts.json", "--bank", "bank.csv", "--out", "bank.csv"), "one of the inputs"),
        (("--example", "--bank", "bank.csv"), "--example"),
    ],
)
def test_a_command_that_cannot_be_done_is_refused_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    first_payout(tmp_path)

    refused(tieout("reconcile", *arguments, folder=tmp_path), word)


def test_records_without_any_date_need_one(tmp_path: Path) -> None:
    write_json(tmp_path / "stripe.json", {"object": "list", "data": [], "url": "/v1/payouts", "has_more": False})
    (tmp_path / "bank.csv").write_text("Date,Description,Amount,Currency\n")
    command = ("reconcile", "--stripe", "stripe.json", "--bank", "bank.csv")

    refused(tieout(*command, folder=tmp_path))
    assert tieout(*command, "--as-of", "2026-06-30", folder=tmp_path).returncode in (0, 2)


def test_whoever_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    payouts, items, bank = first_payout(tmp_path)
    arguments = ["reconcile", "--stripe", str(payouts), str(items), "--bank", str(bank)]

    with subprocess.Popen(
        [*RUN, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""


def test_the_example_runs_and_says_where_its_files_are(tmp_path: Path) -> None:
    done = tieout("reconcile", "--example", "--out", "report.json", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"The example's files are in {ROOT / 'entrypoints' / 'examples'}" in done.stdout
    report = report_of(tmp_path / "report.json")
    assert all(proof["ties_out"] for proof in report["proof"].values())
    assert {found["outcome"] for found in report["payouts"]} >= {"matched"}
    assert all(os.sep not in given["file"] for given in report["inputs"])


def test_no_line_of_the_summary_is_wider_than_a_plain_terminal(tmp_path: Path) -> None:
    done = tieout("reconcile", "--example", folder=tmp_path)
    summary = done.stdout.split("\nThe example's files")[0]

    assert max(map(len, summary.splitlines())) <= 80
    assert "\x1b" not in done.stdout
