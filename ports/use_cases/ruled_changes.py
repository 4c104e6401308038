"""What changed since the last run, as matching reads it: with what a person's own rules say of it, before and now."""

from collections.abc import Iterable, Sequence

from domain.bank_deposit import BankDeposit
from domain.company_facts import CompanyFacts
from domain.matching.neighbourhood import FactChanges
from domain.matching_rule import MatchingRule, as_read, said_by_rules
from domain.reconciliation_decision import ReconciliationDecision
from ports.decisions import DecisionChanges
from ports.facts import RecordedFacts, WithIds
from ports.transaction import CompanyTransaction


async def ruled_changes(
    snapshot: CompanyTransaction, changed: RecordedFacts, decisions: DecisionChanges, rules: Sequence[MatchingRule]
) -> FactChanges:
    """Facts, people's decisions, and the rules' where a line changed, or a person spoke of it or no longer does."""
    before = as_read(CompanyFacts(payouts=changed.before.payouts, deposits=changed.before.deposits), rules)
    now = as_read(
        CompanyFacts(
            payouts=(*changed.new.payouts, *changed.changed.payouts),
            deposits=(*changed.new.deposits, *changed.changed.deposits),
        ),
        rules,
    )
    decided, undone = decisions.decided, decisions.undone
    if rules:
        spoken_of = {id_ for each in (*decided, *undone) for id_ in each.deposits}
        others = await snapshot.facts.load(WithIds(ids=tuple(spoken_of - _ids(now.deposits))))
        same = as_read(CompanyFacts(deposits=others.deposits), rules).deposits
        people = [each.decision for each in await snapshot.decisions.in_force(spoken_of | _ids(now.deposits))]
        people_before = (*(each for each in people if each not in decided), *undone)
        said = said_by_rules((*same, *now.deposits), rules, people)
        said_before = said_by_rules((*same, *before.deposits), rules, people_before)
        decided = (*decided, *_without(said, said_before))
        undone = (*undone, *_without(said_before, said))
    return FactChanges(before=before, now=now, decided=decided, undone=undone)


def _ids(lines: Iterable[BankDeposit]) -> set[str]:
    return {line.id for line in lines}


def _without(
    some: Iterable[ReconciliationDecision], others: Sequence[ReconciliationDecision]
) -> list[ReconciliationDecision]:
    return [each for each in some if each not in others]
