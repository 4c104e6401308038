"""Lines of a statement whose money is known already under other ids: pushed, or from a file of another format."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from domain.bank_deposit import BankDeposit, BankDepositId, BankDepositStatus
from domain.told_twice import also_told_by
from ports.fact_lists import FactLists
from ports.facts import Facts, FactSource, LinesDated, WithIds


@attrs.frozen(kw_only=True)
class LinesToldBefore:
    """Of the lines of one account in a statement, those that count once although they were told twice."""

    lines: tuple[BankDeposit, ...] = ()
    no_longer_pending: tuple[BankDeposit, ...] = ()
    """Of these, those that are known as pending, as withdrawn: the posted line is the one that was told before."""

    @property
    def notes(self) -> tuple[str, ...]:
        """For whoever uploaded the file."""
        if not self.lines:
            return ()
        days = sorted(line.date for line in self.lines)
        said = "1 line was" if len(days) == 1 else f"{len(days)} lines were"
        count = "counts" if len(days) == 1 else "count"
        when = days[0].isoformat() if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
        return (f"{said} told before ({when}), by pushes or another file, and {count} once",)


async def lines_told_before(
    lines: Sequence[BankDeposit],
    references: Mapping[str, str],
    taken_back: Collection[BankDepositId],
    *,
    facts: Facts,
    fact_lists: FactLists,
) -> LinesToldBefore:
    """Looked for among posted lines of the account that are not of this statement; a line known as posted stays.

    `references` are the bank's own, by line. A file that shares one with what is known speaks of the same lines by the
    same references, so that another reference is another line, even of the same day and amount.
    """
    posted = [line for line in lines if line.status is BankDepositStatus.POSTED]
    if not posted:
        return LinesToldBefore()
    days = [line.date for line in posted]
    dated = LinesDated(first_day=min(days), last_day=max(days), accounts=(posted[0].account,))
    ids = {line.id for line in lines}
    found = {line.id: line for line in (await facts.load(WithIds(ids=tuple(ids)), dated)).deposits}
    known = {id_: line.status for id_, line in found.items() if id_ in ids}
    elsewhere = [
        line
        for line in found.values()
        if line.id not in ids and line.id not in taken_back and line.status is BankDepositStatus.POSTED
    ]
    incoming = [line for line in posted if known.get(line.id) is not BankDepositStatus.POSTED]
    if not incoming or not elsewhere:
        return LinesToldBefore()
    if any(id_ in known for id_ in references):
        told = await fact_lists.told({line.id for line in elsewhere})
        named = {id_ for id_, each in told.items() if each.told_by is FactSource.STATEMENT and each.external_id}
        with_reference = [line for line in incoming if line.id in references]
        without = [line for line in incoming if line.id not in references]
        foreign = [line for line in elsewhere if line.id not in named]
        before = also_told_by(foreign, with_reference)
        used = {line.id for line in also_told_by(before, foreign)}
        before += also_told_by([line for line in elsewhere if line.id not in used], without)
    else:
        before = also_told_by(elsewhere, incoming)
    return LinesToldBefore(
        lines=before,
        no_longer_pending=tuple(
            attrs.evolve(line, status=BankDepositStatus.WITHDRAWN)
            for line in before
            if known.get(line.id) is BankDepositStatus.PENDING
        ),
    )
