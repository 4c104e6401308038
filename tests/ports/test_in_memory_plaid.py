from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from itertools import count

import attrs

from adapters.in_memory.plaid_feed import InMemoryPlaidFeed
from adapters.in_memory.plaid_link import InMemoryPlaidLink
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Money
from domain.secret import Secret
from ports.plaid_feed import AccountBalance, FeedProgress, PlaidKeys, PlaidSource
from ports.plaid_refusals import PlaidAccessGone, PlaidKeysRefused, PlaidLoginRequired, PlaidUnavailable
from tests.ports.plaid_feed_contract import RAW, USD, Bank, PlaidFeedContract, keys
from tests.ports.plaid_link_contract import Door, PlaidLinkContract

ACCOUNT = BankAccount(id=BankAccountId("acc_1"), feed="item-1", mask="4821", currency=USD)


class InMemoryBank:
    def __init__(self) -> None:
        self.feed = InMemoryPlaidFeed(page_lines=2)
        opening = Money(100_010, USD)
        self.feed.accounts = (AccountBalance(account=ACCOUNT, current=opening, available=opening),)
        self.source = PlaidSource(keys=keys(), access_token=Secret("access-1"), item="item-1")
        self._lines: dict[int, BankDeposit] = {}
        self._numbers = count(1)

    def post(self, cents: int, *, pending: bool = False) -> int:
        number = next(self._numbers)
        line = BankDeposit(
            id=BankDepositId(f"line-{number}"),
            account=ACCOUNT.id,
            amount=Money(cents, USD),
            date=date(2026, 3, 2),
            text=RAW,
            status=BankDepositStatus.PENDING if pending else BankDepositStatus.POSTED,
        )
        self._lines[number] = line
        self.feed.add(line)
        return number

    def settle(self, number: int) -> int:
        pending, posted = self._lines[number], next(self._numbers)
        line = attrs.evolve(
            pending, id=BankDepositId(f"line-{posted}"), status=BankDepositStatus.POSTED, pending_id=pending.id
        )
        self._lines[posted] = line
        self.feed.add(line)
        self.feed.remove(pending.id)
        return posted

    def correct(self, number: int, cents: int) -> None:
        self._lines[number] = attrs.evolve(self._lines[number], amount=Money(cents, USD))
        self.feed.modify(self._lines[number])

    def take_back(self, number: int) -> None:
        self.feed.remove(self._lines.pop(number).id)

    def begin_anew(self) -> None:
        self.feed.progress = FeedProgress.NOT_READY

    def want_login(self) -> None:
        self.feed.refusal = PlaidLoginRequired(code="ITEM_LOGIN_REQUIRED")

    def repair(self) -> None:
        self.feed.refusal = None

    def revoke(self) -> None:
        self.feed.refusal = PlaidAccessGone("USER_PERMISSION_REVOKED")

    def know_no_keys(self) -> None:
        self.feed.refusal = PlaidKeysRefused("no")

    def be_down(self) -> None:
        self.feed.refusal = PlaidUnavailable("down")


class TestInMemoryPlaidFeed(PlaidFeedContract):
    def open_bank(self) -> AbstractAsyncContextManager[Bank]:
        return bank()


@asynccontextmanager
async def bank() -> AsyncIterator[Bank]:
    yield InMemoryBank()


@attrs.frozen
class InMemoryDoor:
    link: InMemoryPlaidLink
    keys: PlaidKeys

    def user_connects(self, invitation: Secret) -> Secret:
        return self.link.user_connects(invitation)

    def want_login(self, access_token: Secret) -> None:
        self.link.need(access_token, "ITEM_LOGIN_REQUIRED")


class TestInMemoryPlaidLink(PlaidLinkContract):
    def open_door(self) -> AbstractAsyncContextManager[Door]:
        return door()


@asynccontextmanager
async def door() -> AsyncIterator[Door]:
    yield InMemoryDoor(InMemoryPlaidLink(), keys())
