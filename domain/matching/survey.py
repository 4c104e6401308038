"""What a company's records show by themselves: amounts that occur once on both sides, and what stands alone.

The survey is taken once; rounds of learning start from copies of its counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.matching.code_places import learn_shapes, read_with_shapes
from domain.matching.descriptor import TextForm, TextKey, words_of
from domain.matching.evidence import significant_digits
from domain.matching.log_odds import PPM
from domain.matching.model import LAG_MAX, LAG_MIN, LAGS
from domain.matching.records import LineRecord, PayoutRecord

DISTINCTIVE_DIGITS: Final = 4
"""An amount with so many significant digits, alone on both sides, is taken as recognised."""

LAG_OF_SETS_MAX: Final = 4
"""Lags up to this are learned from sets inside which the pairs are not certain."""

TEXTS_AT_ONCE: Final = 500

Amount = tuple[str, int]
"""Currency code and signed minor units: records of one amount are looked at together."""
PairKind = tuple[BankAccountId, str, str, str | None, str, bool, int, TextKey]
"""Account, payout method, origin, end of the account number that Stripe knows, currency, whether it is a debit, lag and
text of a pair."""
PayoutsByAmount = Mapping[Amount, Sequence[PayoutRecord]]
LinesByAmount = Mapping[Amount, Sequence[LineRecord]]

_NO_PAYOUT: Final = frozenset({TextForm.PROCESSOR, TextForm.STRIPE_PRODUCT})


class AccountCounts:
    """Counts of one bank account while they grow."""

    def __init__(self) -> None:
        self.lags: dict[str, list[int]] = {}
        self.lag_shares: dict[str, list[int]] = {}
        """Lags of deposits of which it is not certain whose they are, in millionths of a deposit."""
        self.texts: dict[str, Counter[TextKey]] = defaultdict(Counter)
        self.other_texts: Counter[TextKey] = Counter()
        self.other_debits: Counter[TextKey] = Counter()
        self.first_day = self.last_day = 0
        self.lines = 0
        self.repeated: dict[tuple[int, TextKey], int] = {}
        self.agree = self.disagree = self.recognised = 0
        self.agreeing = self.excess = self.debit_agreeing = 0
        self.unlike = 0
        """Deposits of round amounts, alone with their payout, that bear another trace id."""
        self.groups: Counter[str] = Counter()
        self.doubles = self.debit_doubles = 0

    def copy(self) -> "AccountCounts":
        """Counts of their own, equal to these."""
        copied = AccountCounts()
        copied.__dict__.update(self.__dict__)
        copied.lags = {method: list(lags) for method, lags in self.lags.items()}
        copied.lag_shares = {method: list(shares) for method, shares in self.lag_shares.items()}
        copied.texts = defaultdict(Counter, {origin: Counter(texts) for origin, texts in self.texts.items()})
        copied.other_texts, copied.groups = Counter(self.other_texts), Counter(self.groups)
        copied.other_debits = Counter(self.other_debits)
        return copied

    def usually(self, key: TextKey) -> bool:
        """At least a fifth of the deposits from some origin bear this text."""
        return any(5 * texts[key] >= texts.total() for texts in self.texts.values() if key in texts)

    def see_lags(self, pairs: Sequence[tuple[PayoutRecord, LineRecord]]) -> None:
        """Count how late the pairs of a large set came; which pairs they are inside hardly matters to that.

        Long lags are left out: there, a far pair may stand for several that each are somewhat late. So is a lag that
        one pair alone shows: it may as well be a payout that was lost and a line that is a stranger's.
        """
        for (method, lag), count in Counter((p.method, line.day - p.day) for p, line in pairs).items():
            if LAG_MIN <= lag <= LAG_OF_SETS_MAX and (count > 1 or 0 <= lag <= 1):
                self.see_lag(method, lag, count)

    def see_lag_shares(self, shares: Mapping[str, Sequence[int]]) -> None:
        """Count how late the deposits of a set came, in millionths, by the likelihood of its pairs."""
        for method, of_method in shares.items():
            known = self.lag_shares.setdefault(method, [0] * LAGS)
            for i, share in enumerate(of_method):
                known[i] += share

    def all_lags(self) -> dict[str, tuple[int, ...]]:
        """The lags seen, those of sets rounded to whole deposits."""
        none = [0] * LAGS
        return {
            method: _with_sets(self.lags.get(method, none), self.lag_shares.get(method, none))
            for method in sorted(self.lags.keys() | self.lag_shares.keys())
        }

    def recognise(self, payout: PayoutRecord, line: LineRecord) -> None:
        """Count what this deposit shows of its account."""
        self.see_lag(payout.method, line.day - payout.day, 1)
        self.texts[payout.origin][line.text_key] += 1
        self.recognised += 1
        if payout.trace is not None:
            self.see_trace(payout.trace, line)

    def agree_in_amount(self, count: int, debit: bool) -> None:
        """Count lines of a payout's amount, debits apart too."""
        self.agreeing += count
        if debit:
            self.debit_agreeing += count

    def see_doubles(self, count: int, debit: bool) -> None:
        """Count look-alikes of payouts; debits apart."""
        if debit:
            self.debit_doubles += count
        else:
            self.doubles += count

    def see_lag(self, method: str, lag: int, count: int) -> None:
        lags = self.lags.get(method)
        if lags is None:
            lags = self.lags[method] = [0] * LAGS
        if LAG_MIN <= lag <= LAG_MAX:
            lags[lag - LAG_MIN] += count

    def see_trace(self, trace: str, line: LineRecord) -> None:
        if line.bears(trace):
            self.agree += 1
        elif line.other_trace(trace):
            self.disagree += 1


class Survey:
    """The counts of all accounts, and the records that nothing of their amount stands against."""

    def __init__(self, payouts: PayoutsByAmount, lines: LinesByAmount, came_back: Mapping[Amount, int]) -> None:
        """Both in order of days within an amount. `came_back`: how many payouts of an amount failed. Marks the lines
        that are recognised, and reads texts again where this account's common texts show where their codes are."""
        self.payouts = payouts
        self.lines = lines
        self.came_back = came_back
        everything = [line for found in lines.values() for line in found]
        self.shapes = learn_shapes(everything)
        read_with_shapes(everything, self.shapes)
        self.accounts: dict[BankAccountId, AccountCounts] = defaultdict(AccountCounts)
        self.accounts_of_origin: dict[str, Counter[BankAccountId]] = defaultdict(Counter)
        self.recognised: list[BankDepositId] = []
        self.settled: dict[PairKind, list[tuple[PayoutRecord, LineRecord]]] = defaultdict(list)
        """Recognised pairs that are alone in their amount, none of whose payouts came back."""
        self.unsettled: list[Amount] = []
        """The other amounts of payouts …"""
        self.unsettled_lines: list[LineRecord] = []
        """… and all lines that are in none of the settled pairs."""
        self._pairs: dict[PairKind, list[tuple[PayoutRecord, LineRecord]]] = defaultdict(list)
        """The other recognised pairs."""
        self.lonely_payouts: list[PayoutRecord] = []
        self.lonely_lines: list[LineRecord] = []
        self.repeated_payouts: dict[Amount, int] = {}
        """Amounts with payouts on several days → on how many."""
        self.crowded: list[tuple[Amount, Sequence[PayoutRecord], Sequence[LineRecord]]] = []
        """Amounts with payouts and several lines: only there one line may stand beside another."""
        self.scarce: list[tuple[Sequence[PayoutRecord], Sequence[LineRecord]]] = []
        """Payouts and lines of one amount where there are fewer lines: some never came, whichever they are."""
        self._survey_payouts()
        self.hidden = sum([len(equal) for _, equal, found in self.crowded if len(found) > len(equal)])
        """Payouts of amounts with more lines than payouts: had one not come, that would not show."""
        self._survey_lines()
        self._count_recognised()
        days = {payout.day for equal in payouts.values() for payout in equal}
        self.count = sum(map(len, payouts.values()))
        self.payout_days = len(days)
        self.payout_minors = frozenset([minor for _, minor in payouts])
        self.payout_gaps = dict(Counter([b - a for a, b in pairwise(sorted(days))]))
        self._count_days(everything)
        self._unrelated_traces(everything)

    def copy_counts(self) -> tuple[dict[BankAccountId, AccountCounts], dict[str, Counter[BankAccountId]]]:
        """Counts to go on from, the survey's own staying as they are."""
        accounts: dict[BankAccountId, AccountCounts] = defaultdict(AccountCounts)
        accounts.update({name: each.copy() for name, each in self.accounts.items()})
        of_origin: dict[str, Counter[BankAccountId]] = defaultdict(Counter)
        of_origin.update({origin: Counter(each) for origin, each in self.accounts_of_origin.items()})
        return accounts, of_origin

    def _survey_payouts(self) -> None:
        lines, came_back, settled, unsettled = self.lines, self.came_back, self.settled, self.unsettled
        for key, equal in self.payouts.items():
            candidates = lines.get(key)
            if candidates is not None and len(equal) == 1 and len(candidates) == 1:  # nearly all are
                payout, line = equal[0], candidates[0]
                lag = line.day - payout.day
                if not LAG_MIN <= lag <= LAG_MAX:
                    self.lonely_payouts.append(payout)
                    self.lonely_lines.append(line)
                elif line.text_key.form not in _NO_PAYOUT and is_distinctive(key[1]):
                    pairs = self._pairs if key in came_back else settled
                    kind = (
                        line.account,
                        payout.method,
                        payout.origin,
                        payout.last4,
                        key[0],
                        key[1] < 0,
                        lag,
                        line.text_key,
                    )
                    pairs[kind].append((payout, line))
                    if pairs is settled:
                        continue
                elif payout.trace is not None:
                    self._compare_traces(payout, line)
            elif candidates:
                self._survey_equal(key, equal, candidates)
            else:
                self._see_days(key, equal)
                self.lonely_payouts += equal
            unsettled.append(key)
            if candidates:
                self.unsettled_lines += candidates
                self._count_agreeing(key, equal, candidates)

    def _survey_equal(self, key: Amount, equal: Sequence[PayoutRecord], candidates: Sequence[LineRecord]) -> None:
        self._see_days(key, equal)
        if len(candidates) > 1:
            self.crowded.append((key, equal, candidates))
        if len(equal) > len(candidates):
            self.scarce.append((equal, candidates))
        distinctive = is_distinctive(key[1])
        for payout, line in _alone_together(equal, candidates, self.lonely_payouts, self.lonely_lines):
            if distinctive and line.text_key.form not in _NO_PAYOUT:
                lag = line.day - payout.day
                kind = line.account, payout.method, payout.origin, payout.last4, key[0], key[1] < 0, lag, line.text_key
                self._pairs[kind].append((payout, line))
            elif payout.trace is not None:
                self._compare_traces(payout, line)

    def _see_days(self, key: Amount, equal: Sequence[PayoutRecord]) -> None:
        if len(equal) > 1 and equal[0].day != equal[-1].day:
            self.repeated_payouts[key] = len({payout.day for payout in equal})

    def _count_recognised(self) -> None:
        """What `AccountCounts.recognise` counts, for all pairs of a kind at once."""
        for (name, method, origin, _, _, _, lag, text), pairs in (*self.settled.items(), *self._pairs.items()):
            account = self.accounts[name]
            account.see_lag(method, lag, len(pairs))
            account.texts[origin][text] += len(pairs)
            account.recognised += len(pairs)
            self.accounts_of_origin[origin][name] += len(pairs)
            self.recognised += [line.line.id for _, line in pairs]
            for payout, line in pairs:
                line.learned = True
                if payout.trace is not None:
                    account.see_trace(payout.trace, line)
        for (name, _, _, _, _, debit, *_), pairs in self.settled.items():
            self.accounts[name].agree_in_amount(len(pairs), debit)

    def _compare_traces(self, payout: PayoutRecord, line: LineRecord) -> None:
        """A round amount is not recognised by itself; but if such deposits bear other trace ids again and again …"""
        if line.text_key.form is TextForm.STRIPE and payout.trace is not None and line.other_trace(payout.trace):
            self.accounts[line.account].unlike += not line.bears(payout.trace)

    def _unrelated_traces(self, everything: Sequence[LineRecord]) -> None:
        """… at a bank that never printed any of Stripe's, then it prints another number: each is a vote but one, since
        a deposit is to be judged without its own."""
        doubted = {name for name, account in self.accounts.items() if account.unlike > 1 and not account.agree}
        if not doubted:
            return
        traces = {payout.trace for equal in self.payouts.values() for payout in equal if payout.trace is not None}
        for name in doubted:
            if not _bears_any([line for line in everything if line.account == name], traces):
                self.accounts[name].disagree += self.accounts[name].unlike - 1

    def _survey_lines(self) -> None:
        for key, found in self.lines.items():
            if key not in self.payouts:
                self.lonely_lines += found
                self.unsettled_lines += found
                _count_repeats(found, self.came_back.get(key, 0), self.accounts)

    def _count_agreeing(self, key: Amount, equal: Sequence[PayoutRecord], candidates: Sequence[LineRecord]) -> None:
        if len(candidates) == 1:
            self.accounts[candidates[0].account].agree_in_amount(1, key[1] < 0)
            return
        _count_repeats(candidates, len(equal) + self.came_back.get(key, 0), self.accounts)
        for name, count in Counter([line.account for line in candidates]).items():
            self.accounts[name].agree_in_amount(min(count, len(equal)), key[1] < 0)

    def _count_days(self, lines: Sequence[LineRecord]) -> None:
        days: dict[BankAccountId, list[int]] = defaultdict(list)
        for name, of_account in groupby(lines, attrgetter("account")):
            days[name] += [line.day for line in of_account]
        for name, each in days.items():
            account = self.accounts[name]
            account.first_day, account.last_day, account.lines = min(each), max(each), len(each)


def _bears_any(lines: Sequence[LineRecord], traces: Set[str]) -> bool:
    """Some of these lines bears some of these trace ids."""
    if any(trace.isalpha() for trace in traces):  # in the text they look like words
        return any(not traces.isdisjoint(line.codes) for line in lines)
    texts = [line.line.text for line in lines if line.has_codes]
    # read many at once, since most banks print none and all lines must be looked at to know
    return any(
        not traces.isdisjoint(words_of(" ".join(texts[start : start + TEXTS_AT_ONCE])))
        for start in range(0, len(texts), TEXTS_AT_ONCE)
    )


def is_distinctive(minor: int) -> bool:
    """An amount that hardly two records share by chance."""
    if minor % 10 and not -1_000 < minor < 1_000:  # told at a glance
        return True
    return significant_digits(minor) >= DISTINCTIVE_DIGITS


def _alone_together(
    payouts: Sequence[PayoutRecord],
    lines: Sequence[LineRecord],
    lonely_payouts: list[PayoutRecord],
    lonely_lines: list[LineRecord],
) -> Iterable[tuple[PayoutRecord, LineRecord]]:
    """Pairs in the window that have no other candidate; records without any go to the lonely lists.

    Both are in order of days. Where very many are equal, none of them is alone.
    """
    if len(payouts) == 1 and len(lines) == 1:
        if LAG_MIN <= lines[0].day - payouts[0].day <= LAG_MAX:
            yield payouts[0], lines[0]
        else:
            lonely_payouts.append(payouts[0])
            lonely_lines.append(lines[0])
        return
    candidates_of_line = [0] * len(lines)
    only: list[tuple[PayoutRecord, int]] = []
    low = 0
    high = 0
    starts = [0] * (len(lines) + 1)  # +1 where a payout's window of lines begins, −1 after its end
    for payout in payouts:
        while low < len(lines) and lines[low].day < payout.day + LAG_MIN:
            low += 1
        high = max(high, low)
        while high < len(lines) and lines[high].day <= payout.day + LAG_MAX:
            high += 1
        if low == high:
            lonely_payouts.append(payout)
            continue
        starts[low] += 1
        starts[high] -= 1
        if high - low == 1:
            only.append((payout, low))
    running = 0
    for i in range(len(lines)):
        running += starts[i]
        candidates_of_line[i] = running
        if not running:
            lonely_lines.append(lines[i])
    for payout, i in only:
        if candidates_of_line[i] == 1:
            yield payout, lines[i]


def _with_sets(certain: Sequence[int], shares: Sequence[int]) -> tuple[int, ...]:
    """How often each lag was seen, with what sets show in millionths.

    The longest that no certain deposit had counts one less: what a set shows alone must not make it sure of itself. It
    may as well be one payout that was lost and a line that is a stranger's; several are hardly all of that kind.
    """
    counts = list(certain)
    in_doubt = True
    for i in range(LAGS - 1, -1, -1):
        of_sets = (shares[i] + PPM // 2) // PPM
        if of_sets and in_doubt and not counts[i]:
            in_doubt = False
            of_sets -= 1
        counts[i] += of_sets
    return tuple(counts)


def _count_repeats(lines: Sequence[LineRecord], payouts: int, accounts: Mapping[BankAccountId, AccountCounts]) -> None:
    if len(lines) <= payouts:
        return
    if len(lines) == 1:
        accounts[lines[0].account].repeated[lines[0].minor, lines[0].text_key] = 1
        return
    for (account, text), count in Counter((line.account, line.text_key) for line in lines).items():
        if count > payouts:
            accounts[account].repeated[lines[0].minor, text] = count - payouts
