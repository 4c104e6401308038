"""Groups: several payouts in one line, one payout in several lines, a fee kept, a conversion, a credit that was
returned.

These functions only propose; `joint_search` chooses among all proposals and pairs at once. They look at *open* records,
those that no pair explains beyond what a group could overturn. Subset sums are a question of identity, not of speed:
every solution found is proposed, so that two of them refuse each other.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import Final

from domain.matching.bounds import Bounds
from domain.matching.conversion import nearest_rates, rate_evidence
from domain.matching.evidence import TRACE_AGREES, Evidence, significant_digits
from domain.matching.finding import Hypothesis
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import LAG_MAX, LAG_MIN
from domain.matching.parity import doubt_of_par
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.subset_sums import subsets_with_sum
from domain.matching.text_evidence import AMOUNT_MILLINATS
from domain.reconciliation_match import EvidenceItem, MatchKind, ResidualClass

COMBINED_MAX: Final = 5
"""At most so many payouts of different days are tried as one deposit; all payouts of one day may be more."""
SUBSET_PAYOUTS_MAX: Final = 18
"""Among at most so many open payouts every subset is tried; beyond, only days and runs of days."""
SPLIT_LINES_MAX: Final = 40
SPLIT_DAYS_MAX: Final = 2
"""Three parts come within so many banking days."""
ONE_DAY_PPM: Final = 10_000
RUN_PPM: Final = 2_000
SUBSET_PPM: Final = 500
ONE_DAY_HABIT: Final = "combined_one_day"
COMBINED_HABIT: Final = "combined"
SPLIT_HABIT: Final = "split"
SPLIT_PPM: Final = 2_000
AMOUNT_DIFFERS: Final = -6_000
"""What it says against a line that bears the payout's trace id that its amount is another."""
RETURN_SEEN_PPM: Final = 400_000
RETURN_UNSEEN_PPM: Final = 20_000
RETURN_DAYS_MAX: Final = 15


def combined(
    line: LineRecord, payouts: Sequence[PayoutRecord], evidence: Evidence, bounds: Bounds, *, subsets: bool
) -> Iterator[Hypothesis]:
    """Sets of at least two open payouts whose sum is this line: of one day, of adjacent days, then any up to five.

    `payouts` are open, in order of days, of the line's sign and currency, and within the window.
    """
    size, first, last = abs(line.minor), line.day - LAG_MAX, line.day - LAG_MIN
    near = [p for p in payouts if -size < p.minor < size and first <= p.day <= last]
    if len(near) < 2:
        return
    seen: set[tuple[str, ...]] = set()

    everything = subsets and len(near) <= SUBSET_PAYOUTS_MAX

    def propose(chosen: Sequence[PayoutRecord], how: str, prior_ppm: int, tried: int) -> Iterator[Hypothesis]:
        ids = tuple(sorted(p.id for p in chosen))
        if ids in seen:
            return
        seen.add(ids)
        made = _combined_hypothesis(chosen, line, evidence, how, prior_ppm, tried)
        if made is not None:
            if prior_ppm < ONE_DAY_PPM and not everything:
                made.review = "other payouts might add up as well; not all combinations could be tried"
            yield made

    by_day: dict[int, list[PayoutRecord]] = {}
    for p in near:
        by_day.setdefault(p.day, []).append(p)
    for of_day in by_day.values():
        if len(of_day) > 1 and sum([p.minor for p in of_day]) == line.minor:
            yield from propose(of_day, "all of one day", ONE_DAY_PPM, 1)
    for run in _runs(near, line.minor):
        yield from propose(run, "consecutive payouts", RUN_PPM, len(near))
    if not subsets:
        return
    if len(near) > SUBSET_PAYOUTS_MAX:
        bounds.reached.append(f"{line.id}: {len(near)} open payouts are too many to try every combination")
        return
    tried = sum(comb(len(near), size) for size in range(2, COMBINED_MAX + 1))
    for chosen in subsets_with_sum([p.minor for p in near], line.minor, COMBINED_MAX):
        yield from propose([near[i] for i in chosen], f"one of {tried} combinations", SUBSET_PPM, tried)


def _runs(payouts: Sequence[PayoutRecord], wanted: int) -> Iterator[Sequence[PayoutRecord]]:
    """Consecutive payouts with this sum; all are of its sign, so that beyond it further ones only lead away."""
    minors = [payout.minor for payout in payouts]
    for start, total in enumerate(minors):
        for end, minor in enumerate(minors[start + 1 : start + 2 * COMBINED_MAX], start + 1):
            total += minor
            if total == wanted:
                yield payouts[start : end + 1]
            if total >= wanted if wanted > 0 else total <= wanted:
                break


def _combined_hypothesis(
    payouts: Sequence[PayoutRecord], line: LineRecord, evidence: Evidence, how: str, prior_ppm: int, tried: int
) -> Hypothesis | None:
    latest = max(payouts, key=lambda p: (p.day, p.id))
    pairs = [parts for parts in (evidence.parts(p, line) for p in payouts) if parts is not None]
    if len(pairs) < len(payouts) and not any(p.trace is not None and line.bears(p.trace) for p in payouts):
        return None  # a gate forbids one of them; but the bank may print the trace id of another one of the payouts
    if not pairs:
        return None
    text = evidence.text(latest, line)
    arrivals = sorted((evidence.arrival(line.account, p) for p in payouts), reverse=True)
    lag = line.day - latest.day
    if not LAG_MIN <= lag <= LAG_MAX:
        return None
    habit = ONE_DAY_HABIT if len({p.day for p in payouts}) == 1 else COMBINED_HABIT
    items = (
        EvidenceItem(feature="lag", level=_lag_level(lag), millinats=_lag_weight(evidence, line, latest)),
        EvidenceItem(
            feature="arrival",
            level=f"{len(payouts)} payouts without a line of their own",
            millinats=arrivals[0] + sum(min(2_000, each) for each in arrivals[1:]),
        ),
        EvidenceItem(feature="text", level=text.level, millinats=text.millinats),
        EvidenceItem(
            feature="amount",
            level=f"sum of {len(payouts)} payouts",
            millinats=evidence.amount(line, text.amount_cap, own=1),
        ),
        EvidenceItem(
            feature="combination", level=how, millinats=evidence.habit([line], habit, prior_ppm) - log_ratio(tried, 1)
        ),
        *_trace_items(max(0, *(parts.trace for parts in pairs))),
    )
    different = len({p.origin for p in payouts}) > 1
    return Hypothesis(
        MatchKind.COMBINED,
        payouts,
        (line,),
        items,
        review="payouts of different Stripe accounts" if different else None,
    )


def split(
    payout: PayoutRecord, lines: Sequence[LineRecord], evidence: Evidence, bounds: Bounds
) -> Iterator[Hypothesis]:
    """Two open lines, or three within two days, that add up to this payout. `lines`: open, of its sign and currency."""
    near = [
        each for each in lines if abs(each.minor) < abs(payout.minor) and LAG_MIN <= each.day - payout.day <= LAG_MAX
    ]
    if len(near) < 2:
        return
    if len(near) > SPLIT_LINES_MAX:
        bounds.reached.append(f"{payout.id}: {len(near)} open lines are too many to try every split")
        return
    pairs = [each for each in combinations(near, 2) if each[0].minor + each[1].minor == payout.minor]
    triples = [
        each
        for each in combinations(near, 3)
        if sum(line.minor for line in each) == payout.minor and each[-1].day - each[0].day <= SPLIT_DAYS_MAX
    ]
    for chosen, tried in [(each, comb(len(near), 2)) for each in pairs] + [
        (each, comb(len(near), 3)) for each in triples
    ]:
        if len({line.account for line in chosen}) > 1 or any(evidence.parts(payout, line) is None for line in chosen):
            continue
        first, *rest = sorted(chosen, key=lambda line: (line.day, line.id))
        texts = [evidence.text(payout, line) for line in (first, *rest)]
        cap = min(text.amount_cap for text in texts)
        apart = sum(-300 if line.day == first.day else -2_500 for line in rest)
        items = (
            EvidenceItem(
                feature="lag", level=_lag_level(first.day - payout.day), millinats=_lag_weight(evidence, first, payout)
            ),
            EvidenceItem(feature="same_day", level="yes" if apart == -300 * len(rest) else "no", millinats=apart),
            EvidenceItem(
                feature="arrival", level="no line of its own", millinats=evidence.arrival(first.account, payout)
            ),
            EvidenceItem(
                feature="text",
                level=texts[0].level,
                millinats=texts[0].millinats + sum(min(4_500, text.millinats) for text in texts[1:]),
            ),
            EvidenceItem(
                feature="amount",
                level=f"sum of {len(chosen)} lines",
                millinats=min(cap, AMOUNT_MILLINATS[min(6, significant_digits(payout.minor))]),
            ),
            EvidenceItem(
                feature="combination",
                level=f"one of {tried} ways",
                millinats=evidence.habit(chosen, SPLIT_HABIT, SPLIT_PPM) - log_ratio(max(10, tried), 10),
            ),
        )
        yield Hypothesis(MatchKind.SPLIT, (payout,), chosen, items)


def returned(payout: PayoutRecord, lines: Sequence[LineRecord], evidence: Evidence) -> Iterator[Hypothesis]:
    """A payout that came back: its credit and the return of it, together nothing; or the credit alone, for a person."""
    near = [each for each in lines if each.minor == payout.minor and LAG_MIN <= each.day - payout.day <= LAG_MAX]
    for credit in near:
        if evidence.parts(payout, credit) is None:
            continue
        text = evidence.text(payout, credit)
        lag = EvidenceItem(
            feature="lag", level=_lag_level(credit.day - payout.day), millinats=_lag_weight(evidence, credit, payout)
        )
        said = EvidenceItem(feature="text", level=text.level, millinats=text.millinats)
        amount = evidence.amount(credit, text.amount_cap)
        status = EvidenceItem(
            feature="status",
            level=f"{payout.payout.status} at Stripe",
            millinats=log_ratio(RETURN_SEEN_PPM, PPM),
        )
        for back in lines:
            if back.minor != -payout.minor or back.account != credit.account:
                continue
            if not 0 <= back.day - credit.day <= RETURN_DAYS_MAX:
                continue
            words = back.reading.says_return or back.text_key == credit.text_key
            yield Hypothesis(
                MatchKind.RETURNED,
                (payout,),
                (credit, back),
                (
                    lag,
                    said,
                    EvidenceItem(feature="amount", level="credit and return equal", millinats=2 * amount),
                    status,
                    EvidenceItem(
                        feature="return",
                        level=f"{back.day - credit.day} banking days after the credit",
                        millinats=(-1_800 if back.day - credit.day <= 5 else -3_500) + (4_000 if words else -1_000),
                    ),
                ),
                residual=payout.minor,
                residual_class=ResidualClass.RETURN,
            )
        yield Hypothesis(
            MatchKind.ONE_TO_ONE,
            (payout,),
            (credit,),
            (
                lag,
                said,
                EvidenceItem(feature="amount", level="equal", millinats=amount),
                EvidenceItem(
                    feature="status",
                    level=f"{payout.payout.status} at Stripe, and not returned",
                    millinats=log_ratio(RETURN_UNSEEN_PPM, PPM),
                ),
            ),
            review=f"Stripe says that this payout {payout.payout.status}, and the bank shows no return",
        )


def fee_kept(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Hypothesis | None:
    """The line is short of the payout by a fee that this bank has been seen to keep."""
    history = evidence.model.accounts.get(line.account)
    seen = history.fees.get(payout.minor - line.minor, 0) if history is not None else 0
    parts = evidence.parts(payout, line) if seen and history is not None else None
    if parts is None or history is None:
        return None
    recognised = sum(sum(texts.values()) for texts in history.texts.values())
    text = evidence.text(payout, line)
    items = (
        EvidenceItem(feature="lag", level=_lag_level(line.day - payout.day), millinats=parts.lag),
        EvidenceItem(feature="arrival", level="no line of its own", millinats=parts.arrival),
        EvidenceItem(feature="text", level=text.level, millinats=text.millinats),
        EvidenceItem(
            feature="amount",
            level="short by a known fee",
            millinats=min(text.amount_cap, AMOUNT_MILLINATS[min(6, significant_digits(payout.minor))]),
        ),
        EvidenceItem(
            feature="fee",
            level=f"kept {seen} times by this bank",
            millinats=log_ratio(seen, seen + recognised + 1) - log_ratio(len(history.fees), 1),
        ),
        *_trace_items(parts.trace),
    )
    return Hypothesis(
        MatchKind.BANK_FEE,
        (payout,),
        (line,),
        items,
        residual=payout.minor - line.minor,
        residual_class=ResidualClass.BANK_FEE,
        review=evidence.review_reason(payout, line),
    )


def named_but_different(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Hypothesis | None:
    """The line bears the payout's trace id, but another amount: who it is is known, what was kept is not."""
    parts = evidence.parts(payout, line)
    if parts is None or parts.trace < TRACE_AGREES or payout.minor == line.minor:
        return None
    short = payout.minor - line.minor
    text = evidence.text(payout, line)
    items = (
        EvidenceItem(feature="lag", level=f"{line.day - payout.day:+d} banking days", millinats=parts.lag),
        EvidenceItem(feature="arrival", level="no line of its own", millinats=parts.arrival),
        EvidenceItem(feature="text", level=text.level, millinats=text.millinats),
        EvidenceItem(feature="amount", level=f"differs by {short} minor units", millinats=AMOUNT_DIFFERS),
        *_trace_items(parts.trace),
    )
    return Hypothesis(
        MatchKind.BANK_FEE if short > 0 else MatchKind.ONE_TO_ONE,
        (payout,),
        (line,),
        items,
        residual=short,
        residual_class=ResidualClass.BANK_FEE if short > 0 else ResidualClass.UNEXPLAINED,
        review="the trace ids agree, but the amounts differ",
    )


def converted(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Hypothesis | None:
    """The bank turned the payout into its account's currency at a rate like those it was seen to use."""
    rate = rate_evidence(payout, line, evidence)
    if rate is None:
        return None
    parts = evidence.parts(payout, line)
    if parts is None:
        return None
    text = evidence.text(payout, line)
    items = (
        EvidenceItem(feature="lag", level=_lag_level(line.day - payout.day), millinats=parts.lag),
        EvidenceItem(feature="arrival", level="no line of its own", millinats=parts.arrival),
        EvidenceItem(feature="text", level=text.level, millinats=text.millinats),
        rate,
        *_trace_items(parts.trace),
    )
    return Hypothesis(
        MatchKind.CONVERSION,
        (payout,),
        (line,),
        items,
        residual_class=ResidualClass.CONVERSION,
        review=doubt_of_par(payout, line, nearest_rates(payout, line, evidence))
        or evidence.review_reason(payout, line),
    )


def _trace_items(millinats: int) -> tuple[EvidenceItem, ...]:
    return (EvidenceItem(feature="trace", level="agrees", millinats=millinats),) if millinats > 0 else ()


def _lag_weight(evidence: Evidence, line: LineRecord, payout: PayoutRecord) -> int:
    return evidence.law(line.account, payout.method).weight(line.day - payout.day)


def _lag_level(lag: int) -> str:
    return f"{lag:+d} banking days" if lag else "on the day"
