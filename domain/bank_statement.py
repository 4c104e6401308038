"""One statement of one account: what it opens and closes with, and whether its lines lead from one to the other."""

from datetime import date

import attrs

from domain.bank_deposit import BankAccountId
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind, ReconciliationBreak


@attrs.frozen(kw_only=True)
class BankStatement:
    """What a statement says of itself. Equal statements are one statement, whatever file they were found in."""

    account: BankAccountId
    where: str = attrs.field(eq=False)
    """The file and the place in it."""
    currency: Currency
    number: str | None = None
    """As the bank writes it, such as `00004/00001`."""
    sequence: int | None = None
    """The number, if it counts the statements of the account."""
    page: int = 1
    opening: Money | None = None
    closing: Money | None = None
    moved: Money
    """The sum of its booked lines."""
    lines: int
    """How many booked lines there are."""
    first_day: date | None = None
    """The first day for which it is complete, of an interim report the first that it shows; None where unsaid."""
    last_day: date
    """The day of its closing balance; of an interim report the day on which it was made."""
    interim: bool = False
    """It shows what has been booked so far, and a statement will show the same lines again."""

    @property
    def opens_with(self) -> Money | None:
        """The opening balance, which the closing one and the lines tell where it is not stated."""
        if self.opening is None and self.closing is not None:
            return self.closing - self.moved
        return self.opening

    def __attrs_post_init__(self) -> None:
        if any(money.currency != self.currency for money in (self.opening, self.closing, self.moved) if money):
            raise ValueError(f"a statement in {self.currency} cannot have a balance in another currency")


def balance_break(statement: BankStatement) -> ReconciliationBreak | None:
    """The break of a statement whose opening balance and lines do not make its closing balance; else None."""
    if statement.opening is None or statement.closing is None:
        return None
    reached = statement.opening + statement.moved
    if reached == statement.closing:
        return None
    lines = "1 line comes to" if statement.lines == 1 else f"{statement.lines} lines come to"
    return ReconciliationBreak(
        kind=BreakKind.STATEMENT_DOES_NOT_ADD_UP,
        where=statement.where,
        reason=f"opens with {statement.opening}, its {lines} {statement.moved}, which makes {reached}, but it "
        f"closes with {statement.closing}: {statement.closing - reached} is not accounted for",
    )
