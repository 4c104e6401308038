"""What must hold of every reconciliation: no record twice, one outcome each, and amounts that add up to the input."""

from collections import Counter
from collections.abc import Iterable

from domain.company_facts import CompanyFacts
from domain.reconciliation_match import MatchKind, MatchStatus, ReconciliationMatch, ResidualClass
from domain.reconciliation_outcome import DepositOutcomeKind, PayoutOutcomeKind, Reconciliation

SETTLED = (MatchStatus.MATCHED, MatchStatus.CONFIRMED)


def check_that_no_record_is_used_twice(found: Reconciliation) -> None:
    used = Counter(
        record for match in found.matches if match.status in SETTLED for record in (*match.payouts, *match.deposits)
    )
    assert set(used.values()) <= {1}


def check_that_every_record_has_one_outcome(facts: CompanyFacts, found: Reconciliation) -> None:
    assert [each.payout for each in found.payouts] == sorted(payout.id for payout in facts.payouts)
    assert [each.deposit for each in found.deposits] == sorted(line.id for line in facts.deposits)


def check_that_outcomes_follow_from_matches(facts: CompanyFacts, found: Reconciliation) -> None:
    settled = [match for match in found.matches if match.status in SETTLED]
    in_matches = {deposit for match in settled for deposit in match.deposits}
    matched = {each.deposit for each in found.deposits if each.outcome is DepositOutcomeKind.MATCHED}
    assert matched == in_matches
    stayed = {payout.id for payout in facts.payouts if not payout.came_back}
    of_payouts = {each.payout: each.outcome for each in found.payouts}
    for match in settled:
        kinds = Counter(of_payouts[payout] for payout in match.payouts if payout in stayed)
        open_payouts = _open_payouts(match, facts)
        assert kinds[PayoutOutcomeKind.MATCHED] == sum(kinds.values()) - open_payouts
        assert PayoutOutcomeKind.NEEDS_REVIEW not in kinds


def check_that_amounts_add_up(facts: CompanyFacts, found: Reconciliation) -> None:
    payouts = {payout.id: payout.amount for payout in facts.payouts}
    lines = {line.id: line.amount for line in facts.deposits}
    for match in found.matches:
        if match.status in SETTLED and match.kind is not MatchKind.CONVERSION:
            paid = sum(payouts[each].minor_units for each in match.payouts)
            arrived = sum(lines[each].minor_units for each in match.deposits)
            assert paid - arrived == match.residual.amount.minor_units
            assert bool(match.residual.amount) == (match.residual.named is not ResidualClass.NONE)
    by_outcome = _total((each.outcome.value, payouts[each.payout].minor_units) for each in found.payouts)
    assert sum(by_outcome.values()) == sum(amount.minor_units for amount in payouts.values())
    lines_by_outcome = _total((each.outcome.value, lines[each.deposit].minor_units) for each in found.deposits)
    assert sum(lines_by_outcome.values()) == sum(amount.minor_units for amount in lines.values())
    if all(match.kind is not MatchKind.CONVERSION for match in found.matches):
        matched_lines = lines_by_outcome.get("matched", 0)
        residuals = sum(
            match.residual.amount.minor_units
            for match in found.matches
            if match.status in SETTLED and match.residual.named is ResidualClass.BANK_FEE
        )
        assert by_outcome.get("matched", 0) - residuals == matched_lines


def _open_payouts(match: ReconciliationMatch, facts: CompanyFacts) -> int:
    if match.residual.named is not ResidualClass.OPEN_PAYOUT:
        return 0
    amount = next(payout.amount for payout in facts.payouts if payout.id == match.payouts[0])
    return match.residual.amount.minor_units // amount.minor_units


def _total(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for outcome, minor_units in amounts:
        totals[outcome] = totals.get(outcome, 0) + minor_units
    return totals


def check_that_everything_is_accounted_for(facts: CompanyFacts, found: Reconciliation) -> None:
    """All of it."""
    check_that_no_record_is_used_twice(found)
    check_that_every_record_has_one_outcome(facts, found)
    check_that_outcomes_follow_from_matches(facts, found)
    check_that_amounts_add_up(facts, found)
