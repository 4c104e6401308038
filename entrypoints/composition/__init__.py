"""Where the adapters are chosen: the only module of the entrypoints that names one."""

from adapters.plaid_api.transactions_reader import PlaidTransactionsReader
from adapters.statement_files.bai2_reader import Bai2Reader
from adapters.statement_files.bank_csv_reader import BankCsvReader
from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.csv_columns import BankColumns, UnusableColumns
from adapters.statement_files.mt940_reader import Mt940Reader
from adapters.statement_files.ofx_reader import OfxReader
from adapters.stripe_api.balance_history_reader import BalanceHistoryReader
from adapters.stripe_api.dashboard_payouts_reader import DashboardPayoutsReader
from adapters.stripe_api.json_reader import StripeJsonReader
from adapters.stripe_api.report_csv_reader import StripeReportReader
from ports.facts_reader import FactsReader


class UnusableBankColumns(ValueError):
    """What was said of a bank's columns is not understood. The message says what."""


def stripe_readers() -> tuple[FactsReader, ...]:
    """Readers of Stripe's files, in the order in which they are asked."""
    return StripeJsonReader(), StripeReportReader(), DashboardPayoutsReader(), BalanceHistoryReader()


def bank_readers(bank_columns: str | None) -> tuple[FactsReader, ...]:
    """Readers of bank statements, in the order in which they are asked: CSV, which has no signature, is the last.

    `bank_columns` is what the user says of a CSV's columns. Raises UnusableBankColumns.
    """
    try:
        columns = BankColumns.parse(bank_columns) if bank_columns else BankColumns()
    except UnusableColumns as error:
        raise UnusableBankColumns(str(error)) from error
    return (
        Mt940Reader(),  # before JSON: a SWIFT envelope begins with a brace as well
        PlaidTransactionsReader(),
        OfxReader(),
        CamtReader(),
        Bai2Reader(),
        BankCsvReader(columns=columns),
    )
