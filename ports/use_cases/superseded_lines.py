"""Lines of statements whose money a partner now tells by its own ids."""

from collections.abc import Sequence

import attrs

from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.told_twice import also_told_by, is_same_money
from ports.fact_lists import FactLists
from ports.facts import AmountDays, AmountsWithin, Facts, FactSource, WithIds


async def superseded_lines(
    told: Sequence[BankDeposit], *, facts: Facts, fact_lists: FactLists
) -> tuple[BankDeposit, ...]:
    """As withdrawn: one line of a statement for each line told that is new as posted of its day and amount.

    A statement's line that stands beside pushed ones is never one of them (`lines_told_before`), so any of the same
    account, day and amount will do; the first by id is taken.
    """
    known = {line.id: line for line in (await facts.load(WithIds(ids=tuple(line.id for line in told)))).deposits}
    incoming = [line for line in told if _is_posted(line) and not _is_same(line, known.get(line.id))]
    wanted = {(line.amount, line.date) for line in incoming}
    looked_for = tuple(AmountDays(amount=amount, first_day=day, last_day=day) for amount, day in wanted)
    if not looked_for:
        return ()
    equal = (await facts.load(AmountsWithin(lines=looked_for))).deposits
    ids = {line.id for line in told}
    others = [line for line in equal if _is_posted(line) and line.id not in ids]
    sources = await fact_lists.told({line.id for line in others}) if others else {}
    from_statements = [line for line in others if sources[line.id].told_by is FactSource.STATEMENT]
    return tuple(
        attrs.evolve(line, status=BankDepositStatus.WITHDRAWN) for line in also_told_by(incoming, from_statements)
    )


def _is_posted(line: BankDeposit) -> bool:
    return line.status is BankDepositStatus.POSTED


def _is_same(line: BankDeposit, known: BankDeposit | None) -> bool:
    return known is not None and _is_posted(known) and is_same_money(line, known)
