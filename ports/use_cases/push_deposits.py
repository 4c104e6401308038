"""A partner tells bank lines by its own ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.actor import Actor
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.json_value import JsonObject
from domain.partner import Tenant
from domain.pushed_deposit import (
    PushedDeposit,
    deposit_of,
    in_kept_accounts,
    pushed_account_id,
    pushed_deposit_id,
    refused_in_deposits,
)
from domain.refused_field import RefusedField
from ports.facts import FactSource, RecordedFacts, WithIds
from ports.transaction import Store
from ports.use_cases.active_company import active_company, refuse
from ports.use_cases.replaced_lines import replaced_lines
from ports.use_cases.superseded_lines import superseded_lines
from ports.use_cases.told_facts import follow_up

DEPOSITS_MAX: Final = 1_000
"""Most lines that can be told at once."""


async def push_deposits(
    deposits: Sequence[PushedDeposit], *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> RecordedFacts:
    """Keeps the lines, all or none. Told again, a line replaces what was told before.

    An account is named by its id, or by the partner's own external id of it. A pending line that one of them replaces
    is withdrawn, and so is a statement's line of the same account, day and amount, once for each line that is new: a
    deposit counts once, in whatever order it is told. Raises NoSuchCompany, CompanyIsArchived; FieldsRefused, with
    pointers into the list: `/data/3/account`.
    """
    refuse(_too_many(deposits))
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        names = {deposit.account for deposit in deposits}
        named = WithIds(ids=tuple(names | {pushed_account_id(company, name) for name in names}))
        accounts = await transaction.facts.load(named, to_change=True)
        by_id = {account.id: account for account in accounts.accounts}
        deposits = in_kept_accounts(deposits, by_id, company)
        refuse(refused_in_deposits(deposits, by_id, "/data", today=at.date()))
        told = tuple(deposit_of(deposit, company) for deposit in deposits)
        replaced = await replaced_lines(told, facts=transaction.facts)
        superseded = await superseded_lines(told, facts=transaction.facts, fact_lists=transaction.fact_lists)
        recorded = await transaction.facts.record(
            CompanyFacts(deposits=(*told, *replaced, *superseded)),
            source=FactSource.PUSHED,
            at=at,
            external_ids={pushed_deposit_id(company, each.external_id): each.external_id for each in deposits},
        )
        detail: JsonObject = {"superseded": tuple(line.id for line in superseded)} if superseded else {}
        await follow_up(recorded, "deposits.pushed", transaction=transaction, who=who, at=at, detail=detail)
    return recorded


def _too_many(deposits: Sequence[PushedDeposit]) -> list[RefusedField]:
    if len(deposits) > DEPOSITS_MAX:
        reason = f"has {len(deposits)} lines; at most {DEPOSITS_MAX} at once"
        return [RefusedField(pointer="/data", reason=reason)]
    return []
