"""What a check of an account says, turn by turn: complete is proved, or it is said why not."""

from datetime import timedelta

import attrs
import pytest

from domain.balance_transaction import BalanceTransactionId
from domain.company_facts import CompanyFacts
from domain.payout import PayoutStatus
from domain.stripe_feed import StripeFeed
from ports.facts import FactSource
from ports.stripe_refusals import StripeRefused
from tests.ports.use_cases.stripe_desk import COMPANY, NOON, SHOP, Desk

REFUSED = StripeRefused(status=400, type=None, code=None, param="payout", message="not now", request_id=None)


async def test_a_record_that_stripe_does_not_list_is_extra_and_what_others_told_is_not() -> None:
    """It is counted, so that nothing that went wrong once is wrong for ever."""
    desk = await Desk().open()
    kept = desk.moved("txn_1")
    phantom = attrs.evolve(kept, id=BalanceTransactionId("txn_phantom"))
    pushed = attrs.evolve(kept, id=BalanceTransactionId("txn_pushed"), stripe_account=None)
    async with desk.store.company(COMPANY) as transaction:
        facts = CompanyFacts(balance_transactions=(phantom, pushed))
        await transaction.facts.record(facts, source=FactSource.STRIPE, at=NOON)
    await desk.work()
    found = await desk.check()
    async with desk.store.company(COMPANY) as transaction:
        await transaction.facts.record(CompanyFacts(), source=FactSource.STRIPE, at=NOON, retracted=[phantom.id])
    await desk.later(hours=1.1)

    assert found.reasons == ("0 balance transactions are missing, 1 extra, 0 different",)
    assert (await desk.check()).is_complete


async def test_a_list_that_stripe_refuses_is_said_and_asked_for_again() -> None:
    """Failures 12 and 13: what cannot be listed is never silently left out."""
    desk = await Desk().open()
    desk.paid("po_1")
    desk.moved("txn_1", payout="po_1")
    desk.reader.instead["items"] = REFUSED
    await desk.work()
    found = await desk.check()
    desk.reader.instead.clear()
    await desk.later(hours=2)
    await desk.later(hours=2)

    assert found.reasons == ("Stripe refused to say what is in 1 payouts",)
    assert (await desk.check()).is_complete


async def test_a_long_check_goes_on_where_it_was_while_what_is_new_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ports.use_cases.check_stripe_feed.READS_AT_ONCE", 3)
    desk = await Desk(page=10).open()
    for number in range(100):
        desk.moved(f"txn_{number}")
    states: list[StripeFeed] = []
    while await desk.look():
        states.append(await desk.feed())
        desk.moved(f"txn_new{len(states)}")
    under_way = [state.check.transactions.listed for state in states if state.check is not None]

    assert under_way == sorted(under_way)
    assert len(under_way) > 2
    assert (await desk.check()).is_complete
    assert (await desk.check()).transactions.listed < 105, "what is new since is no part of it"


async def test_an_account_that_never_stands_still_is_not_called_complete_and_one_that_pauses_is() -> None:
    desk = await Desk().open()
    desk.moved("txn_1")
    desk.reader.after_each = lambda name: name == "balance" and desk.moved(f"txn_b{desk.reader.asked.total()}")
    await desk.work()
    restless = await desk.check()
    desk.reader.after_each = lambda name: (
        name == "balance" and desk.reader.asked["balance"] % 2 and desk.moved(f"txn_b{desk.reader.asked.total()}")
    )
    await desk.later(hours=4)

    assert restless.reasons == ("the account moved while it was listed: its balance is not of what was listed",)
    assert (await desk.check()).is_complete


async def test_the_newest_movements_alone_are_listed_again_around_the_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.stripe_check.HEAD_AT_LEAST", 20)
    desk = await Desk(page=10).open()
    for number in range(300):
        desk.moved(f"txn_{number}")
        desk.clock.move(timedelta(minutes=1))
    await desk.look()
    while (await desk.feed()).check is not None:
        await desk.look()
    asked = desk.reader.asked["transactions"]
    desk.moved("txn_late", 7, created=NOON)  # far below the head: the balance tells that something is amiss
    check = await desk.check()

    assert check.is_complete, check.reasons
    assert asked <= 30 + 30 + 4
    assert check.transactions.listed == 300


async def test_what_differs_is_read_anew_and_then_agrees() -> None:
    desk = await Desk().open()
    desk.paid("po_old", arrival_date=(NOON - timedelta(days=300)).date(), created=NOON - timedelta(days=300))
    desk.paid("po_less", arrival_date=(NOON - timedelta(days=290)).date(), created=NOON - timedelta(days=290))
    desk.stripe.page = 1
    for number in range(3):
        desk.paid(f"po_{number}")
    await desk.work()
    desk.becomes("po_old", status=PayoutStatus.FAILED)
    await desk.later(days=1.1)
    found = await desk.check()
    await desk.later(hours=3)
    await desk.later(hours=3)

    assert found.reasons == ("0 payouts are missing, 0 extra, 1 different",)
    assert (await desk.check()).is_complete


async def test_trouble_in_a_check_keeps_how_far_it_came() -> None:
    desk = await Desk(page=10).open()
    for number in range(50):
        desk.moved(f"txn_{number}")
        desk.clock.move(timedelta(minutes=1))
    await desk.look()
    desk.clock.move(timedelta(days=2))
    desk.reader.asked.clear()
    desk.breaks_after(transactions=5)
    await desk.work()
    feed = await desk.feed()

    assert feed.check is not None
    assert feed.check.transactions.listed == 30
    assert feed.trouble == "down"


async def test_what_came_while_it_was_listed_is_not_missing() -> None:
    """It is read, and looked for once more, before anything is called missing."""
    desk = await Desk().open()
    desk.moved("txn_1")
    desk.reader.after_each = lambda name: (
        name == "transactions" and desk.reader.asked["transactions"] == 1 and desk.moved("txn_2")
    )
    await desk.work()

    check = await desk.check()
    assert check.is_complete, check.reasons
    assert check.transactions.listed == 2


async def test_a_balance_that_the_movements_do_not_come_to_is_not_called_complete() -> None:
    desk = await Desk().open()
    desk.moved("txn_1")
    [part] = desk.stripe.balances[SHOP]
    desk.stripe.balances[SHOP] = (
        attrs.evolve(part, pending=5),
        attrs.evolve(part, available=0, balance_type="issuing"),
    )
    await desk.work()

    check = await desk.check()
    assert check.reasons == ("the balance (payments, usd) is 105, and the movements listed come to 100",)
    assert {each.balance_type for each in check.balances} == {"payments", "issuing"}
