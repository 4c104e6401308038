"""The same bank lines told in two ways, on every store: each deposit counts once, and what was matched stands."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.actor import Actor, ActorKind
from domain.bank_deposit import BankAccountId, BankDepositStatus
from domain.company import Company, CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.partner import Mode, PartnerId, Tenant
from domain.payout import Payout, PayoutId, PayoutStatus
from domain.pushed_deposit import PushedAccount, PushedDeposit, pushed_account_id
from domain.work import ClaimedWork
from ports.facts import Everything, FactSource
from ports.facts_reader import InputFile, UnreadableFile
from ports.reconciliation_record import RecordedChanges
from ports.transaction import Store
from ports.use_cases.active_company import FieldsRefused
from ports.use_cases.push_deposits import push_deposits
from ports.use_cases.put_bank_account import put_bank_account
from ports.use_cases.reconcile_company import reconcile_company
from ports.use_cases.upload_statement import UploadedStatement, upload_statement
from ports.work_list import WorkList
from tests.ports.use_cases.test_upload_statement import csv, ofx, readers, transaction

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME = CompanyId("co_acme0000")
USD = Currency.of("usd")
EUR = Currency.of("eur")
TENANT = Tenant(partner=PartnerId("partner_platform0"), mode=Mode.TEST)
WHO = Actor(kind=ActorKind.PARTNER, id="key_00000001")
CHECKING = pushed_account_id(ACME, "checking")
DAYS = (2, 2, 3, 4)
"""Two equal lines on the second of June."""


class ToldTwiceContract:
    """Subclass it with fixtures `store` and `work_list` for each adapter."""

    @pytest.mark.parametrize("ways", list(permutations(("pushes", "csv", "ofx"))), ids="-".join)
    async def test_a_deposit_counts_once_in_whatever_ways_and_order_it_is_told(
        self, store: Store, ways: tuple[str, ...]
    ) -> None:
        books = await Books.opened(store)

        for way in (*ways, *ways):
            await books.tell(way)

            assert await books.days() == Counter(DAYS)

    async def test_what_is_matched_stands_when_the_same_lines_come_in_another_format(
        self, store: Store, work_list: WorkList
    ) -> None:
        books = await Books.opened(store)
        async with store.company(ACME) as company:
            payouts = tuple(payout(f"po_{number}", 10_000 + number, number + 1) for number in range(1, 25))
            await company.facts.record(CompanyFacts(payouts=payouts), source=FactSource.PUSHED, at=NOON)
        days = [(number + 1, f"100.{number:02}") for number in range(1, 25)]
        await books.push(*(line(f"l{day}", day, amount) for day, amount in days))
        matched = await books.reconcile(work_list)

        result = await books.upload(csv(*(f"2026-06-{day:02},STRIPE TRANSFER,{amount}" for day, amount in days)))
        await books.upload(ofx(*(transaction(f"F{day}", day, amount) for day, amount in days)))
        after = await books.reconcile(work_list)

        assert matched.matches
        assert (result.new, result.known) == (0, 24)
        assert result.notes[-1] == (
            "24 lines were told before (2026-06-02 to 2026-06-25), by pushes or another file, and count once"
        )
        assert after.ended == ()

    async def test_of_equal_lines_only_those_beyond_what_was_told_are_new(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.push(line("a", 2))
        three = csv(*["2026-06-02,STRIPE TRANSFER,975.00"] * 3)

        more = await books.upload(three)
        again = await books.upload(three)
        await books.push(line("b", 2), line("c", 2), line("d", 2))

        assert (more.new, more.known) == (2, 1)
        assert (again.new, again.changed, again.known) == (0, 0, 3)
        assert await books.days() == Counter({2: 4})

    async def test_a_pending_line_that_posts_takes_the_place_of_the_statements(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.push(line("a", 2, status=BankDepositStatus.PENDING))
        first = await books.upload(csv("2026-06-02,STRIPE TRANSFER,975.00"))

        await books.push(line("a", 2))

        assert first.new == 1
        assert await books.days() == Counter({2: 1})

    async def test_another_sign_day_or_account_is_other_money(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.put("savings")
        await books.push(line("a", 2, account="savings"), line("b", 2, "-975.00"), line("c", 3))

        result = await books.upload(csv("2026-06-02,STRIPE TRANSFER,975.00"))

        assert result.new == 1

    async def test_an_account_that_the_file_can_only_mean_is_used_and_said(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.put("checking", mask="6789")

        result = await books.upload(ofx(transaction("F1")), account=None)

        assert [each.id for each in result.accounts] == [CHECKING]
        assert result.notes[-1].startswith("the statement is of an account that ends in 6789: kept in ")

    async def test_an_account_that_the_file_may_or_may_not_mean_has_to_be_named(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.put("checking", mask="6789")
        await books.put("savings", mask="6789")

        with pytest.raises(UnreadableFile, match="any of 2 accounts that end in 6789"):
            await books.upload(ofx(transaction("F1")), account=None)

    async def test_a_file_in_another_currency_than_its_account_is_refused(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.put("euros", EUR)

        with pytest.raises(UnreadableFile, match="is in usd, but the account is in eur"):
            await books.upload(ofx(transaction("F1")), account="euros")

    async def test_an_account_that_has_lines_keeps_its_currency(self, store: Store) -> None:
        books = await Books.opened(store)
        await books.put("savings", EUR)
        await books.put("savings")
        await books.push(line("a", 2, account="savings"))

        with pytest.raises(FieldsRefused) as refusal:
            await books.put("savings", EUR)

        assert [field.pointer for field in refusal.value.fields] == ["/currency"]


def line(external_id: str, day: int, amount: str = "975.00", account: str = "checking", **said: Any) -> PushedDeposit:
    """The account is named as the partner calls it."""
    return PushedDeposit(
        external_id=external_id,
        account=BankAccountId(account),
        amount=Money(int(amount.replace(".", "")), USD),
        date=date(2026, 6, day),
        text="STRIPE TRANSFER",
        **said,
    )


def payout(id_: str, units: int, day: int) -> Payout:
    return Payout(id=PayoutId(id_), amount=Money(units, USD), arrival_date=date(2026, 6, day), status=PayoutStatus.PAID)


class Books:
    """One company with one account that the partner keeps."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.told = {"company": ACME, "tenant": TENANT, "who": WHO, "at": NOON, "store": store}

    @classmethod
    async def opened(cls, store: Store) -> "Books":
        books = cls(store)
        company = Company(
            id=ACME,
            tenant=TENANT,
            external_id="acme",
            name="Acme",
            time_zone="UTC",
            currency=USD,
            created=NOON,
            updated=NOON,
        )
        async with store.control() as control:
            await control.companies.add(company)
        await books.put("checking")
        return books

    async def put(self, external_id: str, currency: Currency = USD, mask: str | None = None) -> None:
        account = PushedAccount(external_id=external_id, currency=currency, mask=mask)
        await put_bank_account(account, csv_columns=None, **self.told)  # type: ignore[arg-type]

    async def push(self, *lines: PushedDeposit) -> None:
        await push_deposits(lines, **self.told)  # type: ignore[arg-type]

    async def upload(self, file: InputFile, account: str | None = "checking") -> UploadedStatement:
        named = None if account is None else BankAccountId(account)
        return await upload_statement(file, account=named, columns=None, readers=readers, **self.told)  # type: ignore[arg-type]

    async def tell(self, way: str) -> None:
        if way == "pushes":
            for number, day in enumerate(DAYS):
                await self.push(line(f"line_{number}", day))
        elif way == "csv":
            await self.upload(csv(*(f"2026-06-{day:02},STRIPE TRANSFER,975.00" for day in DAYS)))
        else:
            await self.upload(ofx(*(transaction(f"F{number}", day) for number, day in enumerate(DAYS))))

    async def days(self) -> Counter[int]:
        """How many posted lines there are of each day."""
        async with self.store.company(ACME) as company:
            facts = await company.facts.load(Everything())
        return Counter(each.date.day for each in facts.deposits if each.status is BankDepositStatus.POSTED)

    async def reconcile(self, work_list: WorkList) -> RecordedChanges:
        at = NOON + timedelta(hours=1)
        claimed = await work_list.claim("w", at=at, until=at + timedelta(minutes=1))
        if claimed is None:  # nothing asked for it, for nothing changed
            return RecordedChanges()
        assert isinstance(claimed, ClaimedWork)
        return await reconcile_company(claimed, at=at, store=self.store)
