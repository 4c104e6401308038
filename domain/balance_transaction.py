"""A movement of a Stripe balance: the itemised inside of payouts."""

from datetime import date, datetime
from typing import Final, NewType

import attrs

from domain.fee_part import FeePart
from domain.money import Money
from domain.payout import PayoutId

BalanceTransactionId = NewType("BalanceTransactionId", str)

CHARGES: Final = ("ch_", "py_")
"""How the ids of charges begin: of cards, and of every other way to pay."""

DECIDED_DISPUTES: Final = frozenset({"won", "lost", "warning_closed", "prevented"})
"""Statuses of disputes of which nothing more is to come."""

PAYOUT_TYPES: Final = frozenset({"payout", "payout_cancel", "payout_failure"})
"""Types of the movements that payouts themselves make."""

KNOWN_TYPES: Final = frozenset(
    "adjustment advance advance_funding anticipation_repayment application_fee application_fee_refund charge "
    "climate_order_purchase climate_order_refund connect_collection_transfer contribution fee_credit_funding "
    "inbound_transfer inbound_transfer_reversal issuing_authorization_hold issuing_authorization_release "
    "issuing_dispute issuing_dispute_provisional_credit issuing_dispute_provisional_credit_reversal "
    "issuing_transaction obligation_outbound obligation_reversal_inbound payment payment_failure_refund "
    "payment_network_reserve_hold payment_network_reserve_release payment_refund payment_reversal "
    "payment_unreconciled payout payout_cancel payout_failure payout_minimum_balance_hold "
    "payout_minimum_balance_release refund refund_failure reserve_hold reserve_release reserve_transaction "
    "reserved_funds stripe_balance_payment_debit stripe_balance_payment_debit_reversal stripe_fee stripe_fx_fee "
    "tax_fee tax_fund topup topup_reversal transfer transfer_cancel transfer_failure transfer_refund "
    # On Stripe's documentation page only, not in its SDK.
    "balance_transfer_inbound balance_transfer_outbound validation recipient_transfer recipient_transfer_cancel "
    "recipient_transfer_failure adjusted_for_overdraft_transaction transferred_to_balance_transaction".split()
)
"""The set is open: an unknown type is kept, balanced and put in suspense, never refused."""

KNOWN_CATEGORIES: Final = frozenset(
    "charge charge_failure refund refund_failure partial_capture_reversal dispute dispute_reversal fee tax "
    "other_adjustment payout payout_reversal payout_minimum_balance_hold payout_minimum_balance_release topup "
    "topup_reversal transfer transfer_reversal platform_earning platform_earning_refund connect_collection_transfer "
    "connect_reserved_funds risk_reserved_funds payment_network_reserve_hold payment_network_reserve_release advance "
    "advance_funding anticipation_repayment contribution climate_order_purchase climate_order_refund "
    "climate_reservation_purchase unreconciled_customer_funds issuing_authorization_hold "
    "issuing_authorization_release issuing_dispute issuing_transaction currency_conversion "
    "stripe_balance_payment_debit stripe_balance_payment_debit_reversal revenue_share reward tax_fund "
    "tax_withholding fee_credit_funding platform_fee_transfer issuing_disbursement "
    "issuing_dispute_fraud_liability_debit issuing_dispute_provisional_credit "
    "issuing_dispute_provisional_credit_reversal network_cost financing_payout financing_payout_reversal "
    "financing_paydown financing_paydown_reversal obligation".split()
)
"""Stripe's reporting categories, an open set too; books are keyed on them, the type is evidence."""


class NetMismatch(ValueError):
    """The record's net is not its amount less its fee."""

    def __init__(self, id: str, amount: Money, fee: Money, net: Money) -> None:
        super().__init__(f"{id}: net {net} is not amount {amount} less fee {fee}")


@attrs.frozen(kw_only=True)
class BalanceTransaction:
    """One `txn_…`. `net` = `amount` − `fee`, or it cannot be built (NetMismatch)."""

    id: BalanceTransactionId
    amount: Money
    """Gross; positive adds to the Stripe balance."""
    fee: Money
    """Positive reduces; negative when Stripe hands a fee back."""
    net: Money
    type: str | None = None
    """Stripe's type; None where only the reporting category is given."""
    reporting_category: str | None = None
    payout: PayoutId | None = None
    """The payout that Stripe lists this transaction in; None: not paid out yet, or by hand."""
    source: str | None = None
    created: datetime | None = None
    available_on: date | None = None
    description: str | None = None
    status: str | None = None
    balance_type: str = "payments"
    source_type: str | None = None
    """Which part of the balance it belongs to (`card`, `bank_account`, `fpx`), where the source says."""
    stripe_account: str | None = None
    """Whose balance it moves; None where the source does not say."""
    of_charge: str | None = None
    """The charge that its source gives back, disputes or is taken from; None where the source is a charge itself."""
    payment_intent: str | None = None
    invoice: str | None = None
    """Which reports say, and older versions of the API; in the current one it is found by the payment intent."""
    of_source: str | None = None
    """What its source undoes or comes from, if that is no charge: a transfer, an application fee, a payout."""
    dispute_status: str | None = None
    """Of a dispute's movements, as Stripe last said it: `needs_response`, `under_review`, `won`, `lost` and so on."""
    fee_parts: tuple[FeePart, ...] | None = None
    """What the fee is made of, in the order of the parts themselves; None: the source does not say."""

    def __attrs_post_init__(self) -> None:
        gross, fee, net = self.amount, self.fee, self.net
        if gross.currency is fee.currency is net.currency and gross.minor_units - fee.minor_units == net.minor_units:
            return  # the same, said in a fifth of the time: histories have millions
        if gross - fee != net:
            raise NetMismatch(self.id, self.amount, self.fee, self.net)

    @property
    def charge(self) -> str | None:
        """The charge that it is about, if it is about one."""
        if self.source is not None and self.source.startswith(CHARGES):
            return self.source
        return self.of_charge

    @property
    def is_of_open_dispute(self) -> bool:
        """More may come of the dispute that it is of, and its status is told by no movement."""
        return self.dispute_status is not None and self.dispute_status not in DECIDED_DISPUTES

    @property
    def moves_payout(self) -> bool:
        """It is a payout's own movement or its return, not something that a payout pays out."""
        return self.type in PAYOUT_TYPES or self.reporting_category in ("payout", "payout_reversal")

    @property
    def is_payout_itself(self) -> bool:
        """It takes a payout's money out of the balance: in a payout's own list it is left out."""
        return self.type == "payout" or (self.type is None and self.reporting_category == "payout")

    @property
    def is_understood(self) -> bool:
        """Its type and category are ones we know; otherwise it belongs in suspense until mapped.

        Stripe's pages leave out the categories of some types: one that is called as its type is says nothing new.
        """
        return (
            (self.type is None or self.type in KNOWN_TYPES)
            and (self.reporting_category in KNOWN_CATEGORIES or self.reporting_category in (None, self.type))
            and not (self.type is None and self.reporting_category is None)
        )
