"""What lists of decisions promise, whatever they are kept in."""

from datetime import timedelta

import attrs

from domain.bank_deposit import BankDepositId
from domain.reconciliation_match import MatchKind, MatchStatus
from domain.reconciliation_outcome import PayoutOutcomeKind
from ports.reconciliation_lists import (
    BreaksWanted,
    DepositOutcomesWanted,
    KeptDepositOutcome,
    KeptPayoutOutcome,
    MatchesWanted,
    PayoutOutcomesWanted,
)
from ports.reconciliation_record import kept_id
from ports.transaction import Store
from tests.ports.reconciliation_contract import ACME, ALL, GAP, LATE, NOON, a_match, a_payout, change, decide_anew


class ReconciliationListsContract:
    """Subclass it with a `store` fixture for each adapter."""

    async def test_matches_are_listed_by_status_kind_and_record(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, withdrawn=(a_match(1),))
        async with store.company(ACME) as transaction:
            lists = transaction.reconciliation_lists
            pages = [
                await lists.matches(wanted)
                for wanted in (
                    MatchesWanted(),
                    MatchesWanted(status=MatchStatus.NEEDS_REVIEW),
                    MatchesWanted(status=MatchStatus.REVERSED),
                    MatchesWanted(kind=MatchKind.SPLIT),
                    MatchesWanted(record="dep_2"),
                    MatchesWanted(record="dep_1"),
                )
            ]

        one, two = kept_id(a_match(1)), kept_id(a_match(2))
        assert [[each.id for each in page.records] for page in pages] == [[two], [two], [one], [], [two], []]

    async def test_pages_follow_one_another_and_miss_nothing(self, store: Store) -> None:
        many = tuple(a_match(number) for number in range(7))
        await decide_anew(store, attrs.evolve(ALL, matches=many))
        seen, after = [], None
        async with store.company(ACME) as transaction:
            while True:
                page = await transaction.reconciliation_lists.matches(MatchesWanted(), after=after, limit=3)
                seen += [each.id for each in page.records]
                after = page.next
                if after is None:
                    break

        assert seen == sorted(kept_id(each) for each in many)

    async def test_what_changed_since_a_moment_is_listed_in_the_order_of_changes(self, store: Store) -> None:
        await decide_anew(store)
        later = NOON + timedelta(hours=1)
        await change(store, at=later, withdrawn=(a_match(1),), matches=(a_match(3),), opened=(LATE,))
        async with store.company(ACME) as transaction:
            lists = transaction.reconciliation_lists
            since = await lists.matches(MatchesWanted(updated_since=later))
            first = await lists.matches(MatchesWanted(updated_since=NOON), limit=1)
            rest = await lists.matches(MatchesWanted(updated_since=NOON), after=first.next)
            breaks = await lists.breaks(BreaksWanted(updated_since=later))

        assert {each.id for each in since.records} == {kept_id(a_match(1)), kept_id(a_match(3))}
        assert [each.id for each in first.records] == [kept_id(a_match(2))]
        assert [each.id for each in rest.records] == sorted(each.id for each in since.records)
        assert [each.found for each in breaks.records] == [LATE]

    async def test_outcomes_say_in_which_match_a_record_is(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, withdrawn=(a_match(1),), payouts=(a_payout(1, PayoutOutcomeKind.LATE),))
        async with store.company(ACME) as transaction:
            lists = transaction.reconciliation_lists
            payouts = await lists.payout_outcomes(PayoutOutcomesWanted())
            late = await lists.payout_outcomes(PayoutOutcomesWanted(outcomes=(PayoutOutcomeKind.LATE,)))
            deposits = await lists.deposit_outcomes(DepositOutcomesWanted(ids=(BankDepositId("dep_2"),)))

        review = kept_id(a_match(2))
        moved = NOON + timedelta(minutes=1)
        open_one = KeptPayoutOutcome(outcome=a_payout(1, PayoutOutcomeKind.LATE).outcome, match=None, recorded_at=moved)
        assert payouts.records == (
            open_one,
            KeptPayoutOutcome(outcome=ALL.payouts[1].outcome, match=review, recorded_at=NOON),
        )
        assert late.records == (open_one,)
        assert deposits.records == (
            KeptDepositOutcome(outcome=ALL.deposits[1].outcome, match=review, recorded_at=NOON),
        )

    async def test_breaks_are_open_until_they_are_resolved_and_may_open_again(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, at=NOON + timedelta(hours=1), resolved=(GAP,))
        async with store.company(ACME) as transaction:
            resolved = await transaction.reconciliation_lists.breaks(BreaksWanted(resolved=True))
            nothing_open = await transaction.reconciliation_lists.breaks(BreaksWanted())
        await change(store, at=NOON + timedelta(hours=2), opened=(GAP,))
        async with store.company(ACME) as transaction:
            again = await transaction.reconciliation_lists.breaks(BreaksWanted())

        assert [(each.found, each.resolved_at) for each in resolved.records] == [(GAP, NOON + timedelta(hours=1))]
        assert nothing_open.records == ()
        assert [(each.found, each.opened_at, each.resolved_at) for each in again.records] == [
            (GAP, NOON + timedelta(hours=2), None)
        ]
