"""What whoever writes invoices at Stripe promises: the service itself, and the fake."""

from typing import Final

import attrs
import pytest

from domain.invoice import InvoiceId, InvoiceStatus
from domain.money import Currency, Money
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import InvoiceDraft, InvoiceLine, StripeInvoicing
from ports.stripe_refusals import StripeRefused

USD: Final = Currency.of("usd")
LINES: Final = (
    InvoiceLine(description="Beans", quantity=3, unit_amount=Money(2_400, USD)),
    InvoiceLine(description="Delivery", quantity=1, unit_amount=Money(990, USD)),
)


class StripeInvoicingContract:
    """Subclass it with fixtures `stripe` and `source` for each adapter."""

    async def draft(self, stripe: StripeInvoicing, source: FeedAccount) -> InvoiceDraft:
        customer = await stripe.customer(source, name="Bean Lovers", email="pay@bean.example", key="customer")
        return InvoiceDraft(customer=customer, currency=USD, lines=LINES, days_until_due=14, memo="Thank you.")

    async def test_a_customer_is_known_by_name_and_address(self, stripe: StripeInvoicing, source: FeedAccount) -> None:
        first = await stripe.customer(source, name="Bean Lovers", email="pay@bean.example", key="one")
        again = await stripe.customer(source, name="Bean Lovers", email="pay@bean.example", key="two")
        namesake = await stripe.customer(source, name="Bean Lovers", email="other@bean.example", key="three")
        colleague = await stripe.customer(source, name="Bean Haters", email="pay@bean.example", key="four")

        assert first == again
        assert len({first, namesake, colleague}) == 3

    async def test_a_draft_has_its_lines_and_is_made_once_for_a_key(
        self, stripe: StripeInvoicing, source: FeedAccount
    ) -> None:
        draft = await self.draft(stripe, source)
        made = await stripe.draft(source, draft, key="one")
        again = await stripe.draft(source, draft, key="one")
        other = await stripe.draft(source, draft, key="two")

        assert (made.status, made.total, made.memo) == (InvoiceStatus.DRAFT, Money(8_190, USD), "Thank you.")
        assert (made.account, made.customer.id, made.hosted_url) == (source.account, draft.customer, None)
        assert made.due is not None
        assert again == made
        assert other.id != made.id

    async def test_it_is_sent_and_voided_once_for_a_key(self, stripe: StripeInvoicing, source: FeedAccount) -> None:
        made = await stripe.draft(source, await self.draft(stripe, source), key="draft")
        sent = await stripe.send(source, made.id, key="send")
        again = await stripe.send(source, made.id, key="send")
        void = await stripe.void(source, made.id, key="void")

        assert (sent.status, bool(sent.number), bool(sent.hosted_url)) == (InvoiceStatus.OPEN, True, True)
        assert sent.finalised is not None
        assert attrs.evolve(again, finalised=sent.finalised) == sent
        assert (void.id, void.status, void.voided is not None) == (made.id, InvoiceStatus.VOID, True)

    async def test_a_draft_is_deleted_however_often(self, stripe: StripeInvoicing, source: FeedAccount) -> None:
        made = await stripe.draft(source, await self.draft(stripe, source), key="draft")
        for _ in range(2):
            await stripe.delete(source, made.id)

        with pytest.raises(StripeRefused):
            await stripe.send(source, made.id, key="send")

    async def test_what_is_not_there_is_refused(self, stripe: StripeInvoicing, source: FeedAccount) -> None:
        with pytest.raises(StripeRefused) as refused:
            await stripe.void(source, InvoiceId("in_nobodys"), key="void")

        assert refused.value.status == 404
