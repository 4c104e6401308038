"""Bank lines of statement files: what makes each the only one, so that a file that comes again brings nothing new."""

from collections import Counter
from collections.abc import Iterable

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from domain.company import CompanyId
from domain.identifiers import derived_id

FROM_STATEMENTS = "statements"
"""The feed of accounts that statement files brought."""


def statement_account_id(company: CompanyId, account: BankAccount) -> BankAccountId:
    """The id of an account that a file names: by the bank's lasting identity of it, else as the file calls it."""
    return BankAccountId(derived_id("bank", company, "statement", account.persistent_id or account.id))


def statement_line_id(company: CompanyId, account: BankAccountId, reference: str) -> BankDepositId:
    """The id of a line that has a reference of the bank's own."""
    return BankDepositId(derived_id("dep", company, account, reference))


def with_lasting_ids(
    deposits: Iterable[BankDeposit], company: CompanyId, account: BankAccountId, *, unnamed: str
) -> list[tuple[BankDeposit, str | None]]:
    """The lines under ids that last, in this account, each with the bank's own reference, if it has one.

    A line whose id begins with `unnamed` has none: it is known by its day, amount and text, and, among lines that are
    equal in all three, by its number. So of two equal lines one stays one when the next file shows both.
    """
    equal: Counter[tuple[str, ...]] = Counter()
    found = []
    for deposit in deposits:
        reference = None if deposit.id.startswith(unnamed) else str(deposit.id)
        if reference is not None:
            id_ = statement_line_id(company, account, reference)
        else:
            units, code = str(deposit.amount.minor_units), deposit.amount.currency.code
            said = (deposit.date.isoformat(), units, code, deposit.text)
            equal[said] += 1
            id_ = BankDepositId(derived_id("dep", company, account, *said, str(equal[said])))
        pending = deposit.pending_id
        lasting = attrs.evolve(
            deposit,
            id=id_,
            account=account,
            pending_id=None if pending is None else statement_line_id(company, account, pending),
        )
        found.append((lasting, reference))
    return found
