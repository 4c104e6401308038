"""What every store of invoices promises, and of what was told of them."""

import asyncio
from datetime import datetime
from typing import Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.credit_note import CreditNote, CreditNoteId, CreditNoteStatus
from domain.invoice import Customer, Invoice, InvoiceId, InvoiceStatus
from domain.invoice_facts import InvoiceFacts
from domain.invoice_payment import InvoicePayment, InvoicePaymentId, InvoicePaymentStatus
from domain.money import Currency, Money
from domain.payout import PayoutId
from ports.facts import FactSource, UnstorableFact
from ports.invoice_standings import InvoiceStanding, InvoicesWanted, KeptInvoiceStanding
from ports.invoices import RecordedInvoices
from ports.pages import PageKey
from ports.transaction import Store
from tests.ports.facts_contract import fresh_company, item
from tests.ports.stripe_told import ACCOUNT, ACME, BOLT, MINUTE, NOON, OTHER
from tests.strategies.any_invoices import INVOICE_FACTS

_SUPPRESSED: Final = (
    HealthCheck.function_scoped_fixture,  # each example is on a company of its own
    HealthCheck.differing_executors,  # the cases run on every adapter
)
USD: Final = Currency.of("usd")
NOTHING: Final = Money.zero(USD)
OWED: Final = Money(10_000, USD)


def invoice(id: str = "in_1", status: InvoiceStatus = InvoiceStatus.OPEN, paid: int = 0) -> Invoice:
    return Invoice(
        id=InvoiceId(id),
        account=ACCOUNT,
        status=status,
        number="ACME-0001",
        customer=Customer(id="cus_1", name="Bean Lovers", email="pay@bean.example"),
        total=OWED,
        tax=NOTHING,
        amount_due=OWED,
        amount_paid=Money(paid, USD),
        amount_remaining=Money(10_000 - paid, USD),
        amount_overpaid=NOTHING,
        paid_outside_stripe=NOTHING,
        credited_before_payment=NOTHING,
        credited_after_payment=NOTHING,
        created=NOON,
        hosted_url="https://invoice.stripe.example/i/1",
    )


def payment(
    id: str = "inpay_1", of: str = "in_1", *, intent: str | None = "pi_1", paid: bool = False
) -> InvoicePayment:
    return InvoicePayment(
        id=InvoicePaymentId(id),
        account=ACCOUNT,
        invoice=InvoiceId(of),
        status=InvoicePaymentStatus.PAID if paid else InvoicePaymentStatus.OPEN,
        made_by="payment_intent" if intent else "charge",
        payment_intent=intent,
        charge=None if intent else "ch_1",
        amount_requested=OWED,
        amount_paid=OWED if paid else None,
        is_default=True,
        created=NOON,
    )


def note(id: str = "cn_1", of: str = "in_1", status: CreditNoteStatus = CreditNoteStatus.ISSUED) -> CreditNote:
    return CreditNote(
        id=CreditNoteId(id),
        account=ACCOUNT,
        invoice=InvoiceId(of),
        status=status,
        number=None,
        amount=OWED,
        tax=NOTHING,
        before_payment=OWED,
        after_payment=NOTHING,
        given_outside_stripe=NOTHING,
        created=NOON,
    )


async def record(store: Store, facts: InvoiceFacts, at: datetime = NOON, company: CompanyId = ACME) -> RecordedInvoices:
    async with store.company(company) as transaction:
        return await transaction.invoices.record(facts, at=at)


async def load(store: Store, *ids: str, company: CompanyId = ACME) -> InvoiceFacts:
    async with store.company(company) as transaction:
        return await transaction.invoices.load([InvoiceId(id) for id in ids])


def in_order(facts: InvoiceFacts) -> InvoiceFacts:
    """Whatever their order was."""
    return InvoiceFacts(
        invoices=tuple(sorted(facts.invoices, key=lambda each: each.id)),
        payments=tuple(sorted(facts.payments, key=lambda each: each.id)),
        credit_notes=tuple(sorted(facts.credit_notes, key=lambda each: each.id)),
    )


class InvoicesContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_what_is_told_is_new_then_the_same_then_changed(self, store: Store) -> None:
        facts = InvoiceFacts(invoices=(invoice(),), payments=(payment(),), credit_notes=(note(),))
        later = InvoiceFacts(invoices=(invoice(paid=4_000),))

        assert await record(store, facts) == RecordedInvoices(new=facts)
        assert (await record(store, facts)).is_empty
        assert await record(store, later) == RecordedInvoices(changed=later)
        assert await load(store, "in_1", "in_none\0") == attrs.evolve(facts, invoices=later.invoices)
        assert (await load(store, "in_1", company=BOLT)).is_empty

    async def test_another_address_of_the_same_page_is_no_change(self, store: Store) -> None:
        await record(store, InvoiceFacts(invoices=(invoice(),)))

        elsewhere = attrs.evolve(invoice(), hosted_url="https://invoice.stripe.example/i/2")
        assert (await record(store, InvoiceFacts(invoices=(elsewhere,)))).is_empty

    async def test_whatever_is_told_last_nothing_moves_backwards(self, store: Store) -> None:
        """Failures 4 and 5: an older view that comes later, also one of the same second, changes nothing."""
        after = InvoiceFacts(
            invoices=(invoice(status=InvoiceStatus.PAID, paid=10_000),),
            payments=(payment(paid=True),),
            credit_notes=(note(status=CreditNoteStatus.VOID),),
        )
        await record(store, after)
        before = InvoiceFacts(invoices=(invoice(),), payments=(payment(),), credit_notes=(note(),))

        assert (await record(store, before)).is_empty
        assert await load(store, "in_1") == after

    async def test_what_belongs_to_an_invoice_may_be_told_before_it(self, store: Store) -> None:
        await record(store, InvoiceFacts(payments=(payment(),), credit_notes=(note(of="in_2"),)))
        await record(store, InvoiceFacts(invoices=(invoice(), invoice("in_2"))))

        assert [len(each.payments) for each in (await load(store, "in_1", "in_2")).whole()] == [1, 0]
        assert [len(each.credit_notes) for each in (await load(store, "in_1", "in_2")).whole()] == [0, 1]

    async def test_invoices_are_found_by_what_paid_them(self, store: Store) -> None:
        """One payment intent may pay several."""
        payments = payment(), payment("inpay_2", "in_2"), payment("inpay_3", "in_3", intent=None)
        await record(store, InvoiceFacts(payments=payments))

        async with store.company(ACME) as transaction:
            found = await transaction.invoices.paid_by(["pi_1", "ch_1", "pi_none", "pi_\0"])
            assert {name: set(ids) for name, ids in found.items()} == {"pi_1": {"in_1", "in_2"}, "ch_1": {"in_3"}}
        async with store.company(BOLT) as transaction:
            assert await transaction.invoices.paid_by(["pi_1"]) == {}

    async def test_invoices_are_found_by_the_payouts_that_carry_their_money(self, store: Store) -> None:
        charged = attrs.evolve(item("txn_1", "po_1"), payment_intent="pi_1", source="ch_9")
        by_charge = attrs.evolve(item("txn_2", "po_2"), source="ch_1")
        other = attrs.evolve(item("txn_3", "po_1"), payment_intent="pi_other", source="ch_other")
        payments = payment(), payment("inpay_2", "in_2"), payment("inpay_3", "in_3", intent=None)
        async with store.company(ACME) as transaction:
            items = CompanyFacts(balance_transactions=(charged, by_charge, other))
            await transaction.facts.record(items, source=FactSource.STRIPE, at=NOON)
            await transaction.invoices.record(InvoiceFacts(payments=payments), at=NOON)

            found = [
                set(await transaction.invoices.in_payouts([PayoutId(each) for each in payouts]))
                for payouts in (["po_1"], ["po_2", "po_none\0"], ["po_none"], [])
            ]
        assert found == [{"in_1", "in_2"}, {"in_3"}, set(), set()]
        async with store.company(BOLT) as transaction:
            assert set(await transaction.invoices.in_payouts([PayoutId("po_1")])) == set()

    async def test_what_cannot_be_kept_is_refused_and_two_of_one_id(self, store: Store) -> None:
        with pytest.raises(UnstorableFact):
            await record(store, InvoiceFacts(payments=(payment(intent="pi_\0"),)))
        with pytest.raises(ValueError, match="same id"):
            await record(store, InvoiceFacts(invoices=(invoice(), invoice(paid=1))))
        assert (await load(store, "in_1")).is_empty

    @settings(max_examples=25, deadline=None, suppress_health_check=_SUPPRESSED)
    @given(told=INVOICE_FACTS)
    async def test_every_field_is_kept(self, store: Store, told: InvoiceFacts) -> None:
        company = fresh_company()
        await record(store, told, company=company)

        kept = in_order(await load(store, *told.about, company=company))
        assert kept == in_order(told)
        assert [each.hosted_url for each in kept.invoices] == [each.hosted_url for each in in_order(told).invoices]


def standing(id: str = "in_1", status: InvoiceStatus = InvoiceStatus.OPEN, minutes: int = 0) -> InvoiceStanding:
    return InvoiceStanding(
        invoice=InvoiceId(id),
        account=ACCOUNT,
        status=status,
        customer="cus_1",
        created=NOON + minutes * MINUTE,
        told={"status": status.value, "payments": ({"payment": "inpay_1", "payout": None},), "paid": -5},
        open_payments=("inpay_1",) if status is InvoiceStatus.OPEN else (),
    )


async def put(store: Store, *standings: InvoiceStanding, at: datetime = NOON) -> None:
    async with store.company(ACME) as transaction:
        await transaction.invoice_standings.put(standings, at=at)


class InvoiceStandingsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_standing_is_kept_whole_with_its_moments(self, store: Store) -> None:
        await put(store, standing())
        await put(store, standing(status=InvoiceStatus.PAID), at=NOON - MINUTE)

        async with store.company(ACME) as transaction:
            kept = await transaction.invoice_standings.find([InvoiceId("in_1"), InvoiceId("in_none")])
            [found] = kept.values()
            assert found.standing == standing(status=InvoiceStatus.PAID)
            assert found.previous == NOON < found.updated < NOON + MINUTE
            assert await transaction.invoice_standings.any()
        async with store.company(BOLT) as transaction:
            assert await transaction.invoice_standings.find([InvoiceId("in_1")]) == {}
            assert not await transaction.invoice_standings.any()

    async def test_what_may_still_change_is_known(self, store: Store) -> None:
        paid = standing("in_2", InvoiceStatus.PAID)
        overpaid_later = attrs.evolve(standing("in_3", InvoiceStatus.PAID), open_payments=("inpay_9",))
        elsewhere = attrs.evolve(standing("in_4"), account=OTHER)
        draft, deleted = standing("in_0", InvoiceStatus.DRAFT), standing("in_9", InvoiceStatus.DELETED)
        await put(store, standing(), paid, overpaid_later, elsewhere, draft, deleted)

        async with store.company(ACME) as transaction:
            found = await transaction.invoice_standings.unsettled(ACCOUNT)
            counted = [
                await transaction.invoice_standings.count(ACCOUNT, created_before=at) for at in (NOON, NOON + MINUTE)
            ]
        assert counted == [0, 4]
        assert [(each.invoice, each.status.value, each.open_payments) for each in found] == [
            ("in_0", "draft", ()),
            ("in_1", "open", ("inpay_1",)),
            ("in_3", "paid", ("inpay_9",)),
        ]

    async def test_lists_are_walked_by_creation_and_by_change(self, store: Store) -> None:
        for number in (3, 1, 2):
            await put(store, standing(f"in_{number}", minutes=number % 2))
        await put(store, standing("in_3", InvoiceStatus.PAID, minutes=1))

        async def walked(wanted: InvoicesWanted) -> list[str]:
            found: list[KeptInvoiceStanding] = []
            after: PageKey | None = None
            async with store.company(ACME) as transaction:
                while True:
                    page = await transaction.invoice_standings.page(wanted, after=after, limit=1)
                    found += page.records
                    after = page.next
                    if after is None:
                        return [each.standing.invoice for each in found]

        assert await walked(InvoicesWanted()) == ["in_3", "in_1", "in_2"]
        assert await walked(InvoicesWanted(updated_since=NOON)) == ["in_1", "in_2", "in_3"]
        assert await walked(InvoicesWanted(updated_since=NOON + MINUTE)) == []
        assert await walked(InvoicesWanted(status=InvoiceStatus.OPEN)) == ["in_1", "in_2"]
        assert await walked(InvoicesWanted(customer="cus_1", account=ACCOUNT)) == ["in_3", "in_1", "in_2"]
        assert await walked(InvoicesWanted(account=OTHER)) == await walked(InvoicesWanted(customer="cus_2")) == []

    async def test_who_follows_sees_what_another_did_before(self, store: Store) -> None:
        """Two who change one invoice's way at once: the second one begins when the first has ended."""
        order: list[str] = []

        async def follow(name: str) -> None:
            async with store.company(ACME) as transaction:
                await transaction.invoices.hold()
                seen = await transaction.invoice_standings.find([InvoiceId("in_1")])
                order.append(f"{name} sees {len(seen)}")
                await asyncio.sleep(0.02)
                await transaction.invoice_standings.put([standing()], at=NOON)

        await asyncio.gather(follow("one"), follow("two"))
        assert sorted(each.split()[-1] for each in order) == ["0", "1"]
