"""What a bank line could be, for a person to choose from."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from domain.bank_deposit import BankDepositId
from domain.company import Company
from domain.company_facts import CompanyFacts
from domain.matching.candidates import Candidate, candidates_of
from domain.matching.deposit_matching import decide_deposits
from domain.matching.model import ModelSnapshot
from domain.matching.reach import OpenLines, OpenPayouts
from domain.matching_rule import as_read
from ports.facts import AllAccounts, OfAmounts, WithIds
from ports.reconciliation_record import StandingsWanted
from ports.transaction import Store
from ports.use_cases.say_not_stripe import NoSuchDeposit

_GROUPS: Final = timedelta(days=20)
"""What forms a group with the line is not farther away."""
_EQUAL: Final = timedelta(days=60)
"""Equal amounts are looked for so far."""


async def deposit_candidates(
    deposit: BankDepositId, *, company: Company, at: datetime, store: Store
) -> tuple[Candidate, ...]:
    """The likeliest first; nothing is changed. Looks at what is open around the line, and at equal amounts.

    Raises NoSuchDeposit.
    """
    async with store.snapshot(company.id) as snapshot:
        line = next(iter((await snapshot.facts.load(WithIds(ids=(deposit,)))).deposits), None)
        if line is None:
            raise NoSuchDeposit(deposit)
        basis = await snapshot.reconciliation.basis()
        model = ModelSnapshot() if basis is None else await snapshot.reconciliation.model(basis.model)
        first, last = line.date - _GROUPS, line.date + _GROUPS
        near = OpenPayouts(first, last), OpenLines(first, last)
        standing = await snapshot.reconciliation.find(StandingsWanted(open=near))
        facts = await snapshot.facts.load(
            AllAccounts(),
            WithIds(ids=(deposit, *sorted(standing.open_payouts), *sorted(standing.open_deposits))),
            OfAmounts(amounts=(line.amount,), first_day=line.date - _EQUAL, last_day=line.date + _EQUAL),
        )
        ids = [each.id for each in facts.deposits]
        rules = (await snapshot.matching_rules.in_force()).rules
        learned = await snapshot.reconciliation.find(StandingsWanted(said_of=tuple(ids)))
    decided = await asyncio.to_thread(
        decide_deposits,
        as_read(CompanyFacts(payouts=facts.payouts, accounts=facts.accounts, deposits=facts.deposits), rules),
        as_of=at.astimezone(ZoneInfo(company.time_zone)).date(),
        model=attrs.evolve(model, learned_from=learned.learned),
        horizon=None if basis is None else basis.horizon,
        same_accounts={} if basis is None else basis.same_accounts,
    )
    return candidates_of(deposit, decided)
