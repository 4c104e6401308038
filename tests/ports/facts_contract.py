"""What every keeper of facts promises, whatever it keeps them in."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.identifiers import derived_id
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from ports.facts import (
    Everything,
    FactCounts,
    FactSelection,
    FactSource,
    ItemsOf,
    LinesDated,
    OfAmounts,
    PayoutsArriving,
    RecordedFacts,
    UnstorableFact,
    WithIds,
)
from ports.transaction import Store
from tests.strategies.any_facts import ANY_FACTS

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
USD, EUR = Currency.of("usd"), Currency.of("eur")
MONDAY = date(2026, 6, 1)
NOTHING = CompanyFacts()
_numbers = count()
_SUPPRESSED = [
    HealthCheck.too_slow,
    HealthCheck.function_scoped_fixture,  # each example is on a company of its own
    HealthCheck.differing_executors,  # the cases run on every adapter
]


def fresh_company() -> CompanyId:
    return CompanyId(derived_id("co", "facts contract", str(next(_numbers))))


def payout(id: str = "po_1", units: int = 10_000, days: int = 0, currency: Currency = USD, **said: Any) -> Payout:
    return Payout(
        id=PayoutId(id),
        amount=Money(units, currency),
        arrival_date=MONDAY + timedelta(days=days),
        **{"status": PayoutStatus.PAID, **said},
    )


def line(
    id: str = "dep_1", units: int = 10_000, days: int = 0, currency: Currency = USD, account: str = "checking"
) -> BankDeposit:
    return BankDeposit(
        id=BankDepositId(id),
        account=BankAccountId(account),
        amount=Money(units, currency),
        date=MONDAY + timedelta(days=days),
        text="STRIPE TRANSFER",
    )


def item(id: str = "txn_1", payout: str | None = "po_1", units: int = 10_300, fee: int = 300) -> BalanceTransaction:
    return BalanceTransaction(
        id=BalanceTransactionId(id),
        amount=Money(units, USD),
        fee=Money(fee, USD),
        net=Money(units - fee, USD),
        type="charge",
        payout=None if payout is None else PayoutId(payout),
    )


CHECKING = BankAccount(id=BankAccountId("checking"), feed="pushed", currency=USD)


async def told(
    store: Store, company: CompanyId, facts: CompanyFacts, at: datetime = NOON, retracted: Iterable[str] = ()
) -> RecordedFacts:
    async with store.company(company) as transaction:
        return await transaction.facts.record(
            facts,
            source=FactSource.PUSHED,
            at=at,
            retracted=[BalanceTransactionId(id_) for id_ in retracted],
        )


async def loaded(store: Store, company: CompanyId, *wanted: FactSelection) -> CompanyFacts:
    async with store.company(company) as transaction:
        return in_order(await transaction.facts.load(*(wanted or (Everything(),))))


def in_order(facts: CompanyFacts) -> CompanyFacts:
    return CompanyFacts(
        payouts=tuple(sorted(facts.payouts, key=lambda each: each.id)),
        balance_transactions=tuple(sorted(facts.balance_transactions, key=lambda each: each.id)),
        accounts=tuple(sorted(facts.accounts, key=lambda each: each.id)),
        deposits=tuple(sorted(facts.deposits, key=lambda each: each.id)),
    )


def ids(facts: CompanyFacts) -> set[str]:
    return {fact.id for kind in attrs.astuple(facts, recurse=False) for fact in kind}


class FactsContract:
    """Subclass it with a fixture `store` for each adapter."""

    @settings(max_examples=25, suppress_health_check=_SUPPRESSED)
    @given(facts=ANY_FACTS)
    async def test_what_is_recorded_is_what_is_loaded_in_every_field(self, store: Store, facts: CompanyFacts) -> None:
        company = fresh_company()

        await told(store, company, facts)

        assert await loaded(store, company) == in_order(facts)

    @settings(max_examples=15, suppress_health_check=_SUPPRESSED)
    @given(first=ANY_FACTS, second=ANY_FACTS, data=st.data())
    async def test_what_is_current_depends_only_on_the_latest_content_told_of_each_id(
        self, store: Store, first: CompanyFacts, second: CompanyFacts, data: st.DataObject
    ) -> None:
        one, other = fresh_company(), fresh_company()
        pieces = [CompanyFacts(**{kind: (fact,)}) for kind, facts in _kinds(second) for fact in facts]

        await told(store, one, first)
        await told(store, one, second)
        await told(store, other, second)
        await told(store, other, first)
        for piece in data.draw(st.permutations(pieces)):
            await told(store, other, piece)

        assert await loaded(store, one) == await loaded(store, other)

    async def test_a_recording_says_what_was_new_changed_and_unchanged(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(payouts=(payout("po_1"), payout("po_2")), deposits=(line(),)))

        failed = payout("po_1", status=PayoutStatus.FAILED)
        recorded = await told(
            store, company, CompanyFacts(payouts=(failed, payout("po_2"), payout("po_3")), accounts=(CHECKING,)), LATER
        )

        assert recorded == RecordedFacts(
            new=CompanyFacts(payouts=(payout("po_3"),), accounts=(CHECKING,)),
            changed=CompanyFacts(payouts=(failed,)),
            unchanged=CompanyFacts(payouts=(payout("po_2"),)),
            before=CompanyFacts(payouts=(payout("po_1"),)),
            recorded_at=LATER,
        )

    async def test_a_large_recording_is_as_exact_as_a_small_one(self, store: Store) -> None:
        company = fresh_company()
        before = tuple(payout(f"po_{number:05}", units=number) for number in range(2_500))
        now = tuple(
            attrs.evolve(each, trace_id="told later") if not number % 2 else each for number, each in enumerate(before)
        )
        await told(store, company, CompanyFacts(payouts=before[::-1], deposits=(line(),)))

        recorded = await told(store, company, CompanyFacts(payouts=(*now, payout("po_new"))), LATER)

        assert ids(recorded.new) == {"po_new"}
        assert in_order(recorded.changed).payouts == now[::2]
        assert in_order(recorded.before).payouts == before[::2]
        assert in_order(recorded.unchanged).payouts == now[1::2]
        assert (await loaded(store, company)).payouts == (*now, payout("po_new"))

    async def test_telling_the_same_again_changes_nothing(self, store: Store) -> None:
        company, facts = fresh_company(), CompanyFacts(payouts=(payout(),), balance_transactions=(item(),))
        await told(store, company, facts)

        again = await told(store, company, facts, LATER)

        assert again.is_empty
        assert again == RecordedFacts(unchanged=facts, recorded_at=NOON)
        assert await loaded(store, company) == facts

    async def test_a_line_taken_back_is_kept_as_withdrawn(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(deposits=(line(),)))

        withdrawn = attrs.evolve(line(), status=BankDepositStatus.WITHDRAWN)
        await told(store, company, CompanyFacts(deposits=(withdrawn,)))

        assert await loaded(store, company) == CompanyFacts(deposits=(withdrawn,))

    async def test_a_retracted_transaction_is_no_fact_until_it_is_told_again(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(balance_transactions=(item("txn_1"), item("txn_2"))))

        recorded = await told(store, company, NOTHING, LATER, retracted=["txn_1", "txn_unknown"])
        without = await loaded(
            store, company, Everything(), WithIds(ids=("txn_1",)), ItemsOf(payouts=(PayoutId("po_1"),))
        )
        again = await told(store, company, NOTHING, retracted=["txn_1"])
        back = await told(store, company, CompanyFacts(balance_transactions=(item("txn_1"),)))

        assert recorded == RecordedFacts(retracted=(item("txn_1"),), recorded_at=LATER)
        assert without == CompanyFacts(balance_transactions=(item("txn_2"),))
        assert again.is_empty
        assert back.new == CompanyFacts(balance_transactions=(item("txn_1"),))
        assert ids(await loaded(store, company)) == {"txn_1", "txn_2"}

    async def test_two_facts_of_one_id_are_refused(self, store: Store) -> None:
        company = fresh_company()

        with pytest.raises(ValueError, match="the same id"):
            await told(store, company, CompanyFacts(payouts=(payout(), payout(units=1))))

        assert await loaded(store, company) == NOTHING

    @pytest.mark.parametrize(
        "unstorable",
        [payout(method="nul \0"), payout(method="half \ud800"), payout(units=2**63)],
        ids=["nul", "surrogate", "65 bits"],
    )
    async def test_what_no_store_can_keep_is_refused_and_nothing_is_written(
        self, store: Store, unstorable: Payout
    ) -> None:
        company = fresh_company()

        with pytest.raises(UnstorableFact):
            await told(store, company, CompanyFacts(payouts=(unstorable,), deposits=(line(),)))

        assert await loaded(store, company) == NOTHING
        assert await loaded(store, company, WithIds(ids=("nul \0", "half \ud800"))) == NOTHING

    async def test_a_roll_back_leaves_no_trace(self, store: Store) -> None:
        company = fresh_company()

        with pytest.raises(ZeroDivisionError):
            async with store.company(company) as transaction:
                await transaction.facts.record(CompanyFacts(payouts=(payout(),)), source=FactSource.PUSHED, at=NOON)
                assert ids(await transaction.facts.load(Everything())) == {"po_1"}
                raise ZeroDivisionError

        assert await loaded(store, company) == NOTHING
        async with store.company(company) as transaction:
            assert await transaction.facts.changed_since(None) == RecordedFacts()

    async def test_companies_share_nothing(self, store: Store) -> None:
        one, other = fresh_company(), fresh_company()

        await told(store, one, CompanyFacts(payouts=(payout(),)))

        assert await loaded(store, other) == NOTHING
        assert (await told(store, other, CompanyFacts(payouts=(payout(units=7),)))).new.payouts == (payout(units=7),)
        assert await loaded(store, one) == CompanyFacts(payouts=(payout(),))

    async def test_facts_are_found_by_id_amount_day_account_and_payout(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(payouts=(payout("po_old"), payout("po_moved", units=5, days=9))))
        await told(
            store,
            company,
            CompanyFacts(
                payouts=(payout("po_moved", units=6, days=8), payout("po_eur", currency=EUR), payout("po_in", -50, 3)),
                balance_transactions=(item("txn_1"), item("txn_2", payout="po_2"), item("txn_3", payout=None)),
                accounts=(CHECKING,),
                deposits=(line("dep_1"), line("dep_2", days=1, account="savings"), line("dep_3", -50, 2)),
            ),
        )
        amounts = (Money(10_000, USD), Money(-50, USD), Money(5, USD))

        async def found(*wanted: FactSelection) -> set[str]:
            return ids(await loaded(store, company, *wanted))

        assert await found(WithIds(ids=("po_old", "txn_3", "checking", "dep_3", "none"))) == {
            "po_old", "txn_3", "checking", "dep_3",
        }  # fmt: skip
        assert await found(WithIds(ids=("po_old", "txn_3", "dep_3"), movements_only=True)) == {"txn_3"}
        assert await found(WithIds(ids=())) == await found(OfAmounts(amounts=())) == set()
        assert await found(OfAmounts(amounts=amounts)) == {"po_old", "po_in", "dep_1", "dep_2", "dep_3"}
        assert await found(OfAmounts(amounts=amounts, first_day=MONDAY + timedelta(days=2))) == {"po_in", "dep_3"}
        assert await found(OfAmounts(amounts=amounts, last_day=MONDAY)) == {"po_old", "dep_1"}
        june = PayoutsArriving(first_day=MONDAY, last_day=MONDAY + timedelta(days=8))
        lines = LinesDated(first_day=june.first_day, last_day=june.last_day)
        assert await found(june) == {"po_old", "po_moved", "po_eur", "po_in"}
        assert await found(attrs.evolve(june, currency=EUR)) == {"po_eur"}
        assert await found(PayoutsArriving(first_day=MONDAY + timedelta(days=9), last_day=date(2027, 1, 1))) == set()
        assert await found(lines) == {"dep_1", "dep_2", "dep_3"}
        assert await found(LinesDated(first_day=MONDAY, last_day=MONDAY)) == {"dep_1"}
        assert await found(attrs.evolve(lines, accounts=(CHECKING.id,))) == {"dep_1", "dep_3"}
        assert await found(attrs.evolve(lines, accounts=())) == set()
        assert await found(ItemsOf(payouts=(PayoutId("po_1"), PayoutId("po_2")))) == {"txn_1", "txn_2"}
        assert await found(WithIds(ids=("po_in",)), OfAmounts(amounts=(Money(-50, USD),))) == {"po_in", "dep_3"}

    async def test_a_stream_gives_everything_in_batches_by_kind_and_id(self, store: Store) -> None:
        company = fresh_company()
        facts = CompanyFacts(
            payouts=tuple(payout(f"po_{number}") for number in (3, 1, 2)),
            balance_transactions=(item("txn_1"), item("txn_2")),
            accounts=(CHECKING,),
            deposits=(line("dep_2"), line("dep_1")),
        )
        await told(store, company, facts)
        await told(store, company, CompanyFacts(payouts=(payout("po_2", units=7),)), retracted=["txn_2"])

        async with store.company(company) as transaction:
            batches = [batch async for batch in transaction.facts.stream(size_max=2)]

        assert batches == [
            CompanyFacts(accounts=(CHECKING,)),
            CompanyFacts(payouts=(payout("po_1"), payout("po_2", units=7))),
            CompanyFacts(payouts=(payout("po_3"),)),
            CompanyFacts(balance_transactions=(item("txn_1"),)),
            CompanyFacts(deposits=(line("dep_1"), line("dep_2"))),
        ]

    async def test_counts_are_of_current_facts(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(payouts=(payout(),), balance_transactions=(item("txn_1"), item("t2"))))
        await told(store, company, CompanyFacts(payouts=(payout(units=7), payout("po_2"))), retracted=["txn_1"])

        async with store.company(company) as transaction:
            counts = await transaction.facts.count()

        assert counts == FactCounts(payouts=2, balance_transactions=1, accounts=0, deposits=0)

    async def test_what_changed_since_a_moment_is_told_with_what_it_was_then(self, store: Store) -> None:
        company = fresh_company()
        first = CompanyFacts(
            payouts=(payout("po_1"), payout("po_2"), payout("po_3")),
            balance_transactions=(item("txn_1"), item("txn_2")),
        )
        await told(store, company, first)
        await told(store, company, CompanyFacts(payouts=(payout("po_1", units=8), payout("po_3", units=8))), LATER)
        await told(store, company, CompanyFacts(payouts=(payout("po_1", units=9), payout("po_3"))), LATER)
        await told(store, company, CompanyFacts(balance_transactions=(item("txn_3"),)), LATER, retracted=["txn_1"])
        last = await told(store, company, NOTHING, LATER, retracted=["txn_3"])

        async with store.company(company) as transaction:
            since_noon = await transaction.facts.changed_since(NOON)
            since_ever = await transaction.facts.changed_since(None)
            since_now = await transaction.facts.changed_since(last.recorded_at)

        assert since_noon == RecordedFacts(
            changed=CompanyFacts(payouts=(payout("po_1", units=9),)),
            before=CompanyFacts(payouts=(payout("po_1"),)),
            retracted=(item("txn_1"),),
            recorded_at=last.recorded_at,
        )
        assert in_order(since_ever.new) == await loaded(store, company)
        assert attrs.evolve(since_ever, new=NOTHING) == RecordedFacts(recorded_at=last.recorded_at)
        assert since_now == RecordedFacts(recorded_at=last.recorded_at)

    async def test_moments_grow_from_recording_to_recording_whatever_the_clocks_say(self, store: Store) -> None:
        company = fresh_company()
        first = await told(store, company, CompanyFacts(payouts=(payout("po_1"),)), LATER)

        second = await told(store, company, CompanyFacts(payouts=(payout("po_2"),)), NOON)

        assert first.recorded_at == LATER
        assert second.recorded_at == LATER + timedelta(microseconds=1)

    async def test_writers_on_the_same_ids_wait_for_each_other_and_nobody_misses_a_change(self, store: Store) -> None:
        company = fresh_company()

        async def write(number: int) -> set[str]:
            payouts = tuple(payout(f"po_{(number + each) % 7}", units=number) for each in range(5))
            recorded = await told(store, company, CompanyFacts(payouts=payouts), NOON)
            return ids(recorded.new)

        added = await asyncio.gather(*map(write, range(1, 9)))

        assert sorted(id_ for some in added for id_ in some) == [f"po_{number}" for number in range(7)]
        assert len((await loaded(store, company)).payouts) == 7

    async def test_what_is_loaded_to_be_changed_waits_for_whoever_changes_it(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(payouts=(payout(units=0),)))

        async def add_one() -> None:
            async with store.company(company) as transaction:
                (known,) = (await transaction.facts.load(WithIds(ids=("po_1",)), to_change=True)).payouts
                more = CompanyFacts(payouts=(payout(units=known.amount.minor_units + 1),))
                await transaction.facts.record(more, source=FactSource.PUSHED, at=NOON)

        await asyncio.gather(*(add_one() for _ in range(8)))

        assert (await loaded(store, company)).payouts == (payout(units=8),)


def _kinds(facts: CompanyFacts) -> list[tuple[str, tuple[Any, ...]]]:
    return [(field.name, getattr(facts, field.name)) for field in attrs.fields(CompanyFacts)]
