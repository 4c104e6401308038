"""What every keeper of facts promises of its lists, whatever it keeps them in."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from domain.bank_deposit import BankAccountId, BankDepositStatus
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Money
from domain.payout import PayoutId, PayoutStatus
from ports.fact_lists import (
    BalanceTransactionsWanted,
    BankAccountsWanted,
    DepositsWanted,
    ListedFact,
    PayoutsWanted,
    Told,
)
from ports.facts import FactSource
from ports.pages import Page, PageKey
from ports.transaction import Store
from tests.ports.facts_contract import CHECKING, LATER, MONDAY, NOON, USD, fresh_company, item, line, payout

PAYOUTS = (
    payout("po_1", 100, days=0),
    payout("po_2", 200, days=2),
    payout("po_3", 100, days=2, status=PayoutStatus.FAILED),
    payout("po_4", -50, days=1),
    payout("po_5", 100, days=3),
)
DEPOSITS = (
    line("dep_1", 100, days=1),
    line("dep_2", 200, days=0, account="savings"),
    attrs.evolve(line("dep_3", 100, days=1), status=BankDepositStatus.WITHDRAWN),
)
FACTS = CompanyFacts(
    payouts=PAYOUTS,
    balance_transactions=(item("txn_1"), item("txn_2", "po_2"), item("txn_3", "po_2"), item("txn_4", None)),
    accounts=(CHECKING,),
    deposits=DEPOSITS,
)


async def known(store: Store) -> CompanyId:
    """A company of which these facts are known: po_4 was corrected later, txn_4 retracted."""
    company = fresh_company()
    async with store.company(company) as transaction:
        first = attrs.evolve(FACTS, payouts=(*PAYOUTS[:3], payout("po_4", -60), PAYOUTS[4]))
        external_ids = {"po_4": "their 4", "dep_1": "their line"}
        await transaction.facts.record(first, source=FactSource.PUSHED, at=NOON, external_ids=external_ids)
    async with store.company(company) as transaction:
        corrected = CompanyFacts(payouts=(PAYOUTS[3],))
        gone = [FACTS.balance_transactions[3].id]
        await transaction.facts.record(corrected, source=FactSource.STATEMENT, at=LATER, retracted=gone)
    return company


async def walk(page_after: Callable[[PageKey | None], Awaitable[Page[ListedFact[Any]]]]) -> list[str]:
    """The ids of all pages, one after the other."""
    ids, after = list[str](), None
    while True:
        page = await page_after(after)
        ids += [listed.fact.id for listed in page.records]
        if not page.has_more:
            return ids
        after = page.next


class FactListsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_listed_fact_says_how_it_came(self, store: Store) -> None:
        async with store.company(await known(store)) as transaction:
            four = PayoutsWanted(ids=("po_4", "po_unknown", "nul \0"))
            page = await transaction.fact_lists.payouts(four)
            told = await transaction.fact_lists.told({"po_4", "dep_1", "txn_2", "checking", "txn_4", "unknown"})

        corrected = Told(external_id="their 4", told_by=FactSource.STATEMENT, recorded_at=LATER, previous_at=NOON)
        first = Told(external_id=None, told_by=FactSource.PUSHED, recorded_at=NOON)
        assert page == Page(records=(ListedFact(fact=PAYOUTS[3], told=corrected),))
        assert told == {
            "po_4": corrected,
            "dep_1": attrs.evolve(first, external_id="their line"),
            "txn_2": first,
            "checking": first,
        }

    @pytest.mark.parametrize("limit", [1, 2, 3, 5])
    async def test_pages_show_every_fact_once_in_order(self, store: Store, limit: int) -> None:
        async with store.company(await known(store)) as transaction:
            lists = transaction.fact_lists

            payouts = await walk(lambda after: lists.payouts(PayoutsWanted(), after=after, limit=limit))
            deposits = await walk(lambda after: lists.deposits(DepositsWanted(), after=after, limit=limit))
            items = await walk(
                lambda after: lists.balance_transactions(BalanceTransactionsWanted(), after=after, limit=limit)
            )
            accounts = await walk(lambda after: lists.accounts(BankAccountsWanted(), after=after, limit=limit))

        assert payouts == ["po_5", "po_3", "po_2", "po_4", "po_1"]
        assert deposits == ["dep_3", "dep_1", "dep_2"]
        assert items == ["txn_1", "txn_2", "txn_3"]
        assert accounts == ["checking"]

    @pytest.mark.parametrize("limit", [1, 250])
    async def test_changes_are_listed_oldest_first_from_a_moment_on(self, store: Store, limit: int) -> None:
        async with store.company(await known(store)) as transaction:
            lists = transaction.fact_lists

            ever = await walk(lambda after: lists.payouts(PayoutsWanted(updated_since=NOON), after=after, limit=limit))
            later = await walk(lambda after: lists.payouts(PayoutsWanted(updated_since=LATER), after=after))
            items = await lists.balance_transactions(BalanceTransactionsWanted(updated_since=LATER))
            accounts = await lists.accounts(BankAccountsWanted(updated_since=LATER + timedelta(microseconds=1)))

        assert ever == ["po_1", "po_2", "po_3", "po_5", "po_4"]
        assert later == ["po_4"]
        assert (items.records, accounts.records) == ((), ())

    async def test_lists_are_filtered_by_all_that_is_said(self, store: Store) -> None:
        async with store.company(await known(store)) as transaction:
            lists = transaction.fact_lists

            async def payouts(**wanted: Any) -> list[str]:
                return await walk(lambda after: lists.payouts(PayoutsWanted(**wanted), after=after))

            async def deposits(**wanted: Any) -> list[str]:
                return await walk(lambda after: lists.deposits(DepositsWanted(**wanted), after=after))

            async def items(**wanted: Any) -> list[str]:
                return await walk(
                    lambda after: lists.balance_transactions(BalanceTransactionsWanted(**wanted), after=after)
                )

            assert await payouts(status=PayoutStatus.FAILED) == ["po_3"]
            assert await payouts(amount=Money(100, USD)) == ["po_5", "po_3", "po_1"]
            assert await payouts(amount=Money(-60, USD)) == []
            assert await payouts(amount=Money(100, USD), status=PayoutStatus.PAID) == ["po_5", "po_1"]
            assert await payouts(first_day=MONDAY + timedelta(days=2)) == ["po_5", "po_3", "po_2"]
            assert await payouts(first_day=MONDAY, last_day=date(2026, 6, 2)) == ["po_4", "po_1"]
            assert await payouts(ids=()) == []
            assert await deposits(account=BankAccountId("savings")) == ["dep_2"]
            assert await deposits(status=BankDepositStatus.POSTED, amount=Money(100, USD)) == ["dep_1"]
            assert await deposits(last_day=MONDAY) == ["dep_2"]
            assert await items(payout=PayoutId("po_2")) == ["txn_2", "txn_3"]
            assert await items(type="charge", ids=("txn_1", "txn_4")) == ["txn_1"]

    async def test_another_company_has_nothing_to_list(self, store: Store) -> None:
        await known(store)

        async with store.company(fresh_company()) as transaction:
            assert (await transaction.fact_lists.payouts(PayoutsWanted())).records == ()
            assert await transaction.fact_lists.told({"po_1"}) == {}

    @pytest.mark.parametrize("limit", [0, 251])
    async def test_a_page_of_another_size_is_refused(self, store: Store, limit: int) -> None:
        with pytest.raises(ValueError, match="from 1 to 250"):
            async with store.company(fresh_company()) as transaction:
                await transaction.fact_lists.payouts(PayoutsWanted(), limit=limit)
