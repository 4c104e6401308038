"""The README promises what is so: its output is real, its example of a reader works, its commands are there."""

import re
from pathlib import Path
from typing import Any, ClassVar

import pytest

from entrypoints.command_line import main
from ports.facts_reader import FactsReader
from tests.ports.facts_reader_contract import FactsReaderContract

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return found[number]


def named_in_the_examples() -> dict[str, Any]:
    """What the two examples define: the second one uses the reader of the first."""
    names: dict[str, Any] = {}
    for number in (0, 1):
        exec(block("python", number), names)
    return names


EXAMPLES = named_in_the_examples()
# Collected under its own name, as it would be in the file of whoever copies it.
test_a_payout_waits_without_alarm_until_the_credit_union_reports_it = EXAMPLES[
    "test_a_payout_waits_without_alarm_until_the_credit_union_reports_it"
]


class TestTheReaderInTheReadme(FactsReaderContract):
    reader: ClassVar[FactsReader] = EXAMPLES["CreditUnionReader"]()
    good = b"CU|2026-06-30|1488.30|STRIPE TRANSFER\nCU|2026-06-29|-2850.00|RENT\n"

    def test_a_bad_line_is_a_break_and_the_rest_is_read(self) -> None:
        read = self.read(self.good + b"CU|2026-06-31|1.00|IMPOSSIBLE DAY\nCU|2026-06-30|1e3|ODD AMOUNT\n")

        assert [str(deposit.amount) for deposit in read.deposits] == ["1,488.30 usd", "-2,850.00 usd"]
        assert [found.where for found in read.breaks] == ["input:line 3", "input:line 4"]


def test_the_output_in_the_readme_is_real(capsys: pytest.CaptureFixture[str]) -> None:
    """Figures of the model may change with it; words may not."""
    assert main(("reconcile", "--example")) == 0

    assert told(block("text")) == told(capsys.readouterr().out)


def told(output: str) -> str:
    """On one line, without the example's folder and the model's own figures."""
    shown = re.sub(r"files are in \S+", "files are in …", output)
    return " ".join(re.sub(r"[\d.]+(?=%| nats)", "…", shown).split())


@pytest.mark.parametrize("file", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_files_that_the_readme_links_to_are_there(file: str) -> None:
    assert (ROOT / file).is_file()


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert len(README.splitlines()) <= 400
