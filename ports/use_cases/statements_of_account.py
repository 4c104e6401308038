"""The statements of one account in an uploaded file, against all that were uploaded before."""

from collections.abc import Collection, Sequence
from datetime import datetime

import attrs

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.bank_statement import BankStatement, balance_break
from domain.covered_period import CoveredPeriod
from domain.reconciliation_break import ReconciliationBreak
from domain.statement_sequence import closed_periods, is_within, not_put_right, sequence_breaks
from ports.facts import FactSource, LinesDated, WithIds
from ports.transaction import CompanyTransaction


@attrs.frozen(kw_only=True)
class StatementsOfAccount:
    """What they mean for lines, days and breaks."""

    breaks: tuple[ReconciliationBreak, ...] = ()
    """Gaps and overlaps of which a statement of the file is one side."""
    covered: tuple[CoveredPeriod, ...] = ()
    """Runs of days that statements whose balances add up cover, as far as a statement of the file is in them."""
    left: frozenset[BankDepositId] = frozenset()
    """Lines of interim reports in the file whose days a statement closes, or which are known as booked."""
    no_longer_pending: tuple[BankDeposit, ...] = ()
    """Known lines of interim reports that a statement of the file now shows itself, or does not: as withdrawn."""

    @property
    def notes(self) -> tuple[str, ...]:
        """For whoever uploaded the file."""
        if not self.left:
            return ()
        lines = "1 line is" if len(self.left) == 1 else f"{len(self.left)} lines are"
        return (f"{lines} of days that a statement closes: left to it",)


async def statements_of_account(
    account: BankAccountId,
    told: Sequence[BankStatement],
    lines: Sequence[BankDeposit],
    interim: Collection[BankDepositId],
    *,
    transaction: CompanyTransaction,
    at: datetime,
) -> StatementsOfAccount:
    """Keeps the statements. `lines` are the file's of this account, `interim` those of them from interim reports."""
    if not told:
        return StatementsOfAccount()
    before = await transaction.statement_history.of(account)
    for statement in told:
        await transaction.statement_history.add(statement, at=at)
    known = list(dict.fromkeys((*before, *told)))
    closed = closed_periods(known)
    fresh = set(told)
    broken = sequence_breaks(not_put_right(known))
    return StatementsOfAccount(
        breaks=tuple(each.found for each in broken if {each.earlier, each.later} & fresh),
        covered=_covered(known, fresh),
        left=await _left(lines, interim, closed, transaction),
        no_longer_pending=await _no_longer_pending(account, known, fresh, lines, closed, transaction),
    )


def _covered(known: Sequence[BankStatement], fresh: Collection[BankStatement]) -> tuple[CoveredPeriod, ...]:
    whole = [each for each in known if each.first_day is not None and balance_break(each) is None]
    days = {each.last_day for each in fresh if each in whole and not each.interim}
    return tuple(period for period in closed_periods(whole) if any(is_within(day, [period]) for day in days))


async def _left(
    lines: Sequence[BankDeposit],
    interim: Collection[BankDepositId],
    closed: Sequence[CoveredPeriod],
    transaction: CompanyTransaction,
) -> frozenset[BankDepositId]:
    if not interim:
        return frozenset()
    known = (await transaction.facts.load(WithIds(ids=tuple(interim)))).deposits
    booked = {line.id for line in known if line.status is BankDepositStatus.POSTED}
    told = [line for line in lines if line.id in interim]
    return frozenset(
        line.id
        for line in told
        if is_within(line.date, closed) or (line.status is BankDepositStatus.PENDING and line.id in booked)
    )


async def _no_longer_pending(
    account: BankAccountId,
    known: Sequence[BankStatement],
    fresh: Collection[BankStatement],
    lines: Sequence[BankDeposit],
    closed: Sequence[CoveredPeriod],
    transaction: CompanyTransaction,
) -> tuple[BankDeposit, ...]:
    """Only where there was an interim report: what is pending for other reasons is not for a statement to end."""
    reports = [each for each in known if each.interim]
    final = [each for each in fresh if not each.interim]
    if not reports or not final:
        return ()
    first = min(each.first_day or each.last_day for each in reports)
    last = max(each.last_day for each in final)
    if first > last:
        return ()
    dated = LinesDated(first_day=first, last_day=last, accounts=(account,))
    shown = {line.id for line in lines}
    found = [
        line
        for line in (await transaction.facts.load(dated)).deposits
        if line.status is BankDepositStatus.PENDING and line.id not in shown and is_within(line.date, closed)
    ]
    told = await transaction.fact_lists.told({line.id for line in found}) if found else {}
    return tuple(
        attrs.evolve(line, status=BankDepositStatus.WITHDRAWN)
        for line in found
        if line.id in told and told[line.id].told_by is FactSource.STATEMENT
    )
