"""Look-alikes and payouts outside the list: what makes an equal amount and a fitting text less than they seem."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Final

from domain.bank_deposit import BankAccountId
from domain.matching.descriptor import TextForm, TextKey
from domain.matching.model import (
    LAG_MAX,
    LAG_MIN,
    UNLISTED_SEEN_PPM,
    UNLISTED_UNKNOWN_PPM,
    UNLISTED_UNSEEN_PPM,
    Horizon,
)
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.survey import AccountCounts, Amount, is_distinctive

Crowded = tuple[Amount, Sequence[PayoutRecord], Sequence[LineRecord]]
"""An amount with its payouts and its several lines."""

CANDIDATES_MAX: Final = 8
COMMON_TEXT_MIN: Final = 4
"""A text must have been among the candidates of so many payouts, and of four in five, to be taken for ours."""


def learn_common_texts(crowded: Sequence[Crowded], accounts: Mapping[BankAccountId, AccountCounts]) -> None:
    """Where a payout has several candidates it is not known which is its own; the text that nearly all have is ours."""
    votes: dict[tuple[BankAccountId, str], Counter[TextKey]] = defaultdict(Counter)
    asked: Counter[tuple[BankAccountId, str]] = Counter()
    for key, equal, found in crowded:
        if len(equal) > 1 or len(found) > CANDIDATES_MAX:
            continue
        if not is_distinctive(key[1]):
            continue
        payout = equal[0]
        texts = {(line.account, line.text_key) for line in found if LAG_MIN <= line.day - payout.day <= LAG_MAX}
        for account in {account for account, _ in texts}:
            asked[account, payout.origin] += 1
        for account, text in texts:
            votes[account, payout.origin][text] += 1
    for (account, origin), counts in votes.items():
        recognised = accounts[account].texts[origin]
        total = asked[account, origin] + recognised.total()
        for text, count in counts.items():
            together = count + recognised.get(text, 0)
            if together >= COMMON_TEXT_MIN and 5 * together >= 4 * total:
                recognised[text] += count


def count_doubles(
    crowded: Sequence[Crowded],
    came_back: Mapping[tuple[str, int], int],
    accounts: Mapping[BankAccountId, AccountCounts],
) -> None:
    """Count lines beyond the payouts of their amount, within reach of them, with the text of this account's deposits.

    Round amounts agree by chance as well: of those, only what exceeds the lines of such texts that agree with no
    payout. Debits are counted apart: what others pay in says nothing of what they draw.
    """
    by_chance: Counter[tuple[BankAccountId, bool]] = Counter()
    for key, equal, found in crowded:
        if len(found) <= len(equal):
            continue
        distinctive = is_distinctive(key[1])
        days = [payout.day for payout in equal]
        by_account: Counter[BankAccountId] = Counter()
        for line in found:
            if not _within_reach(line.day, days):
                continue
            account = accounts[line.account]
            if account.usually(line.text_key) if account.texts else line.text_key.form is TextForm.STRIPE:
                by_account[line.account] += 1
        for name, count in by_account.items():
            excess = max(0, count - len(equal) - came_back.get(key, 0))
            debit = key[1] < 0
            if not debit:
                accounts[name].excess += excess
            if distinctive:
                accounts[name].see_doubles(excess, debit)
            else:
                by_chance[name, debit] += excess
    for (name, debit), excess in by_chance.items():
        account = accounts[name]
        others = account.other_debits if debit else account.other_texts - account.other_debits
        strays = sum(count for text, count in others.items() if account.usually(text))
        account.see_doubles(max(0, excess - 2 * strays - 1), debit)


def _within_reach(day: int, payout_days: Sequence[int]) -> bool:
    """Some payout could have arrived on this day; the days are in order."""
    i = bisect_left(payout_days, day - LAG_MAX)
    return i < len(payout_days) and payout_days[i] <= day - LAG_MIN


def unlisted_payouts(
    lonely: Sequence[LineRecord],
    explained: set[str],
    known_texts: Mapping[BankAccountId, set[TextKey]],
    minors: Set[int],
    count: int,
    horizon: Horizon,
) -> tuple[int, int]:
    """P(there are payouts before the first, and after the last one listed), from what the statements show there.

    `minors` and `count`: which amounts the listed payouts have, and how many payouts there are.
    """
    if horizon.payouts_from is None or horizon.payouts_to is None or not horizon.covered:
        return UNLISTED_UNKNOWN_PPM, UNLISTED_UNKNOWN_PPM
    first, last = horizon.payouts_from, horizon.payouts_to
    seen_before = seen_after = False
    stripe = TextForm.STRIPE
    for line in lonely:
        if line.id in explained or (line.minor not in minors and line.text_key.form is not stripe):
            continue
        known = known_texts.get(line.account, ())
        if line.text_key in known or (not known and line.text_key.form is stripe):
            seen_before = seen_before or line.line.date < first
            seen_after = seen_after or line.line.date > last
    covered_from = min(start for start, _ in horizon.covered.values())
    covered_to = min(horizon.as_of, max(end for _, end in horizon.covered.values()))
    usual = max(7, 3 * (last - first).days // max(1, count - 1))

    def judge(seen: bool, days: int) -> int:
        if seen:
            return UNLISTED_SEEN_PPM
        return UNLISTED_UNSEEN_PPM if days >= usual else UNLISTED_UNKNOWN_PPM

    return judge(seen_before, (first - covered_from).days), judge(seen_after, (covered_to - last).days)


def overdue(payouts: Sequence[PayoutRecord], horizon: Horizon) -> int:
    """Payouts for which the statements cover the whole window."""
    if not horizon.covered:
        return 0
    first = min(start for start, _ in horizon.covered.values()).toordinal()
    last = min(horizon.as_of, max(end for _, end in horizon.covered.values())).toordinal()
    return sum(
        1
        for p in payouts
        if first <= p.payout.arrival_date.toordinal() - 3 and p.payout.arrival_date.toordinal() + 16 <= last
    )


def overdue_among_equal(
    scarce: Sequence[tuple[Sequence[PayoutRecord], Sequence[LineRecord]]],
    lonely: Set[str],
    explained: Set[str],
    horizon: Horizon,
) -> int:
    """Payouts that never came though equal ones did, at least so many: it is not known which, but that they did not.

    `lonely` are counted by themselves, `explained` are no longer open.
    """
    missing = 0
    for payouts, lines in scarce:
        waiting = [p for p in payouts if p.id not in lonely and p.id not in explained]
        missing += max(0, overdue(waiting, horizon) - sum(1 for line in lines if line.id not in explained))
    return missing
