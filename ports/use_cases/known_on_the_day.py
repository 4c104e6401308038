"""What had happened by a day, out of facts written down later: a report as of that day must not know the rest."""

from datetime import date

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payout import Payout
from domain.payout_breakdown import TransactionOutcome, TransactionOutcomeKind
from domain.reconciliation_outcome import PayoutOutcome, PayoutOutcomeKind


@attrs.frozen(kw_only=True)
class Later:
    """What came into being after the day: it takes no part, and says so."""

    payouts: tuple[PayoutOutcome, ...]
    transactions: tuple[TransactionOutcome, ...]

    def __bool__(self) -> bool:
        return bool(self.payouts or self.transactions)


def known_on_the_day(facts: CompanyFacts, as_of: date) -> tuple[CompanyFacts, Later]:
    """The facts as they could be known on the day, as far as they bear dates of their own, and what came later.

    Transactions that a later payout paid out are not paid out yet. How a payout stood on the day is not written down:
    its status is the last one. Bank lines are set apart by matching itself.
    """
    later = tuple(payout for payout in facts.payouts if _is_after(payout, as_of))
    if not later and not any(_is_after(each, as_of) for each in facts.balance_transactions):
        return facts, Later(payouts=(), transactions=())
    ids = {payout.id for payout in later}
    known = attrs.evolve(
        facts,
        payouts=tuple(payout for payout in facts.payouts if payout.id not in ids),
        balance_transactions=tuple(
            attrs.evolve(each, payout=None) if each.payout in ids else each
            for each in facts.balance_transactions
            if not _is_after(each, as_of)
        ),
    )
    return known, Later(
        payouts=tuple(
            PayoutOutcome(
                payout=payout.id,
                outcome=PayoutOutcomeKind.NOTHING_EXPECTED,
                reason=f"Created on {payout.created:%Y-%m-%d}, after the day of this report.",
            )
            for payout in later
        ),
        transactions=tuple(
            TransactionOutcome(transaction=each.id, outcome=TransactionOutcomeKind.UNPAID)
            for each in facts.balance_transactions
            if _is_after(each, as_of)
        ),
    )


def _is_after(fact: Payout | BalanceTransaction, as_of: date) -> bool:
    return fact.created is not None and fact.created.date() > as_of
