"""A person's own rules: which bank lines are not Stripe's, and which texts are an account's Stripe text.

Rules are explicit inputs of matching. What a person decided on a line itself stands above every rule.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import attrs

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.identifiers import derived_id
from domain.money import Money
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision


class RuleKind(StrEnum):
    """What a rule says of the lines that it is about."""

    NOT_STRIPE = "not_stripe"
    IS_STRIPE = "is_stripe"
    """Their text is how this account's bank writes Stripe's deposits."""


class TextTest(StrEnum):
    """How a rule compares the text, letters' case and repeated blanks apart."""

    CONTAINS = "contains"
    EQUALS = "equals"


class LineSign(StrEnum):
    """Which lines a rule is about, by direction."""

    CREDIT = "credit"
    DEBIT = "debit"


@attrs.frozen(kw_only=True)
class MatchingRule:
    """One rule; all that it states must hold of a line."""

    id: str
    kind: RuleKind
    test: TextTest
    text: str
    account: BankAccountId | None = None
    sign: LineSign | None = None
    amount: Money | None = None

    def __attrs_post_init__(self) -> None:
        if not _plain(self.text):
            raise ValueError("a rule needs a text")

    @classmethod
    def of(
        cls,
        company: str,
        kind: RuleKind,
        test: TextTest,
        text: str,
        account: BankAccountId | None = None,
        sign: LineSign | None = None,
        amount: Money | None = None,
    ) -> "MatchingRule":
        """The rule with the id that follows from what it says."""
        said = "" if amount is None else f"{amount.currency.code} {amount.minor_units}"
        id_ = derived_id("rule", company, kind, test, _plain(text), account or "", sign or "", said)
        return cls(id=id_, kind=kind, test=test, text=text, account=account, sign=sign, amount=amount)

    def is_about(self, line: BankDeposit) -> bool:
        """The line is one of those that the rule speaks of."""
        if self.account not in (None, line.account) or self.amount not in (None, line.amount):
            return False
        if self.sign is not None and (line.amount.minor_units > 0) != (self.sign is LineSign.CREDIT):
            return False
        text, wanted = _plain(line.text), _plain(self.text)
        return text == wanted if self.test is TextTest.EQUALS else wanted in text


def as_read(facts: CompanyFacts, rules: Sequence[MatchingRule]) -> CompanyFacts:
    """The facts as matching reads them: where a rule knows a text as Stripe's, it names Stripe."""
    naming = [rule for rule in rules if rule.kind is RuleKind.IS_STRIPE]
    if not naming:
        return facts
    return attrs.evolve(
        facts,
        deposits=tuple(
            attrs.evolve(line, text=f"STRIPE {line.text}") if any(rule.is_about(line) for rule in naming) else line
            for line in facts.deposits
        ),
    )


def said_by_rules(
    lines: Iterable[BankDeposit], rules: Sequence[MatchingRule], decided: Iterable[ReconciliationDecision]
) -> tuple[ReconciliationDecision, ...]:
    """What the rules say of these posted lines, those that a person decided on left out."""
    speaking = [rule for rule in rules if rule.kind is RuleKind.NOT_STRIPE]
    if not speaking:
        return ()
    spoken_of = {id for decision in decided for id in decision.deposits}
    said = []
    for line in lines:
        if line.id in spoken_of or line.status is not BankDepositStatus.POSTED:
            continue
        rule = next((each for each in speaking if each.is_about(line)), None)
        if rule is not None:
            note = f"the text {'is' if rule.test is TextTest.EQUALS else 'contains'} “{rule.text}”"
            said.append(
                ReconciliationDecision(kind=DecisionKind.NOT_STRIPE, deposits=(line.id,), by=rule.id, note=note)
            )
    return tuple(said)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
