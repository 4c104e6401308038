"""The certificate of completeness: every record has one outcome, and the outcomes' amounts add up to what was paid out.

Each figure is summed on its own from the records; that they tie out is found, not assumed. In the totals, a payout
sent to a bank account that is not among those given (`other_account`) counts as late or missing: no bank line
given shows it, and it is not proved to have arrived. The certificate shows it beside, as *of which*. A payout of
nothing adds nothing to any figure. Of an interchangeable set with one deposit too few, one payout stands for
the open one by its own outcome, so that amounts by outcome hold for the set.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout_breakdown import Breakdowns
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchKind, MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcomeKind, PayoutOutcomeKind, Reconciliation
from domain.remainder import RemainderLabel


@attrs.frozen(kw_only=True)
class CurrencyProof:
    """Where the payouts of one currency are. Amounts are signed sums of payouts, in the bank's view."""

    currency: Currency
    paid_out: Money
    """All payouts, those that came back among them."""
    matched: Money
    in_transit: Money
    """Not at the bank yet, and payouts to accounts that were not given."""
    late_or_missing: Money
    in_review: Money
    failed_or_canceled: Money
    other_account: Money
    """Of what is in transit: sent to accounts that were not given."""
    payouts: Counter[PayoutOutcomeKind]
    """Number of payouts by outcome."""

    @property
    def accounted_for(self) -> Money:
        """The sum of the parts."""
        return self.matched + self.in_transit + self.late_or_missing + self.in_review + self.failed_or_canceled

    @property
    def ties_out(self) -> bool:
        """The parts add up to what was paid out."""
        return self.paid_out == self.accounted_for


@attrs.frozen(kw_only=True)
class CompletenessCertificate:
    """What was proved of one company's records, and what was not. Sorted by currency; counts are of payouts."""

    as_of: date
    currencies: tuple[CurrencyProof, ...]
    payouts: int
    """= add_up + inferred + named_remainder + not_itemised."""
    add_up: int
    """Stripe's list of items adds up to the payout (or the payout is zero)."""
    of_which_amount_from_items: int
    """Of those: no source states the amount, so that it cannot disprove its items."""
    inferred: int
    """The convention's items add up to the payout."""
    named_remainder: int
    """There are items, and what they leave is named."""
    not_itemised: int
    """There are no items; why is named."""
    without_one_outcome: tuple[str, ...]
    """Ids of records that do not have exactly one outcome: a defect, if there are any."""
    unbalanced_matches: tuple[str, ...]
    """Ids of accepted matches whose payouts are not their deposits plus the residual: a defect, if there are any."""

    @property
    def holds(self) -> bool:
        """Every record has one outcome, every accepted match balances, and every currency ties out."""
        return (
            not self.without_one_outcome
            and not self.unbalanced_matches
            and all(currency.ties_out for currency in self.currencies)
        )


_MATCHED: Final = (PayoutOutcomeKind.MATCHED,)
_IN_TRANSIT: Final = (PayoutOutcomeKind.IN_TRANSIT,)
_LATE_OR_MISSING: Final = (PayoutOutcomeKind.LATE, PayoutOutcomeKind.MISSING, PayoutOutcomeKind.OTHER_ACCOUNT)
_IN_REVIEW: Final = (PayoutOutcomeKind.NEEDS_REVIEW,)
_FAILED_OR_CANCELED: Final = (PayoutOutcomeKind.FAILED, PayoutOutcomeKind.CANCELED)


def certify(facts: CompanyFacts, reconciliation: Reconciliation, breakdowns: Breakdowns) -> CompletenessCertificate:
    """Sums the records and their outcomes, each on its own, and compares."""
    items_by_law = {payout.id for payout in facts.payouts if payout.amount_from_items}
    listed_and_whole = [breakdown for breakdown in breakdowns.payouts if breakdown.adds_up and not (breakdown.inferred)]
    with_remainder = [breakdown for breakdown in breakdowns.payouts if not breakdown.adds_up]
    return CompletenessCertificate(
        as_of=reconciliation.as_of,
        currencies=_currency_proofs(facts, reconciliation),
        payouts=len(facts.payouts),
        add_up=len(listed_and_whole),
        of_which_amount_from_items=sum(breakdown.payout in items_by_law for breakdown in listed_and_whole),
        inferred=sum(breakdown.adds_up and breakdown.inferred for breakdown in breakdowns.payouts),
        named_remainder=sum(bool(breakdown.items) for breakdown in with_remainder),
        not_itemised=sum(not breakdown.items for breakdown in with_remainder),
        without_one_outcome=_without_one_outcome(facts, reconciliation, breakdowns),
        unbalanced_matches=_unbalanced(facts, reconciliation.matches),
    )


@attrs.frozen(kw_only=True)
class OpenQuestions:
    """What is left unexplained, each thing counted once."""

    late_or_missing: int
    """Payouts."""
    in_review: int
    """Matches that wait for a decision, and payouts and bank lines in review that are in none of them."""
    unexplained_deposits: int
    remainders: int
    """Payouts whose remainder leaves a question open (`RemainderLabel.settled` do not)."""
    breaks: int
    """Of every kind but those that say of a payout that it leaves a remainder, and of input that it came twice."""
    defects: int
    """1 if the certificate does not hold."""

    @property
    def count(self) -> int:
        """None: the proof is complete."""
        return sum(attrs.astuple(self))


_SAID_BY_REMAINDER: Final = (BreakKind.ITEMS_DO_NOT_ADD_UP, BreakKind.ITEMS_MISSING)
_NO_QUESTION: Final = (BreakKind.DUPLICATE_FILE, BreakKind.DUPLICATE_FEED, BreakKind.STATEMENT_OVERLAP)
"""What came twice is counted once: that is said, and leaves nothing unexplained."""


def open_questions(
    certificate: CompletenessCertificate,
    reconciliation: Reconciliation,
    breakdowns: Breakdowns,
    breaks: Iterable[ReconciliationBreak],
) -> OpenQuestions:
    """Counts what is left unexplained; `breaks` are all there are, of whatever origin."""
    payouts = Counter(outcome.outcome for outcome in reconciliation.payouts)
    deposits = Counter(outcome.outcome for outcome in reconciliation.deposits)
    clear = {RemainderLabel.NONE, *RemainderLabel.settled()}
    return OpenQuestions(
        late_or_missing=sum(payouts[kind] for kind in _LATE_OR_MISSING),
        in_review=_decisions(reconciliation),
        unexplained_deposits=deposits[DepositOutcomeKind.UNEXPLAINED],
        remainders=sum(breakdown.remainder.label not in clear for breakdown in breakdowns.payouts),
        breaks=sum(found.kind not in (*_SAID_BY_REMAINDER, *_NO_QUESTION) for found in breaks),
        defects=int(not certificate.holds),
    )


def _decisions(reconciliation: Reconciliation) -> int:
    waiting = [match for match in reconciliation.matches if match.status is MatchStatus.NEEDS_REVIEW]
    shown = {record for match in waiting for record in (*match.payouts, *match.deposits)}
    for match in waiting:
        for alternative in match.alternatives:
            shown.update((*alternative.payouts, *alternative.deposits))
    payouts = {each.payout for each in reconciliation.payouts if each.outcome in _IN_REVIEW}
    deposits = {each.deposit for each in reconciliation.deposits if each.outcome is DepositOutcomeKind.NEEDS_REVIEW}
    return len(waiting) + len(payouts - shown) + len(deposits - shown)


def _currency_proofs(facts: CompanyFacts, reconciliation: Reconciliation) -> tuple[CurrencyProof, ...]:
    paid_out: Counter[Currency] = Counter()
    for payout in facts.payouts:
        paid_out[payout.amount.currency] += payout.amount.minor_units
    amounts = {payout.id: payout.amount for payout in facts.payouts}
    by_outcome: Counter[tuple[Currency, PayoutOutcomeKind]] = Counter()
    counts: dict[Currency, Counter[PayoutOutcomeKind]] = {currency: Counter() for currency in paid_out}
    for outcome in reconciliation.payouts:
        amount = amounts.get(outcome.payout)
        if amount is not None:
            by_outcome[amount.currency, outcome.outcome] += amount.minor_units
            counts[amount.currency][outcome.outcome] += 1

    def total(currency: Currency, kinds: tuple[PayoutOutcomeKind, ...]) -> Money:
        return Money(sum(by_outcome[currency, kind] for kind in kinds), currency)

    return tuple(
        CurrencyProof(
            currency=currency,
            paid_out=Money(paid_out[currency], currency),
            matched=total(currency, _MATCHED),
            in_transit=total(currency, _IN_TRANSIT),
            late_or_missing=total(currency, _LATE_OR_MISSING),
            in_review=total(currency, _IN_REVIEW),
            failed_or_canceled=total(currency, _FAILED_OR_CANCELED),
            other_account=total(currency, (PayoutOutcomeKind.OTHER_ACCOUNT,)),
            payouts=counts[currency],
        )
        for currency in sorted(paid_out, key=lambda currency: currency.code)
    )


def _without_one_outcome(
    facts: CompanyFacts, reconciliation: Reconciliation, breakdowns: Breakdowns
) -> tuple[str, ...]:
    pairs: tuple[tuple[Iterable[str], Iterable[str]], ...] = (
        ((payout.id for payout in facts.payouts), (outcome.payout for outcome in reconciliation.payouts)),
        ((payout.id for payout in facts.payouts), (breakdown.payout for breakdown in breakdowns.payouts)),
        ((deposit.id for deposit in facts.deposits), (outcome.deposit for outcome in reconciliation.deposits)),
        (
            (transaction.id for transaction in facts.balance_transactions),
            (outcome.transaction for outcome in breakdowns.transactions),
        ),
    )
    odd: set[str] = set()
    for records, outcomes in pairs:
        expected, found = Counter(records), Counter(outcomes)
        if expected != found:
            odd.update(record for record in expected.keys() | found.keys() if expected[record] != found[record])
    return tuple(sorted(odd))


def _unbalanced(facts: CompanyFacts, matches: tuple[ReconciliationMatch, ...]) -> tuple[str, ...]:
    """Accepted matches whose residual is not payouts less deposits. A conversion has two currencies and no residual."""
    payouts: dict[str, Money] = {payout.id: payout.amount for payout in facts.payouts}
    deposits: dict[str, Money] = {deposit.id: deposit.amount for deposit in facts.deposits}
    accepted = (MatchStatus.MATCHED, MatchStatus.CONFIRMED)

    def balances(match: ReconciliationMatch) -> bool:
        if match.kind is MatchKind.CONVERSION:
            return True
        if not (payouts.keys() >= set(match.payouts) and deposits.keys() >= set(match.deposits)):
            return False
        amounts = [payouts[payout] for payout in match.payouts]
        amounts += [-deposits[deposit] for deposit in match.deposits]
        currency = match.residual.amount.currency
        return (
            all(amount.currency == currency for amount in amounts)
            and sum(amount.minor_units for amount in amounts) == match.residual.amount.minor_units
        )

    return tuple(sorted(match.id for match in matches if match.status in accepted and not balances(match)))
