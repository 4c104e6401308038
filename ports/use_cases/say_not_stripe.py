"""A person says that a bank line has nothing to do with Stripe, or takes that back."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.partner import Tenant
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from domain.work import WorkKind
from ports.facts import WithIds
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company
from ports.use_cases.decide_matches import DecidedOtherwise


class NoSuchDeposit(Exception):
    """The company has no bank line of this id."""

    def __init__(self, deposit: BankDepositId) -> None:
        super().__init__(f"no bank line {deposit}")
        self.deposit = deposit


async def say_not_stripe(
    deposit: BankDepositId,
    note: str,
    *,
    is_so: bool,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
) -> bool:
    """`is_so`: it is not Stripe's; False takes that back. Returns whether anything is other than before.

    Raises NoSuchDeposit; DecidedOtherwise if it is part of a confirmed match; and what `active_company` raises.
    """
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        changed = await said_not_stripe(deposit, note, is_so=is_so, transaction=transaction, who=who, at=at)
        if changed:
            await transaction.work.request(WorkKind.RECONCILE, company, at=at)
    return changed


async def said_not_stripe(
    deposit: BankDepositId, note: str, *, is_so: bool, transaction: CompanyTransaction, who: Actor, at: datetime
) -> bool:
    """As part of a transaction, which asks for the work. Raises NoSuchDeposit, DecidedOtherwise."""
    if not (await transaction.facts.load(WithIds(ids=(deposit,)))).deposits:
        raise NoSuchDeposit(deposit)
    in_force = await transaction.decisions.in_force((deposit,))
    said = [each for each in in_force if each.decision.kind is DecisionKind.NOT_STRIPE]
    if bool(said) == is_so:
        return False
    if is_so:
        confirmed = [each.decision for each in in_force if each.decision.kind is DecisionKind.CONFIRM]
        if confirmed:
            raise DecidedOtherwise(deposit, confirmed[0])
        decision = ReconciliationDecision(kind=DecisionKind.NOT_STRIPE, deposits=(deposit,), by=who.id, note=note)
        await transaction.decisions.append(decision, at=at)
    else:
        for each in said:
            await transaction.decisions.undo(each.number, by=who.id, note=note, at=at)
    action = "deposit.not_stripe" if is_so else "deposit.not_stripe_taken_back"
    await transaction.audit.append([AuditEntry(who=who, action=action, subject=deposit, note=note, at=at)])
    return True
