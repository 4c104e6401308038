"""What every keeper of facts promises to whoever looks around one change: amounts, each within days of its own."""

from datetime import timedelta

from domain.company_facts import CompanyFacts
from domain.money import Money
from ports.facts import AmountDays, AmountsWithin
from ports.transaction import Store
from tests.ports.facts_contract import MONDAY, USD, fresh_company, ids, line, loaded, payout, told


class AmountsWithinContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_amounts_are_found_each_within_its_own_days(self, store: Store) -> None:
        company = fresh_company()
        payouts = (payout("po_1"), payout("po_2", days=5), payout("po_3", days=5, trace_id="0910"), payout("po_4", 7))
        await told(store, company, CompanyFacts(payouts=payouts, deposits=(line("dep_1", days=5), line("dep_2", 7))))

        def within(units: int, first: int, last: int, only_traced: bool = False) -> AmountDays:
            days = MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)
            return AmountDays(amount=Money(units, USD), first_day=days[0], last_day=days[1], only_traced=only_traced)

        async def found(*payouts: AmountDays, lines: tuple[AmountDays, ...] = ()) -> set[str]:
            return ids(await loaded(store, company, AmountsWithin(payouts=payouts, lines=lines)))

        assert await found() == set()
        assert await found(within(10_000, 0, 4), within(7, 0, 0)) == {"po_1", "po_4"}
        assert await found(within(10_000, 0, 9, only_traced=True)) == {"po_3"}
        assert await found(within(10_000, 5, 5), lines=(within(10_000, 0, 4), within(7, -1, 1))) == {
            "po_2", "po_3", "dep_2",
        }  # fmt: skip
