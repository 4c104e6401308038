"""One item of a payout: a balance transaction, or the exact part of one, that the payout paid out."""

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Money


@attrs.frozen(kw_only=True)
class PayoutItem:
    """What one balance transaction brings to one payout, in the currency of both; net = amount − fee."""

    transaction: BalanceTransactionId
    amount: Money
    """Gross; positive adds to the payout."""
    fee: Money
    """Positive reduces."""
    net: Money
    is_part: bool = False
    """True: only this part belongs here; the rest went to an earlier payout, or is carried forward to a later one."""

    @classmethod
    def whole(cls, transaction: BalanceTransaction) -> "PayoutItem":
        """The transaction as it stands."""
        return cls(transaction=transaction.id, amount=transaction.amount, fee=transaction.fee, net=transaction.net)

    def split(self, net: Money) -> tuple["PayoutItem", "PayoutItem"]:
        """The part whose net is `net`, and the rest. Amount, fee and net of the two add up to those of the whole.

        The fee is split in proportion to the net. Raises ValueError unless 0 < net < the item's own net.
        """
        if not 0 < net.minor_units < self.net.minor_units:
            raise ValueError(f"{self.transaction}: cannot take {net} out of {self.net}")
        rest = self.net - net
        fee, fee_rest = self.fee.split((net.minor_units, rest.minor_units))
        return (
            PayoutItem(transaction=self.transaction, amount=net + fee, fee=fee, net=net, is_part=True),
            PayoutItem(transaction=self.transaction, amount=rest + fee_rest, fee=fee_rest, net=rest, is_part=True),
        )
