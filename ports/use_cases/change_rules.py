"""A person's own rules, added and removed: everything is decided again under the rules that then hold."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.json_value import JsonObject
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
        accounts = (await transaction.facts.load(AllAccounts())).accounts
        if rule.account is not None and rule.account not in {account.id for account in accounts}:
            refuse([RefusedField(pointer="/account", reason="is no bank account of this company")])
        held = (await transaction.matching_rules.in_force()).rules
        if rule.id in {each.id for each in held}:
            return False
        if len(held) >= RULES_MAX:
            raise TooManyRules
        await transaction.matching_rules.add(rule, at=at)
        await _write_down("rule.added", rule.id, note, transaction, who, at, {"kind": rule.kind.value})
    return True


async def remove_rule(rule: str, *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store) -> None:
    """Raises NoSuchRule, and what `active_company` raises."""
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        if not await transaction.matching_rules.remove(rule, at=at):
            raise NoSuchRule(rule)
        await _write_down("rule.removed", rule, "", transaction, who, at, {})


async def _write_down(
    action: str,
    rule: str,
    note: str,
    transaction: CompanyTransaction,
    who: Actor,
    at: datetime,
    detail: JsonObject,
) -> None:
    entry = AuditEntry(who=who, action=action, subject=rule, note=note, at=at, detail=detail)
    await transaction.audit.append([entry])
    await transaction.work.request(WorkKind.RECONCILE, transaction.company, at=at)
