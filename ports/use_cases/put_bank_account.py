"""A partner tells of a bank account that it keeps itself."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from domain.actor import Actor
from domain.bank_deposit import BankAccount
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.covered_period import CoveredPeriod, latest_run
from domain.partner import Tenant
from domain.pushed_deposit import PushedAccount, account_of, refused_in_account
from domain.refused_field import RefusedField
from ports.fact_lists import DepositsWanted
from ports.facts import FactSource, WithIds
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company, refuse
from ports.use_cases.told_facts import follow_up


async def put_bank_account(
    account: PushedAccount,
    *,
    csv_columns: str | None,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
) -> BankAccount:
    """Keeps the account, and how the columns of its CSV files are called. Told again, it replaces what was told before.

    The days that it is said to cover are added to those that its statements cover. Raises NoSuchCompany,
    CompanyIsArchived, FieldsRefused: also where the account has lines and its currency would be another.
    """
    refuse(refused_in_account(account, "", today=at.date()))
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        told = account_of(account, company)
        before = await transaction.facts.load(WithIds(ids=(told.id,)), to_change=True)  # a statement may be on its way
        refuse(await _refused_currency(told, before.accounts, transaction))
        if account.covered_from and account.covered_to:
            period = CoveredPeriod(first_day=account.covered_from, last_day=account.covered_to)
            await transaction.statements.add_period(told.id, period, at=at)
        run = latest_run(await transaction.statements.periods(told.id))
        if run is not None:
            told = attrs.evolve(told, covered_from=run.first_day, covered_to=run.last_day)
        recorded = await transaction.facts.record(
            CompanyFacts(accounts=(told,)),
            source=FactSource.PUSHED,
            at=at,
            external_ids={told.id: account.external_id},
        )
        if await transaction.statements.columns(told.id) != csv_columns:
            await transaction.statements.remember_columns(told.id, csv_columns, at=at)
        await follow_up(recorded, "bank_account.put", transaction=transaction, who=who, at=at)
    return told


async def _refused_currency(
    told: BankAccount, known: Sequence[BankAccount], transaction: CompanyTransaction
) -> list[RefusedField]:
    """The lines of an account are money in its currency, so it keeps it as long as it has any."""
    if all(account.currency in (None, told.currency) for account in known):
        return []
    lines = await transaction.fact_lists.deposits(DepositsWanted(account=told.id), limit=1)
    if not lines.records:
        return []
    reason = f"is {told.currency}, but the account has lines in {known[0].currency}"
    return [RefusedField(pointer="/currency", reason=reason)]
