import json
from datetime import date
from itertools import permutations

import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.statement_files.bank_csv_reader import BankCsvReader
from adapters.statement_files.csv_columns import BankColumns
from adapters.statement_files.ofx_reader import OfxReader
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositStatus
from domain.pushed_deposit import PushedAccount, pushed_account_id
from ports.facts_reader import FactsReader, InputFile, UnreadableFile
from ports.use_cases.active_company import CompanyIsArchived
from ports.use_cases.put_bank_account import put_bank_account
from ports.use_cases.upload_statement import NoSuchAccount, UploadedStatement, upload_statement
from tests.ports.use_cases.companies_told import (
    ACME,
    NOON,
    TENANT,
    USD,
    WHO,
    actions_in,
    archived,
    facts_in,
    store_with,
)

CHECKING = pushed_account_id(ACME.id, "checking")
HEADINGS = "Date,Description,Amount"
JUNE_1 = "2026-06-01,STRIPE TRANSFER,975.00"
JUNE_2 = "2026-06-02,STRIPE TRANSFER,975.00"
JUNE_3 = "2026-06-03,RENT,-1200.00"


def readers(columns: str | None) -> tuple[FactsReader, ...]:
    return OfxReader(), BankCsvReader(columns=BankColumns.parse(columns) if columns else BankColumns())


def csv(*lines: str, headings: str = HEADINGS, name: str = "june.csv") -> InputFile:
    return InputFile(name=name, content="\n".join([headings, *lines, ""]).encode())


def ofx(*lines: str, begin: str = "20260601", end: str = "20260630", number: str = "123456789") -> InputFile:
    content = (
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><BANKID>021000021</BANKID>"
        f"<ACCTID>{number}</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM><BANKTRANLIST><DTSTART>{begin}</DTSTART>"
        f"<DTEND>{end}</DTEND>{''.join(lines)}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    return InputFile(name="statement.ofx", content=content.encode())


def transaction(reference: str, day: int = 2, amount: str = "975.00") -> str:
    return (
        f"<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>202606{day:02}</DTPOSTED><TRNAMT>{amount}</TRNAMT>"
        f"<FITID>{reference}</FITID><NAME>STRIPE</NAME></STMTTRN>"
    )


async def company_with_account(csv_columns: str | None = None) -> InMemoryStore:
    store = await store_with()
    await put_bank_account(
        PushedAccount(external_id="checking", currency=USD),
        csv_columns=csv_columns,
        company=ACME.id,
        tenant=TENANT,
        who=WHO,
        at=NOON,
        store=store,
    )
    return store


async def upload(
    store: InMemoryStore, file: InputFile, account: BankAccountId | None = CHECKING, columns: str | None = None
) -> UploadedStatement:
    return await upload_statement(
        file,
        account=account,
        columns=columns,
        readers=readers,
        company=ACME.id,
        tenant=TENANT,
        who=WHO,
        at=NOON,
        store=store,
    )


def counts(result: UploadedStatement) -> tuple[int, int, int]:
    return result.new, result.changed, result.known


async def test_the_same_file_again_brings_nothing_whatever_it_is_called() -> None:
    store = await company_with_account()

    first = await upload(store, csv(JUNE_1, JUNE_2, JUNE_3))
    facts = await facts_in(store)
    again = await upload(store, csv(JUNE_1, JUNE_2, JUNE_3, name="another name.csv"))

    assert (counts(first), counts(again)) == ((3, 0, 0), (0, 0, 3))
    assert await facts_in(store) == facts
    assert {each.account for each in facts.deposits} == {CHECKING}
    assert await actions_in(store) == ["bank_account.put", "statement.uploaded"]


async def test_overlapping_files_leave_the_same_lines_in_any_order() -> None:
    files = csv(JUNE_1, JUNE_1, JUNE_2), csv(JUNE_1, JUNE_2, JUNE_3), csv(JUNE_3, JUNE_1)
    found = set[frozenset[BankDeposit]]()

    for order in permutations(files):
        store = await company_with_account()
        for file in order:
            await upload(store, file)
        found.add(frozenset((await facts_in(store)).deposits))

    assert len(found) == 1
    assert sorted(str(line.date.day) + line.text for line in found.pop()) == [
        "1STRIPE TRANSFER",
        "1STRIPE TRANSFER",
        "2STRIPE TRANSFER",
        "3RENT",
    ]


async def test_a_file_that_names_its_account_brings_it_and_lines_by_the_banks_own_references() -> None:
    store = await store_with()

    first = await upload(store, ofx(transaction("F1"), transaction("F2")), account=None)
    corrected = await upload(store, ofx(transaction("F1", day=3), transaction("F3")), account=None)

    (account,) = (await facts_in(store)).accounts
    assert (counts(first), counts(corrected)) == ((2, 0, 0), (1, 1, 0))
    assert (account.feed, account.mask, account.currency) == ("statements", "6789", USD)
    assert {each.date.day for each in (await facts_in(store)).deposits} == {2, 3}
    ids = {each.id for each in (await facts_in(store)).deposits}
    async with store.company(ACME.id) as company:
        told = await company.fact_lists.told(ids)
    assert {each.external_id for each in told.values()} == {"F1", "F2", "F3"}


async def test_a_statement_says_of_a_partners_own_account_only_which_days_it_covers() -> None:
    store = await company_with_account()

    await upload(store, ofx(transaction("F1")))

    (account,) = (await facts_in(store)).accounts
    assert account == BankAccount(
        id=CHECKING,
        feed="partner",
        currency=USD,
        covered_from=date(2026, 6, 1),
        covered_to=date(2026, 6, 30),
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_days_covered_are_those_of_all_statements_in_any_order(order: tuple[int, ...]) -> None:
    store = await store_with()
    months = [("20260401", "20260430"), ("20260501", "20260531"), ("20260201", "20260315")]

    for number in order:
        begin, end = months[number]
        await upload(store, ofx(transaction("F1"), begin=begin, end=end), account=None)

    (account,) = (await facts_in(store)).accounts
    assert (account.covered_from, account.covered_to) == (date(2026, 4, 1), date(2026, 5, 31))


async def test_columns_said_with_a_file_that_was_read_are_remembered_of_its_account() -> None:
    store = await company_with_account()
    odd = csv("2026-06-01,2026-06-05,975.00,0.00", headings="When,Then,Out,Fee")

    await upload(store, odd, columns="date=When,amount=Out")
    again = await upload(store, odd)

    assert counts(again) == (0, 0, 1)
    async with store.company(ACME.id) as transaction:
        assert await transaction.statements.columns(CHECKING) == "date=When,amount=Out"


async def test_remembered_columns_are_used_until_others_are_said() -> None:
    store = await company_with_account("date=When,amount=Out,text=What")
    odd = csv("2026-06-01,STRIPE,975.00", headings="When,What,Out")

    result = await upload(store, odd)
    with pytest.raises(UnreadableFile, match="has no column"):
        await upload(store, odd, columns="date=Nowhere,amount=Out")

    assert counts(result) == (1, 0, 0)


async def test_a_bad_record_is_told_by_the_files_name_and_the_rest_is_kept() -> None:
    store = await company_with_account()

    result = await upload(store, csv(JUNE_1, "2026-06-02,STRIPE,many dollars", JUNE_3))

    assert counts(result) == (2, 0, 0)
    assert [found.where for found in result.breaks] == ["june.csv:line 3"]
    async with store.company(ACME.id) as company:
        link = (await company.audit_log.links(after=0, limit=9))[-1]
    detail = json.loads(link.rows[0].detail)
    assert (len(detail.pop("new")), detail) == (
        2,
        {
            "file": "june.csv",
            "format": "Bank CSV",
            "breaks": 1,
            "unread": [f"june.csv:line 3: {result.breaks[0].reason}"],
        },
    )


@pytest.mark.parametrize(
    ("file", "account", "reason"),
    [
        (csv(JUNE_1), None, "does not say which bank account"),
        (InputFile(name="photo.png", content=b"\x89PNG\r\n\x1a\n\0\0"), CHECKING, "no format of a bank"),
        (InputFile(name="empty.csv", content=b""), CHECKING, "is empty"),
        (csv("1,2,3", headings="a,b,c"), CHECKING, "none of its headings is known here: “a”, “b”, “c”"),
    ],
    ids=["no account", "photo", "empty", "no headings"],
)
async def test_a_file_that_cannot_be_used_is_refused_by_name_and_nothing_is_kept(
    file: InputFile, account: BankAccountId | None, reason: str
) -> None:
    store = await company_with_account()

    with pytest.raises(UnreadableFile, match=reason) as refusal:
        await upload(store, file, account)

    assert refusal.value.file == file.name
    assert (await facts_in(store)).deposits == ()


async def test_an_unknown_account_or_an_archived_company_takes_no_statement() -> None:
    with pytest.raises(NoSuchAccount):
        await upload(await company_with_account(), csv(JUNE_1), BankAccountId("bank_unknown0"))
    with pytest.raises(CompanyIsArchived):
        await upload(await archived(), csv(JUNE_1))


async def test_a_pending_line_that_posts_is_the_same_line() -> None:
    store = await company_with_account()
    headings = f"{HEADINGS},Status"

    await upload(store, csv(f"{JUNE_1},Pending", headings=headings))
    posted = await upload(store, csv(f"{JUNE_1},Posted", headings=headings))

    assert counts(posted) == (0, 1, 0)
    assert [each.status for each in (await facts_in(store)).deposits] == [BankDepositStatus.POSTED]
