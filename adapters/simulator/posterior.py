"""What an observer who knows the law that made a world can be sure of: exact Bayes over the local alternatives.

Every explanation of what is seen is a choice of hypotheses (these payouts are those lines) that share no record.
The odds of a hypothesis against leaving its records alone are the probability, by the law, that the payouts post on
those days with those amounts in that voice, over the probability that they stay unseen, times the rate at which the
rest of the world makes such lines.
"""

from collections import defaultdict
from datetime import date
from itertools import combinations

import attrs

from adapters.simulator import banking_calendar
from adapters.simulator.bank_maker import (
    combining_options,
    combining_order,
    converted,
    groupable,
    own_speaker,
    rates,
    visible,
)
from adapters.simulator.bank_voices import SpeakerKind, Voice, voice
from adapters.simulator.laws import CompanyLaw, ConversionLaw, MirrorLaw, SplitLaw
from adapters.simulator.world import MadeLine, MadePayout
from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId, PayoutStatus

_IMPOSSIBLE = 1e-12
"""Stands for a rate of zero, so that odds stay finite."""
_TRACE_RARITY = 1 / 30_000_000
"""How often two trace numbers are equal by chance (three originating banks, seven digits)."""


@attrs.frozen
class Candidate:
    """These payouts may be these lines, with these odds. With no lines: they were added up, and have not been seen."""

    payouts: tuple[PayoutId, ...]
    lines: tuple[BankDepositId, ...]
    odds: float


class BankObserver:
    """Lists every candidate of one bank account, with its odds under the law."""

    def __init__(self, law: CompanyLaw, bank: int, payouts: list[MadePayout], lines: list[MadeLine]) -> None:
        self.law, self.bank_law, self.bank = law, law.banks[bank], bank
        self.payouts = [made for made in payouts if made.payout.amount.minor_units and not made.elsewhere]
        self.seen = visible(law, self.bank_law)
        self.voices = {
            account: voice(self.bank_law.family, own_speaker(law, account))
            for account, stripe in enumerate(law.stripe_accounts)
            if stripe.bank == bank
        }
        self.return_voices = {
            account: voice(self.bank_law.family, own_speaker(law, account, SpeakerKind.RETURN))
            for account in self.voices
        }
        spoken = set(self.voices.values())
        self.lines = [line for line in lines if line.voice in spoken]
        self.returns = [line for line in lines if line.voice in set(self.return_voices.values())]
        self.by_amount: dict[int, list[MadeLine]] = defaultdict(list)
        self.by_day: dict[date, list[MadeLine]] = defaultdict(list)
        for line in self.lines:
            self.by_amount[line.deposit.amount.minor_units].append(line)
            self.by_day[line.deposit.date].append(line)
        self.noises = [
            (voice(self.bank_law.family, noise.speaker), noise) for noise in law.noises if noise.bank == bank
        ]
        self.mirrors = [
            (voice(self.bank_law.family, mirror.speaker), mirror) for mirror in law.mirrors if mirror.bank == bank
        ]
        self.mirrored: dict[int, list[date]] = defaultdict(list)
        if self.mirrors:
            for made in payouts:
                self.mirrored[abs(made.payout.amount.minor_units)].append(made.payout.arrival_date)
        self.rates = rates(law, bank)
        self.days: dict[tuple[str, date], dict[date, float]] = {}
        self.rate_of: dict[BankDepositId, float] = {}

    def candidates(self) -> list[Candidate]:
        """Every candidate with odds above zero."""
        result: list[Candidate] = []
        for made in self.payouts:
            status = made.payout.status
            if status is PayoutStatus.FAILED:
                result.extend(self._returned(made))
            elif status is not PayoutStatus.CANCELED:
                result.extend(self._single(made))
                if self.bank_law.split is not None and groupable(made):
                    result.extend(self._splits(made, self.bank_law.split))
        if self.bank_law.combine is not None:
            result.extend(self._groups())
        return result

    # How likely the records are.

    def _posting(self, made: MadePayout) -> dict[date, float]:
        key = (made.payout.method, made.payout.arrival_date)
        if key not in self.days:
            law = self.bank_law
            lag = law.instant_lag if made.payout.method == "instant" else law.lag
            self.days[key] = lag.days(law.banking, made.payout.arrival_date)
        return self.days[key]

    def _unseen(self, made: MadePayout) -> float:
        shown = sum(share for day, share in self._posting(made).items() if self.seen.shows(day))
        missing = self.bank_law.missing
        return max(_IMPOSSIBLE, missing + (1 - missing) * (1 - shown))

    def _noise_rate(self, line: MadeLine) -> float:
        known = self.rate_of.get(line.deposit.id)
        if known is not None:
            return known
        amount, rate = line.deposit.amount.minor_units, 0.0
        for spoken, noise in self.noises:
            if spoken == line.voice and amount * noise.sign > 0:
                rate += noise.per_day * noise.amounts.probability(abs(amount))
        for spoken, mirror in self.mirrors:
            if spoken == line.voice and amount > 0:
                rate += self._mirror_rate(mirror, amount, line.deposit.date)
        rate = max(_IMPOSSIBLE, rate)
        self.rate_of[line.deposit.id] = rate
        return rate

    def _mirror_rate(self, mirror: MirrorLaw, amount: int, day: date) -> float:
        banking, width, rate = self.bank_law.banking, mirror.last - mirror.first + 1, 0.0
        for arrival in self.mirrored.get(amount, ()):
            if abs((arrival - day).days) > 3 * width + 10:
                continue
            for offset in range(mirror.first, mirror.last + 1):
                if banking_calendar.moved(banking, arrival, offset) == day:
                    rate += mirror.per_payout / width
        return rate

    def _identity(self, made: MadePayout, line: MadeLine) -> float:
        """Factor that the trace numbers are worth."""
        if not self.bank_law.trace_equal or not line.trace or made.payout.trace_id is None:
            return 1.0
        return 1 / _TRACE_RARITY if made.payout.trace_id == line.trace else 0.0

    def _says(self, made: MadePayout) -> Voice:
        return self.voices[made.account]

    # The shapes that a match can have.

    def _single(self, made: MadePayout) -> list[Candidate]:
        law, spoken = self.bank_law, self._says(made)
        amount = made.payout.amount
        days, unseen, result = self._posting(made), self._unseen(made), []
        split = law.split.share if law.split is not None and groupable(made) else 0.0
        for line, likely in self._lines_worth(made, amount.minor_units):
            share = days.get(line.deposit.date, 0.0)
            if not share or line.voice != spoken:
                continue
            odds = (1 - law.missing) * (1 - split) * share * likely * self._identity(made, line)
            if odds:
                odds /= unseen * self._noise_rate(line)
                result.append(Candidate((made.payout.id,), (line.deposit.id,), odds))
        return result

    def _lines_worth(self, made: MadePayout, amount: int) -> list[tuple[MadeLine, float]]:
        law = self.bank_law
        due = amount - law.fee if amount > 0 else amount
        if law.conversion is None or made.payout.amount.currency == law.currency:
            return [(line, 1.0) for line in self.by_amount.get(due, ())]
        result = []
        for day in self._posting(made):
            for line in self.by_day.get(day, ()):
                ways = _spreads(law.conversion, self.rates[day], due, line.deposit.amount.minor_units)
                if ways:
                    result.append((line, ways / (law.conversion.spread_high - law.conversion.spread_low + 1)))
        return result

    def _returned(self, made: MadePayout) -> list[Candidate]:
        law, spoken, returned, result = self.bank_law, self._says(made), self.return_voices[made.account], []
        days, amount = self._posting(made), made.payout.amount.minor_units
        hidden = max(_IMPOSSIBLE, 1 - law.returned_shown)
        for credit in self.by_amount.get(amount, ()):
            share = days.get(credit.deposit.date, 0.0)
            if not share or credit.voice != spoken:
                continue
            back = law.return_lag.days(law.banking, credit.deposit.date)
            for line in self.returns:
                if line.deposit.amount.minor_units != -amount or line.voice != returned:
                    continue
                odds = law.returned_shown * share * back.get(line.deposit.date, 0.0) * self._identity(made, credit)
                if odds:
                    odds /= hidden * self._noise_rate(credit) * self._noise_rate(line)
                    result.append(Candidate((made.payout.id,), (credit.deposit.id, line.deposit.id), odds))
        return result

    def _splits(self, made: MadePayout, split: SplitLaw) -> list[Candidate]:
        law, spoken = self.bank_law, self._says(made)
        result: list[Candidate] = []
        total = made.payout.amount.minor_units - law.fee
        for day, share in self._posting(made).items():
            after = banking_calendar.moved(law.banking, day, 1)
            same = [line for line in self.by_day.get(day, ()) if 0 < line.deposit.amount.minor_units < total]
            later = [line for line in self.by_day.get(after, ()) if 0 < line.deposit.amount.minor_units < total]
            for count in (2, 3):
                shape = split.three_share if count == 3 else 1 - split.three_share
                cuts = total - 1 if count == 2 else (total - 1) * (total - 2) / 2
                for lines, next_day in _parts(same, later, count, total):
                    if any(line.voice != spoken for line in lines):
                        continue
                    when = split.next_day_share if next_day else 1 - split.next_day_share
                    # The parts of one day have no order of their own: that many cuts give the same lines.
                    orders = (1, 1, 2, 6)[count - 1 if next_day else count]
                    odds = (1 - law.missing) * split.share * share * shape * when * orders / max(1, cuts)
                    for line in lines:
                        odds *= self._identity(made, line) / self._noise_rate(line)
                    if odds:
                        ids = tuple(line.deposit.id for line in lines)
                        result.append(Candidate((made.payout.id,), ids, odds / self._unseen(made)))
        return result

    def _groups(self) -> list[Candidate]:
        law, order, result = self.bank_law, combining_order(self.payouts), []
        single = [1 - sum(share for _, share in combining_options(law, order, start)) for start in range(len(order))]
        for start in range(len(order)):
            for end, share in combining_options(law, order, start):
                unit = order[start:end]
                last = unit[-1]
                total = sum(made.payout.amount.minor_units for made in unit) - law.fee
                base = 1.0
                for place in range(start, end):
                    base *= max(_IMPOSSIBLE, single[place]) * self._unseen(order[place])
                ids, days = tuple(made.payout.id for made in unit), self._posting(last)
                found = False
                for line in self.by_amount.get(total, ()):
                    when = days.get(line.deposit.date, 0.0)
                    if when and line.voice == self._says(unit[0]):
                        odds = share * (1 - law.missing) * when / (base * self._noise_rate(line))
                        result.append(Candidate(ids, (line.deposit.id,), odds))
                        found = True
                if found:
                    result.append(Candidate(ids, (), share * self._unseen(last) / base))
        return result


def _spreads(law: ConversionLaw, rate: int, due: int, booked: int) -> int:
    """How many of the law's spreads give exactly this booked amount."""
    full = due * rate
    if not full:
        return 0
    guess = 100_000 - (booked * 100_000_000_000) // full
    width = 100_000_000_000 // abs(full) + 2
    low, high = max(law.spread_low, guess - width), min(law.spread_high, guess + width)
    return sum(converted(rate, due, spread) == booked for spread in range(low, high + 1))


def _parts(
    same: list[MadeLine], later: list[MadeLine], count: int, total: int
) -> list[tuple[tuple[MadeLine, ...], bool]]:
    """Lines that add up: all of one day, or the last of them on the next."""
    result: list[tuple[tuple[MadeLine, ...], bool]] = []
    last_by_amount: dict[int, list[MadeLine]] = defaultdict(list)
    for line in later:
        last_by_amount[line.deposit.amount.minor_units].append(line)
    result.extend(
        (lines, False)
        for lines in combinations(same, count)
        if sum(line.deposit.amount.minor_units for line in lines) == total
    )
    for lines in combinations(same, count - 1):
        rest = total - sum(line.deposit.amount.minor_units for line in lines)
        result.extend(((*lines, line), True) for line in last_by_amount.get(rest, ()))
    return result
