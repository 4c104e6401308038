"""All that is known of one company's money at one moment: the input of matching, breakdown and proof."""

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit
from domain.payout import Payout


@attrs.frozen(kw_only=True)
class CompanyFacts:
    """The facts of one company. Ids are unique within each kind; the order of the tuples has no meaning."""

    payouts: tuple[Payout, ...] = ()
    balance_transactions: tuple[BalanceTransaction, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    deposits: tuple[BankDeposit, ...] = ()
