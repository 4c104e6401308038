"""What every keeper of facts promises to whoever follows a payment: its movements, by what paid."""

import attrs

from domain.company_facts import CompanyFacts
from ports.facts import OfPayments
from ports.transaction import Store
from tests.ports.facts_contract import LATER, fresh_company, ids, item, loaded, told


class OfPaymentsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_movements_are_found_by_the_payment_behind_them(self, store: Store) -> None:
        company = fresh_company()
        charged = attrs.evolve(item("txn_1"), payment_intent="pi_1", source="ch_1")
        refunded = attrs.evolve(item("txn_2"), type="refund", payment_intent="pi_1", source="re_1", of_charge="ch_1")
        without = attrs.evolve(item("txn_3"), type="payment", source="py_3")
        corrected = attrs.evolve(item("txn_4"), payment_intent="pi_4")
        everything = (charged, refunded, without, corrected, attrs.evolve(item("txn_5"), type="payout", source="py_3"))
        await told(store, company, CompanyFacts(balance_transactions=everything))
        correction = attrs.evolve(corrected, payment_intent="pi_5")
        await told(store, company, CompanyFacts(balance_transactions=(correction,)), LATER)

        async def found(intents: tuple[str, ...] = (), charges: tuple[str, ...] = ()) -> set[str]:
            return ids(await loaded(store, company, OfPayments(payment_intents=intents, charges=charges)))

        assert await found(intents=("pi_1", "pi_none\0")) == {"txn_1", "txn_2"}
        assert await found(charges=("ch_1", "py_3")) == {"txn_3"}
        assert await found(("pi_4", "pi_5"), ("py_3",)) == {"txn_3", "txn_4"}
        assert await found(("pi_4",)) == await found() == set()
