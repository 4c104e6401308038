"""People's decisions stand above what the engine would say, and accepted matches stay unless clearly beaten."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bank_deposit import BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import reconcile_deposits
from domain.payout import Payout, PayoutId
from domain.reconciliation_break import BreakKind
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.accounting_laws import check_that_everything_is_accounted_for
from tests.domain.matching.written_facts import account, day, facts, line, match_of, outcomes, outcomes_of, payout
from tests.strategies.company_facts import small_companies

AS_OF = day(60)
ONE_OF_TWO = facts([payout("po", 423_782)], [line("line_1", 423_782), line("line_2", 423_782)])


def decision(kind: DecisionKind, payouts: str = "", lines: str = "") -> ReconciliationDecision:
    return ReconciliationDecision(
        kind=kind,
        payouts=tuple(PayoutId(each) for each in payouts.split()),
        deposits=tuple(BankDepositId(each) for each in lines.split()),
        by="Ada",
        note="seen on paper",
    )


def decided(company: CompanyFacts, *decisions: ReconciliationDecision) -> Reconciliation:
    return reconcile_deposits(company, as_of=AS_OF, decisions=decisions)


def test_what_a_person_confirms_is_fixed_and_the_other_line_is_free() -> None:
    found = decided(ONE_OF_TWO, decision(DecisionKind.CONFIRM, "po", "line_2"))

    match = match_of(found, "po")
    assert (match.status, match.deposits, match.probability) == (MatchStatus.CONFIRMED, ("line_2",), 1.0)
    assert outcomes(found) == {"po": "matched", "line_1": "unexplained", "line_2": "matched"}
    assert "Ada" in match.explanation
    assert "seen on paper" in match.explanation


def test_a_person_can_confirm_what_the_engine_would_never_propose() -> None:
    company = facts([payout("po_a", 423_782), payout("po_b", 5_000)], [line("line", 100, day(40), "RENT")])

    found = decided(company, decision(DecisionKind.CONFIRM, "po_a po_b", "line"))

    assert outcomes(found) == {"po_a": "matched", "po_b": "matched", "line": "matched"}
    assert match_of(found, "line").residual.amount.minor_units == 428_682


def test_what_a_person_rejects_is_not_proposed_again() -> None:
    company = facts([payout("po", 500_000)], [line("line", 500_000)])

    found = decided(company, decision(DecisionKind.REJECT, "po", "line"))

    assert found.matches == ()
    assert outcomes(found)["line"] == "unexplained"


def test_of_two_equal_lines_the_one_that_is_not_rejected_remains() -> None:
    found = decided(ONE_OF_TWO, decision(DecisionKind.REJECT, "po", "line_1"))

    assert match_of(found, "po").deposits == ("line_2",)


def test_a_set_that_a_person_rejects_is_not_proposed_again() -> None:
    company = facts([payout("po_1", 10_000), payout("po_2", 10_000)], [line("line_1", 10_000), line("line_2", 10_000)])

    found = decided(company, decision(DecisionKind.REJECT, "po_1 po_2", "line_1 line_2"))

    assert ("po_1", "po_2") not in {match.payouts for match in found.matches}


def test_a_combination_that_a_person_rejects_is_not_proposed_again() -> None:
    company = facts([payout("po_a", 231_541), payout("po_b", 60_017)], [line("line", 291_558)])

    proposed = reconcile_deposits(company, as_of=AS_OF)
    found = decided(company, decision(DecisionKind.REJECT, "po_a po_b", "line"))

    assert [match.payouts for match in proposed.matches] == [("po_a", "po_b")]
    assert found.matches == ()


def test_a_line_that_a_person_says_is_not_stripes_takes_no_part() -> None:
    found = decided(ONE_OF_TWO, decision(DecisionKind.NOT_STRIPE, lines="line_1"))

    assert outcomes(found) == {"po": "matched", "line_1": "not_stripe", "line_2": "matched"}


@pytest.mark.parametrize(("payouts", "lines"), [("po", "line_gone"), ("po_gone", "line_1")])
def test_a_confirmed_match_whose_records_are_gone_is_a_break_and_not_applied(payouts: str, lines: str) -> None:
    found = decided(ONE_OF_TWO, decision(DecisionKind.CONFIRM, payouts, lines))

    assert [each.kind for each in found.breaks] == [BreakKind.OTHER]
    assert "gone" in found.breaks[0].reason
    assert all(match.status is not MatchStatus.CONFIRMED for match in found.matches)


def test_a_record_that_two_people_confirm_differently_is_used_once_and_said() -> None:
    found = decided(
        ONE_OF_TWO, decision(DecisionKind.CONFIRM, "po", "line_1"), decision(DecisionKind.CONFIRM, "po", "line_2")
    )

    assert [each.kind for each in found.breaks] == [BreakKind.OTHER]
    check_that_everything_is_accounted_for(ONE_OF_TWO, found)


def test_a_line_that_is_confirmed_and_said_to_be_not_stripes_has_one_outcome() -> None:
    found = decided(
        ONE_OF_TWO, decision(DecisionKind.CONFIRM, "po", "line_1"), decision(DecisionKind.NOT_STRIPE, lines="line_1")
    )

    check_that_everything_is_accounted_for(ONE_OF_TWO, found)


def test_a_line_confirmed_under_a_second_feed_is_not_counted_again_under_the_first() -> None:
    feeds = [account("acc_1", feed="first", persistent_id="same"), account("acc_2", feed="again", persistent_id="same")]
    lines = [line("line_1", 423_782, account="acc_1"), line("line_2", 423_782, account="acc_2")]
    company = facts([payout("po_a", 423_782), payout("po_b", 423_782)], lines, feeds)

    found = decided(company, decision(DecisionKind.CONFIRM, "po_a", "line_2"))

    assert outcomes_of(found, ["po_a", "line_2"]) == ["matched", "matched"]
    assert outcomes_of(found, ["line_1"]) == ["duplicate"]


def test_a_confirmed_line_dated_after_the_day_asked_about_has_one_outcome() -> None:
    company = facts([payout("po", 423_782)], [line("line", 423_782, day(3))])

    found = reconcile_deposits(company, as_of=day(2), decisions=[decision(DecisionKind.CONFIRM, "po", "line")])

    assert [each.deposit for each in found.deposits] == ["line"]


@st.composite
def decisions_on(draw: st.DrawFn, company: CompanyFacts) -> tuple[ReconciliationDecision, ...]:
    """Confirmations, and other judgements of lines that nobody confirms."""
    made = []
    free = [each.id for each in company.deposits]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(DecisionKind))
        payouts = [each.id for each in company.payouts]
        some = draw(st.lists(st.sampled_from(payouts), max_size=2, unique=True)) if payouts else []
        lines = draw(st.lists(st.sampled_from(free), max_size=2, unique=True)) if free else []
        free = [each for each in free if each not in lines]
        if lines and (some or kind is DecisionKind.NOT_STRIPE):
            made.append(decision(kind, " ".join(some), " ".join(lines)))
    return tuple(made)


@given(small_companies(), st.data())
@settings(max_examples=100)
def test_whatever_people_decide_every_record_has_one_outcome(company: CompanyFacts, data: st.DataObject) -> None:
    decisions = data.draw(decisions_on(company))

    found = decided(company, *decisions)

    settled = [match for match in found.matches if match.status is MatchStatus.CONFIRMED]
    assert [each.payout for each in found.payouts] == sorted(each.id for each in company.payouts)
    assert [each.deposit for each in found.deposits] == sorted(each.id for each in company.deposits)
    assert {(match.payouts, match.deposits) for match in settled} <= {
        (each.payouts, each.deposits) for each in decisions if each.kind is DecisionKind.CONFIRM
    }
    assert found == decided(company, *decisions[::-1])


# -- accepted matches --------------------------------------------------------------------------------------------------


def accepted(payouts: list[Payout], lines: list[BankDeposit], *records: str) -> Reconciliation:
    names = tuple(tuple(sorted(side.split())) for side in records)
    return reconcile_deposits(facts(payouts, lines), as_of=AS_OF, accepted=[(names[0], names[1])])


def test_an_accepted_match_stays_where_another_is_as_likely() -> None:
    found = accepted(list(ONE_OF_TWO.payouts), list(ONE_OF_TWO.deposits), "po", "line_2")

    assert match_of(found, "po").deposits == ("line_2",)
    assert outcomes_of(found, ["po", "line_2"]) == ["matched", "matched"]


def test_an_accepted_match_is_given_up_when_its_line_is_gone() -> None:
    found = accepted(list(ONE_OF_TWO.payouts), [ONE_OF_TWO.deposits[1]], "po", "line_1")

    assert match_of(found, "po").deposits == ("line_2",)


def test_an_accepted_match_gives_way_to_a_trace_id() -> None:
    traced = [attrs.evolve(ONE_OF_TWO.payouts[0], trace_id="091000019999999")]
    lines = [
        line("line_1", 423_782, day(4), "STRIPE TRANSFER TRACE#:111000029658910"),
        line("line_2", 423_782, day(0), "STRIPE TRANSFER TRACE#:091000019999999"),
    ]

    found = accepted(traced, lines, "po", "line_1")

    assert match_of(found, "po").deposits == ("line_2",)


def test_an_accepted_combination_stays() -> None:
    found = accepted([payout("po_a", 231_541), payout("po_b", 60_017)], [line("line", 291_558)], "po_a po_b", "line")

    assert match_of(found, "line").payouts == ("po_a", "po_b")
    assert outcomes_of(found, ["po_a", "po_b", "line"]) == ["matched"] * 3
