"""People's words on matches: made by hand, confirmed, rejected, taken back. Each with who, when and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.matching.evidence import Records
from domain.partner import Tenant
from domain.payout import PayoutId
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision, Verdict, VerdictOnMatch
from domain.reconciliation_match import MatchStatus
from domain.refused_field import RefusedField
from domain.work import WorkKind
from ports.decisions import NumberedDecision
from ports.facts import WithIds
from ports.reconciliation_record import id_of_records
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company, refuse

BULK_MAX: Final = 250
"""Most matches that can be decided at once."""


@attrs.frozen(kw_only=True)
class DecidedMatch:
    """What a person decided; it holds at once, and what follows from it is worked out right after."""

    match: str
    status: MatchStatus
    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    note: str
    by: str
    at: datetime


class NoSuchMatch(Exception):
    """The company has no match of this id, and never had one."""

    def __init__(self, match: str) -> None:
        super().__init__(f"no match {match}")
        self.match = match


class DecidedOtherwise(Exception):
    """A person said something of one of the records that contradicts this; that must be taken back first."""

    def __init__(self, record: str, decision: ReconciliationDecision) -> None:
        said = "is part of another confirmed match" if decision.kind is DecisionKind.CONFIRM else "is not Stripe's"
        super().__init__(f"a person said that {record} {said}; take that back first")
        self.record = record
        self.decision = decision


async def match_by_hand(
    payouts: Sequence[PayoutId],
    deposits: Sequence[BankDepositId],
    note: str,
    *,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
) -> DecidedMatch:
    """These payouts and these bank lines are the same money. Raises FieldsRefused, DecidedOtherwise, and what
    `active_company` raises."""
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        said = Said(transaction, who, at)
        decided = await said.by_hand(payouts, deposits, note)
        await said.ask_for_work()
    return decided


async def decide_matches(
    verdicts: Sequence[VerdictOnMatch], *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> tuple[DecidedMatch, ...]:
    """All of these, or none. Raises NoSuchMatch, DecidedOtherwise, and what `active_company` raises."""
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        said = Said(transaction, who, at)
        decided = [await said.of_match(each) for each in verdicts]
        await said.ask_for_work()
    return tuple(decided)


async def records_of_match(match: str, transaction: CompanyTransaction) -> Records:
    """The records of a match that was found once, or was made by hand. Raises NoSuchMatch."""
    history = await transaction.reconciliation_lists.match_history(match)
    if history:
        last = history[-1].match
        return tuple(sorted(last.payouts)), tuple(sorted(last.deposits))
    for each in await transaction.decisions.in_force():
        payouts, deposits = each.decision.records
        if each.decision.kind is not DecisionKind.NOT_STRIPE and id_of_records(payouts, deposits) == match:
            return payouts, deposits
    raise NoSuchMatch(match)


class Said:
    """What one person says of matches in one transaction; written down once all is said."""

    def __init__(self, transaction: CompanyTransaction, who: Actor, at: datetime) -> None:
        self._transaction = transaction
        self._who = who
        self._at = at
        self._entries: list[AuditEntry] = []

    async def by_hand(self, payouts: Sequence[PayoutId], deposits: Sequence[BankDepositId], note: str) -> DecidedMatch:
        """These payouts and these bank lines are the same money. Raises FieldsRefused, DecidedOtherwise."""
        records = tuple(sorted(payouts)), tuple(sorted(deposits))
        found = await self._transaction.facts.load(WithIds(ids=(*payouts, *deposits)))
        known = {*(payout.id for payout in found.payouts), *(line.id for line in found.deposits)}
        refuse(
            [
                RefusedField(pointer=f"/{kind}/{place}", reason="is none of this company's")
                for kind, ids in (("payouts", payouts), ("deposits", deposits))
                for place, id_ in enumerate(ids)
                if id_ not in known
            ]
        )
        return await self.on(records, Verdict.CONFIRM, note)

    async def of_match(self, said: VerdictOnMatch) -> DecidedMatch:
        """A verdict on a match. Raises NoSuchMatch, DecidedOtherwise."""
        return await self.on(await records_of_match(said.match, self._transaction), said.verdict, said.note)

    async def on(self, records: Records, verdict: Verdict, note: str) -> DecidedMatch:
        """Appends the decision, unless it is in force already."""
        payouts, deposits = records
        in_force = await self._transaction.decisions.in_force((*payouts, *deposits))
        same = [each for each in in_force if each.decision.records == records]
        match verdict:
            case Verdict.CONFIRM:
                status = await self._confirm(records, note, same, in_force)
            case Verdict.REJECT:
                status = await self._reject(records, note, same)
            case Verdict.REVERSE:
                status = await self._reverse(records, note, same)
        return DecidedMatch(
            match=id_of_records(payouts, deposits),
            status=status,
            payouts=tuple(map(PayoutId, payouts)),
            deposits=tuple(map(BankDepositId, deposits)),
            note=note,
            by=self._who.id,
            at=self._at,
        )

    async def ask_for_work(self) -> None:
        """Last in the transaction: what follows from all this is to be worked out."""
        if await self.write_down():
            await self._transaction.work.request(WorkKind.RECONCILE, self._transaction.company, at=self._at)

    async def write_down(self) -> bool:
        """What was said goes into the audit trail. False: all of it was in force already."""
        await self._transaction.audit.append(self._entries)
        return bool(self._entries)

    async def _confirm(
        self, records: Records, note: str, same: Sequence[NumberedDecision], in_force: Sequence[NumberedDecision]
    ) -> MatchStatus:
        if any(each.decision.kind is DecisionKind.CONFIRM for each in same):
            return MatchStatus.CONFIRMED
        wanted = {*records[0], *records[1]}
        for each in in_force:
            taken = wanted & {*each.decision.payouts, *each.decision.deposits}
            if taken and each.decision.kind is not DecisionKind.REJECT:
                raise DecidedOtherwise(min(taken), each.decision)
        await self._undo([each for each in same if each.decision.kind is DecisionKind.REJECT], note)
        await self._append(DecisionKind.CONFIRM, records, note, "match.confirmed")
        return MatchStatus.CONFIRMED

    async def _reject(self, records: Records, note: str, same: Sequence[NumberedDecision]) -> MatchStatus:
        if not any(each.decision.kind is DecisionKind.REJECT for each in same):
            await self._undo([each for each in same if each.decision.kind is DecisionKind.CONFIRM], note)
            await self._append(DecisionKind.REJECT, records, note, "match.rejected")
        return MatchStatus.REJECTED

    async def _reverse(self, records: Records, note: str, same: Sequence[NumberedDecision]) -> MatchStatus:
        said = [each for each in same if each.decision.kind is not DecisionKind.NOT_STRIPE]
        if said:
            await self._undo(said, note)
            self._note_down("match.reversed", records, note)
        else:
            await self._append(DecisionKind.REJECT, records, note, "match.reversed")
        return MatchStatus.REVERSED

    async def _undo(self, decisions: Sequence[NumberedDecision], note: str) -> None:
        for each in decisions:
            await self._transaction.decisions.undo(each.number, by=self._who.id, note=note, at=self._at)

    async def _append(self, kind: DecisionKind, records: Records, note: str, action: str) -> None:
        decision = ReconciliationDecision(
            kind=kind,
            payouts=tuple(map(PayoutId, records[0])),
            deposits=tuple(map(BankDepositId, records[1])),
            by=self._who.id,
            note=note,
        )
        await self._transaction.decisions.append(decision, at=self._at)
        self._note_down(action, records, note)

    def _note_down(self, action: str, records: Records, note: str) -> None:
        payouts, deposits = records
        self._entries.append(
            AuditEntry(
                who=self._who,
                action=action,
                subject=id_of_records(payouts, deposits),
                note=note,
                at=self._at,
                detail={"payouts": payouts, "deposits": deposits},
            )
        )
