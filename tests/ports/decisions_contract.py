"""What keeping people's decisions promises, whatever they are kept in."""

import asyncio
from datetime import UTC, datetime

import attrs

from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.payout import PayoutId
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from ports.decisions import NumberedDecision
from ports.transaction import Store

ACME = CompanyId("co_acme0000")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


class DecisionsContract:
    """Subclass it with a `store` fixture for each adapter."""

    confirm = ReconciliationDecision(
        kind=DecisionKind.CONFIRM,
        payouts=(PayoutId("po_2"), PayoutId("po_1")),
        deposits=(BankDepositId("dep_1"),),
        by="owner:Ada",
        note="seen on paper",
    )
    not_stripe = ReconciliationDecision(kind=DecisionKind.NOT_STRIPE, deposits=(BankDepositId("dep_2"),), by="key")

    async def test_decisions_are_in_force_until_they_are_undone(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            decisions = transaction.decisions
            first = await decisions.append(self.confirm, at=NOON)
            second = await decisions.append(self.not_stripe, at=NOON)
            undone = await decisions.undo(first, by="owner:Ada", note="wrong paper", at=NOON)
            again = await decisions.undo(first, by="owner:Ada", note="", at=NOON)
            in_force = await decisions.in_force()

        assert (first, second, undone, again) == (1, 2, 3, None)
        assert in_force == [NumberedDecision(number=2, decision=self.not_stripe, at=NOON)]

    async def test_decisions_are_found_by_their_records(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.decisions.append(self.confirm, at=NOON)
            await transaction.decisions.append(self.not_stripe, at=NOON)
            by_payout = await transaction.decisions.in_force(["po_1", "po_7"])
            nothing = await transaction.decisions.in_force(["po_7"])

        kept = attrs.evolve(self.confirm, payouts=(PayoutId("po_1"), PayoutId("po_2")))
        assert [each.decision for each in by_payout] == [kept]
        assert nothing == []

    async def test_what_changed_since_a_number_leaves_out_what_came_and_went(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            decisions = transaction.decisions
            before = await decisions.append(self.not_stripe, at=NOON)
            fleeting = await decisions.append(self.confirm, at=NOON)
            await decisions.undo(fleeting, by="", note="", at=NOON)
            await decisions.undo(before, by="", note="", at=NOON)
            lasting = await decisions.append(self.not_stripe, at=NOON)
            since = await decisions.since(before)
            nothing = await decisions.since(lasting)

        assert (since.decided, since.undone, since.last) == ((self.not_stripe,), (self.not_stripe,), 5)
        assert (nothing.decided, nothing.undone, nothing.last) == ((), (), 5)

    async def test_whoever_holds_decisions_keeps_others_waiting(self, store: Store) -> None:
        async def decide() -> None:
            async with store.company(ACME) as transaction:
                await transaction.decisions.append(self.not_stripe, at=NOON)

        async with store.company(ACME) as transaction:
            await transaction.decisions.hold()
            other = asyncio.create_task(decide())
            await asyncio.sleep(0.05)
            waits = not other.done()
            number = await transaction.decisions.append(self.confirm, at=NOON)
        await other

        async with store.company(ACME) as transaction:
            in_force = await transaction.decisions.in_force()
        assert (waits, number, [each.number for each in in_force]) == (True, 1, [1, 2])

    async def test_a_decision_rolled_back_leaves_no_gap(self, store: Store) -> None:
        try:
            async with store.company(ACME) as transaction:
                await transaction.decisions.append(self.confirm, at=NOON)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        async with store.company(ACME) as transaction:
            number = await transaction.decisions.append(self.not_stripe, at=NOON)

        assert number == 1
