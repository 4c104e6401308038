"""The summary: what a bookkeeper reads."""

import attrs

from domain.company_facts import CompanyFacts
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchKind, Residual, ResidualClass
from domain.reconciliation_outcome import PayoutOutcome, PayoutOutcomeKind
from entrypoints.terminal_summary import LISTED_MAX, Summary
from tests.domain.balance_records import payout, usd
from tests.entrypoints.reconciled import ACCEPTED, FACTS, RECONCILIATION, REVIEW, reconciled

WHOLE = """\
Tieout: the records as of 2026-06-30

Read
  bank.csv: Bank CSV, 3 records
    dates are day first
  stripe.json: Stripe API payouts, 8 records

Totals in USD
  Paid out by Stripe           4 payouts              295.50 USD
    matched to the bank         1 payout               20.00 USD
    in transit                  1 payout              100.00 USD
    late or missing             1 payout               75.50 USD
    needs a decision            1 payout              100.00 USD
    failed or canceled         0 payouts                0.00 USD
  The parts add up to what was paid out.
  Inside 4 payouts: gross 296.50 − fees 0.02 + remainder -0.98 = 295.50 USD.

Matched (1)
  1 × one payout, one deposit

In transit (1)
  po_b  100.00 USD  expected 2026-06-13, 17 days ago

Late or missing (1)
  po_late  75.50 USD  expected 2026-06-13, 17 days ago
    late: no line of this amount

Needs a decision (1)
  po_a  100.00 USD
    either line_1  100.00 USD  2026-06-12
    or po_b  100.00 USD
    Two payouts of this amount were due that day, and nothing tells which came.

Bank lines that look like Stripe's, but that no payout explains (1)
  line_3  42.00 USD  2026-06-12
    [red]STRIPE [31m CAPITAL
    so it is

Payouts whose items do not add up to them (1)
  unexplained: 1 payout; nothing among the records explains it
    po_short  20.00 USD, net of 1 item 20.98 USD, remainder -0.98 USD
    (unexplained)

Breaks: records that do not fit (1)
  coverage gap (1)
    checking: no statement for May

Certificate of completeness
  Every record read has exactly one outcome: 4 payouts, 3 bank lines and 4
  balance transactions.
  Bank lines: 1 matched, 1 needs review, 1 unexplained.
  Balance transactions: 4 in payout.
  Of 4 payouts, 3 add up to the cent by Stripe's own list; 1 with a remainder,
  which is named.
  Every match balances: payouts = deposits + the residual that is named.
  Left open: 1 late or missing, 1 waiting for a decision, 1 unexplained at the
  bank, 1 with a remainder, 1 break.
"""


def test_the_whole_summary() -> None:
    assert Summary(reconciled(), report=None).render() == WHOLE


def test_a_terminal_gets_colours_and_no_other_words() -> None:
    coloured = Summary(reconciled(), report=None).render(width=80, is_terminal=True)

    assert "\x1b[1m" in coloured
    assert "\x1b[31m CAPITAL" not in coloured


def many_late(number: int) -> CompanyFacts:
    return attrs.evolve(FACTS, payouts=(*FACTS.payouts, *(payout(f"po_{n:03}", 1_00) for n in range(number))))


def test_long_lists_are_cut_and_the_report_is_named() -> None:
    facts = many_late(40)
    outcomes = (
        PayoutOutcome(payout=PayoutId(f"po_{n:03}"), outcome=PayoutOutcomeKind.LATE, reason="not seen")
        for n in range(40)
    )
    result = reconciled(facts, attrs.evolve(RECONCILIATION, payouts=(*RECONCILIATION.payouts, *outcomes)))

    said = Summary(result, report="june.json").render()

    assert f"… and {41 - LISTED_MAX} more in june.json" in said
    assert len(said.splitlines()) < 120


def test_totals_that_do_not_tie_out_are_shouted() -> None:
    reconciliation = attrs.evolve(RECONCILIATION, payouts=RECONCILIATION.payouts[1:])

    said = Summary(reconciled(FACTS, reconciliation), report=None).render()

    assert "THE PARTS DO NOT ADD UP: they are 195.50 USD." in said
    assert "NOT COMPLETE: records without exactly one outcome: po_a." in said


def test_without_balance_transactions_that_is_said_once() -> None:
    facts = attrs.evolve(FACTS, balance_transactions=())

    said = Summary(reconciled(facts), report=None).render()

    assert said.count("No balance transactions were given, so that no payout can be itemised.") == 1
    assert "items missing" not in said


def test_a_combined_deposit_is_shown_with_its_payouts_and_what_the_bank_kept() -> None:
    kept = Residual(amount=usd(1_00), named=ResidualClass.BANK_FEE)
    combined = attrs.evolve(
        ACCEPTED,
        kind=MatchKind.COMBINED,
        payouts=(FACTS.payouts[2].id, FACTS.payouts[3].id),
        deposits=(FACTS.deposits[1].id,),
        residual=kept,
    )

    said = Summary(reconciled(FACTS, attrs.evolve(RECONCILIATION, matches=(REVIEW, combined))), report=None).render()

    assert (
        "Matched (1)\n"
        "  1 × several payouts in one deposit\n"
        "    po_late  75.50 USD\n"
        "    po_short  20.00 USD\n"
        "      = line_2  20.00 USD  2026-06-12\n"
        "      + bank fee 1.00 USD\n"
    ) in said


def test_a_break_that_says_that_items_are_missing_from_a_file_is_shown() -> None:
    missing = ReconciliationBreak(kind=BreakKind.ITEMS_MISSING, where="stripe.json", reason="the list goes on")

    said = Summary(reconciled(FACTS, attrs.evolve(RECONCILIATION, breaks=(missing,))), report=None).render()

    assert "items missing (1)\n    stripe.json: the list goes on\n" in said
