"""Does what was only asked about: the very changes, if what they were weighed against is still so."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId
from domain.partner import Tenant
from domain.work import WorkKind
from ports.facts import RecordedFacts, WithIds
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import FieldsRefused, active_company
from ports.use_cases.make_changes import ChangeContradicts, make_changes
from ports.use_cases.reconcile_company import day_of
from ports.what_ifs import StandsOn, WhatIf


class NoSuchWhatIf(Exception):
    """The company has no such question."""

    def __init__(self, id: str) -> None:
        super().__init__(f"no question {id}")
        self.id = id


class AlreadyApplied(Exception):
    """It was applied before. Nothing was changed again."""

    def __init__(self, id: str) -> None:
        super().__init__(f"{id} is applied already")
        self.id = id


class WhatIfOutdated(Exception):
    """The answer may be another by now. Nothing was changed: ask again."""

    def __init__(self, moved: str) -> None:
        super().__init__(f"{moved}; nothing was changed: ask again")
        self.moved = moved


async def apply_what_if(
    id: str, *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> WhatIf:
    """The question, applied. Its changes hold at once; what was foretold comes with the next reconciliation.

    Raises NoSuchWhatIf, AlreadyApplied, WhatIfOutdated, and what `active_company` raises.
    """
    async with store.company(company) as transaction:
        known = await active_company(company, tenant=tenant, companies=transaction.companies)
        what_if = await transaction.what_ifs.find(id)
        if what_if is None:
            raise NoSuchWhatIf(id)
        if not await transaction.what_ifs.mark_applied(id, by=who, at=at):
            raise AlreadyApplied(id)
        moved = _expired(what_if, known, at) or await _moved(what_if.head.stands_on, transaction)
        if moved:
            raise WhatIfOutdated(moved)
        try:
            await make_changes(what_if.proposed, transaction=transaction, who=who, at=at)
        except (FieldsRefused, ChangeContradicts) as error:  # a rule of the same moment, say: none of them is locked
            raise WhatIfOutdated(str(error)) from error
        entry = AuditEntry(who=who, action="what_if.applied", subject=id, at=at)
        await transaction.audit.append([entry])
        await transaction.work.request(WorkKind.RECONCILE, company, at=at)
        applied = await transaction.what_ifs.find(id)
    if applied is None:
        raise LookupError(f"{id} was there a moment ago")
    return applied


def _expired(what_if: WhatIf, company: Company, at: datetime) -> str:
    expires = what_if.head.expires_at
    if at < expires and day_of(company, at) == what_if.head.stands_on.as_of:
        return ""
    return f"the answer was of {what_if.head.stands_on.as_of}, and that day is over"


async def _moved(stood: StandsOn, transaction: CompanyTransaction) -> str:
    """What is no longer as it was, in words. From here on nobody else records facts or decides until we are done."""
    await transaction.facts.load(WithIds(ids=()), to_change=True)
    await transaction.decisions.hold()
    changed = await transaction.facts.changed_since(stood.facts)
    basis = await transaction.reconciliation.basis()
    moved = []
    if changed.recorded_at != stood.facts:
        moved.append(f"facts were recorded ({_in_words(changed)})")
    if (await transaction.decisions.since(stood.decisions)).last != stood.decisions:
        moved.append("a person decided on a match or a bank line, or took that back")
    if (await transaction.matching_rules.in_force()).changes != stood.rules:
        moved.append("a rule was added or removed")
    if not moved and not stood.is_up_to_date:
        moved.append("what had been told before was still being worked out")
    elif (0 if basis is None else basis.run) != stood.run:
        moved.append("the company was reconciled")
    return "since it was asked, " + ", and ".join(moved) if moved else ""


def _in_words(changed: RecordedFacts) -> str:
    kinds = ("payouts", "balance_transactions", "accounts", "deposits")
    new = sum(len(getattr(changed.new, kind)) for kind in kinds)
    other = sum(len(getattr(changed.changed, kind)) for kind in kinds)
    return f"{new} new, {other} changed, {len(changed.retracted)} taken out"
