"""A person's own rules, added and removed: everything is decided again under the rules that then hold."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.matching_rule import MatchingRule
from domain.partner import Tenant
from domain.refused_field import RefusedField
from domain.work import WorkKind
from ports.facts import AllAccounts
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company, refuse

RULES_MAX = 200
"""So many rules a company may have: each is held against every line."""


class NoSuchRule(Exception):
    """The company has no rule of this id that holds."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"no rule {rule}")
        self.rule = rule


class TooManyRules(Exception):
    """The company has as many rules as it may have."""

    def __init__(self) -> None:
        super().__init__(f"a company has at most {RULES_MAX} rules")


async def add_rule(
    rule: MatchingRule, note: str, *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> bool:
    """False: it holds already. Raises FieldsRefused, TooManyRules, and what `active_company` raises."""
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        is_new = await rule_added(rule, note, transaction=transaction, who=who, at=at)
        if is_new:
            await transaction.work.request(WorkKind.RECONCILE, company, at=at)
    return is_new


async def remove_rule(rule: str, *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store) -> None:
    """Raises NoSuchRule, and what `active_company` raises."""
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        await rule_removed(rule, "", transaction=transaction, who=who, at=at)
        await transaction.work.request(WorkKind.RECONCILE, company, at=at)


async def rule_added(
    rule: MatchingRule, note: str, *, transaction: CompanyTransaction, who: Actor, at: datetime
) -> bool:
    """As part of a transaction, which asks for the work. False: it holds already.

    Raises FieldsRefused, TooManyRules.
    """
    accounts = (await transaction.facts.load(AllAccounts())).accounts
    if rule.account is not None and rule.account not in {account.id for account in accounts}:
        refuse([RefusedField(pointer="/account", reason="is no bank account of this company")])
    held = (await transaction.matching_rules.in_force()).rules
    if rule.id in {each.id for each in held}:
        return False
    if len(held) >= RULES_MAX:
        raise TooManyRules
    await transaction.matching_rules.add(rule, at=at)
    detail = {"kind": rule.kind.value}
    await transaction.audit.append(
        [AuditEntry(who=who, action="rule.added", subject=rule.id, note=note, at=at, detail=detail)]
    )
    return True


async def rule_removed(rule: str, note: str, *, transaction: CompanyTransaction, who: Actor, at: datetime) -> None:
    """As part of a transaction, which asks for the work. Raises NoSuchRule."""
    if not await transaction.matching_rules.remove(rule, at=at):
        raise NoSuchRule(rule)
    await transaction.audit.append([AuditEntry(who=who, action="rule.removed", subject=rule, note=note, at=at)])
