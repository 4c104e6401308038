"""How well a bank that is so many days slower than most explains equal records, at the edges of what is known too.

Where a chain of equal payouts is read with another lag, the first lines belong to payouts before the list, and the last
payouts are still on their way. That is one fact about where list and statement were cut, not one loss and one stranger
for each record: it costs the probability of the cut, once.
"""

from domain.matching.assignment import Transport
from domain.matching.evidence import Evidence
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import AccountHistory
from domain.matching.record_classes import Columns, Rows, Weights
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.unseen_rivals import days_of_payouts, look_alike_limit, unlisted_rates


class Explained:
    """What one law says of a bank's equal records, in millinats against 'no line is a payout's'."""

    def __init__(self) -> None:
        self.pairs = 0
        self.before = 0
        """Lines that payouts before the list would explain, if there are any …"""
        self.after = 0
        """… and those that payouts after it would."""

    def total(self, before_ppm: int, after_ppm: int) -> int:
        """All in all, where payouts outside the list are so probable: a cut is paid for once."""
        cut_before, cut_after = log_ratio(before_ppm, PPM), log_ratio(after_ppm, PPM)
        return self.pairs + max(0, self.before + cut_before) + max(0, self.after + cut_after)


def explain(rows: Rows, columns: Columns, possible: Weights, evidence: Evidence, found: Explained) -> None:
    """Add what this law makes of one component of one bank and method. `possible`: the pairs within reach."""
    weights: list[dict[int, int]] = []
    for row, near in zip(rows, possible, strict=True):
        worth = {j: _worth(row[0], columns[j][0], evidence) for j in near}
        weights.append({j: each for j, each in worth.items() if each > 0})
    transport = Transport([len(row) for row in rows], [len(column) for column in columns], weights)
    # a pair is weighed against 'not arrived'; how probable that is differs from law to law
    account = columns[0][0].account
    found.pairs += transport.total - sum(len(row) * evidence.arrival(account, row[0]) for row in rows)
    for column, spare in zip(columns, transport.spare, strict=True):
        if spare:
            before, after = _outside(rows[0][0], column[0], evidence)
            if before >= after:
                found.before += spare * before
            else:
                found.after += spare * after


def _worth(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> int:
    """The weight of this pair if no payout outside the list could claim the line: that is counted at the edges."""
    parts = evidence.parts(payout, line)
    if parts is None:
        return 0
    said = parts.text + parts.amount
    return sum(parts) - parts.unlisted - parts.doubles + min(0, _most(line, evidence) - said)


def _outside(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> tuple[int, int]:
    """How much better an equal payout before the list, and one after it, explains a line than chance does."""
    days = days_of_payouts(payout, evidence.model)
    if days is None:
        return 0, 0
    law = evidence.law(line.account, payout.method)
    text = evidence.text(payout, line)
    said = min(text.millinats + evidence.amount(line, text.amount_cap), _most(line, evidence))
    before, after = (
        rate * days // max(1, evidence.model.payout_days)
        for rate in unlisted_rates(line, evidence.model, evidence.horizon, law)
    )
    return _gain(said, before), _gain(said, after)


def _gain(said: int, rate: int) -> int:
    return max(0, said + log_ratio(rate, PPM)) if rate else 0  # less than one in a million explains nothing


def _most(line: LineRecord, evidence: Evidence) -> int:
    return look_alike_limit(evidence.model.accounts.get(line.account, AccountHistory()), line.minor < 0)
