"""Breaks between and inside the statements of a company's accounts, for as long as they stand."""

from collections.abc import Iterable
from typing import Final

import attrs

from domain.bank_deposit import BankAccountId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.statement_sequence import standing_breaks
from ports.facts import RecordedFacts
from ports.reconciliation_record import StandingsWanted
from ports.transaction import CompanyTransaction

KINDS: Final = frozenset({BreakKind.STATEMENT_DOES_NOT_ADD_UP, BreakKind.STATEMENT_GAP, BreakKind.STATEMENT_OVERLAP})


async def statement_breaks(
    accounts: Iterable[BankAccountId], snapshot: CompanyTransaction
) -> frozenset[ReconciliationBreak]:
    """Those of these accounts, each at its account: the file of a statement may be called as another's is."""
    found = set[ReconciliationBreak]()
    for account in sorted(set(accounts)):
        for each in standing_breaks(await snapshot.statement_history.of(account)):
            found.add(attrs.evolve(each, where=account, reason=f"{each.reason} ({each.where})"))
    return frozenset(found)


async def changed_statement_breaks(
    snapshot: CompanyTransaction, changed: RecordedFacts
) -> tuple[frozenset[ReconciliationBreak], frozenset[ReconciliationBreak]]:
    """Those that a change of facts opens, and those that it resolves: of the accounts that it touches."""
    accounts = {account.id for account in (*changed.new.accounts, *changed.changed.accounts)}
    accounts |= {line.account for line in (*changed.new.deposits, *changed.changed.deposits)}
    if not accounts:
        return frozenset(), frozenset()
    now = await statement_breaks(accounts, snapshot)
    kept = await snapshot.reconciliation.find(StandingsWanted(breaks_at=tuple(sorted(accounts))))
    before = frozenset(each for each in kept.breaks if each.kind in KINDS)
    return now - before, before - now
