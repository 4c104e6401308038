"""The days that statements close: what they leave of interim reports, and what lies between two of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import attrs

from domain.bank_deposit import BankAccount, BankAccountId
from domain.bank_statement import BankStatement
from domain.statement_sequence import closed_periods, follows, in_order, is_within
from ports.facts_reader import FactsRead

Reads = Sequence[tuple[str, FactsRead]]


def without_closed(reads: Reads) -> tuple[list[tuple[str, FactsRead]], defaultdict[str, list[str]]]:
    """Without the lines of interim reports of days that a statement closes: it shows them itself. And notes, by file.

    Whatever an interim report said, the statement has the last word: a line that it does not show was not booked.
    """
    notes: defaultdict[str, list[str]] = defaultdict(list)
    if not any(read.interim for _, read in reads):
        return list(reads), notes
    closed = {account: closed_periods(group) for account, group in _by_account(reads).items()}
    left = []
    for file, read in reads:
        interim = set(read.interim)
        gone = {
            deposit.id
            for deposit in read.deposits
            if deposit.id in interim and is_within(deposit.date, closed.get(deposit.account, ()))
        }
        if gone:
            lines = "1 line is" if len(gone) == 1 else f"{len(gone)} lines are"
            notes[file].append(f"{lines} of days that a statement closes: left to it")
        kept = tuple(deposit for deposit in read.deposits if deposit.id not in gone)
        left.append((file, attrs.evolve(read, deposits=kept)))
    return left, notes


def with_days_between(reads: Reads) -> list[tuple[str, FactsRead]]:
    """A file whose first statement opens with what another file closed with covers the days between the two."""
    reaches: dict[tuple[BankAccountId, str], BankStatement] = {}
    for account, group in _by_account(reads).items():
        for earlier, later in pairwise(in_order(each for each in group if not each.interim)):
            if follows(later, earlier):
                reaches[account, later.where] = earlier
    return [(file, _reaching_back(read, reaches)) for file, read in reads] if reaches else list(reads)


def _reaching_back(read: FactsRead, reaches: dict[tuple[BankAccountId, str], BankStatement]) -> FactsRead:
    def reached(account: BankAccount) -> BankAccount:
        own = in_order(each for each in read.statements if each.account == account.id and not each.interim)
        earlier = reaches.get((account.id, own[0].where)) if own else None
        if earlier is None or account.covered_from is None or account.covered_from <= earlier.last_day:
            return account
        return attrs.evolve(account, covered_from=earlier.last_day + timedelta(days=1))

    return attrs.evolve(read, accounts=tuple(map(reached, read.accounts)))


def _by_account(reads: Reads) -> dict[BankAccountId, list[BankStatement]]:
    groups: dict[BankAccountId, list[BankStatement]] = defaultdict(list)
    for _, read in reads:
        for statement in read.statements:
            groups[statement.account].append(statement)
    return groups
