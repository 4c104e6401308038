"""An account at a bank: its lines as the bank has them, whoever looks."""

from datetime import date
from enum import StrEnum

import attrs

from domain.money import Currency, Money


@attrs.frozen(kw_only=True)
class BankLine:
    """A line as the bank shows it. `amount` is positive when it adds to the account: Plaid prints it the other way."""

    number: int
    """Which line of its account: a corrected line keeps it, a pending line and the posted one have two."""
    amount: Money
    date: date
    text: str
    """All that the bank prints: Plaid's `original_description`."""
    counterparty: str | None = None
    company_id: str | None = None
    is_pending: bool = False
    name: str | None = None
    """What whoever made the line calls it."""


class HappeningKind(StrEnum):
    """What a bank does to its lines."""

    SHOWN = "shown"
    SETTLED = "settled"
    CORRECTED = "corrected"
    TAKEN_BACK = "taken_back"
    BROUGHT_BACK = "brought_back"


@attrs.frozen(kw_only=True)
class Happening:
    """One thing that the bank did. Whoever looks at the account finds what happened since he looked last."""

    kind: HappeningKind
    line: BankLine
    replaces: BankLine | None = None
    """The pending line whose place a settled one takes."""
    is_linked: bool = True
    """The bank says which pending line it was."""


class NoSuchLine(LookupError):
    """The bank has no such line: it was taken back, or settled."""

    def __init__(self, line: BankLine) -> None:
        super().__init__(f"line {line.number} ({line.text[:40]!r}, {line.amount}) is not there")
        self.line = line


@attrs.define(kw_only=True, eq=False)
class BankAccount:
    """One physical account, with its history."""

    name: str
    mask: str
    currency: Currency
    opening: Money
    official_name: str | None = None
    subtype: str = "checking"
    persistent_id: str | None = None
    """The bank's lasting identity of it, where the bank gives one."""
    lines: dict[int, BankLine] = attrs.field(factory=dict)
    """As they stand."""
    happened: list[Happening] = attrs.field(factory=list)
    gone: dict[int, BankLine] = attrs.field(factory=dict)
    """Lines that were taken back."""

    def post(
        self,
        amount: Money,
        date: date,
        text: str,
        *,
        counterparty: str | None = None,
        company_id: str | None = None,
        pending: bool = False,
        name: str | None = None,
    ) -> BankLine:
        """A new line, posted unless it is `pending`."""
        line = BankLine(
            number=len(self.lines) + len(self.gone) + 1,
            amount=amount,
            date=date,
            text=text,
            counterparty=counterparty,
            company_id=company_id,
            is_pending=pending,
            name=name,
        )
        self._put(HappeningKind.SHOWN, line)
        return line

    def settle(
        self,
        pending: BankLine,
        date: date,
        *,
        amount: Money | None = None,
        text: str | None = None,
        linked: bool = True,
    ) -> BankLine:
        """The pending line posts, perhaps with another amount or text. Raises NoSuchLine."""
        self._take(pending)
        line = attrs.evolve(
            pending,
            number=len(self.lines) + len(self.gone) + 1,
            date=date,
            amount=pending.amount if amount is None else amount,
            text=text or pending.text,
            is_pending=False,
        )
        self.lines[line.number] = line
        self.happened.append(
            Happening(kind=HappeningKind.SETTLED, line=line, replaces=pending, is_linked=linked),
        )
        return line

    def correct(
        self, line: BankLine, *, amount: Money | None = None, text: str | None = None, date: date | None = None
    ) -> BankLine:
        """The bank changes the line. Raises NoSuchLine."""
        found = self._found(line)
        amount = found.amount if amount is None else amount
        changed = attrs.evolve(found, amount=amount, text=text or found.text, date=date or found.date)
        self._put(HappeningKind.CORRECTED, changed)
        return changed

    def take_back(self, line: BankLine) -> None:
        """The bank removes the line, pending or posted. Raises NoSuchLine."""
        self.happened.append(Happening(kind=HappeningKind.TAKEN_BACK, line=self._take(line)))

    def bring_back(self, line: BankLine, *, amount: Money | None = None, date: date | None = None) -> BankLine:
        """A line that was taken back is there again, perhaps changed. Raises NoSuchLine."""
        if line.number not in self.gone:
            raise NoSuchLine(line)
        found = self.gone.pop(line.number)
        again = attrs.evolve(found, amount=found.amount if amount is None else amount, date=date or found.date)
        self._put(HappeningKind.BROUGHT_BACK, again)
        return again

    def current(self) -> Money:
        """The balance of what is posted."""
        return self._balance(with_pending=False)

    def available(self) -> Money:
        """The same, with what is pending."""
        return self._balance(with_pending=True)

    def _balance(self, *, with_pending: bool) -> Money:
        counted = (line.amount.minor_units for line in self.lines.values() if with_pending or not line.is_pending)
        return Money(self.opening.minor_units + sum(counted), self.currency)

    def _put(self, kind: HappeningKind, line: BankLine) -> None:
        self.lines[line.number] = line
        self.happened.append(Happening(kind=kind, line=line))

    def _found(self, line: BankLine) -> BankLine:
        if line.number not in self.lines:
            raise NoSuchLine(line)
        return self.lines[line.number]

    def _take(self, line: BankLine) -> BankLine:
        found = self._found(line)
        del self.lines[line.number]
        self.gone[line.number] = found
        return found
