"""What keeping questions of the form "what if" promises, whatever they are kept in."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from domain.actor import Actor, ActorKind
from domain.bank_deposit import BankAccountId, BankDepositId
from domain.company import CompanyId
from domain.matching_rule import LineSign, MatchingRule, RuleKind, TextTest
from domain.money import Currency, Money
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_decision import Verdict, VerdictOnMatch
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from domain.what_if import (
    Counted,
    ForetoldDeposit,
    ForetoldMatch,
    ForetoldPayout,
    MatchToMake,
    NotStripeToSay,
    ProposedChanges,
    RuleToAdd,
    RuleToRemove,
    WhatIfCounts,
    WhatIfEffect,
)
from ports.pages import PAGE_MAX
from ports.transaction import Store
from ports.what_ifs import StandsOn, WhatIf, WhatIfHead
from tests.ports.reconciliation_contract import a_match

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
USD = Currency.of("usd")
ADA = Actor(kind=ActorKind.BOOKKEEPER, id="ada@acme.example")
KEY = Actor(kind=ActorKind.PARTNER, id="key_00000001")

EVERYTHING = ProposedChanges(
    remove_rules=(RuleToRemove(rule="rule_00000001", note="no more"),),
    add_rules=(
        RuleToAdd(
            rule=MatchingRule.of(
                ACME,
                RuleKind.NOT_STRIPE,
                TextTest.EQUALS,
                "GATEWAY “é” PROPERTY",
                BankAccountId("acc_1"),
                LineSign.CREDIT,
                Money(-(2**62), USD),
            ),
            note="the landlord",
        ),
    ),
    verdicts=(VerdictOnMatch(match="match_1", verdict=Verdict.REVERSE, note="wrong"),),
    not_stripe=(NotStripeToSay(deposit=BankDepositId("dep_1"), is_so=False, note="it is"),),
    matches=(
        MatchToMake(payouts=(PayoutId("po_1"), PayoutId("po_2")), deposits=(BankDepositId("dep_2"),), note="paper"),
    ),
)
EFFECT = WhatIfEffect(
    matches=Counted(
        count=7,
        listed=(ForetoldMatch(id="match_1", before=MatchStatus.MATCHED, after=None, match=a_match(1)),),
    ),
    payouts=Counted.of(
        (
            ForetoldPayout(
                amount=Money(5, USD),
                before=None,
                after=PayoutOutcome(payout=PayoutId("po_1"), outcome=PayoutOutcomeKind.LATE, reason="late"),
            ),
        )
    ),
    deposits=Counted.of(
        (
            ForetoldDeposit(
                amount=Money(5, USD),
                before=DepositOutcomeKind.MATCHED,
                after=DepositOutcome(
                    deposit=BankDepositId("dep_1"), outcome=DepositOutcomeKind.NOT_STRIPE, reason="said so"
                ),
            ),
        )
    ),
    opened=Counted.of((ReconciliationBreak(kind=BreakKind.OTHER, where="po_1", reason="why"),)),
    resolved=Counted(count=0, listed=()),
    totals_before={"usd": {PayoutOutcomeKind.MATCHED: 2**60}},
    totals_after={"usd": {PayoutOutcomeKind.LATE: -1}, "jpy": {PayoutOutcomeKind.MISSING: 3}},
)


def a_question(number: int = 1, *, asked_at: datetime = NOON, facts: datetime | None = NOON) -> WhatIf:
    return WhatIf(
        head=WhatIfHead(
            id=f"whatif_{number:012}",
            asked_by=ADA,
            asked_at=asked_at,
            expires_at=NOON + timedelta(hours=12),
            stands_on=StandsOn(
                as_of=date(2026, 6, 30), facts=facts, decisions=4, rules=3, run=2, is_up_to_date=facts is not None
            ),
            counts=WhatIfCounts(
                matches_new=1,
                matches_changed=2,
                matches_reversed=3,
                matches_weighed_anew=4,
                payouts=5,
                deposits=6,
                breaks_opened=7,
                breaks_resolved=8,
            ),
        ),
        proposed=EVERYTHING,
        effect=EFFECT,
    )


class WhatIfsContract:
    """Subclass it with a `store` fixture for each adapter."""

    @pytest.mark.parametrize("facts", [NOON + timedelta(microseconds=1), None])
    async def test_what_is_kept_is_what_is_found_in_every_field(self, store: Store, facts: datetime | None) -> None:
        async with store.company(ACME) as transaction:
            await transaction.what_ifs.add(a_question(facts=facts))
        async with store.company(ACME) as transaction:
            found = await transaction.what_ifs.find(a_question().head.id)

        assert found == a_question(facts=facts)

    async def test_another_companys_questions_are_not_there(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.what_ifs.add(a_question())
        async with store.company(BOLT) as transaction:
            found = await transaction.what_ifs.find(a_question().head.id)
            page = await transaction.what_ifs.page()

        assert (found, page.records) == (None, ())

    async def test_the_newest_come_first_page_by_page(self, store: Store) -> None:
        questions = [a_question(number, asked_at=NOON + timedelta(minutes=number // 2)) for number in range(5)]
        async with store.company(ACME) as transaction:
            for each in questions:
                await transaction.what_ifs.add(each)
            pages, after = [], None
            while True:
                page = await transaction.what_ifs.page(after=after, limit=2)
                pages.append(page.records)
                if (after := page.next) is None:
                    break

        newest = [questions[number].head for number in (4, 3, 2, 1, 0)]
        assert [list(each) for each in pages] == [newest[:2], newest[2:4], newest[4:]]

    @pytest.mark.parametrize("limit", [0, PAGE_MAX + 1])
    async def test_a_page_has_bounds(self, store: Store, limit: int) -> None:
        async with store.company(ACME) as transaction:
            with pytest.raises(ValueError, match="a page has"):
                await transaction.what_ifs.page(limit=limit)

    async def test_a_question_is_applied_once_by_whoever_comes_first(self, store: Store) -> None:
        id = a_question().head.id

        async def apply(by: Actor) -> bool:
            async with store.company(ACME) as transaction:
                first = await transaction.what_ifs.mark_applied(id, by=by, at=NOON)
                await asyncio.sleep(0.01)
            return first

        async with store.company(ACME) as transaction:
            await transaction.what_ifs.add(a_question())
        done = await asyncio.gather(apply(ADA), apply(KEY))
        async with store.company(ACME) as transaction:
            found = await transaction.what_ifs.find(id)
            page = await transaction.what_ifs.page()

        assert sorted(done) == [False, True]
        applied = attrs.evolve(a_question().head, applied_by=ADA if done[0] else KEY, applied_at=NOON)
        assert found == attrs.evolve(a_question(), head=applied)
        assert page.records == (applied,)

    async def test_what_was_rolled_back_was_not_applied(self, store: Store) -> None:
        id = a_question().head.id
        async with store.company(ACME) as transaction:
            await transaction.what_ifs.add(a_question())
        with pytest.raises(ZeroDivisionError):
            async with store.company(ACME) as transaction:
                await transaction.what_ifs.mark_applied(id, by=ADA, at=NOON)
                raise ZeroDivisionError
        async with store.company(ACME) as transaction:
            found = await transaction.what_ifs.find(id)
            again = await transaction.what_ifs.mark_applied(id, by=ADA, at=NOON)

        assert found == a_question()
        assert again
