"""What every PlaidFeed promises, whoever it asks; and that an update is read to its end, or not at all."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import pytest
import pytest_asyncio

from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money
from domain.secret import Secret
from ports.plaid_feed import AccountBalance, FeedLines, FeedProgress, PagesMoved, PlaidFeed, PlaidKeys, PlaidSource
from ports.plaid_refusals import PlaidAccessGone, PlaidKeysRefused, PlaidLoginRequired, PlaidUnavailable
from ports.use_cases.read_plaid_update import UpdateNeverEnds, read_plaid_update

USD: Final = Currency.of("usd")
SECRET: Final = "canary00canary00canary00canary"
RAW: Final = "ORIG CO NAME:STRIPE TRACE#:091000012345678 IND ID:ST-A1B2C3D4E5F6"


class Bank(Protocol):
    """A bank with one account, and a feed of it that gives two lines a page."""

    @property
    def feed(self) -> PlaidFeed: ...
    @property
    def source(self) -> PlaidSource: ...
    def post(self, cents: int, *, pending: bool = False) -> int:
        """A new line. Its number."""

    def settle(self, number: int) -> int:
        """The pending line posts. The number of the posted one."""

    def correct(self, number: int, cents: int) -> None: ...
    def take_back(self, number: int) -> None: ...
    def begin_anew(self) -> None:
        """Nothing is there yet."""

    def want_login(self) -> None: ...
    def repair(self) -> None: ...
    def revoke(self) -> None: ...
    def know_no_keys(self) -> None: ...
    def be_down(self) -> None: ...


class Meddler:
    """A feed during whose pages lines change, so many times."""

    def __init__(self, bank: Bank, times: int) -> None:
        self._bank, self.left = bank, times

    async def page(self, source: PlaidSource, *, cursor: str | None) -> FeedLines:
        page = await self._bank.feed.page(source, cursor=cursor)
        if page.has_more and self.left:
            self.left -= 1
            self._bank.post(9_000 + self.left)
        return page

    async def balances(self, source: PlaidSource) -> tuple[AccountBalance, ...]:
        return await self._bank.feed.balances(source)


class PlaidFeedContract(ABC):
    """Subclass it for each adapter."""

    @abstractmethod
    def open_bank(self) -> AbstractAsyncContextManager[Bank]:
        """Everything works, until it is said that it does not."""

    @pytest_asyncio.fixture
    async def bank(self) -> AsyncIterator[Bank]:
        async with self.open_bank() as bank:
            yield bank

    async def test_what_is_not_ready_says_nothing_and_has_no_cursor(self, bank: Bank) -> None:
        """Failure 21: an empty answer with an empty cursor is not the end of a history."""
        bank.begin_anew()

        page = await bank.feed.page(bank.source, cursor=None)

        assert page == FeedLines(cursor=None, has_more=False, progress=FeedProgress.NOT_READY)

    async def test_lines_have_the_banks_text_and_the_accounts_sign_to_the_cent(self, bank: Bank) -> None:
        bank.post(389_000)
        bank.post(-1_259)

        update = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)

        assert [line.amount for line in update.added] == [Money(389_000, USD), Money(-1_259, USD)]
        assert all(line.text.startswith(RAW) for line in update.added)
        assert [line.status for line in update.added] == [BankDepositStatus.POSTED] * 2
        assert update.progress is FeedProgress.WHOLE
        assert [account.mask for account in update.accounts] == ["4821"]
        assert {line.account for line in update.added} == {account.id for account in update.accounts}

    async def test_an_update_is_all_of_its_pages(self, bank: Bank) -> None:
        for cents in range(100, 107):
            bank.post(cents)

        first = await bank.feed.page(bank.source, cursor=None)
        update = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)
        again = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=update.cursor)

        assert (len(first.added), first.has_more) == (2, True)
        assert [line.amount.minor_units for line in update.added] == list(range(100, 107))
        assert (update.has_more, again.added, again.modified, again.removed) == (False, (), (), ())

    async def test_a_pending_line_and_the_posted_one_that_names_it(self, bank: Bank) -> None:
        number = bank.post(5_000, pending=True)
        first = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)
        bank.settle(number)

        second = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=first.cursor)

        (pending,), (posted,) = first.added, second.added
        assert (pending.status, posted.status) == (BankDepositStatus.PENDING, BankDepositStatus.POSTED)
        assert posted.pending_id == pending.id != posted.id
        assert second.removed == (pending.id,)

    async def test_changed_and_removed_lines(self, bank: Bank) -> None:
        one, two = bank.post(5_000), bank.post(7_000)
        first = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)
        bank.correct(one, 5_500)
        bank.take_back(two)

        second = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=first.cursor)

        assert [(line.id, line.amount.minor_units) for line in second.modified] == [(first.added[0].id, 5_500)]
        assert (second.added, second.removed) == ((), (first.added[1].id,))

    async def test_pages_that_moved_are_void_for_ever_and_the_first_cursor_is_good(self, bank: Bank) -> None:
        """Failure 21: who goes on with the cursor of the page gets the same refusal again and again."""
        for cents in (100, 200, 300):
            bank.post(cents)
        page = await bank.feed.page(bank.source, cursor=None)
        bank.post(400)

        for _ in range(2):
            with pytest.raises(PagesMoved):
                await bank.feed.page(bank.source, cursor=page.cursor)
        update = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)

        assert [line.amount.minor_units for line in update.added] == [100, 200, 300, 400]

    async def test_an_update_during_which_lines_change_begins_anew_and_has_each_line_once(self, bank: Bank) -> None:
        for cents in (100, 200, 300):
            bank.post(cents)
        meddler = Meddler(bank, 3)

        update = await read_plaid_update(feed=meddler, source=bank.source, cursor=None)

        assert meddler.left == 0
        assert sorted(line.amount.minor_units for line in update.added) == [100, 200, 300, 9_000, 9_001, 9_002]
        assert len({line.id for line in update.added}) == 6

    async def test_an_update_during_which_lines_never_rest_is_given_up(self, bank: Bank) -> None:
        for cents in (100, 200, 300):
            bank.post(cents)

        with pytest.raises(UpdateNeverEnds):
            await read_plaid_update(feed=Meddler(bank, 10_000), source=bank.source, cursor=None)

    async def test_balances_are_exact(self, bank: Bank) -> None:
        (balance,) = await bank.feed.balances(bank.source)

        assert (balance.current, balance.available) == (Money(100_010, USD), Money(100_010, USD))
        assert (balance.account.mask, balance.account.currency) == ("4821", USD)

    async def test_a_login_that_is_required_and_repaired_leaves_the_cursor_good(self, bank: Bank) -> None:
        bank.post(100)
        first = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=None)
        bank.want_login()
        with pytest.raises(PlaidLoginRequired) as refused:
            await bank.feed.page(bank.source, cursor=first.cursor)
        bank.repair()
        bank.post(200)

        second = await read_plaid_update(feed=bank.feed, source=bank.source, cursor=first.cursor)

        assert refused.value.code == "ITEM_LOGIN_REQUIRED"
        assert [line.amount.minor_units for line in second.added] == [200]

    async def test_a_permission_that_was_revoked(self, bank: Bank) -> None:
        bank.revoke()

        with pytest.raises(PlaidAccessGone) as refused:
            await bank.feed.page(bank.source, cursor=None)
        assert refused.value.code == "USER_PERMISSION_REVOKED"

    async def test_keys_that_are_not_known(self, bank: Bank) -> None:
        bank.know_no_keys()

        with pytest.raises(PlaidKeysRefused) as refused:
            await bank.feed.page(bank.source, cursor=None)
        assert "canary" not in str(refused.value)

    async def test_plaid_that_does_not_answer(self, bank: Bank) -> None:
        bank.be_down()

        with pytest.raises(PlaidUnavailable):
            await bank.feed.page(bank.source, cursor=None)


def keys() -> PlaidKeys:
    """Keys whose secret nothing may print."""
    return PlaidKeys(client_id="0123456789abcdef01234567", secret=Secret(SECRET))
