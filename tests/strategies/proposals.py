"""Changes that somebody might propose for a company: of its matches, bank lines and rules, sensible or not."""

from random import Random

from domain.company_facts import CompanyFacts
from domain.matching_rule import LineSign, MatchingRule, RuleKind, TextTest
from domain.reconciliation_decision import Verdict, VerdictOnMatch
from domain.what_if import MatchToMake, NotStripeToSay, ProposedChanges, RuleToAdd, RuleToRemove

NOTE = "what if?"


def some_proposal(
    random: Random, facts: CompanyFacts, matches: list[str], rules: list[str], *, company: str
) -> ProposedChanges:
    """At least one change; now and then several that contradict each other."""
    while True:
        verdicts = random.sample(matches, min(len(matches), random.choice([0, 0, 1, 2])))
        lines = random.sample(facts.deposits, min(len(facts.deposits), random.choice([0, 0, 1, 2])))
        proposed = ProposedChanges(
            verdicts=tuple(
                VerdictOnMatch(match=each, verdict=random.choice(list(Verdict)), note=NOTE) for each in verdicts
            ),
            not_stripe=tuple(NotStripeToSay(deposit=line.id, is_so=random.random() < 0.7, note=NOTE) for line in lines),
            matches=tuple(_by_hand(random, facts) for _ in range(random.choice([0, 0, 1]))),
            add_rules=tuple(_rule(random, facts, company) for _ in range(random.choice([0, 0, 0, 1]))),
            remove_rules=tuple(
                RuleToRemove(rule=each, note=NOTE) for each in random.sample(rules, random.choice([0, len(rules)]))
            ),
        )
        if proposed != ProposedChanges():
            return proposed


def _by_hand(random: Random, facts: CompanyFacts) -> MatchToMake:
    return MatchToMake(
        payouts=tuple(each.id for each in random.sample(facts.payouts, random.choice([1, 1, 2]))),
        deposits=tuple(each.id for each in random.sample(facts.deposits, random.choice([1, 1, 2]))),
        note=NOTE,
    )


def _rule(random: Random, facts: CompanyFacts, company: str) -> RuleToAdd:
    line = random.choice(facts.deposits)
    kind = random.choice(list(RuleKind))
    account = random.choice([None, line.account])
    sign = random.choice([None, LineSign.CREDIT])
    rule = MatchingRule.of(company, kind, random.choice(list(TextTest)), line.text, account, sign)
    return RuleToAdd(rule=rule, note=NOTE)
