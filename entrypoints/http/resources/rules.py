"""A person's own matching rules."""

from typing import Annotated

import attrs

from domain.actor import acting
from domain.bank_deposit import BankAccountId
from domain.matching_rule import LineSign, MatchingRule, RuleKind, TextTest
from entrypoints.http.fact_bodies import AnyId
from entrypoints.http.list_places import unknown_place
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import Limit, MoneyBody, NoBody, NoQuery, Note, PageBody, TextBounds
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.change_rules import NoSuchRule, TooManyRules, add_rule, remove_rule

RuleText = Annotated[str, TextBounds(500, pattern=r"^.*[^ ].*$", example="GATEWAY PROPERTY")]


@attrs.frozen(kw_only=True)
class AddRule:
    """All that is stated must hold of a line. Letters' case and repeated blanks make no difference."""

    kind: RuleKind
    text: RuleText
    test: TextTest = TextTest.CONTAINS
    account: AnyId | None = None
    sign: LineSign | None = None
    amount: MoneyBody | None = None
    note: Note = "A rule of our own."

    def rule(self, company: str) -> MatchingRule:
        """As the domain knows it."""
        return MatchingRule.of(
            company,
            self.kind,
            self.test,
            self.text,
            None if self.account is None else BankAccountId(self.account),
            self.sign,
            None if self.amount is None else self.amount.money(),
        )


@attrs.frozen(kw_only=True)
class RuleBody:
    """A rule that holds. What a person decided on a line itself stands above it."""

    id: str
    kind: RuleKind
    test: TextTest
    text: str
    account: str | None
    sign: LineSign | None
    amount: MoneyBody | None

    @classmethod
    def of(cls, rule: MatchingRule) -> "RuleBody":
        """As it is shown."""
        return cls(
            id=rule.id,
            kind=rule.kind,
            test=rule.test,
            text=rule.text,
            account=rule.account,
            sign=rule.sign,
            amount=None if rule.amount is None else MoneyBody.of(rule.amount),
        )


@attrs.frozen(kw_only=True)
class ListRules:
    """The page."""

    starting_after: AnyId | None = None
    limit: Limit = 100


async def list_rules(call: Call[ListRules, NoBody]) -> PageBody[RuleBody]:
    """Those that hold, by id."""
    async with call.services.store.company(call.company.id) as transaction:
        rules = (await transaction.matching_rules.in_force()).rules
    after = call.query.starting_after
    if after is not None and after not in {rule.id for rule in rules}:
        raise unknown_place()
    rest = [rule for rule in rules if after is None or rule.id > after]
    return PageBody(data=tuple(map(RuleBody.of, rest[: call.query.limit])), has_more=len(rest) > call.query.limit)


async def add_a_rule(call: Call[NoQuery, AddRule]) -> RuleBody:
    """The same rule again is the same rule. Everything is decided again under it right after."""
    rule = call.body.rule(call.company.id)
    await add_rule(
        rule,
        call.body.note,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )
    return RuleBody.of(rule)


async def remove_a_rule(call: Call[NoQuery, NoBody]) -> None:
    """Everything is decided again without it right after."""
    await remove_rule(
        call.path["rule"],
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/rules",
        handler=list_rules,
        summary="List rules",
        tag="Rules",
        query=ListRules,
        answer=PageBody[RuleBody],
    ),
    Route(
        method="POST",
        path="/v1/companies/{company}/rules",
        handler=add_a_rule,
        summary="Add a rule",
        tag="Rules",
        body=AddRule,
        answer=RuleBody,
        refusals=(NoSuchCompany, CompanyIsArchived, FieldsRefused, TooManyRules),
    ),
    Route(
        method="DELETE",
        path="/v1/companies/{company}/rules/{rule}",
        handler=remove_a_rule,
        summary="Remove a rule",
        tag="Rules",
        refusals=(NoSuchCompany, CompanyIsArchived, NoSuchRule),
    ),
)
