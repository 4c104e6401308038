"""Which of the company's accounts a statement is of, when whoever uploads it names none."""

from collections.abc import Sequence

from domain.bank_deposit import BankAccount, BankDeposit, is_one_identity
from domain.company import CompanyId
from domain.statement_lines import statement_account_id
from ports.facts_reader import UnreadableFile


def account_of_statement(
    found: BankAccount, company: CompanyId, accounts: Sequence[BankAccount], *, file: str
) -> tuple[BankAccount | None, tuple[str, ...]]:
    """The account that the file named before, else the only one that it can be, which is noted; None: a new one.

    Raises UnreadableFile: it can be any of several.
    """
    own = statement_account_id(company, found)
    named_before = next((account for account in accounts if account.id == own), None)
    if named_before is not None:
        return named_before, ()
    fitting = [account for account in accounts if _can_be(found, account)]
    if len(fitting) > 1:
        reason = f"could be of any of {len(fitting)} accounts that end in {found.mask}: name the account"
        raise UnreadableFile(file=file, place="", reason=reason)
    if not fitting:
        return None, ()
    note = f"the statement is of an account that ends in {found.mask}: kept in {fitting[0].id}, the only one that does"
    return fitting[0], (note,)


def refused_currency(found: BankAccount, lines: Sequence[BankDeposit], account: BankAccount, *, file: str) -> None:
    """Raises UnreadableFile: the file, or a line of it, is in another currency than the account."""
    said = {line.amount.currency for line in lines} | ({found.currency} if found.currency else set())
    others = sorted(str(currency) for currency in said if account.currency not in (None, currency))
    if others:
        reason = f"is in {', '.join(others)}, but the account is in {account.currency}"
        raise UnreadableFile(file=file, place="", reason=reason)


def _can_be(found: BankAccount, account: BankAccount) -> bool:
    """Two lasting identities that the bank gave are told apart by them; else the last digits and currency tell."""
    same = is_one_identity(found.persistent_id, account.persistent_id)
    if same is False:
        return False
    alike = same is True or (found.mask is not None and account.mask == found.mask)
    return alike and (found.currency is None or account.currency in (None, found.currency))
