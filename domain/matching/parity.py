"""The same number in two currencies: a bank that converts at exactly 1, or a statement whose currency is read wrong.

Rates that were seen do not tell: a wrong currency makes every one of them exactly 1. What tells is a peg, or rates that
are near 1 and not 1.
"""

from collections.abc import Sequence
from typing import Final

from domain.matching.habits import BILLION
from domain.matching.records import LineRecord, PayoutRecord

_AT_PAR: Final = frozenset(
    frozenset(pair.split())
    for pair in (
        # Pegged one to one by law or by a currency board …
        "bmd usd|bsd usd|pab usd|fkp gbp|gip gbp|shp gbp|btn inr|bnd sgd|"
        "lsl zar|nad zar|szl zar|lsl nad|lsl szl|nad szl|"
        # … to the same currency at the same rate, or one the other's successor …
        "xaf xof|ang awg|awg xcg|ang xcg|"
        # … or redeemed at par by who issues it.
        "usd usdc"
    ).split("|")
)


def is_at_par(payout: PayoutRecord, line: LineRecord) -> bool:
    """The line is the payout's number in another currency."""
    to, of = line.line.amount.currency, payout.payout.amount.currency
    return to != of and line.minor * 10**of.exponent == payout.minor * 10**to.exponent


def doubt_of_par(payout: PayoutRecord, line: LineRecord, nearest: Sequence[int]) -> str | None:
    """Why a person must see it; None: the currencies are pegged at par, or two of the rates of those days
    (in parts per billion of minor units) are near 1 without being 1."""
    to, of = line.line.amount.currency, payout.payout.amount.currency
    if not is_at_par(payout, line) or {to.code, of.code} in _AT_PAR:
        return None
    par = BILLION * 10**to.exponent // 10**of.exponent
    if sum(rate != par for rate in nearest) >= 2:
        return None
    return (
        f"the bank's line is the same number in {to} that the payout is in {of}, and nothing shows that their rate was "
        "near 1: see whether the statement's currency is right"
    )
