"""What every keeper of facts promises of the keys of cases, and of selecting what cases are made of."""

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payment_case import CATEGORIES, HOLDS, OF_PAYOUTS, TYPES, CaseKind, key_of, kind_of
from domain.payment_cases import cases_among
from domain.payout import PayoutId, PayoutStatus
from ports.facts import (
    AskedFor,
    CaseMovements,
    FactSelection,
    HeldMoney,
    MovementsOf,
    OfCharges,
    ReversalsOf,
    Unlisted,
)
from ports.transaction import Store
from tests.ports.facts_contract import EUR, LATER, USD, fresh_company, ids, item, loaded, payout, told

KEYED = tuple(kind for kind in CaseKind if kind not in HOLDS)
_SUPPRESSED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
SOURCES = st.sampled_from([None, "ch_1", "ch_2", "re_1", "RE_1", "re_10", "du_1", "po_1", "po_2", "é"])
WORDS = sorted({None, *(word for some in (*CATEGORIES.values(), *TYPES.values()) for word in some)}, key=str)


def moved(id: str, type_: str | None, category: str | None, source: str | None, **said: Any) -> BalanceTransaction:
    made = attrs.evolve(item(id, None, units=100, fee=0), type=type_, reporting_category=category, source=source)
    return attrs.evolve(made, **said)


@st.composite
def movements(draw: st.DrawFn) -> tuple[BalanceTransaction, ...]:
    words = st.sampled_from(WORDS)
    return tuple(
        moved(f"txn_{number}", draw(words), draw(words), draw(SOURCES), of_charge=draw(st.sampled_from([None, "ch_1"])))
        for number in range(draw(st.integers(0, 12)))
    )


async def keys(store: Store, company: Any, kind: CaseKind, after: str | None = None, limit: int = 100) -> Any:
    async with store.company(company) as transaction:
        return await transaction.case_keys.after(kind, after, limit=limit)


class CaseKeysContract:
    """Subclass it with a fixture `store` for each adapter."""

    @settings(max_examples=25, suppress_health_check=_SUPPRESSED)
    @given(some=movements(), limit=st.integers(1, 4))
    async def test_the_keys_found_page_by_page_are_those_of_all_cases(
        self, store: Store, some: tuple[BalanceTransaction, ...], limit: int
    ) -> None:
        company = fresh_company()
        facts = CompanyFacts(balance_transactions=some)
        await told(store, company, facts)
        for kind in KEYED:
            found, after = list[str](), None
            while page := await keys(store, company, kind, after, limit):
                found += page
                after = page[-1]

            assert found == sorted(set(found))
            assert {case.key for case in cases_among(facts, [kind])} <= set(found)
            assert {key_of(each) for each in some if kind_of(each) is kind} <= set(found)

    @settings(max_examples=15, suppress_health_check=_SUPPRESSED)
    @given(some=movements(), data=st.data())
    async def test_the_movements_of_keys_are_all_that_their_cases_are_made_of(
        self, store: Store, some: tuple[BalanceTransaction, ...], data: st.DataObject
    ) -> None:
        company, kind = fresh_company(), data.draw(st.sampled_from(KEYED))
        await told(store, company, CompanyFacts(balance_transactions=some))
        wanted = data.draw(st.lists(st.sampled_from(sorted({key_of(each) for each in some} | {"none"})), max_size=3))
        found = await loaded(store, company, CaseMovements(kind=kind, keys=tuple(wanted)))
        held = await loaded(store, company, HeldMoney())

        whole = [c for c in cases_among(CompanyFacts(balance_transactions=some), [kind]) if c.key in wanted]
        told_again = [case for case in cases_among(found, [kind]) if case.key in wanted]
        assert [attrs.evolve(c, charged=None) for c in told_again] == [attrs.evolve(c, charged=None) for c in whole]
        assert cases_among(held, HOLDS) == cases_among(CompanyFacts(balance_transactions=some), HOLDS)

    async def test_payouts_that_came_back_or_name_another_are_keys_whatever_moved(self, store: Store) -> None:
        company = fresh_company()
        payouts = (
            payout("po_1", status=PayoutStatus.FAILED),
            payout("po_2", status=PayoutStatus.CANCELED),
            payout("po_3", reversed_by=PayoutId("po_4")),
            payout("po_4", original_payout=PayoutId("po_3")),
            payout("po_5", original_payout=PayoutId("po_9")),
            payout("po_6"),
        )
        back = moved("txn_1", "payout_failure", "payout_reversal", "po_7")
        await told(store, company, CompanyFacts(payouts=payouts, balance_transactions=(back,)))

        assert await keys(store, company, CaseKind.PAYOUT_RETURNED) == ("po_1", "po_2", "po_7")
        assert await keys(store, company, CaseKind.PAYOUT_RETURNED, "po_1", 1) == ("po_2",)
        assert await keys(store, company, CaseKind.PAYOUT_REVERSED) == ("po_3", "po_9")
        assert await keys(store, company, CaseKind.PAYOUT_REVERSED, "po_3", 1) == ("po_9",)
        assert ids(await loaded(store, company, ReversalsOf(payouts=(PayoutId("po_9"),)))) == {"po_5"}

    async def test_what_is_no_longer_so_or_taken_out_has_no_key(self, store: Store) -> None:
        company = fresh_company()
        refund, other = (moved(f"txn_{n}", "refund", "refund", f"re_{n}") for n in (1, 2))
        failed = payout("po_1", status=PayoutStatus.FAILED)
        await told(store, company, CompanyFacts(payouts=(failed,), balance_transactions=(refund, other)))
        plain = CompanyFacts(payouts=(payout("po_1"),), balance_transactions=(moved("txn_1", "charge", None, "re_1"),))
        await told(store, company, plain, LATER, retracted=["txn_2"])

        assert await keys(store, company, CaseKind.REFUND) == ()
        assert await keys(store, company, CaseKind.PAYOUT_RETURNED) == ()
        assert (
            await loaded(store, company, CaseMovements(kind=CaseKind.REFUND, keys=("re_1", "re_2"))) == CompanyFacts()
        )

    @pytest.mark.parametrize("kind", HOLDS)
    async def test_holds_have_no_keys(self, store: Store, kind: CaseKind) -> None:
        with pytest.raises(ValueError, match="has no keys"):
            await keys(store, fresh_company(), kind)

    async def test_a_key_that_no_store_can_hold_is_a_place_like_any_other(self, store: Store) -> None:
        company = fresh_company()
        await told(store, company, CompanyFacts(balance_transactions=(moved("txn_1", "refund", "refund", "re_1"),)))

        assert await keys(store, company, CaseKind.REFUND, "re\0") == ("re_1",)
        assert await keys(store, company, CaseKind.REFUND, "re_1\0") == ()

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (MovementsOf(payouts=(PayoutId("po_manual"), PayoutId("po_none"))), {"txn_back"}),
            (OfCharges(charges=("ch_1",)), {"txn_refund", "txn_dispute"}),
            (OfCharges(charges=("ch_2", "\0")), set[str]()),
            (HeldMoney(), {"txn_held", "txn_capital"}),
            (Unlisted(currency=USD, most=100), {"txn_refund", "txn_dispute", "txn_held", "txn_capital"}),
            (Unlisted(currency=EUR, most=100), set[str]()),
            (AskedFor(currency=USD), {"po_manual", "po_instant", "po_unknown"}),
        ],
    )
    async def test_selections_by_what_made_a_movement_and_by_what_it_is(
        self, store: Store, wanted: FactSelection, found: set[str]
    ) -> None:
        company = fresh_company()
        transactions = (
            moved("txn_charge", "charge", "charge", "ch_1", payout=PayoutId("po_auto")),
            moved("txn_refund", "refund", "refund", "re_1", of_charge="ch_1"),
            moved("txn_dispute", "adjustment", "dispute", "du_1", of_charge="ch_1"),
            moved("txn_back", "payout_failure", "payout_reversal", "po_manual", payout=PayoutId("po_auto")),
            moved("txn_held", "reserve_hold", "reserve_hold", None),
            moved("txn_capital", "adjustment", "financing_payout", None),
            moved("txn_mirror", "adjustment", "other_adjustment", None, balance_type="risk_reserved"),
        )
        payouts = (
            payout("po_auto", automatic=True),
            payout("po_manual", automatic=False),
            payout("po_instant", automatic=True, method="instant"),
            payout("po_unknown"),
            payout("po_euro", automatic=False, currency=EUR),
        )
        await told(store, company, CompanyFacts(payouts=payouts, balance_transactions=transactions))

        assert ids(await loaded(store, company, wanted)) == found

    async def test_no_more_unlisted_movements_are_loaded_than_are_asked_for(self, store: Store) -> None:
        company = fresh_company()
        some = tuple(moved(f"txn_{number}", "charge", "charge", None) for number in range(5))
        await told(store, company, CompanyFacts(balance_transactions=some))

        assert len(ids(await loaded(store, company, Unlisted(currency=USD, most=3)))) == 3

    async def test_the_kinds_that_are_found_by_payouts_are_those_two(self) -> None:
        assert OF_PAYOUTS == (CaseKind.PAYOUT_RETURNED, CaseKind.PAYOUT_REVERSED)
