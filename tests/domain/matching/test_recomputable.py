"""Law: every match can be recomputed from itself, and from the report alone."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.simulator.profiles import PROFILES, company_of
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import decide_deposits, reconcile_deposits
from domain.matching.explanation import items_of
from domain.matching.finding import GATE_MILLINATS, GATE_PROBABILITY
from domain.matching.log_odds import probability_of
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import Reconciliation
from entrypoints.report import render_report
from tests.entrypoints.reconciled import reconciled
from tests.strategies.company_facts import AS_OF_DAYS, small_companies

Json = dict[str, Any]
DOUBT = ("Left for a person: another explanation is just as likely", "it is not sure enough")


def probability(worth: int, rivals: list[int]) -> float:
    """From what the match is worth, and its rivals: a rival worth less than nothing is part of being unmatched."""
    return probability_of([worth, *(worth - rival for rival in rivals if rival > 0)])


def check_that_the_report_gives_the_same_integers(match: Json) -> None:
    worth = sum(item["millinats"] for item in match["evidence"])
    rivals = [sum(item["millinats"] for item in rival["evidence"]) for rival in match["alternatives"]]

    assert match["margin_millinats"] == worth - max(0, *rivals, 0)
    assert match["probability"] == (probability(worth, rivals) if match["evidence"] else 0.0)
    sure = match["margin_millinats"] >= GATE_MILLINATS and match["probability"] >= GATE_PROBABILITY
    if match["status"] == "matched":
        assert sure
    else:
        assert match["status"] == "needs_review"
        assert "Left for a person: " in match["explanation"]
        assert not (sure and any(words in match["explanation"] for words in DOUBT)), "a reason must be given"


def as_json(facts: CompanyFacts, found: Reconciliation) -> Json:
    parsed: Json = json.loads(render_report(reconciled(facts, found), engine="tieout"))
    return parsed


@given(small_companies(), AS_OF_DAYS)
@settings(max_examples=150)
def test_every_match_is_recomputable_from_itself(company: CompanyFacts, as_of: date) -> None:
    decided = decide_deposits(company, as_of=as_of)

    for finding, match in zip(
        sorted(decided.findings, key=lambda each: each.sort_key),
        sorted(decided.matches(), key=lambda each: (each.payouts, each.deposits)),
        strict=True,
    ):
        worth = sum(item.millinats for item in match.evidence)
        rivals = [sum(item.millinats for item in rival.evidence) for rival in match.alternatives]
        assert (match.evidence, worth) == (items_of(finding), finding.weight)
        assert match.margin_millinats == worth - max(0, *rivals, 0)
        assert match.probability == (probability(worth, rivals) if match.evidence else 0.0)
        sure = match.margin_millinats >= GATE_MILLINATS and match.probability >= GATE_PROBABILITY
        assert (match.status is MatchStatus.MATCHED) == (sure and finding.review is None) == finding.automatic


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_match_of_a_whole_company_is_recomputable_from_the_report_alone(profile: str) -> None:
    world = company_of(profile, 4, 0, decide=False)
    found = reconcile_deposits(world.facts, as_of=world.as_of)

    report = as_json(world.facts, found)

    assert len(report["matches"]) == len(found.matches) > 0
    for match in report["matches"]:
        check_that_the_report_gives_the_same_integers(match)


@pytest.mark.parametrize("profile", ["everyday", "groups", "traces"])
def test_recomputing_a_whole_company_gives_the_same_report_byte_for_byte(profile: str) -> None:
    world = company_of(profile, 3, 1, decide=False)

    first, second = (
        render_report(reconciled(world.facts, reconcile_deposits(world.facts, as_of=world.as_of)), engine="tieout")
        for _ in range(2)
    )

    assert first == second
