"""How slow a bank is where no single deposit shows it: what its repeated amounts say, taken together."""

from typing import Final

import attrs

from domain.bank_deposit import BankAccountId
from domain.matching.evidence import Evidence
from domain.matching.lag_edges import Explained, explain
from domain.matching.lag_law import KNOWN_FROM
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import SHIFT_PRIOR_PPM, AccountHistory, ModelSnapshot
from domain.matching.record_classes import banks_of, components
from domain.matching.survey import LinesByAmount, PayoutsByAmount

SHIFT_BEHIND_MAX: Final = 10_500
"""A slowness that explains a bank's equal amounts worse than this, all in all, is ruled out."""
SHIFT_LINES_MAX: Final = 400
"""So many equal lines suffice to compare how slow a bank is."""


def learn_shifts(
    model: ModelSnapshot, payouts: PayoutsByAmount, lines: LinesByAmount, evidence: Evidence
) -> ModelSnapshot:
    """Where single pairs did not show how slow a bank is, what its repeated amounts say, taken together."""
    unknown = {name for name, each in model.accounts.items() if not _laws_known(each)}
    if not unknown:
        return model
    explained: dict[tuple[BankAccountId, str], dict[int, Explained]] = {}
    for key in sorted(key for key in payouts if key in lines):
        equal_payouts, equal_lines = payouts[key], lines[key]
        if len(equal_payouts) + len(equal_lines) < 3 or not any(line.account in unknown for line in equal_lines):
            continue
        some, of_amount = equal_payouts[:SHIFT_LINES_MAX], equal_lines[:SHIFT_LINES_MAX]
        for rows, columns, possible in components(some, of_amount, evidence):
            banks = banks_of(rows, columns)
            if len(banks) > 1 or (len(rows) == 1 and len(columns) == 1):
                continue  # a single pair tells nothing here
            of_bank = explained.setdefault(min(banks), {shift: Explained() for shift in SHIFT_PRIOR_PPM})
            for shift, so_far in of_bank.items():
                explain(rows, columns, possible, evidence.shifted(shift), so_far)
    accounts = dict(model.accounts)
    for (name, method), of_bank in explained.items():
        history = accounts[name]
        if sum(history.lags.get(method, ())) >= KNOWN_FROM:
            continue
        sums = {
            shift: log_ratio(SHIFT_PRIOR_PPM[shift], PPM)
            + each.total(model.unlisted_before_ppm, model.unlisted_after_ppm)
            for shift, each in of_bank.items()
        }
        best = max(sums.values())
        plausible = [(shift, best - total) for shift, total in sums.items() if total > best - SHIFT_BEHIND_MAX]
        plausible.sort(key=lambda each: (each[1], abs(each[0]), each[0]))
        accounts[name] = attrs.evolve(history, shifts={**history.shifts, method: tuple(plausible)})
    return attrs.evolve(model, accounts=accounts)


def _laws_known(history: AccountHistory) -> bool:
    return bool(history.lags) and all(sum(lags) >= KNOWN_FROM for lags in history.lags.values())
