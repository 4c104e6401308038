"""Habits of a bank that only repetition shows: a fee kept from every deposit, a rate of conversion."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Final

from domain.bank_deposit import BankAccountId
from domain.matching.descriptor import TextForm, TextKey
from domain.matching.records import LineRecord, PayoutRecord

FEE_SEEN_MIN: Final = 3
"""So many deposits must have been short by the same amount before it is a fee."""
FEE_MINOR_MAX: Final = 10_000
FEE_SHARE_MAX: Final = 5
"""A fee is at most a fifth of the payout."""
FEE_LAG_MAX: Final = 6
RATE_BAND_PER_MILLE: Final = 60
"""Rates within 6 % of each other may be one drifting rate."""
RATE_SEEN_MIN: Final = 3
RATE_DAYS_MAX: Final = 9
BILLION: Final = 1_000_000_000

_COULD_BE: Final = frozenset({TextForm.STRIPE, TextForm.GENERIC})

_Texts = Mapping[BankAccountId, Set[TextKey]]


def could_be_stripes(line: LineRecord, known_texts: _Texts) -> bool:
    """The text names Stripe, or nobody, or is one that this account's deposits usually bear."""
    return line.text_key.form in _COULD_BE or line.text_key in known_texts.get(line.account, ())


def learn_fees(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], known_texts: _Texts
) -> dict[BankAccountId, dict[int, int]]:
    """Per account, the amounts by which deposits fall short again and again, and how often."""
    if len(payouts) < FEE_SEEN_MIN:
        return {}
    days, by_currency = _in_order(lines, known_texts)
    short: dict[tuple[BankAccountId, int], set[str]] = defaultdict(set)
    used: dict[tuple[BankAccountId, int], set[str]] = defaultdict(set)
    compared: dict[BankAccountId, int] = defaultdict(int)
    for payout in payouts:
        if payout.minor <= 0 or payout.came_back:
            continue
        found = by_currency.get(payout.currency, ())
        first = bisect_left(days.get(payout.currency, ()), payout.day - 1)
        last = bisect_right(days.get(payout.currency, ()), payout.day + FEE_LAG_MAX)
        largest = min(FEE_MINOR_MAX, payout.minor // FEE_SHARE_MAX)
        for line in found[first:last]:
            fee = payout.minor - line.minor
            if 0 < fee <= largest:
                short[line.account, fee].add(payout.id)
                used[line.account, fee].add(line.id)
                compared[line.account] += 1
    fees: dict[BankAccountId, dict[int, int]] = {}
    for (account, fee), who in short.items():
        seen = min(len(who), len(used[account, fee]))
        by_chance = compared[account] // 500  # amounts fall short by any of thousands of differences
        if seen >= FEE_SEEN_MIN and seen > 5 * by_chance:
            fees.setdefault(account, {})[fee] = seen
    return fees


def learn_rates(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], known_texts: _Texts
) -> dict[BankAccountId, dict[str, tuple[tuple[int, int], ...]]]:
    """Per account and payout currency, the rates at which deposits in another currency followed payouts."""
    if len({payout.currency for payout in payouts} | {line.currency for line in lines}) < 2:
        return {}
    by_currency: dict[str, list[LineRecord]] = defaultdict(list)
    for line in lines:
        if line.minor > 0 and could_be_stripes(line, known_texts) and line.text_key.form is not TextForm.GENERIC:
            by_currency[line.currency].append(line)
    for each in by_currency.values():
        each.sort(key=lambda line: (line.line.date, line.id))
    dates = {currency: [line.line.date.toordinal() for line in each] for currency, each in by_currency.items()}
    seen: dict[tuple[BankAccountId, str], list[tuple[int, int, str, str]]] = defaultdict(list)
    for payout in payouts:
        if payout.minor <= 0 or payout.came_back:
            continue
        for currency, found in by_currency.items():
            if currency == payout.currency:
                continue
            arrival = payout.payout.arrival_date.toordinal()
            first = bisect_left(dates[currency], arrival - 2)
            last = bisect_right(dates[currency], arrival + RATE_DAYS_MAX)
            for line in found[first:last]:
                rate = line.minor * BILLION // payout.minor
                seen[line.account, payout.currency].append((rate, line.line.date.toordinal(), payout.id, line.id))
    result: dict[BankAccountId, dict[str, tuple[tuple[int, int], ...]]] = {}
    for (account, currency), rates in seen.items():
        stable = _densest(sorted(rates))
        if len(stable) >= RATE_SEEN_MIN:
            result.setdefault(account, {})[currency] = tuple(sorted(stable))
    return result


def _densest(rates: list[tuple[int, int, str, str]]) -> list[tuple[int, int]]:
    """The rates in the band that explains most payouts, where each payout and line has but one rate in it."""
    best: list[tuple[int, int, str, str]] = []
    best_count = low = 0
    for high in range(len(rates)):
        while rates[high][0] * 1000 > rates[low][0] * (1000 + RATE_BAND_PER_MILLE):
            low += 1
        count = len({payout for _, _, payout, _ in rates[low : high + 1]})
        if count > best_count:
            best_count, best = count, rates[low : high + 1]
    payouts: dict[str, int] = defaultdict(int)
    lines: dict[str, int] = defaultdict(int)
    for _, _, payout, line in best:
        payouts[payout] += 1
        lines[line] += 1
    return [(day, rate) for rate, day, payout, line in best if payouts[payout] == 1 and lines[line] == 1]


def _in_order(
    lines: Sequence[LineRecord], known_texts: _Texts
) -> tuple[dict[str, list[int]], dict[str, list[LineRecord]]]:
    by_currency: dict[str, list[LineRecord]] = defaultdict(list)
    for line in lines:
        if could_be_stripes(line, known_texts):
            by_currency[line.currency].append(line)
    for each in by_currency.values():
        each.sort(key=lambda line: (line.day, line.id))
    return {currency: [line.day for line in each] for currency, each in by_currency.items()}, dict(by_currency)
