"""Clean-room replicas of the rules by which others pair payouts with bank lines, with their parameters in the open.

Each takes one company's facts and answers with pairs of sets: these payouts are these lines. They see what the engine
sees: posted lines of the payout's currency and exact amount. None of them knows an account's history.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

import attrs

from domain.bank_deposit import BankDeposit, BankDepositId, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.payout import Payout, PayoutId, PayoutStatus

Pairing = tuple[tuple[PayoutId, ...], tuple[BankDepositId, ...]]


@attrs.frozen(kw_only=True)
class Replica:
    """A rule of others: its name, its parameters in words, and the rule."""

    name: str
    parameters: str
    pair: Callable[[CompanyFacts], list[Pairing]]


def _payouts(facts: CompanyFacts) -> list[Payout]:
    """What they look at: payouts that are not canceled, failed or of nothing, in order of arrival."""
    gone = (PayoutStatus.CANCELED, PayoutStatus.FAILED)
    kept = [payout for payout in facts.payouts if payout.status not in gone and payout.amount.minor_units]
    return sorted(kept, key=lambda payout: (payout.arrival_date, payout.id))


def _lines(facts: CompanyFacts) -> list[BankDeposit]:
    kept = [line for line in facts.deposits if line.status is BankDepositStatus.POSTED]
    return sorted(kept, key=lambda line: (line.date, line.id))


def _by_amount(lines: Iterable[BankDeposit]) -> dict[tuple[str, int], list[tuple[int, BankDeposit]]]:
    index: dict[tuple[str, int], list[tuple[int, BankDeposit]]] = defaultdict(list)
    for line in lines:
        index[line.amount.currency.code, line.amount.minor_units].append((line.date.toordinal(), line))
    return index


def _near(
    index: dict[tuple[str, int], list[tuple[int, BankDeposit]]], payout: Payout, days: int
) -> list[tuple[int, BankDeposit]]:
    """Lines of the payout's amount at most so many days away, in order of date, with the signed gap."""
    same = index.get((payout.amount.currency.code, payout.amount.minor_units))
    if not same:
        return []
    due, result = payout.arrival_date.toordinal(), []
    for place in range(bisect_left(same, due - days, key=lambda entry: entry[0]), len(same)):
        day, line = same[place]
        if day > due + days:
            break
        result.append((day - due, line))
    return result


def first_fit(facts: CompanyFacts, days: int) -> list[Pairing]:
    """Payouts in order of arrival; each takes the first free line of its amount within so many days."""
    free = {key: deque(same) for key, same in _by_amount(_lines(facts)).items()}
    result: list[Pairing] = []
    for payout in _payouts(facts):
        same = free.get((payout.amount.currency.code, payout.amount.minor_units))
        if not same:
            continue
        due = payout.arrival_date.toordinal()
        while same and same[0][0] < due - days:  # too old for this payout, and so for all that come after it
            same.popleft()
        if same and same[0][0] <= due + days:
            result.append(((payout.id,), (same.popleft()[1].id,)))
    return result


def nearest_date(facts: CompanyFacts, days: int) -> list[Pairing]:
    """All pairs of one amount within so many days, the smallest gap first; each record is used once."""
    index = _by_amount(_lines(facts))
    pairs = [
        (abs(gap), payout.arrival_date, payout.id, line.id)
        for payout in _payouts(facts)
        for gap, line in _near(index, payout, days)
    ]
    return _take_in_order(sorted(pairs))


def _take_in_order(pairs: Iterable[tuple[int, date, PayoutId, BankDepositId]]) -> list[Pairing]:
    used: set[str] = set()
    result: list[Pairing] = []
    for _, _, payout, line in pairs:
        if payout not in used and line not in used:
            used.update((payout, line))
            result.append(((payout,), (line,)))
    return result


def stable_proposals(facts: CompanyFacts, days: int) -> list[Pairing]:
    """Payouts propose to lines, nearest first; a line keeps its nearest suitor; repeated until nothing changes."""
    index = _by_amount(_lines(facts))
    wishes: dict[PayoutId, list[tuple[int, BankDepositId]]] = {}
    for payout in _payouts(facts):
        near = sorted((abs(gap), line.date, line.id) for gap, line in _near(index, payout, days))
        wishes[payout.id] = [(gap, line) for gap, _, line in near]
    kept: dict[BankDepositId, tuple[int, PayoutId]] = {}
    asked = dict.fromkeys(wishes, 0)
    waiting = list(reversed(wishes))
    while waiting:
        suitor = waiting.pop()
        while asked[suitor] < len(wishes[suitor]):
            gap, line = wishes[suitor][asked[suitor]]
            asked[suitor] += 1
            rival = kept.get(line)
            if rival is None or (gap, suitor) < rival:
                kept[line] = (gap, suitor)
                if rival is not None:
                    waiting.append(rival[1])
                break
    return [((payout,), (line,)) for line, (_, payout) in kept.items()]


def additive_score(facts: CompanyFacts, accept: int) -> list[Pairing]:
    """Points: equal amount 50, date 30 less 10 a day, the word Stripe 20. From `accept` points on, best first."""
    index = _by_amount(_lines(facts))
    pairs = []
    for payout in _payouts(facts):
        for gap, line in _near(index, payout, 3):
            points = 50 + max(0, 30 - 10 * abs(gap)) + (20 if "stripe" in line.text.lower() else 0)
            if points >= accept:
                pairs.append((-points, payout.arrival_date, payout.id, line.id))
    return _take_in_order(sorted(pairs))


def prefix_sums(facts: CompanyFacts, days: int) -> list[Pairing]:
    """First fit within so many days; then, of what is left of one arrival day, the first few that add up to a line."""
    result = first_fit(facts, days)
    used: set[str] = {record for payouts, lines in result for record in (*payouts, *lines)}
    index = _by_amount(line for line in _lines(facts) if line.id not in used)
    of_day: dict[tuple[date, str], list[Payout]] = defaultdict(list)
    for payout in _payouts(facts):
        if payout.id not in used:
            of_day[payout.arrival_date, payout.amount.currency.code].append(payout)
    for (day, currency), payouts in of_day.items():
        total, taken = 0, []
        for payout in payouts:
            total += payout.amount.minor_units
            taken.append(payout.id)
            same = index.get((currency, total), ()) if len(taken) > 1 else ()
            near = [(abs(when - day.toordinal()), line.id) for when, line in same if line.id not in used]
            if near and min(near)[0] <= days:
                line = min(near)[1]
                used.add(line)
                result.append((tuple(taken), (line,)))
                total, taken = 0, []
    return result


REPLICAS: Final = (
    Replica(
        name="first fit ±3",
        parameters="exact amount, ±3 days, payouts in arrival order, first free line",
        pair=lambda facts: first_fit(facts, 3),
    ),
    Replica(
        name="first fit ±7",
        parameters="exact amount, ±7 days, payouts in arrival order, first free line",
        pair=lambda facts: first_fit(facts, 7),
    ),
    Replica(
        name="nearest date ±5",
        parameters="exact amount, ±5 days, all pairs sorted by gap",
        pair=lambda facts: nearest_date(facts, 5),
    ),
    Replica(
        name="stable proposals ±7",
        parameters="exact amount, ±7 days, nearest preferred by both sides, until nothing changes",
        pair=lambda facts: stable_proposals(facts, 7),
    ),
    Replica(
        name="additive score",
        parameters="amount 50, date 30 − 10 a day (±3), the word Stripe 20, accept from 70",
        pair=lambda facts: additive_score(facts, 70),
    ),
    Replica(
        name="prefix sums",
        parameters="first fit ±3 days, then greedy prefix sums of one arrival day",
        pair=lambda facts: prefix_sums(facts, 3),
    ),
)
"""The rules, in the order in which they are printed."""
