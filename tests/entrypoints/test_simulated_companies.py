"""Companies of the simulator, whole: every certificate holds, and their files in every format give a proof."""

import json
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from adapters.simulator.balance_items import ItemsLaw, make_books
from adapters.simulator.profiles import PROFILES, company_of
from adapters.simulator.world_files import (
    balance_transactions_by_payout_json,
    bank_csv,
    itemized_csv,
    payouts_csv,
    payouts_json,
    plaid_sync_json,
)
from domain.company_facts import CompanyFacts
from domain.completeness import certify
from domain.matching.deposit_matching import reconcile_deposits
from domain.payout_breakdown import break_down_payouts
from entrypoints.command_line import main


def company(profile: str, index: int, law: ItemsLaw | None = None) -> CompanyFacts:
    facts = company_of(profile, 11, index, decide=False).facts
    books = make_books(facts.payouts, f"{profile} {index}", law)
    return attrs.evolve(facts, balance_transactions=books.items)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_certificate_holds(profile: str) -> None:
    facts = company(profile, 0)
    as_of = company_of(profile, 11, 0, decide=False).as_of

    reconciliation, breakdowns = reconcile_deposits(facts, as_of=as_of), break_down_payouts(facts)

    certificate = certify(facts, reconciliation, breakdowns)
    assert certificate.without_one_outcome == ()
    assert certificate.unbalanced_matches == ()
    assert certificate.holds


def test_planted_faults_are_never_green() -> None:
    facts = company_of("everyday", 11, 0, decide=False).facts
    books = make_books(facts.payouts, "planted", ItemsLaw(planted=0.3))

    breakdowns = break_down_payouts(attrs.evolve(facts, balance_transactions=books.items))

    assert books.planted
    green = {breakdown.payout for breakdown in breakdowns.payouts if breakdown.adds_up}
    assert not green & books.planted


Written = Callable[[CompanyFacts], dict[str, bytes]]

FORMATS: dict[str, Written] = {
    "api and bank csv": lambda facts: {
        "stripe-payouts.json": payouts_json(facts.payouts),
        "stripe-items.json": balance_transactions_by_payout_json(facts.balance_transactions),
        "bank.csv": bank_csv(facts.deposits),
    },
    "dashboard, itemised report and plaid": lambda facts: {
        "stripe-payouts.csv": payouts_csv(facts.payouts),
        "stripe-items.csv": itemized_csv(facts.payouts, facts.balance_transactions),
        "plaid.json": plaid_sync_json(facts),
    },
    "itemised report alone": lambda facts: {
        "stripe-items.csv": itemized_csv(facts.payouts, facts.balance_transactions),
        "plaid.json": plaid_sync_json(facts),
    },
}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_files_in_every_format_give_a_proof(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = FORMATS[format](company("everyday", 0))
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    stripe = [str(tmp_path / name) for name in files if name.startswith("stripe-")]
    bank = [str(tmp_path / name) for name in files if not name.startswith("stripe-")]

    status = main(["reconcile", "--stripe", *stripe, "--bank", *bank, "--out", str(tmp_path / "report.json")])

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert [proof["ties_out"] for proof in report["proof"].values()] == [True]
    outcomes = [payout["outcome"] for payout in report["payouts"]]
    assert outcomes.count("matched") > len(outcomes) * 0.8
    assert any(breakdown["items"] and not breakdown["remainder"]["minor_units"] for breakdown in report["breakdowns"])
