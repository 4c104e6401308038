"""Payouts and bank lines as matching sees them: read once, with the few values that every comparison needs."""

from datetime import date
from typing import Final

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit
from domain.matching.calendar import banking_calendar
from domain.matching.descriptor import (
    codes_in,
    descriptor_stems,
    has_word,
    normal_trace,
    printed_trace,
    read_text,
)
from domain.payout import Payout

_NO_STEMS: Final[tuple[str, ...]] = ()
_stems: dict[str, tuple[str, ...]] = {}


class PayoutRecord:
    """A payout, ready to be compared. Not a fact: built from one, thrown away with the run."""

    __slots__ = (
        "calendar", "came_back", "currency", "day", "id", "last4", "method", "minor", "origin", "payout",
        "stems", "trace",
    )  # fmt: skip

    def __init__(self, payout: Payout, numbers: dict[date, int], calendar: str) -> None:
        self.payout = payout
        self.calendar = calendar
        self.id = payout.id
        self.minor = payout.amount.minor_units
        self.currency = payout.amount.currency.code
        self.day = numbers[payout.arrival_date]
        self.method = payout.method
        self.origin = payout.destination or payout.stripe_account or ""
        self.trace = normal_trace(payout.trace_id) if payout.trace_id else None
        descriptor = payout.statement_descriptor
        if descriptor is None:
            self.stems = _NO_STEMS
        else:
            stems = _stems.get(descriptor)
            if stems is None:
                stems = _stems[descriptor] = descriptor_stems(descriptor)
            self.stems = stems
        self.came_back = payout.came_back
        self.last4 = payout.destination_last4

    def went_to_another(self, account: BankAccount) -> bool:
        """Both account numbers are known, as far as their ends go, and they are not the same."""
        mask, last4 = account.mask, self.last4
        if not last4 or not mask or last4 == mask:
            return False
        digits = min(len(last4), len(mask))
        return last4[-digits:].upper() != mask[-digits:].upper()


class LineRecord:
    """A bank line, ready to be compared."""

    __slots__ = (
        "_asked", "_codes", "_printed", "account", "currency", "day", "has_codes", "id", "learned", "line", "minor",
        "reading", "text_key",
    )  # fmt: skip

    def __init__(self, line: BankDeposit, numbers: dict[date, int], learned: bool, account: BankAccountId) -> None:
        self.line = line
        self.id = line.id
        self.minor = line.amount.minor_units
        self.currency = line.amount.currency.code
        self.day = numbers[line.date]
        self.account = account
        self.reading, self.has_codes = read_text(line.text, line.company_id)
        self.text_key = self.reading.key
        self.learned = learned
        self._codes: list[str] | None = None
        self._printed: tuple[str | None, ...] = ()
        self._asked: tuple[str, bool] = ("", False)

    @property
    def codes(self) -> list[str]:
        """The codes in the text. Looked for when first asked: most lines are never compared with a trace id."""
        if self._codes is None:
            self._codes = codes_in(self.line.text) if self.has_codes else []
        return self._codes

    def bears(self, trace: str) -> bool:
        """The text carries this trace id, whole. The last answer is remembered: mostly it is asked of one payout."""
        asked, answer = self._asked
        if asked == trace:
            return answer
        answer = trace in self.codes if trace.isalpha() else has_word(self.line.text, trace)
        self._asked = trace, answer
        return answer

    @property
    def prints_trace(self) -> bool:
        """The bank prints a trace id, whatever it is."""
        return self.other_trace("")

    def other_trace(self, trace: str) -> bool:
        """The bank prints a trace id, and it is a different one."""
        if not self._printed:
            self._printed = (printed_trace(self.line.text),)
        printed = self._printed[0]
        return printed is not None and printed != trace

    def contains(self, stems: tuple[str, ...]) -> str | None:
        """The longest of these stems that the text contains, blanks squeezed out."""
        squeezed = "".join(character for character in self.line.text.upper() if character.isalpha())
        return next((stem for stem in stems if stem in squeezed), None)


def payout_record(payout: Payout, calendar: str | None = None) -> PayoutRecord:
    """One payout, read; its day is numbered in the calendar of its own currency, or of the one given."""
    code = calendar or payout.amount.currency.code
    return PayoutRecord(payout, banking_calendar(code).number, code)


def line_record(line: BankDeposit, learned: bool, account: BankAccountId | None = None) -> LineRecord:
    """One bank line, read. `learned`: the model has counted it already. `account`: the one that stands for its own."""
    numbers = banking_calendar(line.amount.currency.code).number
    return LineRecord(line, numbers, learned, line.account if account is None else account)
