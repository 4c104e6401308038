"""Bank lines of one company, by its law, and the links that only the maker knows."""

import math
from datetime import date, timedelta
from random import Random

from adapters.simulator import banking_calendar
from adapters.simulator.bank_voices import Speaker, SpeakerKind, Voice, stripe_reference, trace_number, voice
from adapters.simulator.laws import BankLaw, CompanyLaw, SplitLaw
from adapters.simulator.payout_maker import last_day, token
from adapters.simulator.world import MadeLine, MadePayout, TrueLink, Visible
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.money import Money
from domain.payout import PayoutStatus
from domain.reconciliation_match import MatchKind


def visible(law: CompanyLaw, bank: BankLaw) -> Visible:
    """The days of this account that the observer sees."""
    return Visible(
        first=law.first_day + timedelta(days=bank.cut_start if bank.cut_start else -30),
        last=last_day(law) - timedelta(days=bank.cut_end),
    )


def own_speaker(law: CompanyLaw, account: int, kind: SpeakerKind = SpeakerKind.STRIPE) -> Speaker:
    """Who pays when one of the company's own Stripe accounts pays."""
    descriptor = law.stripe_accounts[account].descriptor
    if descriptor is None:
        return Speaker(kind=kind, name="STRIPE", payee=law.name)
    return Speaker(kind=kind, name=descriptor, payee=law.name, entry=descriptor, company_id="4270465600")


def groupable(made: MadePayout) -> bool:
    """Payouts that a combining bank may add up with their neighbours."""
    payout = made.payout
    return (
        payout.amount.minor_units > 0
        and payout.method == "standard"
        and not payout.came_back
        and not made.elsewhere
        and payout.original_payout is None
    )


def combining_order(payouts: list[MadePayout]) -> list[MadePayout]:
    """The order in which a combining bank takes them."""
    return sorted(filter(groupable, payouts), key=lambda made: (made.payout.arrival_date, made.payout.id))


def combining_options(law: BankLaw, order: list[MadePayout], start: int) -> list[tuple[int, float]]:
    """Ends (exclusive) of the groups that may start here, each with its probability."""
    if law.combine is None:
        return []
    options: list[tuple[int, float]] = []
    first = order[start].payout.arrival_date
    end = start + 1
    while (
        end < len(order)
        and order[end].payout.arrival_date == first
        and order[end].law.currency == order[start].law.currency
    ):
        end += 1
    left = 1.0
    if end - start >= 2 and law.combine.day_share:
        options.append((end, law.combine.day_share))
        left -= law.combine.day_share
    lengths = law.combine.run_longest - 1  # how many lengths there are, from two up
    if law.combine.run_share:
        for length in range(2, law.combine.run_longest + 1):
            stop = start + length
            if stop > len(order) or (order[stop - 1].payout.arrival_date - first).days > 4:
                break
            if any(other.law.currency != order[start].law.currency for other in order[start:stop]):
                break
            options.append((stop, left * law.combine.run_share / lengths))
    merged: dict[int, float] = {}
    for end, share in options:
        merged[end] = merged.get(end, 0.0) + share
    return list(merged.items())


def converted(rate_micros: int, amount: int, spread: int) -> int:
    """Minor units that the bank books for a payout at a rate and a spread."""
    return (amount * rate_micros * (100_000 - spread) + 50_000_000_000) // 100_000_000_000


def rates(law: CompanyLaw, bank: int) -> dict[date, int]:
    """The public rate of each day, in millionths."""
    conversion = law.banks[bank].conversion
    if conversion is None:
        return {}
    rng, rate, table = Random(f"{law.name}/{bank}/rates"), conversion.rate_micros, {}
    for offset in range(-40, law.days + law.tail + 60):
        rate = max(1000, rate + rng.randint(-conversion.drift_micros, conversion.drift_micros))
        table[law.first_day + timedelta(days=offset)] = rate
    return table


class BankMaker:
    """Makes the physical lines of one bank account."""

    def __init__(self, law: CompanyLaw, bank: int, rng: Random) -> None:
        self.law, self.bank, self.rng = law, bank, rng
        self.bank_law = law.banks[bank]
        self.account_id = BankAccountId(f"acc_{bank}_{token(rng, '')[:16]}")
        self.seen = visible(law, self.bank_law)
        self.lines: list[MadeLine] = []
        self.links: list[TrueLink] = []
        self.missing: list[MadePayout] = []
        self.rates = rates(law, bank)

    def make(self, payouts: list[MadePayout]) -> None:
        """Lines for these payouts (all that go to this account), and all that is not payouts."""
        for unit in self._units(payouts):
            self._post(unit)
        for made in payouts:
            if made.payout.status is PayoutStatus.FAILED and self.rng.random() < self.bank_law.returned_shown:
                self._return(made)
            elif not groupable(made) and self._expects_line(made):
                self._post([made])
        self._noise()
        self._mirrors(payouts)
        self.rng.shuffle(self.lines)

    def _units(self, payouts: list[MadePayout]) -> list[list[MadePayout]]:
        order, units, start = combining_order(payouts), [], 0
        while start < len(order):
            options = combining_options(self.bank_law, order, start)
            ends = [end for end, _ in options]
            shares = [share for _, share in options]
            end = self.rng.choices([*ends, start + 1], [*shares, max(0.0, 1 - sum(shares))])[0]
            units.append(order[start:end])
            start = end
        return units

    @staticmethod
    def _expects_line(made: MadePayout) -> bool:
        return bool(made.payout.amount.minor_units) and not made.payout.came_back and not made.elsewhere

    def _post(self, unit: list[MadePayout]) -> None:
        rng, law = self.rng, self.bank_law
        if rng.random() < law.missing:
            self.missing.extend(unit)
            return
        last = unit[-1].payout
        lag = (law.instant_lag if last.method == "instant" else law.lag).sample(rng)
        day = banking_calendar.moved(law.banking, last.arrival_date, lag)
        total, currency = sum(made.payout.amount.minor_units for made in unit), last.amount.currency
        if total > 0:
            total -= law.fee
        if law.conversion is not None and currency != law.currency:
            spread = rng.randint(law.conversion.spread_low, law.conversion.spread_high)
            total, currency = converted(self.rates[day], total, spread), law.currency
        parts = [(day, total)]
        if law.split is not None and len(unit) == 1 and groupable(unit[0]) and rng.random() < law.split.share:
            parts = self._split(law.split, day, total)
        spoken = voice(law.family, own_speaker(self.law, unit[0].account))
        trace = unit[0].true_trace if law.trace_equal and len(unit) == 1 else None
        ids = tuple(self._line(when, Money(part, currency), spoken, trace) for when, part in parts)
        if not all(self.seen.shows(when) for when, _ in parts):
            self.missing.extend(unit)
            return
        kind = MatchKind.COMBINED if len(unit) > 1 else MatchKind.SPLIT if len(ids) > 1 else MatchKind.ONE_TO_ONE
        if kind is MatchKind.ONE_TO_ONE and last.amount.currency != currency:
            kind = MatchKind.CONVERSION
        elif kind is MatchKind.ONE_TO_ONE and law.fee and total > 0:
            kind = MatchKind.BANK_FEE
        self.links.append(TrueLink(payouts=tuple(made.payout.id for made in unit), deposits=ids, kind=kind))

    def _split(self, split: SplitLaw, day: date, total: int) -> list[tuple[date, int]]:
        rng = self.rng
        count = 3 if total >= 3 and rng.random() < split.three_share else 2
        cuts = sorted(rng.sample(range(1, total), count - 1)) if total > count else [total // 2]
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
        days = [day] * len(parts)
        if rng.random() < split.next_day_share:
            days[-1] = banking_calendar.moved(self.bank_law.banking, day, 1)
        return list(zip(days, parts, strict=True))

    def _return(self, made: MadePayout) -> None:
        law, payout = self.bank_law, made.payout
        day = banking_calendar.moved(law.banking, payout.arrival_date, law.lag.sample(self.rng))
        back = banking_calendar.moved(law.banking, day, law.return_lag.sample(self.rng))
        spoken = voice(law.family, own_speaker(self.law, made.account))
        returned = voice(law.family, own_speaker(self.law, made.account, SpeakerKind.RETURN))
        trace = made.true_trace if law.trace_equal else None
        ids = (self._line(day, payout.amount, spoken, trace), self._line(back, -payout.amount, returned, None))
        self.links.append(TrueLink(payouts=(payout.id,), deposits=ids, kind=MatchKind.RETURNED))

    def _noise(self) -> None:
        days = banking_calendar.open_days(self.bank_law.banking, self.seen.first, self.seen.last)
        for noise in self.law.noises:
            if noise.bank != self.bank:
                continue
            spoken = voice(self.bank_law.family, noise.speaker)
            for day in days:
                for _ in range(_poisson(self.rng, noise.per_day)):
                    amount = noise.sign * noise.amounts.sample(self.rng)
                    self._line(day, Money(amount, self.bank_law.currency), spoken, None)

    def _mirrors(self, payouts: list[MadePayout]) -> None:
        for mirror in self.law.mirrors:
            if mirror.bank != self.bank:
                continue
            spoken = voice(self.bank_law.family, mirror.speaker)
            for made in payouts:
                for _ in range(_poisson(self.rng, mirror.per_payout)):
                    offset = self.rng.randint(mirror.first, mirror.last)
                    day = banking_calendar.moved(self.bank_law.banking, made.payout.arrival_date, offset)
                    amount = abs(made.payout.amount.minor_units)
                    if amount:
                        self._line(day, Money(amount, self.bank_law.currency), spoken, None)

    def _line(self, day: date, amount: Money, spoken: Voice, trace: str | None) -> BankDepositId:
        rng = self.rng
        line_id = BankDepositId(token(rng, "line_"))
        trace = (trace or trace_number(rng)) if spoken.prints_trace else ""
        text = spoken.template.format(
            ref=stripe_reference(rng), trace=trace, day=day.strftime("%y%m%d"), trn=f"{rng.randrange(10**10):010d}"
        )
        deposit = BankDeposit(
            id=line_id,
            account=self.account_id,
            amount=amount,
            date=day,
            text=text,
            counterparty=spoken.counterparty,
            company_id=spoken.company_id,
        )
        if self.seen.shows(day):
            self.lines.append(MadeLine(deposit=deposit, bank=self.bank, voice=spoken, trace=trace))
        return line_id


def _poisson(rng: Random, mean: float) -> int:
    if mean <= 0:
        return 0
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
