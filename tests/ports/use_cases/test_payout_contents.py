"""What is inside one payout, of which only what can be in it is read."""

from datetime import UTC, datetime

import attrs
import pytest

from adapters.in_memory.store import InMemoryStore
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.payout import Payout, PayoutId
from domain.payout_breakdown import break_down_payouts
from domain.remainder import RemainderLabel
from ports.facts import FactSource
from ports.use_cases import payout_contents
from ports.use_cases.payout_contents import PayoutContents
from tests.domain.balance_records import payout, transaction, usd

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME = CompanyId("co_acme0000")
FACTS = CompanyFacts(
    payouts=(
        attrs.evolve(payout("po_hand_1", 700, automatic=False, day=10), balance_transaction="txn_own_1"),
        attrs.evolve(payout("po_hand_2", 900, automatic=False, day=12), balance_transaction="txn_own_2"),
        attrs.evolve(payout("po_hand_3", 400, automatic=False, day=13), balance_transaction="txn_own_3"),
        payout("po_auto", 400, day=14),
    ),
    balance_transactions=(
        *(transaction(f"txn_{number}", 300, category="charge", day=number) for number in range(6)),
        transaction("txn_own_1", -700, type="payout", source="po_hand_1", payout="po_hand_1"),
        transaction("txn_own_2", -900, type="payout", source="po_hand_2", payout="po_hand_2"),
        # This one's movement stands in the next list, and with it what it had paid out.
        transaction("txn_own_3", -400, type="payout", source="po_hand_3", payout="po_auto"),
        transaction("txn_a", 800, category="charge", payout="po_auto"),
        transaction("txn_b", 90, category="charge", currency="eur"),
    ),
)


async def contents(id: str) -> PayoutContents | None:
    store = InMemoryStore()
    async with store.company(ACME) as company:
        await company.facts.record(FACTS, source=FactSource.STRIPE, at=NOON)
    async with store.snapshot(ACME) as snapshot:
        return await payout_contents.payout_contents(PayoutId(id), snapshot.facts)


@pytest.mark.parametrize("of", FACTS.payouts, ids=lambda each: each.id)
async def test_it_is_what_breaking_everything_down_says_of_it(of: Payout) -> None:
    whole = {each.payout: each for each in break_down_payouts(FACTS).payouts}
    found = await contents(of.id)

    assert found is not None
    assert found.breakdown == whole[of.id]
    assert set(found.transactions) >= {item.transaction for item in found.breakdown.items}


async def test_where_too_much_could_have_paid_for_it_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payout_contents, "QUEUE_MAX", 5)
    found = await contents("po_hand_1")

    assert found is not None
    assert found.breakdown.items == ()
    assert (found.breakdown.remainder.amount, found.breakdown.remainder.label) == (
        usd(700),
        RemainderLabel.NOT_WORKED_OUT,
    )


async def test_there_is_nothing_in_a_payout_that_there_is_not() -> None:
    assert await contents("po_none") is None
