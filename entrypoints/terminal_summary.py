"""The summary on the terminal: what a bookkeeper wants to know first, in words, within 80 columns, plain in a pipe."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from domain.bank_deposit import BankDeposit
from domain.completeness import CurrencyProof
from domain.money import Currency, Money
from domain.payout import Payout
from domain.payout_breakdown import TransactionOutcomeKind
from domain.reconciliation_break import BreakKind
from domain.reconciliation_match import Alternative, MatchKind, MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from ports.use_cases.reconcile_files import ReconciledFiles

LISTED_MAX: Final = 5
"""Records shown of one kind; the report has them all."""

ALTERNATIVES_MAX: Final = 3

PLAIN_WIDTH: Final = 80

_AMOUNT_WIDTH: Final = 22

_KINDS: Final = {
    MatchKind.ONE_TO_ONE: "× one payout, one deposit",
    MatchKind.COMBINED: "× several payouts in one deposit",
    MatchKind.SPLIT: "× one payout in several deposits",
    MatchKind.INTERCHANGEABLE: "× equal payouts and equal deposits, as a set",
    MatchKind.RETURNED: "× came and went back",
    MatchKind.BANK_FEE: "× less a fee that the bank kept",
    MatchKind.CONVERSION: "× converted by the bank",
}

_SHOWN_AS_REMAINDERS: Final = (BreakKind.ITEMS_DO_NOT_ADD_UP, BreakKind.ITEMS_MISSING)


class Summary:
    """Builds the summary of one result, section by section."""

    def __init__(self, result: ReconciledFiles, *, report: str | None) -> None:
        self._result = result
        self._as_of = result.reconciliation.as_of
        self._report = report
        self._payouts: dict[str, Payout] = {payout.id: payout for payout in result.facts.payouts}
        self._deposits: dict[str, BankDeposit] = {deposit.id: deposit for deposit in result.facts.deposits}
        self._lines: list[Text | Padding] = []

    def render(self, *, width: int = PLAIN_WIDTH, is_terminal: bool = False) -> str:
        """The text, ending in a line end; colours only for a terminal."""
        self._lines = [Text(f"Tieout: the records as of {self._as_of.isoformat()}", style="bold")]
        self._inputs()
        for proof in self._result.certificate.currencies:
            self._totals(proof)
        self._matched()
        self._under_way()
        self._late_or_missing()
        self._came_back()
        self._decisions()
        self._unexplained_deposits()
        self._remainders()
        self._breaks()
        self._certificate()
        out = io.StringIO()
        console = Console(
            file=out,
            width=width,
            force_terminal=is_terminal,
            no_color=None if is_terminal else True,
            highlight=False,
            markup=False,
            emoji=False,
        )
        for line in self._lines:
            console.print(line)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"

    def _heading(self, words: str, style: str = "bold") -> None:
        self._lines.append(Text(""))
        self._lines.append(Text(words, style=style))

    def _line(self, words: str, indent: int = 2, style: str = "") -> None:
        self._lines.append(Padding(Text(_printable(words), style=style), (0, 0, 0, indent)))

    def _more(self, shown: int, total: int) -> None:
        if total > shown:
            where = f"in {self._report}" if self._report else "in the report (--out report.json)"
            self._line(f"… and {total - shown:,} more {where}")

    def _inputs(self) -> None:
        self._heading("Read")
        for given in self._result.gathered.inputs:
            self._line(f"{given.file}: {given.kind}, {_count(given.records, 'record')}")
            for note in given.notes:
                self._line(note, indent=4, style="dim")

    def _totals(self, proof: CurrencyProof) -> None:
        self._heading(f"Totals in {proof.currency.code.upper()}")
        count, kinds = proof.payouts, PayoutOutcomeKind
        rows = [
            ("Paid out by Stripe", sum(count.values()), proof.paid_out),
            ("  matched to the bank", count[kinds.MATCHED], proof.matched),
            ("  in transit", count[kinds.IN_TRANSIT], proof.in_transit),
            (
                "  late or missing",
                count[kinds.LATE] + count[kinds.MISSING] + count[kinds.OTHER_ACCOUNT],
                proof.late_or_missing,
            ),
            ("  needs a decision", count[kinds.NEEDS_REVIEW], proof.in_review),
            ("  failed or canceled", count[kinds.FAILED] + count[kinds.CANCELED], proof.failed_or_canceled),
        ]
        for label, number, amount in rows:
            self._line(f"{label:<24}{_count(number, 'payout'):>14}  {_amount(amount):>{_AMOUNT_WIDTH}}")
        if elsewhere := count[kinds.OTHER_ACCOUNT]:
            self._line(
                f"Late or missing includes {_count(elsewhere, 'payout')} of {_amount(proof.other_account)} "
                "to bank accounts that were not given."
            )
        if count[kinds.NOTHING_EXPECTED]:
            self._line(f"{_count(count[kinds.NOTHING_EXPECTED], 'payout')} of nothing: no bank line is expected.")
        if proof.ties_out:
            self._line("The parts add up to what was paid out.", style="green")
        else:
            self._line(f"THE PARTS DO NOT ADD UP: they are {_amount(proof.accounted_for)}.", style="bold red")
        self._inside(proof.currency)

    def _inside(self, currency: Currency) -> None:
        """Gross, fees and net of all items, which with the remainders are what was paid out."""
        found = [each for each in self._result.breakdowns.payouts if each.items and each.amount.currency == currency]
        if not found:
            return
        gross, fees, rest = (
            Money(sum(amounts), currency)
            for amounts in zip(
                *((x.gross.minor_units, x.fees.minor_units, x.remainder.amount.minor_units) for x in found),
                strict=True,
            )
        )
        words = f"Inside {_count(len(found), 'payout')}: gross {_figure(gross)} − fees {_figure(fees)}"
        self._line(f"{words}{f' + remainder {_figure(rest)}' if rest else ''} = {_amount(gross - fees + rest)}.")

    def _matched(self) -> None:
        """How many of each kind; of the kinds that a bookkeeper would look for, which."""
        accepted = (MatchStatus.MATCHED, MatchStatus.CONFIRMED)
        found = [match for match in self._result.reconciliation.matches if match.status in accepted]
        if not found:
            return
        self._heading(f"Matched ({len(found):,})")
        for kind in MatchKind:
            same = [match for match in found if match.kind is kind]
            if not same:
                continue
            self._line(f"{len(same):,} {_KINDS[kind]}")
            if kind in (MatchKind.ONE_TO_ONE, MatchKind.INTERCHANGEABLE):
                continue
            for match in same[:ALTERNATIVES_MAX]:
                self._payouts_and_deposits(match, "=", indent=4)
            self._more(ALTERNATIVES_MAX, len(same))

    def _under_way(self) -> None:
        found = self._payouts_with(PayoutOutcomeKind.IN_TRANSIT)
        self._payout_section("In transit", found, with_reason=False)

    def _late_or_missing(self) -> None:
        found = self._payouts_with(PayoutOutcomeKind.LATE, PayoutOutcomeKind.MISSING, PayoutOutcomeKind.OTHER_ACCOUNT)
        self._payout_section("Late or missing", found, with_reason=True)

    def _came_back(self) -> None:
        found = self._payouts_with(PayoutOutcomeKind.FAILED, PayoutOutcomeKind.CANCELED)
        self._payout_section("Failed or canceled", found, with_reason=True)

    def _payouts_with(self, *kinds: PayoutOutcomeKind) -> list[PayoutOutcome]:
        """Oldest first."""
        found = [outcome for outcome in self._result.reconciliation.payouts if outcome.outcome in kinds]
        return sorted(found, key=lambda outcome: (self._payouts[outcome.payout].arrival_date, outcome.payout))

    def _payout_section(self, title: str, found: list[PayoutOutcome], *, with_reason: bool) -> None:
        if not found:
            return
        self._heading(f"{title} ({len(found):,})")
        for outcome in found[:LISTED_MAX]:
            payout = self._payouts[outcome.payout]
            words = outcome.outcome.value.replace("_", " ")
            expected = _day(payout.arrival_date, self._as_of)
            self._line(f"{payout.id}  {_amount(payout.amount)}  expected {expected}")
            if with_reason:
                self._line(f"{words}: {outcome.reason}", indent=4)
        self._more(LISTED_MAX, len(found))

    def _decisions(self) -> None:
        found = [match for match in self._result.reconciliation.matches if match.status is MatchStatus.NEEDS_REVIEW]
        if not found:
            return
        self._heading(f"Needs a decision ({len(found):,})")
        for match in found[:LISTED_MAX]:
            self._payouts_and_deposits(match, "either" if match.alternatives else "perhaps", indent=2)
            for alternative in match.alternatives[:ALTERNATIVES_MAX]:
                self._line(f"or {self._rival(match, alternative)}", indent=4)
            if len(match.alternatives) > ALTERNATIVES_MAX:
                self._line(f"or {_count(len(match.alternatives) - ALTERNATIVES_MAX, 'other explanation')}", indent=4)
            self._line(match.explanation, indent=4)
        self._more(LISTED_MAX, len(found))

    def _payouts_and_deposits(self, match: ReconciliationMatch, sign: str, indent: int) -> None:
        """A payout a line, then the deposits that they are or may be, and what is left of them."""
        for words in _few([self._payout_words(payout) for payout in match.payouts]):
            self._line(words, indent=indent)
        for words in _few([self._deposit_words(deposit) for deposit in match.deposits]):
            self._line(f"{sign} {words}", indent=indent + 2)
        if match.residual.amount:
            named = match.residual.named.value.replace("_", " ")
            self._line(f"+ {named} {_amount(match.residual.amount)}", indent=indent + 2)

    def _rival(self, match: ReconciliationMatch, rival: Alternative) -> str:
        """What differs from the match: the payouts, the deposits, or both."""
        payouts = " + ".join(_few([self._payout_words(payout) for payout in rival.payouts])) or "no payout"
        deposits = " + ".join(_few([self._deposit_words(deposit) for deposit in rival.deposits])) or "no deposit"
        if set(rival.payouts) == set(match.payouts):
            return deposits
        return payouts if set(rival.deposits) == set(match.deposits) else f"{payouts} = {deposits}"

    def _payout_words(self, payout: str) -> str:
        return f"{payout}  {_amount(self._payouts[payout].amount)}"

    def _deposit_words(self, deposit: str) -> str:
        line = self._deposits[deposit]
        return f"{line.id}  {_amount(line.amount)}  {line.date.isoformat()}"

    def _unexplained_deposits(self) -> None:
        """Largest first."""
        found = [
            outcome
            for outcome in self._result.reconciliation.deposits
            if outcome.outcome is DepositOutcomeKind.UNEXPLAINED
        ]
        if not found:
            return
        found.sort(key=lambda outcome: (-abs(self._deposits[outcome.deposit].amount.minor_units), outcome.deposit))
        self._heading(f"Bank lines that look like Stripe's, but that no payout explains ({len(found):,})")
        for outcome in found[:LISTED_MAX]:
            deposit = self._deposits[outcome.deposit]
            self._line(self._deposit_words(deposit.id))
            for words in (_shortened(deposit.text), outcome.reason):
                self._line(words, indent=4)
        self._more(LISTED_MAX, len(found))

    def _remainders(self) -> None:
        """Without balance transactions nothing can be itemised: that is said once, not for every payout."""
        found = [breakdown for breakdown in self._result.breakdowns.payouts if not breakdown.adds_up]
        if not found:
            return
        self._heading(f"Payouts whose items do not add up to them ({len(found):,})")
        if not self._result.facts.balance_transactions:
            self._line("No balance transactions were given, so that no payout can be itemised.")
            return
        for label, number in sorted(Counter(breakdown.remainder.label for breakdown in found).items()):
            self._line(f"{label.value}: {_count(number, 'payout')}; {label.in_words}")
        telling = [breakdown for breakdown in found if breakdown.items] or found
        for breakdown in telling[:LISTED_MAX]:
            self._line(
                f"{breakdown.payout}  {_amount(breakdown.amount)}, net of {_count(len(breakdown.items), 'item')} "
                f"{_amount(breakdown.net)}, remainder {_amount(breakdown.remainder.amount)} "
                f"({breakdown.remainder.label.value})",
                indent=4,
            )
        self._more(LISTED_MAX, len(found))

    def _breaks(self) -> None:
        found = [
            item
            for item in self._result.breaks
            if item.kind not in _SHOWN_AS_REMAINDERS or item.where not in self._payouts
        ]
        if not found:
            return
        self._heading(f"Breaks: records that do not fit ({len(found):,})")
        for kind, number in sorted(Counter(item.kind for item in found).items()):
            examples = [item for item in found if item.kind is kind]
            self._line(f"{kind.value.replace('_', ' ')} ({number:,})")
            for item in examples[:ALTERNATIVES_MAX]:
                self._line(f"{item.where}: {item.reason}", indent=4)
            self._more(ALTERNATIVES_MAX, number)

    def _certificate(self) -> None:
        certificate, facts = self._result.certificate, self._result.facts
        self._heading("Certificate of completeness")
        if certificate.without_one_outcome:
            some = " + ".join(_few(certificate.without_one_outcome))
            self._line(f"NOT COMPLETE: records without exactly one outcome: {some}.", style="bold red")
        else:
            records = (
                f"{_count(len(facts.payouts), 'payout')}, {_count(len(facts.deposits), 'bank line')} and "
                f"{_count(len(facts.balance_transactions), 'balance transaction')}"
            )
            self._line(f"Every record read has exactly one outcome: {records}.")
        if later := self._result.later:
            self._line(
                f"Set apart, since they came after {certificate.as_of}: {_count(len(later.payouts), 'payout')} and "
                f"{_count(len(later.transactions), 'balance transaction')}. They are in no total."
            )
        self._line(f"Bank lines: {_outcomes(outcome.outcome for outcome in self._result.reconciliation.deposits)}.")
        transactions = _outcomes(outcome.outcome for outcome in self._result.breakdowns.transactions)
        self._line(f"Balance transactions: {transactions}.")
        self._line(_breakdowns_in_words(self._result))
        if certificate.unbalanced_matches:
            some = " + ".join(_few(certificate.unbalanced_matches))
            self._line(f"MATCHES THAT DO NOT BALANCE: {some}.", style="bold red")
        else:
            self._line("Every match balances: payouts = deposits + the residual that is named.")
        asked = _open_questions(self._result)
        if asked:
            self._line(f"Left open: {asked}.", style="bold yellow")
        else:
            self._line("Everything is explained.", style="bold green")


def _breakdowns_in_words(result: ReconciledFiles) -> str:
    certificate = result.certificate
    parts = [f"{certificate.add_up:,} add up to the cent by Stripe's own list"]
    if certificate.of_which_amount_from_items:
        parts[0] += f" ({certificate.of_which_amount_from_items:,} of them by definition: no input states their amount)"
    if certificate.inferred:
        parts.append(f"{certificate.inferred:,} by the convention for manual and instant payouts (inferred)")
    if certificate.named_remainder:
        parts.append(f"{certificate.named_remainder:,} with a remainder, which is named")
    if certificate.not_itemised:
        parts.append(f"{certificate.not_itemised:,} could not be itemised")
    return f"Of {_count(certificate.payouts, 'payout')}, {'; '.join(parts)}."


def _open_questions(result: ReconciledFiles) -> str:
    asked = result.open_questions
    parts = (
        (asked.late_or_missing, "late or missing"),
        (asked.in_review, "waiting for a decision"),
        (asked.unexplained_deposits, "unexplained at the bank"),
        (asked.remainders, "with a remainder"),
        (asked.breaks, "break" if asked.breaks == 1 else "breaks"),
        (asked.defects, "defect of the proof itself"),
    )
    return ", ".join(f"{number:,} {words}" for number, words in parts if number)


def _outcomes(outcomes: Iterable[DepositOutcomeKind] | Iterable[TransactionOutcomeKind]) -> str:
    counts = Counter(outcome.value.replace("_", " ") for outcome in outcomes)
    return ", ".join(f"{number:,} {words}" for words, number in sorted(counts.items())) or "none"


def _day(day: date, as_of: date) -> str:
    days = (as_of - day).days
    if not days:
        return f"{day.isoformat()}, that day"
    return (
        f"{day.isoformat()}, {_count(days, 'day')} ago" if days > 0 else f"{day.isoformat()}, in {_count(-days, 'day')}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _amount(amount: Money) -> str:
    return str(amount).upper()


def _figure(amount: Money) -> str:
    """Without the currency."""
    return str(amount).rpartition(" ")[0]


def _few(items: Sequence[str]) -> list[str]:
    """All of a few, the first of many."""
    if len(items) <= ALTERNATIVES_MAX + 1:
        return list(items)
    return [*items[:ALTERNATIVES_MAX], f"{len(items) - ALTERNATIVES_MAX:,} more"]


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 100 else f"{text[:99]}…"


def _printable(text: str) -> str:
    """Without control characters, which a bank's text may hold and a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)
