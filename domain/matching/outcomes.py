"""What became of every record: one outcome each, from the findings and from what the days covered can show."""

from collections.abc import Mapping, Sequence, Set
from datetime import date

from domain.bank_deposit import BankAccountId
from domain.matching.calendar import banking_calendar
from domain.matching.descriptor import TextForm
from domain.matching.evidence import Evidence
from domain.matching.finding import Finding
from domain.matching.log_odds import PPM
from domain.matching.model import LAG_MAX, LAG_MIN
from domain.matching.records import LineRecord, PayoutRecord
from domain.payout import PayoutStatus
from domain.reconciliation_match import MatchKind
from domain.reconciliation_outcome import DepositOutcomeKind, PayoutOutcomeKind

STILL_EXPECTED_PPM = 10_000
"""A payout is in transit as long as at least one in a hundred of its kind takes that long."""
OTHER_ACCOUNT_FROM = 3
"""So many old payouts to one destination, none of them seen, while another destination's are: another account."""

Sightings = Mapping[str, tuple[int, int]]
"""Origin of payouts → how many of them were seen at the bank, how many should have been and were not."""


class Outcomes:
    """Gives each payout and line its outcome."""

    def __init__(self, findings: Sequence[Finding], evidence: Evidence) -> None:
        self.evidence = evidence
        self.origins_elsewhere: Set[str] = frozenset()
        """Destinations whose payouts are never seen, while others' are."""
        self._of_payout: dict[str, Finding] = {}
        self._of_line: dict[str, Finding] = {}
        self._in_question_payouts: dict[str, Finding] = {}
        self._in_question_lines: dict[str, Finding] = {}
        for finding in findings:
            settled = finding.automatic or finding.status is not None
            for payout in finding.payouts:
                (self._of_payout if settled else self._in_question_payouts)[payout.id] = finding
            for line in finding.lines:
                (self._of_line if settled else self._in_question_lines)[line.id] = finding
        doubtful = [finding for finding in findings if not (finding.automatic or finding.status)]
        for finding in sorted(doubtful, key=lambda finding: finding.sort_key):
            for rival in finding.rivals:
                if rival.millinats > 0:
                    for payout in rival.payouts:
                        self._in_question_payouts.setdefault(payout.id, finding)
                    for line in rival.lines:
                        self._in_question_lines.setdefault(line.id, finding)

    def of_payout(self, payout: PayoutRecord) -> tuple[PayoutOutcomeKind, str]:
        """Where this payout's money is, and why we say so."""
        if not payout.minor:
            return PayoutOutcomeKind.NOTHING_EXPECTED, "A payout of nothing: no bank line will come."
        finding = self._of_payout.get(payout.id)
        if finding is not None and finding.kind is not MatchKind.RETURNED:
            if finding.open_payouts and payout in finding.payouts[len(finding.payouts) - finding.open_payouts :]:
                kind, reason = self._by_age(payout)
                return kind, (
                    f"{finding.open_payouts} of {len(finding.payouts)} interchangeable payouts has no deposit; which "
                    f"one cannot be known, and this row stands for it. {reason}"
                )
            return PayoutOutcomeKind.MATCHED, f"Reached the bank: {', '.join(line.id for line in finding.lines[:4])}."
        if payout.came_back and (finding is not None or payout.id not in self._in_question_payouts):
            seen = "the bank shows its credit and its return" if finding else "no bank line is expected to stay"
            if payout.payout.status is PayoutStatus.CANCELED:
                return PayoutOutcomeKind.CANCELED, f"Canceled at Stripe; {seen}."
            return PayoutOutcomeKind.FAILED, f"Failed at Stripe; {seen}."
        question = self._in_question_payouts.get(payout.id)
        if question is not None:
            return PayoutOutcomeKind.NEEDS_REVIEW, _question(question)
        return self._by_age(payout)

    def of_line(self, line: LineRecord) -> tuple[DepositOutcomeKind, str]:
        """What this bank line is, and why we say so."""
        finding = self._of_line.get(line.id)
        if finding is not None:
            names = ", ".join(payout.id for payout in finding.payouts[:4])
            return DepositOutcomeKind.MATCHED, f"Carries {names}."
        question = self._in_question_lines.get(line.id)
        if question is not None:
            return DepositOutcomeKind.NEEDS_REVIEW, _question(question)
        form = line.text_key.form
        if form is TextForm.STRIPE:
            return DepositOutcomeKind.UNEXPLAINED, "The text names Stripe, but no payout given is this money."
        if form is TextForm.STRIPE_PLATFORM:
            return DepositOutcomeKind.UNEXPLAINED, "The text bears Stripe's code, but no payout given is this money."
        if form is TextForm.STRIPE_PRODUCT:
            return (
                DepositOutcomeKind.UNEXPLAINED,
                "The text names another product of Stripe (Capital, fees …), not a payout.",
            )
        if form is not TextForm.GENERIC and self._usual(line):
            return (
                DepositOutcomeKind.UNEXPLAINED,
                "The text is that of this account's Stripe deposits, but no payout fits.",
            )
        said = "names another payment processor" if form is TextForm.PROCESSOR else "does not name Stripe"
        return DepositOutcomeKind.NOT_STRIPE, f"The text {said}, and no payout fits."

    def _usual(self, line: LineRecord) -> bool:
        history = self.evidence.model.accounts.get(line.account)
        return history is not None and any(line.text_key in texts for texts in history.texts.values())

    # -- by age --------------------------------------------------------------------------------------------------

    def _by_age(self, payout: PayoutRecord) -> tuple[PayoutOutcomeKind, str]:
        elsewhere = self._elsewhere(payout)
        if elsewhere is not None:
            return PayoutOutcomeKind.OTHER_ACCOUNT, elsewhere
        numbers = banking_calendar(payout.currency).number
        horizon = self.evidence.horizon
        arrival, as_of = payout.payout.arrival_date, horizon.as_of
        account = self._likely_account(payout)
        age = numbers[as_of] - payout.day
        if arrival >= as_of:
            return PayoutOutcomeKind.IN_TRANSIT, f"Stripe expects it at the bank on {arrival}."
        law = self.evidence.law(account, payout.method) if account is not None else None
        still = PPM if age <= 0 else PPM - law.seen_ppm(LAG_MIN, age) if law is not None else 0
        # beyond the window a day more makes no difference, and must not change what is said every day
        days = f"{age} banking day{'s' if age != 1 else ''}" if age <= LAG_MAX else f"more than {LAG_MAX} banking days"
        if age <= LAG_MAX and still >= STILL_EXPECTED_PPM:
            return (
                PayoutOutcomeKind.IN_TRANSIT,
                f"Expected on {arrival}, {days} ago; some deposits take that long here.",
            )
        covered = horizon.covered.get(account) if account is not None else None
        if covered is None:
            return _late_or_missing(age), f"Expected on {arrival}; no bank statement was given that could show it."
        first, last = covered
        if payout.day + LAG_MAX < numbers[first]:
            return (
                PayoutOutcomeKind.MISSING,
                f"Expected on {arrival}, before the statements begin ({first}); one of those days would show it.",
            )
        if numbers[last] < payout.day + 1:
            return (
                PayoutOutcomeKind.LATE,
                f"Expected on {arrival}, but the statements end on {last}; a later statement would show it.",
            )
        return _late_or_missing(age), f"Expected on {arrival}, {days} ago, and no deposit fits."

    def _likely_account(self, payout: PayoutRecord) -> BankAccountId | None:
        """The account on which it should appear: by number, by habit, else the one that covers most days."""
        candidates: list[BankAccountId] = []
        for id in sorted(self.evidence.horizon.covered):
            account = self.evidence.accounts.get(id)
            if account is not None and account.currency is not None and account.currency.code != payout.currency:
                continue
            candidates.append(id)
        if not candidates:
            candidates = sorted(self.evidence.horizon.covered)
        if not candidates:
            return None
        seen = self.evidence.model.accounts_of_origin.get(payout.origin, {})
        last4 = payout.payout.destination_last4

        def rank(id: BankAccountId) -> tuple[int, int, int]:
            account = self.evidence.accounts.get(id)
            numbered = bool(last4 and account is not None and account.mask and last4.endswith(account.mask[-4:]))
            first, last = self.evidence.horizon.covered[id]
            return int(numbered), seen.get(id, 0), (last - first).days

        return max(candidates, key=rank)

    def _elsewhere(self, payout: PayoutRecord) -> str | None:
        last4 = payout.payout.destination_last4
        masks = [account.mask for account in self.evidence.accounts.values()]
        if last4 and masks and all(masks) and not any(_ends_alike(last4, mask) for mask in masks if mask):
            return f"Sent to the account ending in {last4}, which is not among the accounts given."
        if payout.origin in self.origins_elsewhere:
            return f"Sent to {payout.origin}; none of its payouts reached the accounts given."
        return None

    def sightings(self, payouts: Sequence[PayoutRecord]) -> Sightings:
        """Per origin, how many of these payouts were seen, and how many should have been by now."""
        counts: dict[str, tuple[int, int]] = {}
        for payout in payouts:
            seen, unseen = self.sighting(payout)
            if seen or unseen:
                before = counts.get(payout.origin, (0, 0))
                counts[payout.origin] = before[0] + seen, before[1] + unseen
        return counts

    def sighting(self, payout: PayoutRecord) -> tuple[int, int]:
        """(1, 0): it was seen; (0, 1): it should have been, and was not; (0, 0): neither can be said."""
        if not payout.origin or payout.came_back or not payout.minor:
            return 0, 0
        if payout.id in self._of_payout or payout.id in self._in_question_payouts:
            return 1, 0
        return 0, int(_old(payout, self.evidence.horizon.as_of) and self._covered(payout))

    def is_found(self, payout: PayoutRecord) -> bool:
        """Some explanation of it, sure or in question, is among the findings."""
        return payout.id in self._of_payout or payout.id in self._in_question_payouts

    def _covered(self, payout: PayoutRecord) -> bool:
        arrival = payout.payout.arrival_date
        return any(first <= arrival <= last for first, last in self.evidence.horizon.covered.values())


def elsewhere(sightings: Sightings) -> frozenset[str]:
    """Destinations whose payouts are never seen, while others' are."""
    if not any(seen >= OTHER_ACCOUNT_FROM for seen, _ in sightings.values()):
        return frozenset()
    return frozenset(
        origin for origin, (seen, unseen) in sightings.items() if unseen >= OTHER_ACCOUNT_FROM and not seen
    )


def _old(payout: PayoutRecord, as_of: date) -> bool:
    return (as_of - payout.payout.arrival_date).days > LAG_MAX


def _late_or_missing(age: int) -> PayoutOutcomeKind:
    return PayoutOutcomeKind.LATE if age <= LAG_MAX else PayoutOutcomeKind.MISSING


def _ends_alike(a: str, b: str) -> bool:
    digits = min(len(a), len(b))
    return a[-digits:].upper() == b[-digits:].upper()


def _question(finding: Finding) -> str:
    why = finding.review or ("another explanation is about as likely" if finding.margin < 700 else "not sure enough")
    return f"A person must decide: {why}."
