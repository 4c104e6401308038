"""How each kind of fact stands in its table: its columns, and the way there and back, field by field."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutStatus, ReconciliationStatus
from ports.kept_fees import fee_parts_from, fee_parts_text

Fact = TypeVar("Fact")
Row = tuple[Any, ...]
"""The values of the columns of the content, in their order. A StrEnum is a text, and stands as it is."""


@attrs.frozen(kw_only=True)
class FactTable(Generic[Fact]):
    """One kind of fact: its table, and what its rows mean."""

    kind: str
    """The field of CompanyFacts."""
    name: str
    columns: tuple[tuple[str, str], ...]
    """Name and SQL type of each column of the content; the id is the first."""
    row: Callable[[Fact], Row]
    fact: Callable[[Sequence[Any]], Fact]
    """From a row whose first values are the content's."""
    can_be_retracted: bool = False
    """The last column of the content says whether the source has taken it out again."""

    @property
    def content(self) -> str:
        """The columns of the content, for a SELECT from the table called `f`."""
        return ", ".join(f"f.{name}" for name, _ in self.columns)

    def of(self, facts: CompanyFacts) -> tuple[Fact, ...]:
        """The facts of this kind."""
        found: tuple[Fact, ...] = getattr(facts, self.kind)
        return found


_STATUSES: Final = {status.value: status for status in PayoutStatus}
_RECONCILIATION: Final = {status.value: status for status in ReconciliationStatus}
_LINE_STATUSES: Final = {status.value: status for status in BankDepositStatus}


def _payout_row(p: Payout) -> Row:
    return (
        p.id,
        p.amount.currency.code,
        p.amount.minor_units,
        p.arrival_date,
        p.status,
        p.created,
        p.automatic,
        p.method,
        p.stripe_account,
        p.destination,
        p.destination_last4,
        p.trace_id,
        p.statement_descriptor,
        p.source_type,
        p.balance_transaction,
        p.failure_balance_transaction,
        p.failure_code,
        p.original_payout,
        p.reversed_by,
        p.reconciliation_status,
        p.livemode,
        p.amount_from_items,
    )


def _payout(row: Sequence[Any]) -> Payout:
    return Payout(
        id=row[0],
        amount=Money(row[2], Currency.of(row[1])),
        arrival_date=row[3],
        status=_STATUSES[row[4]],
        created=row[5],
        automatic=row[6],
        method=row[7],
        stripe_account=row[8],
        destination=row[9],
        destination_last4=row[10],
        trace_id=row[11],
        statement_descriptor=row[12],
        source_type=row[13],
        balance_transaction=row[14],
        failure_balance_transaction=row[15],
        failure_code=row[16],
        original_payout=row[17],
        reversed_by=row[18],
        reconciliation_status=_RECONCILIATION[row[19]],
        livemode=row[20],
        amount_from_items=row[21],
    )


def _transaction_row(t: BalanceTransaction) -> Row:
    return (
        t.id,
        t.amount.currency.code,
        t.amount.minor_units,
        t.fee.minor_units,
        t.net.minor_units,
        t.type,
        t.reporting_category,
        t.payout,
        t.source,
        t.created,
        t.available_on,
        t.description,
        t.status,
        t.balance_type,
        t.source_type,
        t.of_charge,
        t.payment_intent,
        t.invoice,
        t.of_source,
        t.dispute_status,
        None if t.fee_parts is None else fee_parts_text(t.fee_parts),
        t.stripe_account,
        False,
    )


def _transaction(row: Sequence[Any]) -> BalanceTransaction:
    currency = Currency.of(row[1])
    return BalanceTransaction(
        id=row[0],
        amount=Money(row[2], currency),
        fee=Money(row[3], currency),
        net=Money(row[4], currency),
        type=row[5],
        reporting_category=row[6],
        payout=row[7],
        source=row[8],
        created=row[9],
        available_on=row[10],
        description=row[11],
        status=row[12],
        balance_type=row[13],
        source_type=row[14],
        of_charge=row[15],
        payment_intent=row[16],
        invoice=row[17],
        of_source=row[18],
        dispute_status=row[19],
        fee_parts=None if row[20] is None else fee_parts_from(row[20]),
        stripe_account=row[21],
    )


def _account_row(a: BankAccount) -> Row:
    return (
        a.id,
        a.feed,
        a.institution,
        a.name,
        a.mask,
        a.persistent_id,
        None if a.currency is None else a.currency.code,
        a.covered_from,
        a.covered_to,
    )


def _account(row: Sequence[Any]) -> BankAccount:
    return BankAccount(
        id=row[0],
        feed=row[1],
        institution=row[2],
        name=row[3],
        mask=row[4],
        persistent_id=row[5],
        currency=None if row[6] is None else Currency.of(row[6]),
        covered_from=row[7],
        covered_to=row[8],
    )


def _deposit_row(d: BankDeposit) -> Row:
    return (
        d.id,
        d.account,
        d.amount.currency.code,
        d.amount.minor_units,
        d.date,
        d.text,
        d.status,
        d.pending_id,
        d.counterparty,
        d.company_id,
    )


def _deposit(row: Sequence[Any]) -> BankDeposit:
    return BankDeposit(
        id=row[0],
        account=row[1],
        amount=Money(row[3], Currency.of(row[2])),
        date=row[4],
        text=row[5],
        status=_LINE_STATUSES[row[6]],
        pending_id=row[7],
        counterparty=row[8],
        company_id=row[9],
    )


def _columns(described: str) -> tuple[tuple[str, str], ...]:
    """`id, minor_units:bigint`: text unless said otherwise."""
    pairs = (part.strip().partition(":") for part in described.split(","))
    return tuple((name, type_ or "text") for name, _, type_ in pairs)


ACCOUNTS: Final = FactTable(
    kind="accounts",
    name="bank_accounts",
    columns=_columns(
        "id, feed, institution, name, mask, persistent_id, currency, covered_from:date, covered_to:date",
    ),
    row=_account_row,
    fact=_account,
)
PAYOUTS: Final = FactTable(
    kind="payouts",
    name="payouts",
    columns=_columns(
        "id, currency, minor_units:bigint, arrival_date:date, status, created:timestamptz, automatic:boolean, method, "
        "stripe_account, destination, destination_last4, trace_id, statement_descriptor, source_type, "
        "balance_transaction, failure_balance_transaction, failure_code, original_payout, reversed_by, "
        "reconciliation_status, livemode:boolean, amount_from_items:boolean"
    ),
    row=_payout_row,
    fact=_payout,
)
BALANCE_TRANSACTIONS: Final = FactTable(
    kind="balance_transactions",
    name="balance_transactions",
    columns=_columns(
        "id, currency, amount:bigint, fee:bigint, net:bigint, type, reporting_category, payout, source, "
        "created:timestamptz, available_on:date, description, status, balance_type, source_type, of_charge, "
        "payment_intent, invoice, of_source, dispute_status, fee_parts, "
        "stripe_account, retracted:boolean"
    ),
    row=_transaction_row,
    fact=_transaction,
    can_be_retracted=True,
)
DEPOSITS: Final = FactTable(
    kind="deposits",
    name="bank_deposits",
    columns=_columns(
        "id, account, currency, minor_units:bigint, day:date, text, status, pending_id, counterparty, payer_company_id"
    ),
    row=_deposit_row,
    fact=_deposit,
)
FACT_TABLES: Final[tuple[FactTable[Any], ...]] = (ACCOUNTS, PAYOUTS, BALANCE_TRANSACTIONS, DEPOSITS)
"""In the order in which they are written and streamed."""
