"""Reading an account at Stripe, turn by turn: what is read, and what is asked."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.payout import PayoutStatus, ReconciliationStatus
from domain.read_budget import BURST
from domain.stripe_account import ConnectionState
from ports.facts import WithIds
from ports.stripe_feeds import FeedMoved
from ports.stripe_refusals import StripeKeyRefused, StripeRefused
from ports.use_cases.archive_company import archive_company
from ports.use_cases.connect_stripe_account import end_connection
from ports.use_cases.sync_stripe import sync_stripe
from tests.ports.use_cases.stripe_desk import COMPANY, NOON, SHOP, STALL, TENANT, WHO, Desk

REFUSED = StripeRefused(status=400, type=None, code=None, param="payout", message="not now", request_id=None)


async def test_two_accounts_of_one_company_are_read_and_checked_each_for_itself() -> None:
    desk = await Desk().open(SHOP, STALL)
    for account, prefix in ((SHOP, "a"), (STALL, "b")):
        desk.paid(f"po_{prefix}", account)
        for number in range(3):
            desk.moved(f"txn_{prefix}{number}", 100 + number, account)
    await desk.work()

    assert len(await desk.ids()) == 8
    for account in (SHOP, STALL):
        check = await desk.check(account)
        assert check.is_complete, check.reasons
        assert (check.payouts.listed, check.transactions.listed) == (1, 3)


async def test_a_pass_that_broke_off_is_ended_and_what_came_since_is_read_in_the_same_turn() -> None:
    desk = await Desk(page=2).open()
    for number in range(6):
        desk.moved(f"txn_{number}")
    desk.breaks_after(transactions=2)
    await desk.work()
    before = await desk.ids()
    read: list[set[str]] = []

    async def once_read(name: str) -> None:
        if name == "payouts" and desk.reader.asked["payouts"] == 3:
            read.append(await desk.ids())  # the third time is the check's

    desk.stripe.refusal, desk.reader.after_each = None, once_read
    desk.moved("txn_new")
    desk.clock.move(timedelta(minutes=5))
    await desk.look()

    assert before == {"txn_5", "txn_4", "txn_3", "txn_2"}
    assert read == [{f"txn_{number}" for number in range(6)} | {"txn_new"}]


async def test_the_same_second_in_any_order_hides_nothing() -> None:
    """Failure 5: what is of the marker's second may stand on either side of it."""
    desk = await Desk(page=1).open()
    desk.moved("txn_m")
    await desk.work()
    late = desk.moved("txn_late")
    listed = desk.stripe.transactions_of[SHOP]
    desk.stripe.transactions_of[SHOP] = [late, *listed[:-1]]
    await desk.later(hours=3)

    assert await desk.ids() == {"txn_m", "txn_late"}


async def test_a_marker_that_is_gone_is_no_end() -> None:
    desk = await Desk(page=2).open()
    for number in range(5):
        desk.moved(f"txn_{number}")
    await desk.work()
    del desk.stripe.transactions_of[SHOP][-1]
    for number in range(5, 9):
        desk.moved(f"txn_{number}")
    await desk.later(hours=3)

    assert await desk.ids() == {f"txn_{number}" for number in range(9)}


async def test_hints_during_an_outage_make_nobody_ask_again_and_a_new_key_does() -> None:
    """A partner's events went on while Stripe answered 429: each was another request."""
    desk = await Desk().open()
    desk.stripe.refusal = StripeKeyRefused("rolled")
    await desk.work()
    asked = desk.reader.asked.total()
    for _ in range(20):
        await desk.hint()
        await desk.later(seconds=10)
    during = desk.reader.asked.total()
    desk.stripe.refusal = None
    await desk.give_key()
    await desk.hint()
    await desk.work()

    assert during == asked
    assert (await desk.feed()).trouble is None
    assert (await desk.check()).is_complete


async def test_however_often_stripe_tells_reads_keep_to_what_it_grants() -> None:
    desk = await Desk().open()
    desk.moved("txn_1")
    await desk.work()
    begun = (await desk.feed()).reads
    for _ in range(800):
        await desk.hint()
        await desk.later(seconds=6)
    spent = (await desk.feed()).reads - begun

    assert spent > BURST / 2
    assert spent < BURST + 40


async def test_polling_alone_with_its_checks_stays_within_ten_thousand_reads_a_month() -> None:
    desk = await Desk().open()
    for number in range(30):
        desk.moved(f"txn_{number}")
    await desk.work()
    begun = (await desk.feed()).reads
    for _ in range(3 * 24 * 4):
        await desk.later(minutes=15)
    reads = (await desk.feed()).reads - begun

    assert 3 * 24 < reads < 10_000 / 10
    assert (await desk.check()).at > NOON + timedelta(days=2)


async def test_payouts_that_may_still_change_are_asked_for_one_by_one_if_they_are_few_and_listed_if_many() -> None:
    """Failure 15: paid, then failed, days later."""
    desk = await Desk(page=5).open()
    for number in range(40):
        desk.paid(f"po_{number:02}", status=PayoutStatus.PAID)
    await desk.work()
    desk.reader.asked.clear()
    desk.becomes("po_03", status=PayoutStatus.FAILED)
    await desk.later(hours=6)
    async with desk.store.snapshot(COMPANY) as transaction:
        [payout] = (await transaction.facts.load(WithIds(ids=("po_03",)))).payouts

    assert payout.status is PayoutStatus.FAILED
    assert desk.reader.asked["payout"] == 0
    assert desk.reader.asked["payouts"] >= 8


async def test_a_payout_beyond_the_first_page_that_fails_days_later_is_seen_to_fail() -> None:
    desk = await Desk(page=2).open()
    for number in range(6):
        desk.paid(f"po_{number}", reconciliation_status=ReconciliationStatus.IN_PROGRESS, automatic=False)
        desk.clock.move(timedelta(hours=1))
    await desk.work()
    await desk.later(days=9)
    desk.becomes("po_0", status=PayoutStatus.FAILED)
    await desk.later(hours=2)
    async with desk.store.snapshot(COMPANY) as transaction:
        [payout] = (await transaction.facts.load(WithIds(ids=("po_0",)))).payouts

    assert payout.status is PayoutStatus.FAILED
    assert desk.reader.asked["payout"] > 0


async def test_a_company_that_is_archived_while_it_is_read_takes_nothing_more() -> None:
    desk = await Desk(page=1).open()
    for number in range(4):
        desk.moved(f"txn_{number}")

    async def archived(_name: str) -> None:
        if desk.reader.asked["transactions"] == 2:
            await archive_company(COMPANY, tenant=TENANT, who=WHO, at=NOON, store=desk.store)

    desk.reader.after_each = archived
    await desk.work()

    assert await desk.ids() == {"txn_3"}
    assert await desk.later(days=1) == 0


async def test_an_account_that_is_disconnected_while_it_is_read_takes_nothing_more() -> None:
    desk = await Desk(page=1).open(SHOP, STALL)
    desk.moved("txn_stall", account=STALL)
    for number in range(4):
        desk.moved(f"txn_{number}")

    async def disconnected(_name: str) -> None:
        if desk.reader.asked["transactions"] == 2:
            await end_connection(
                SHOP,
                ConnectionState.DISCONNECTED,
                company=COMPANY,
                tenant=TENANT,
                who=WHO,
                at=NOON,
                store=desk.store,
                reason="test",
            )

    desk.reader.after_each = disconnected
    await desk.work()

    assert await desk.ids() == {"txn_3", "txn_stall"}


async def test_without_a_key_it_is_said_why_nothing_is_read() -> None:
    desk = await Desk().open()
    async with desk.store.control() as transaction:
        await transaction.stripe_integrations.delete(TENANT)
    await desk.work()

    assert "there is no Stripe key of test mode" in str((await desk.feed()).trouble)


async def test_two_who_read_at_once_record_everything_once() -> None:
    """Failure 18: two syncs at once inserted twice."""
    desk = await Desk(page=1).open()
    for number in range(4):
        desk.moved(f"txn_{number}")
    now = desk.clock.now
    claimed = await desk.services.work_list.claim("one", at=now, until=now + timedelta(minutes=1))
    assert claimed is not None
    desk.reader.after_each = lambda _name: asyncio.sleep(0)
    both = [sync_stripe(claimed, at=now, reading=desk.reading) for _ in range(2)]
    ended: list[Any] = await asyncio.gather(*both, return_exceptions=True)

    assert [type(each) for each in ended].count(FeedMoved) == 1
    assert await desk.ids() == {f"txn_{number}" for number in range(4)}
    assert (await desk.feed()).transactions.recorded == 4


async def test_one_record_that_cannot_be_kept_is_named_and_the_others_are_kept() -> None:
    desk = await Desk().open()
    desk.moved("txn_1")
    desk.moved("txn_bad", description="\0")
    desk.moved("txn_2")
    await desk.look()

    assert await desk.ids() == {"txn_1", "txn_2"}
    assert not (await desk.check()).is_complete


async def test_a_manual_payout_is_never_asked_for_its_list() -> None:
    """Failure 12: HTTP 400, for ever."""
    desk = await Desk().open()
    desk.paid("po_1", automatic=False, reconciliation_status=ReconciliationStatus.NOT_APPLICABLE)
    await desk.work()

    assert desk.reader.asked["items"] == 0
    assert (await desk.check()).is_complete


@pytest.mark.parametrize("items", [100, 101, 1_001])
async def test_a_payouts_list_is_read_to_its_end(items: int) -> None:
    """Failure 13: it stopped at the first hundred."""
    desk = await Desk().open()
    desk.paid("po_1")
    for number in range(items):
        desk.moved(f"txn_{number}", payout="po_1")
    await desk.work()
    async with desk.store.snapshot(COMPANY) as transaction:
        found = (
            await transaction.facts.load(WithIds(ids=tuple(f"txn_{number}" for number in range(items))))
        ).balance_transactions

    assert len(found) == items
    assert {each.payout for each in found} == {"po_1"}
