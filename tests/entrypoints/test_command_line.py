"""The command line itself: help, version, and what is imported for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.command_line import main, version
from tests.entrypoints.small_files import ROOT, RUN, tieout


def test_the_version_is_said(tmp_path: Path) -> None:
    done = tieout("--version", folder=tmp_path)

    assert (done.returncode, done.stdout) == (0, f"{version()}\n")


@pytest.mark.parametrize("arguments", [("--help",), ("reconcile", "--help"), ("bench", "--help"), ()])
def test_help_comes_with_an_example(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    said = capsys.readouterr()

    assert "Usage: tieout" in said.out
    assert said.err == ""


def test_the_help_of_reconcile_shows_a_whole_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(("reconcile", "--help"))

    assert "tieout reconcile --stripe payouts.csv items.json --bank june.ofx" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reconcil",), 'Unknown command "reconcil". Did you mean "reconcile"?'),
        (("bench", "accuracy", "--payouts", "0"), "--payouts"),
        (("bench", "accuracy", "--payouts", "many"), "--payouts"),
        (("bench", "accuracy", "--profiles", "no_such_profile"), "--profiles: no profile 'no_such_profile'"),
        (("bench", "matching", "--rounds", "0"), "--rounds"),
    ],
)
def test_a_mistake_is_answered_in_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    answer = capsys.readouterr()

    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("tieout: ")
    assert said in line


def test_the_command_line_imports_nothing_slow_before_it_is_needed() -> None:
    slow = ("holidays", "duckdb", "domain.matching", "entrypoints.benchmarks", "adapters", "rich.progress")
    asked = f"import sys, entrypoints.command_line; print([m for m in {slow!r} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_refusal_that_cannot_be_written_is_still_in_the_status(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*RUN, "no-such-command"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=full,
            check=False,
        )

    assert done.returncode == 2
