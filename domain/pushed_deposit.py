"""Bank lines and accounts as a partner tells them by its own ids, and the facts that they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company import CompanyId
from domain.identifiers import derived_id
from domain.money import Currency, Money
from domain.refused_field import RefusedField, refused_amount, refused_day, refused_repetitions, refused_text

LINE_TEXT_MAX: Final = 2_000
KEPT_BY_PARTNER: Final = "partner"
"""The feed of accounts that the partner keeps itself."""


@attrs.frozen(kw_only=True)
class PushedAccount:
    """A bank account that the partner keeps itself. Told again, it replaces what was told before."""

    external_id: str
    """The partner's own id of it; unique within the company."""
    currency: Currency
    name: str | None = None
    institution: str | None = None
    mask: str | None = None
    """The last two to four characters of the account number."""
    persistent_id: str | None = None
    """The bank's own lasting identity of the account, such as its IBAN."""
    covered_from: date | None = None
    """First and last day for which all lines have been told."""
    covered_to: date | None = None


@attrs.frozen(kw_only=True)
class PushedDeposit:
    """One bank line; positive adds to the account. Told again, it replaces what was told before."""

    external_id: str
    """The partner's own id of it; unique within the company."""
    account: BankAccountId
    """Its id, or the partner's own external id of it."""
    amount: Money
    date: date
    text: str
    status: BankDepositStatus = BankDepositStatus.POSTED
    replaces: str | None = None
    """The external id of the pending line that this posted line replaces."""
    counterparty: str | None = None
    payer_company_id: str | None = None
    """The ACH company id of the payer."""


def pushed_account_id(company: CompanyId, external_id: str) -> BankAccountId:
    """The id under which an account of the partner's is kept."""
    return BankAccountId(derived_id("bank", company, external_id))


def pushed_deposit_id(company: CompanyId, external_id: str) -> BankDepositId:
    """The id under which a pushed line is kept."""
    return BankDepositId(derived_id("dep", company, external_id))


def account_of(pushed: PushedAccount, company: CompanyId) -> BankAccount:
    """The account as a fact."""
    return BankAccount(
        id=pushed_account_id(company, pushed.external_id),
        feed=KEPT_BY_PARTNER,
        institution=pushed.institution,
        name=pushed.name,
        mask=pushed.mask,
        persistent_id=pushed.persistent_id,
        currency=pushed.currency,
        covered_from=pushed.covered_from,
        covered_to=pushed.covered_to,
    )


def in_kept_accounts(
    deposits: Sequence[PushedDeposit], accounts: Mapping[BankAccountId, BankAccount], company: CompanyId
) -> tuple[PushedDeposit, ...]:
    """The lines with the id of each account in place of the partner's own; a name that is no account's stays."""
    by_name = {deposit.account: pushed_account_id(company, deposit.account) for deposit in deposits}
    return tuple(
        attrs.evolve(deposit, account=by_name[deposit.account])
        if deposit.account not in accounts and by_name[deposit.account] in accounts
        else deposit
        for deposit in deposits
    )


def deposit_of(pushed: PushedDeposit, company: CompanyId) -> BankDeposit:
    """The line as a fact."""
    return BankDeposit(
        id=pushed_deposit_id(company, pushed.external_id),
        account=pushed.account,
        amount=pushed.amount,
        date=pushed.date,
        text=pushed.text,
        status=pushed.status,
        pending_id=None if pushed.replaces is None else pushed_deposit_id(company, pushed.replaces),
        counterparty=pushed.counterparty,
        company_id=pushed.payer_company_id,
    )


def refused_in_account(account: PushedAccount, pointer: str, *, today: date) -> list[RefusedField]:
    """All that cannot be taken of an account."""
    refused = [
        *refused_text(f"{pointer}/external_id", account.external_id),
        *refused_text(f"{pointer}/name", account.name),
        *refused_text(f"{pointer}/institution", account.institution),
        *refused_text(f"{pointer}/mask", account.mask, length_max=4),
        *refused_text(f"{pointer}/persistent_id", account.persistent_id),
        *refused_day(f"{pointer}/covered_from", account.covered_from, today=today),
        *refused_day(f"{pointer}/covered_to", account.covered_to, today=today),
    ]
    if account.covered_from and account.covered_to and account.covered_from > account.covered_to:
        refused.append(RefusedField(pointer=f"{pointer}/covered_to", reason="is before covered_from"))
    return refused


def refused_in_deposits(
    deposits: Sequence[PushedDeposit], accounts: Mapping[BankAccountId, BankAccount], pointer: str, *, today: date
) -> list[RefusedField]:
    """All that cannot be taken of lines told together; `accounts` are those that the company has."""
    refused = refused_repetitions(pointer, [deposit.external_id for deposit in deposits])
    for index, deposit in enumerate(deposits):
        refused += _refused_in_deposit(deposit, accounts.get(deposit.account), f"{pointer}/{index}", today)
    return refused


def _refused_in_deposit(
    deposit: PushedDeposit, account: BankAccount | None, at: str, today: date
) -> list[RefusedField]:
    refused = [
        *refused_text(f"{at}/external_id", deposit.external_id),
        *refused_amount(f"{at}/amount/minor_units", deposit.amount),
        *refused_day(f"{at}/date", deposit.date, today=today),
        *refused_text(f"{at}/text", deposit.text, length_max=LINE_TEXT_MAX),
        *refused_text(f"{at}/replaces", deposit.replaces),
        *refused_text(f"{at}/counterparty", deposit.counterparty),
        *refused_text(f"{at}/payer_company_id", deposit.payer_company_id),
    ]
    if account is None:
        refused.append(RefusedField(pointer=f"{at}/account", reason="is no bank account of this company"))
    elif account.currency is not None and account.currency != deposit.amount.currency:
        reason = f"is {deposit.amount.currency}, but the account is in {account.currency}"
        refused.append(RefusedField(pointer=f"{at}/amount/currency", reason=reason))
    if deposit.replaces == deposit.external_id:
        refused.append(RefusedField(pointer=f"{at}/replaces", reason="is the line itself"))
    return refused
