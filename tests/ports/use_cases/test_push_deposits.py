from datetime import date
from typing import Any

import pytest

from adapters.in_memory.store import InMemoryStore
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositStatus
from domain.money import Currency, Money
from domain.pushed_deposit import PushedAccount, PushedDeposit, pushed_account_id, pushed_deposit_id
from domain.refused_field import RefusedField
from ports.facts import RecordedFacts
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused
from ports.use_cases.push_deposits import DEPOSITS_MAX, push_deposits
from ports.use_cases.put_bank_account import put_bank_account
from tests.ports.use_cases.companies_told import (
    ACME,
    NOON,
    TENANT,
    USD,
    WHO,
    actions_in,
    archived,
    facts_in,
    is_work_asked_for,
    store_with,
)

CHECKING = pushed_account_id(ACME.id, "checking")
TOLD = PushedAccount(external_id="checking", currency=USD, name="Checking", mask="4821")


def line(external_id: str = "line_1", units: int = 97_500, **said: Any) -> PushedDeposit:
    return PushedDeposit(
        external_id=external_id,
        amount=Money(units, said.pop("currency", USD)),
        **{"account": CHECKING, "date": date(2026, 6, 2), "text": "STRIPE TRANSFER", **said},
    )


async def put(store: InMemoryStore, account: PushedAccount = TOLD, csv_columns: str | None = None) -> BankAccount:
    return await put_bank_account(
        account, csv_columns=csv_columns, company=ACME.id, tenant=TENANT, who=WHO, at=NOON, store=store
    )


async def push(store: InMemoryStore, *deposits: PushedDeposit) -> RecordedFacts:
    return await push_deposits(deposits, company=ACME.id, tenant=TENANT, who=WHO, at=NOON, store=store)


async def store_with_account() -> InMemoryStore:
    store = await store_with()
    await put(store)
    return store


async def test_an_account_that_the_partner_keeps_is_a_fact_and_its_columns_are_remembered() -> None:
    store = await store_with()

    account = await put(store, csv_columns="date=Posted")
    again = await put(store, csv_columns="date=Posted")

    assert account == again == BankAccount(id=CHECKING, feed="partner", name="Checking", mask="4821", currency=USD)
    assert (await facts_in(store)).accounts == (account,)
    assert await actions_in(store) == ["bank_account.put"]
    async with store.company(ACME.id) as transaction:
        assert await transaction.statements.columns(CHECKING) == "date=Posted"


async def test_pushed_lines_are_facts_and_pushing_them_again_leaves_no_trace() -> None:
    store = await store_with_account()

    recorded = await push(store, line(counterparty="Stripe", payer_company_id="1800948598"))
    again = await push(store, line(counterparty="Stripe", payer_company_id="1800948598"))

    assert recorded.new.deposits == (
        BankDeposit(
            id=pushed_deposit_id(ACME.id, "line_1"),
            account=CHECKING,
            amount=Money(97_500, USD),
            date=date(2026, 6, 2),
            text="STRIPE TRANSFER",
            counterparty="Stripe",
            company_id="1800948598",
        ),
    )
    assert again.is_empty
    assert await actions_in(store) == ["bank_account.put", "deposits.pushed"]
    assert await is_work_asked_for(store)


async def test_a_posted_line_withdraws_the_pending_line_that_it_replaces() -> None:
    store = await store_with_account()
    await push(store, line("pending", status=BankDepositStatus.PENDING))

    await push(store, line("posted", replaces="pending"))

    statuses = {each.id: each.status for each in (await facts_in(store)).deposits}
    assert statuses == {
        pushed_deposit_id(ACME.id, "pending"): BankDepositStatus.WITHDRAWN,
        pushed_deposit_id(ACME.id, "posted"): BankDepositStatus.POSTED,
    }


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        (line(units=0), "/amount/minor_units"),
        (line(currency=Currency.of("eur")), "/amount/currency"),
        (line(account=BankAccountId("bank_unknown0")), "/account"),
        (line(account=BankAccountId("nul \0")), "/account"),
        (line(date=date(9999, 1, 1)), "/date"),
        (line(text=""), "/text"),
        (line(text="a\nb"), "/text"),
        (line(replaces="line_1"), "/replaces"),
        (line("fine"), "/external_id"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
async def test_one_bad_line_refuses_the_whole_bulk_with_a_pointer(bad: PushedDeposit, pointer: str) -> None:
    store = await store_with_account()

    with pytest.raises(FieldsRefused) as refusal:
        await push(store, line("fine"), bad)

    assert [field.pointer for field in refusal.value.fields] == [f"/data/1{pointer}"]
    assert (await facts_in(store)).deposits == ()


async def test_more_than_the_most_at_once_are_refused() -> None:
    with pytest.raises(FieldsRefused, match="at most 1000"):
        await push(await store_with_account(), *(line(str(number)) for number in range(DEPOSITS_MAX + 1)))


async def test_an_archived_company_takes_no_lines_and_no_accounts() -> None:
    store = await archived()

    with pytest.raises(CompanyIsArchived):
        await push(store, line())
    with pytest.raises(CompanyIsArchived):
        await put(store)


async def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    backwards = PushedAccount(external_id="a", currency=USD, covered_from=date(2026, 6, 2), covered_to=date(2026, 6, 1))

    with pytest.raises(FieldsRefused) as refusal:
        await put(await store_with(), backwards)

    assert refusal.value.fields == (RefusedField(pointer="/covered_to", reason="is before covered_from"),)
