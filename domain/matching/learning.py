"""Learning a company's banks from what is certain, and from what earlier rounds found.

The result is a model snapshot of counts. It is a function of the facts alone (their order has no meaning), and is given
explicitly to whoever decides; a service may keep it, cut at a stated moment, and pass it again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.matching.descriptor import TextForm
from domain.matching.finding import Finding
from domain.matching.groups import ONE_DAY_HABIT
from domain.matching.habits import learn_fees, learn_rates
from domain.matching.lags_of_set import lags_of_set
from domain.matching.look_alikes import (
    count_doubles,
    learn_common_texts,
    overdue,
    overdue_among_equal,
    unlisted_payouts,
)
from domain.matching.model import AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import LineRecord
from domain.matching.survey import AccountCounts, Survey
from domain.reconciliation_match import MatchKind


def learn(survey: Survey, horizon: Horizon, recognised: Sequence[Finding] = ()) -> ModelSnapshot:
    """The model snapshot of these records; marks the lines that it learned from.

    `recognised` are findings of an earlier round, from which habits are learned that single pairs do not show.
    """
    accounts, accounts_of_origin = survey.copy_counts()
    learned = list(survey.recognised)
    explained = _learn_habits(recognised, accounts, accounts_of_origin, learned)
    others = Counter(
        [(line.account, line.text_key, line.minor < 0) for line in survey.lonely_lines if line.id not in explained]
    )
    for (name, text, debit), count in others.items():
        accounts[name].other_texts[text] += count
        if debit:
            accounts[name].other_debits[text] += count
    learn_common_texts(survey.crowded, accounts)
    count_doubles(survey.crowded, survey.came_back, accounts)
    known_texts = {name: {key for texts in each.texts.values() for key in texts} for name, each in accounts.items()}
    fees = learn_fees(survey.lonely_payouts, survey.lonely_lines, known_texts)
    rates = learn_rates(survey.lonely_payouts, survey.lonely_lines, known_texts)
    before, after = unlisted_payouts(
        survey.lonely_lines, explained, known_texts, survey.payout_minors, survey.count, horizon
    )
    return ModelSnapshot(
        accounts={
            name: AccountHistory(
                lags=each.all_lags(),
                texts={origin: dict(texts) for origin, texts in each.texts.items()},
                other_texts=dict(each.other_texts),
                other_debits=dict(each.other_debits),
                banking_days=each.last_day - each.first_day + 1,
                lines=each.lines,
                repeated_amounts=each.repeated,
                traces_agree=each.agree,
                traces_disagree=each.disagree,
                fees=fees.get(name, {}),
                rates=rates.get(name, {}),
                doubles=each.doubles,
                agreeing=each.agreeing,
                excess=each.excess,
                debit_doubles=each.debit_doubles,
                debit_agreeing=each.debit_agreeing,
                shapes=survey.shapes.get(name, {}),
                groups=dict(each.groups),
                recognised=each.recognised,
            )
            for name, each in accounts.items()
        },
        accounts_of_origin={origin: dict(each) for origin, each in accounts_of_origin.items()},
        payouts=survey.count,
        payouts_without_line=overdue([p for p in survey.lonely_payouts if p.id not in explained], horizon)
        + max(
            0,
            overdue_among_equal(survey.scarce, {p.id for p in survey.lonely_payouts}, explained, horizon)
            - 2 * len(_may_carry_several(survey.lonely_lines, explained)),
        )
        + sum(min(each.open_payouts, overdue(each.payouts, horizon)) for each in recognised if each.automatic),
        payouts_that_would_show=survey.count - survey.hidden,
        payout_amounts=survey.repeated_payouts,
        payout_days=survey.payout_days,
        payout_gaps=survey.payout_gaps,
        unlisted_before_ppm=before,
        unlisted_after_ppm=after,
        learned_from=frozenset(learned),
    )


def _may_carry_several(lines: Sequence[LineRecord], explained: Set[str]) -> list[LineRecord]:
    """Deposits in which payouts that seem lost may have come together."""
    stripe = TextForm.STRIPE
    return [line for line in lines if line.minor > 0 and line.text_key.form is stripe and line.id not in explained]


def _learn_habits(
    recognised: Sequence[Finding],
    accounts: Mapping[BankAccountId, AccountCounts],
    accounts_of_origin: Mapping[str, Counter[BankAccountId]],
    learned: list[BankDepositId],
) -> set[str]:
    """Count what an earlier round found; the ids of all records explained in it."""
    explained: set[str] = set()
    for finding in recognised:
        if finding.automatic or finding.kind not in (MatchKind.ONE_TO_ONE, MatchKind.INTERCHANGEABLE):
            explained.update(payout.id for payout in finding.payouts)
            explained.update(line.id for line in finding.lines)
        if all(line.learned for line in finding.lines) and finding.kind is MatchKind.ONE_TO_ONE:
            continue
        account = accounts[finding.lines[0].account]
        if finding.kind is MatchKind.ONE_TO_ONE and not finding.automatic:
            account.see_lag(finding.payouts[0].method, finding.lines[0].day - finding.payouts[0].day, 1)
            finding.lines[0].learned = True  # judged without its own
            learned.append(finding.lines[0].id)
            continue
        if finding.kind is MatchKind.INTERCHANGEABLE:
            of_days = len({payout.day for payout in finding.payouts}), len({line.day for line in finding.lines})
            if not finding.automatic or of_days != (1, 1):
                _learn_lags(finding, account)
                continue
            pairs = list(zip(finding.payouts, finding.lines, strict=False))
        elif finding.kind is MatchKind.SPLIT:
            pairs = [(finding.payouts[0], line) for line in finding.lines[:1]]
            for line in finding.lines[1:]:
                account.texts[finding.payouts[0].origin][line.text_key] += 1
        else:
            pairs = [(finding.payouts[-1], finding.lines[0])]
        for payout, line in pairs:
            account.recognise(payout, line)
            accounts_of_origin[payout.origin][line.account] += 1
        if finding.kind not in (MatchKind.ONE_TO_ONE, MatchKind.INTERCHANGEABLE):
            account.groups[habit_of(finding.kind, len({payout.day for payout in finding.payouts}))] += 1
        for line in finding.lines:
            line.learned = True
            learned.append(line.id)
    return explained


def _learn_lags(finding: Finding, account: AccountCounts) -> None:
    """How late the deposits of a set came; where there are too many ways to pair them, by the likeliest."""
    name = finding.lines[0].account
    shares = lags_of_set(finding.payouts, finding.lines, lambda method: finding.evidence.law(name, method))
    if shares is None:
        account.see_lags(finding.pairs)
    else:
        account.see_lag_shares(shares)


def habit_of(kind: MatchKind, days: int) -> str:
    """The name under which a bank's doing is counted; deposits combined from one day are a habit of their own."""
    return ONE_DAY_HABIT if kind is MatchKind.COMBINED and days == 1 else kind.value
