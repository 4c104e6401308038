"""Rules and decisions that are only supposed are seen just as they would be if they were made."""

from random import Random

import pytest

from adapters.in_memory.store import InMemoryStore
from domain.bank_deposit import BankDepositId
from domain.matching_rule import MatchingRule, RuleKind, TextTest
from domain.payout import PayoutId
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from ports.transaction import CompanyTransaction
from ports.use_cases.supposed_transaction import SupposedTransaction
from tests.ports.use_cases.companies_told import ACME, NOON, store_with

DECISIONS = [
    ReconciliationDecision(
        kind=kind, payouts=(PayoutId("po_2"), PayoutId(payout)), deposits=(BankDepositId("dep_1"),), by="key"
    )
    for kind in (DecisionKind.CONFIRM, DecisionKind.REJECT)
    for payout in ("po_1", "po_3")
]
RULES = [MatchingRule.of(ACME.id, RuleKind.NOT_STRIPE, TextTest.CONTAINS, text) for text in ("RENT", "TAX", "GAS")]


async def change(random: Random, *transactions: CompanyTransaction, times: int) -> None:
    """The same changes in each."""
    for _ in range(times):
        number, decision, rule = random.randint(1, 9), random.choice(DECISIONS), random.choice(RULES)
        which = random.randrange(4)
        done: list[int | None] = []
        for each in transactions:
            if which == 0:
                done.append(await each.decisions.append(decision, at=NOON))
            elif which == 1:
                done.append(await each.decisions.undo(number, by="key", note="", at=NOON))
            elif which == 2:
                done.append(await each.matching_rules.add(rule, at=NOON))
            else:
                done.append(await each.matching_rules.remove(rule.id, at=NOON))
        assert len(set(done)) == 1


@pytest.mark.parametrize("seed", range(60))
async def test_what_is_supposed_is_seen_as_if_it_were_so(seed: int) -> None:
    store: InMemoryStore = await store_with()
    random = Random(seed)
    async with store.company(ACME.id) as transaction:
        await change(random, transaction, times=random.randrange(8))
        made = (await transaction.decisions.since(0)).last
    async with store.snapshot(ACME.id) as snapshot, store.company(ACME.id) as real:
        supposed = SupposedTransaction(snapshot, decisions=made)
        await change(random, real, supposed, times=random.randrange(10))

        assert await supposed.decisions.in_force() == await real.decisions.in_force()
        for records in ((), ("po_1",), ("po_3", "dep_9"), ("dep_1",)):
            assert await supposed.decisions.in_force(records) == await real.decisions.in_force(records)
        assert await supposed.matching_rules.in_force() == await real.matching_rules.in_force()
        for number in range(made + 1):
            seen, so = await supposed.decisions.since(number), await real.decisions.since(number)
            assert seen.last == so.last
            assert sorted(map(str, seen.decided)) == sorted(map(str, so.decided))
            assert sorted(map(str, seen.undone)) == sorted(map(str, so.undone))


async def test_what_is_supposed_is_nowhere_written() -> None:
    store = await store_with()
    async with store.snapshot(ACME.id) as snapshot:
        supposed = SupposedTransaction(snapshot, decisions=0)
        await change(Random(1), supposed, times=20)
    async with store.company(ACME.id) as transaction:
        assert (await transaction.decisions.since(0)).last == 0
        assert (await transaction.matching_rules.in_force()).changes == 0
