"""Evidence: how much each observation says for or against a pair, in thousandths of a nat.

The weight of a pair is the log odds that these two records belong together, against 'the payout has not arrived, and
the line is something else'. It is a sum of parts, each a log-likelihood ratio of one observation; *missing* is a level
of its own. What an observation is worth comes from the model snapshot; a deposit that the model has itself learned from
is judged without its own contribution.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Final, NamedTuple

from domain.bank_deposit import BankAccount, BankAccountId
from domain.matching.calendar import banking_calendar
from domain.matching.descriptor import TextKey
from domain.matching.lag_law import KNOWN_FROM, LagLaw, learned_law, without_one
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import (
    HABIT_WORTH,
    LAG_MAX,
    LAG_MIN,
    LAGS,
    LATE_MAX,
    MISSING_KINDS_PPM,
    MISSING_PPM_MAX,
    SHIFT_PRIOR_PPM,
    TRACE_DAYS_MAX,
    AccountHistory,
    Horizon,
    ModelSnapshot,
)
from domain.matching.rates import expected_ppm
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.text_evidence import AMOUNT_MILLINATS, Text, says_more_than_others, text_rate, weigh_text
from domain.matching.unseen_rivals import DOUBLES_MANY, look_alike_limit, look_alikes_seen, unlisted_limit
from domain.reconciliation_match import EvidenceItem, evidence_item

TRACE_IDENTITY: Final = 14_000
TRACE_AGREES: Final = 8_000
TRACE_DISAGREES: Final = -3_000
TRACES_PROVED_FROM: Final = 3
"""So many agreements and no disagreement make a bank's trace ids identity."""
TRACES_UNRELATED_FROM: Final = 2
"""So many disagreements and no agreement show that this bank prints another number."""
ACCOUNT_KNOWN_FROM: Final = 5
OTHER_ACCOUNT: Final = -9_000
STICKINESS: Final = 9_500
"""What having been accepted before is worth when rules, model or engine change."""

Records = tuple[tuple[str, ...], tuple[str, ...]]
"""The ids of payouts and deposits of a match, each sorted."""

_NO_COUNTS: Final = (0,) * LAGS
_NO_HISTORY: Final = AccountHistory()
_SHIFTS_UNKNOWN: Final = tuple(
    (shift, log_ratio(max(SHIFT_PRIOR_PPM.values()), prior)) for shift, prior in SHIFT_PRIOR_PPM.items()
)


class Parts(NamedTuple):
    """The evidence of one pair, part by part; its sum is the pair's weight."""

    lag: int
    arrival: int
    text: int
    amount: int
    account: int
    trace: int
    unlisted: int
    doubles: int
    accepted: int


Alike = tuple[int | None, Text, int, int]
"""Lag (None if it is outside the window), text, account, and what text and amount can say at most."""


class Evidence:
    """Weighs pairs under one model snapshot and horizon. Remembers what it computed; the answers are pure."""

    def __init__(
        self,
        model: ModelSnapshot,
        horizon: Horizon,
        accounts: Mapping[BankAccountId, BankAccount],
        shift: int | None = None,
        *,
        rejected: Set[Records] = frozenset(),
        accepted: Set[Records] = frozenset(),
    ) -> None:
        self.model = model
        self._rejected = rejected
        self._accepted = accepted
        self.bounds_reached: tuple[str, ...] = ()
        self._judged_pairs = bool(rejected or accepted)
        self.judged = frozenset(id for records in (*rejected, *accepted) for ids in records for id in ids)
        """Records of which something was rejected or accepted: nothing is interchangeable with them."""
        self.horizon = horizon
        self.accounts = accounts
        self._shift = shift
        self._texts: dict[tuple[BankAccountId, str, TextKey, bool, bool], Text] = {}
        self._arrivals: dict[tuple[BankAccountId, str, int, str], int] = {}
        self._alike: dict[tuple[int, BankAccountId, str, str, str | None, TextKey, bool, bool], Alike | None] = {}
        self._unlisted: dict[tuple[BankAccountId, str, str, int, int], int | None] = {}
        self._shifted: dict[int, Evidence] = {}
        self._accounts_by_currency: dict[str, int] = {}
        self._missing = {
            beside: min(MISSING_PPM_MAX, expected_ppm(kinds, model.payouts_without_line, model.payouts_that_would_show))
            for beside, kinds in MISSING_KINDS_PPM.items()
        }

    def shifted(self, shift: int) -> "Evidence":
        """The same evidence if all banks whose lags are not known yet were this many banking days slower."""
        there = self._shifted.get(shift)
        if there is None:
            there = self._shifted[shift] = Evidence(
                self.model, self.horizon, self.accounts, shift, rejected=self._rejected, accepted=self._accepted
            )
        return there

    # -- one pair ------------------------------------------------------------------------------------------------

    def parts(self, payout: PayoutRecord, line: LineRecord) -> Parts | None:
        """The evidence for this pair; None where a gate forbids it. Amounts and currencies are known to be equal."""
        values = self._values(payout, line)
        return None if values is None else Parts(*values)

    def weight(self, payout: PayoutRecord, line: LineRecord) -> int:
        """The sum of the evidence for this pair; 0 where a gate forbids it."""
        values = self._values(payout, line)
        return 0 if values is None else sum(values)

    def _values(self, payout: PayoutRecord, line: LineRecord) -> tuple[int, ...] | None:
        """The values of `Parts`, in their order."""
        account = line.account
        lag = line.day - payout.day
        trace = 0
        if payout.trace is not None:
            judged = self.trace(payout, line)
            if judged is None or abs(lag) > TRACE_DAYS_MAX:
                return None
            trace = judged
        key = (lag, account, payout.method, payout.origin, payout.last4, line.text_key, line.minor < 0, line.learned)
        try:
            alike = self._alike[key]
        except KeyError:
            alike = self._alike[key] = self.of_its_kind(payout, line)
        if alike is None:
            return None
        lag_weight, text, where, most = alike
        if lag_weight is None:
            if trace < TRACE_AGREES and not LAG_MAX < lag <= LATE_MAX:
                return None
            lag_weight = self.law(account, payout.method).weight_outside
        if payout.stems:
            text = self.text(payout, line)
        said = text.millinats
        amount = self.amount(line, text.amount_cap)
        unlisted = 0
        days = self.model.payout_amounts.get((payout.currency, payout.minor))
        if days is not None:
            limit = self._unlisted_limit(payout, line, days)
            unlisted = 0 if limit is None else min(0, limit - said - amount)
        doubles = most - said - amount - unlisted
        accepted = 0
        if self._judged_pairs:
            records: Records = (payout.id,), (line.id,)
            if records in self._rejected:
                return None
            accepted = STICKINESS if records in self._accepted else 0
        arrival = self.arrival(account, payout)
        return lag_weight, arrival, said, amount, where, trace, unlisted, doubles if doubles < 0 else 0, accepted

    def of_its_kind(self, payout: PayoutRecord, line: LineRecord) -> Alike | None:
        """What is the same for all pairs of this lag, account, origin and text. None if the payout went to an account
        of another number: where both numbers are known that is a gate, never scored."""
        account = self.accounts.get(line.account)
        if account is not None and payout.went_to_another(account):
            return None
        lag = line.day - payout.day
        lag_weight = None
        if LAG_MIN <= lag <= LAG_MAX:
            lag_weight = self.law(line.account, payout.method, lag if line.learned else None).weight(lag)
        text = self._usual_text(payout, line)
        most = look_alike_limit(self._history(line.account), line.minor < 0)
        return lag_weight, text, self._account(payout, line), most

    def _unlisted_limit(self, payout: PayoutRecord, line: LineRecord, days: int) -> int | None:
        """What text and amount can say at most where an equal payout outside the list could claim the line as well."""
        key = (line.account, payout.method, line.currency, line.day, days)
        if key not in self._unlisted:
            law = self.law(line.account, payout.method)
            self._unlisted[key] = unlisted_limit(payout, line, self.model, self.horizon, law)
        return self._unlisted[key]

    def items(self, payout: PayoutRecord, line: LineRecord, parts: Parts) -> tuple[EvidenceItem, ...]:
        """The same parts with names and levels, for people."""
        lag = line.day - payout.day
        text = self.text(payout, line)
        rows = [
            ("lag", f"{lag:+d} banking days" if lag else "on the day", parts.lag),
            ("arrival", self._arrival_level(parts.arrival), parts.arrival),
            ("text", text.level, parts.text),
            ("amount", self.amount_level(line), parts.amount),
        ]
        if parts.account:
            rows.append(
                ("account", "known of this payout's destination" if parts.account > -1000 else "unusual", parts.account)
            )
        if payout.trace is not None:
            agrees = line.bears(payout.trace)
            missing = not agrees and not line.other_trace(payout.trace)
            level = "agrees" if agrees else "missing" if missing else "different"
            rows.append(("trace", level, parts.trace))
        if parts.unlisted:
            rows.append(("unlisted_payouts", "an equal payout outside the list could claim it", parts.unlisted))
        if parts.doubles:
            rows.append(("doubles", "look-alikes of payouts occur in this account", parts.doubles))
        if parts.accepted:
            rows.append(("accepted_before", "an accepted match stays unless clearly beaten", parts.accepted))
        return tuple([evidence_item(*row) for row in rows])

    def allows(self, records: Records) -> bool:
        """No person has rejected exactly these records as a match."""
        return records not in self._rejected

    def stickiness(self, records: Records) -> int:
        """What it is worth that exactly these records were accepted as a match before."""
        return STICKINESS if records in self._accepted else 0

    def review_reason(self, payout: PayoutRecord, line: LineRecord) -> str | None:
        """Why a person must look at this pair however likely it is; None if nothing demands that."""
        if payout.trace is not None and self.trace_disagrees(payout, line):
            return "the trace ids differ"
        if line.day - payout.day > LAG_MAX and (payout.trace is None or not line.bears(payout.trace)):
            return f"it came {line.day - payout.day} banking days after it was due"
        return None

    def trace_disagrees(self, payout: PayoutRecord, line: LineRecord) -> bool:
        """The trace ids differ at a bank that has not shown yet what its trace ids are worth: a person must look."""
        if payout.trace is None or line.bears(payout.trace) or not line.other_trace(payout.trace):
            return False
        agree, disagree = self._trace_counts(line)
        return not (agree == 0 and disagree >= TRACES_UNRELATED_FROM)

    def habit(self, lines: Sequence[LineRecord], name: str, prior_ppm: int) -> int:
        """Log probability that this account's bank does this to a deposit, its own case left out."""
        history = self._history(lines[0].account)
        own = 1 if all(line.learned for line in lines) and history.groups.get(name, 0) else 0
        count, total = history.groups.get(name, 0) - own, max(0, history.recognised - own)
        return log_ratio(count * PPM + prior_ppm * HABIT_WORTH, (total + HABIT_WORTH) * PPM)

    # -- the parts -----------------------------------------------------------------------------------------------

    def law(self, account: BankAccountId, method: str, counted: int | None = None) -> LagLaw:
        """The lag law of this account and method; `counted`: leave out one deposit of this lag."""
        counts = self._history(account).lags.get(method, _NO_COUNTS)
        if counted is not None:
            counts = without_one(counts, counted)
        if sum(counts) >= KNOWN_FROM:
            return learned_law(counts)
        if self._shift is not None:
            return learned_law(counts, self._shift)
        shifts = self._history(account).shifts.get(method)
        return learned_law(counts, shifts[0][0] if shifts else None)

    def shifts_open(self, account: BankAccountId, method: str) -> tuple[tuple[int, int], ...]:
        """How many days slower than most this bank may be, and how far behind the likeliest each of these is.

        Empty if its lags are known.
        """
        history = self._history(account)
        if sum(history.lags.get(method, _NO_COUNTS)) >= KNOWN_FROM:
            return ()
        return history.shifts.get(method, _SHIFTS_UNKNOWN)

    def unseen_ppm(self, account: BankAccountId, payout: PayoutRecord) -> int:
        """P(a payout that is well shows no line on this account by now), from the lag law and the days covered."""
        day_from, day_to = self._covered_days(account, payout.calendar)
        return PPM - self.law(account, payout.method).seen_ppm(day_from - payout.day, day_to - payout.day)

    def arrival(self, account: BankAccountId, payout: PayoutRecord) -> int:
        """What matching gains over 'not arrived yet, or never': little for a young payout, much for an old one."""
        key = (account, payout.method, payout.day, payout.calendar)
        weight = self._arrivals.get(key)
        if weight is None:
            unseen = self.unseen_ppm(account, payout)
            history = self._history(account)
            doubles, deposits = look_alikes_seen(history)
            missing = self._missing[DOUBLES_MANY * doubles > deposits]
            not_there = missing + (PPM - missing) * unseen // PPM
            weight = self._arrivals[key] = -log_ratio(min(PPM, not_there), PPM)
        return weight

    def text(self, payout: PayoutRecord, line: LineRecord) -> Text:
        """Whom the text names, against what this account's deposits from this origin usually say."""
        text = self._usual_text(payout, line)
        if payout.stems and text.amount_cap < AMOUNT_MILLINATS[-1] and line.contains(payout.stems):
            history = self._history(line.account)
            if says_more_than_others(history, line.text_key):
                rate = text_rate(history, line.text_key, 2_000, line.minor < 0)
                return Text(log_ratio(850_000, rate), "bears_the_payouts_descriptor", AMOUNT_MILLINATS[-1])
        return text

    def _usual_text(self, payout: PayoutRecord, line: LineRecord) -> Text:
        key = (line.account, payout.origin, line.text_key, line.minor < 0, line.learned)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = weigh_text(self._history(line.account), *key[1:])
        return text

    def amount(self, line: LineRecord, cap: int, own: int = 0) -> int:
        """How much an equal amount says: the less, the oftener it occurs on lines that payouts do not explain.

        `own`: 1 if no payout has this amount, so that the line itself is counted among those.
        """
        minor = line.minor
        distinctive = minor % 10 and (minor > 99_999 or minor < -99_999)  # six digits or more, told at a glance
        weight = AMOUNT_MILLINATS[6 if distinctive else min(6, significant_digits(minor))]
        history = self.model.accounts.get(line.account)
        if history is not None:
            excess = history.repeated_amounts.get((minor, line.text_key), 0)
            if excess > own:
                weight = min(weight, max(0, -log_ratio(excess - own + 1, history.lines + 20)))
        return weight if weight < cap else cap

    def amount_level(self, line: LineRecord) -> str:
        """The amount's level in words."""
        digits = significant_digits(line.minor)
        excess = self._history(line.account).repeated_amounts.get((line.minor, line.text_key), 0)
        if excess:
            return f"equal; {excess} more line{'s' if excess > 1 else ''} of this amount and text"
        return "equal, round" if digits <= 2 else "equal, fairly round" if digits <= 3 else "equal, distinctive"

    def _account(self, payout: PayoutRecord, line: LineRecord) -> int:
        """Whether this account is where payouts of this origin go; 0 where numbers say so, or there is no other."""
        if len(self.accounts) < 2:
            return 0
        account = self.accounts.get(line.account)
        if account is not None and account.mask and payout.payout.destination_last4:
            return 0  # the numbers were compared: `of_its_kind`
        rivals = self._rivals(payout.currency)
        if rivals < 2:
            return 0
        seen = self.model.accounts_of_origin.get(payout.origin, {})
        own = 1 if line.learned and seen.get(line.account, 0) else 0
        count, total = seen.get(line.account, 0) - own, sum(seen.values()) - own
        if not count and total >= ACCOUNT_KNOWN_FROM:
            return OTHER_ACCOUNT
        return log_ratio(2 * count + 1, 2 * total + rivals)

    def _rivals(self, currency: str) -> int:
        if currency not in self._accounts_by_currency:
            self._accounts_by_currency[currency] = sum(
                1 for each in self.accounts.values() if each.currency is None or each.currency.code == currency
            )
        return self._accounts_by_currency[currency]

    def trace(self, payout: PayoutRecord, line: LineRecord) -> int | None:
        """What the trace ids say; None where they forbid the pair."""
        trace = payout.trace
        if trace is None:
            return 0
        agrees = line.bears(trace)
        if not agrees and not line.other_trace(trace):
            return 0
        agree, disagree = self._trace_counts(line)
        proved = agree >= TRACES_PROVED_FROM and disagree == 0
        if agrees:
            return TRACE_IDENTITY if proved else TRACE_AGREES
        if proved:
            return None
        return 0 if agree == 0 and disagree >= TRACES_UNRELATED_FROM else TRACE_DISAGREES

    def _trace_counts(self, line: LineRecord) -> tuple[int, int]:
        history = self._history(line.account)
        agree, disagree = history.traces_agree, history.traces_disagree
        if line.learned:  # its own vote is one of these; which one does not matter to a proof by unanimity
            agree, disagree = (agree - 1, disagree) if agree and not disagree else (agree, max(0, disagree - 1))
        return agree, disagree

    def _covered_days(self, account: BankAccountId, calendar: str) -> tuple[int, int]:
        numbers = banking_calendar(calendar).number
        as_of = numbers[self.horizon.as_of]
        covered = self.horizon.covered.get(account)
        if covered is None:
            return as_of + 1, as_of
        return numbers[covered[0]], min(as_of, numbers[covered[1]])

    def _history(self, account: BankAccountId) -> AccountHistory:
        return self.model.accounts.get(account, _NO_HISTORY)

    def _arrival_level(self, millinats: int) -> str:
        return "long overdue without it" if millinats > 3_000 else "due" if millinats > 500 else "could still come"


def significant_digits(minor: int) -> int:
    """Digits of an amount without its trailing zeros: 1 for $5,000.00, 6 for $4,237.82."""
    digits = str(abs(minor))
    return len(digits) if digits[-1] != "0" else len(digits.rstrip("0"))
