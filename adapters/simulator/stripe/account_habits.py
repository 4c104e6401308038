"""What kind of account it is: where, whose, what Stripe charges it, and how Stripe behaves towards it."""

import attrs


@attrs.frozen(kw_only=True)
class AccountHabits:
    """Everything about an account that its own settings do not say."""

    country: str = "US"
    currency: str | None = None
    """The default currency; the country's own unless told."""
    name: str = "Harbor Goods LLC"
    email: str = "owner@harbor-goods.example"
    bank_last4: str = "4821"
    fee_basis_points: int = 290
    fee_fixed: int = 30
    fee_tax_basis_points: int = 0
    """Tax on Stripe's own fee, in `fee_details` (seen: a `tax` part described as VAT)."""
    bank_debit_fee_basis_points: int = 80
    bank_debit_fee_most: int = 500
    dispute_fee: int = 1_500
    instant_fee_basis_points: int = 100
    """1 % in most countries, by a support page of unknown age; what it is in the United States is not known."""
    payout_arrival_days: int = 1
    """Banking days from a payout's creation to its arrival."""
    submitted_after_hours: int = 4
    """Hours after which a payout leaves for the bank."""
    reconciled_after_hours: tuple[int, int] = (2, 40)
    """Between so many hours after its creation the items of an automatic payout are settled."""
    trace_supported: float = 1.0
    """Share of payouts whose trace id Stripe tells in the end."""
    trace_unsupported: float = 0.0
    """Share for which it says that there is none. The rest stays pending for ever."""
    trace_within_days: int = 10
    """Within so many days of arrival the trace id is settled (docs.stripe.com/payouts/trace-id; documented)."""
    payouts_failing: float = 0.0
    """Share of payouts that the bank sends back."""
    fails_after_days: tuple[int, int] = (1, 9)
    """Between so many days after arrival: normally five business days, nine calendar days were seen."""
    repaired_after_days: int = 2
    """Days until the owner has set the bank account right after such a failure."""
    onboarded: bool = True
    """False for an account that its platform has just made: nothing can be charged or paid out yet."""
