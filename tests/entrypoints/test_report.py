"""`report.json`: names, order and values as promised."""

import json
import random

import attrs

from domain.balance_transaction import BalanceTransactionId
from entrypoints.report import render_report, report
from tests.entrypoints.reconciled import FACTS, RECONCILIATION, line, reconciled


def test_the_report_holds_every_record_and_every_figure() -> None:
    found = report(reconciled(), engine="tieout 1.2.3")

    nothing = {"minor_units": 0, "currency": "usd", "class": "none"}
    evidence = [{"feature": "amount", "level": "repeated", "millinats": 3000}]
    assert found["as_of"] == "2026-06-30"
    assert found["engine"] == "tieout 1.2.3"
    assert found["model"] == {"version": "1", "hash": "abc"}
    assert found["inputs"] == [
        {"file": "bank.csv", "kind": "Bank CSV", "records": 3, "notes": ["dates are day first"]},
        {"file": "stripe.json", "kind": "Stripe API payouts", "records": 8, "notes": []},
    ]
    assert found["matches"][0] == {
        "id": "match_1",
        "status": "needs_review",
        "kind": "one_to_one",
        "payouts": ["po_a"],
        "deposits": ["line_1"],
        "residual": nothing,
        "probability": 0.5,
        "margin_millinats": 0,
        "evidence": evidence,
        "alternatives": [
            {
                "id": "match_1/alternative/1",
                "status": "needs_review",
                "kind": "one_to_one",
                "payouts": ["po_b"],
                "deposits": ["line_1"],
                "residual": nothing,
                "probability": 0.487856,
                "margin_millinats": 0,
                "evidence": evidence,
                "alternatives": [],
                "explanation": "po_b with line_1: 3.0 nats (amount repeated +3.0)",
            }
        ],
        "explanation": "Two payouts of this amount were due that day, and nothing tells which came.",
    }
    assert found["payouts"][2] == {
        "id": "po_late",
        "minor_units": 7550,
        "currency": "usd",
        "arrival_date": "2026-06-13",
        "status": "paid",
        "outcome": "late",
        "reason": "no line of this amount",
    }
    assert found["deposits"][1] == {
        "id": "line_2",
        "account": "checking",
        "minor_units": 2000,
        "currency": "usd",
        "date": "2026-06-12",
        "text": "STRIPE TRANSFER",
        "outcome": "matched",
        "reason": "so it is",
    }
    assert found["breakdowns"][3] == {
        "payout": "po_short",
        "currency": "usd",
        "items": 1,
        "gross": 2100,
        "fees": 2,
        "net": 2098,
        "inferred": False,
        "remainder": {"minor_units": -98, "label": "unexplained"},
    }
    assert found["balance_transactions"][0] == {"id": "txn_a", "outcome": "in_payout"}
    assert [(each["kind"], each["where"]) for each in found["breaks"]] == [
        ("coverage_gap", "checking"),
        ("items_do_not_add_up", "po_short"),
    ]
    assert found["proof"] == {
        "usd": {
            "paid_out": 29550,
            "matched": 2000,
            "in_transit": 10000,
            "late_or_missing": 7550,
            "in_review": 10000,
            "failed_or_canceled": 0,
            "ties_out": True,
        }
    }


def test_an_alternative_has_the_shape_of_a_match() -> None:
    (match, _) = report(reconciled(), engine="")["matches"]

    assert list(match["alternatives"][0]) == list(match)


def test_the_order_of_the_facts_changes_no_byte() -> None:
    expected = render_report(reconciled(), engine="")

    for seed in range(10):
        shuffled = random.Random(seed)
        facts = attrs.evolve(
            FACTS,
            payouts=tuple(shuffled.sample(FACTS.payouts, len(FACTS.payouts))),
            deposits=tuple(shuffled.sample(FACTS.deposits, len(FACTS.deposits))),
            balance_transactions=tuple(shuffled.sample(FACTS.balance_transactions, len(FACTS.balance_transactions))),
        )
        reconciliation = attrs.evolve(RECONCILIATION, payouts=RECONCILIATION.payouts[::-1])
        assert render_report(reconciled(facts, reconciliation), engine="") == expected


def test_the_file_is_utf_8_as_people_read_it_and_ends_in_a_line_end() -> None:
    deposits = (*FACTS.deposits[:2], line("line_3", 42_00, "Überweisung – 東京 \ud800"))
    rendered = render_report(reconciled(attrs.evolve(FACTS, deposits=deposits)), engine="")

    assert rendered.endswith(b"}\n")
    assert "Überweisung – 東京" in rendered.decode("utf-8")
    assert json.loads(rendered)["deposits"][2]["text"] == "Überweisung – 東京 \ud800"


def test_records_with_contradictory_content_are_breaks_and_still_listed() -> None:
    result = reconciled()
    gathered = attrs.evolve(result.gathered, conflicted_balance_transactions=(BalanceTransactionId("txn_0"),))

    listed = report(attrs.evolve(result, gathered=gathered), engine="")["balance_transactions"]

    assert listed[0] == {"id": "txn_0", "outcome": "break"}
