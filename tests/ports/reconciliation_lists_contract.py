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
    KeptMatch,
    KeptPayoutOutcome,
    MatchesWanted,
    PayoutOutcomesWanted,
)
from ports.reconciliation_record import MatchChange, MatchSaid, RecordedChanges, Rejections, kept_id, records_of
from ports.transaction import Store
from tests.ports.reconciliation_contract import ACME, ALL, GAP, LATE, NOON, a_match, a_payout, change, decide_anew

LATER = NOON + timedelta(hours=1)


async def every_match(store: Store, wanted: MatchesWanted) -> list[KeptMatch]:
    """In pages of three."""
    seen: list[KeptMatch] = []
    after = None
    async with store.company(ACME) as transaction:
        while True:
            page = await transaction.reconciliation_lists.matches(wanted, after=after, limit=3)
            seen += page.records
            after = page.next
            if after is None:
                return seen


async def statuses(store: Store) -> dict[str, set[str]]:
    """The matches that hold, those that were rejected, and those that do not hold for other reasons."""
    asked = {"held": None, "rejected": MatchStatus.REJECTED, "reversed": MatchStatus.REVERSED}
    return {
        name: {each.id for each in await every_match(store, MatchesWanted(status=status))}
        for name, status in asked.items()
    }


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
                    MatchesWanted(ids=(kept_id(a_match(1)), kept_id(a_match(2)), "match_absent")),
                    MatchesWanted(ids=(kept_id(a_match(1)),), status=MatchStatus.REVERSED),
                    MatchesWanted(ids=()),
                )
            ]

        one, two = kept_id(a_match(1)), kept_id(a_match(2))
        assert [[each.id for each in page.records] for page in pages] == [
            [two], [two], [one], [], [two], [], [two], [one], [],
        ]  # fmt: skip

    async def test_pages_follow_one_another_and_miss_nothing(self, store: Store) -> None:
        many = tuple(a_match(number) for number in range(7))
        await decide_anew(store, attrs.evolve(ALL, matches=many))

        seen = [each.id for each in await every_match(store, MatchesWanted())]

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

    async def test_what_a_person_rejected_is_listed_as_rejected_until_that_is_taken_back(self, store: Store) -> None:
        await decide_anew(store)
        said = Rejections(said=(records_of(a_match(1)), records_of(a_match(9))))
        rejected = await change(store, withdrawn=(a_match(1),), rejections=said)
        shown = await statuses(store)
        later = NOON + timedelta(hours=1)
        back = Rejections(taken_back=said.said)
        await change(store, at=later, rejections=back)
        taken_back = await statuses(store)
        found_again = await change(store, at=later, matches=(a_match(1),))

        one, two = kept_id(a_match(1)), kept_id(a_match(2))
        assert rejected.ended == (MatchSaid.of(a_match(1)),)
        assert shown == {"held": {two}, "rejected": {one}, "reversed": set()}
        assert taken_back == {"held": {two}, "rejected": set(), "reversed": {one}}
        assert found_again.matches == (MatchChange(match=MatchSaid.of(a_match(1))),)
        async with store.company(ACME) as transaction:
            history = await transaction.reconciliation_lists.match_history(one)
        assert [each.match.status.value for each in history] == ["matched", "rejected", "reversed", "matched"]

    async def test_a_match_that_holds_no_longer_can_still_be_rejected(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, withdrawn=(a_match(1),))
        said = records_of(a_match(1))

        changes = await change(store, at=LATER, rejections=Rejections(said=(said,)))
        shown = await statuses(store)
        anew = attrs.evolve(ALL, matches=(a_match(2, MatchStatus.NEEDS_REVIEW),), new_model=None)
        await decide_anew(store, attrs.evolve(anew, rejected=(said,)), at=LATER)
        as_before = await statuses(store)
        await decide_anew(store, anew, at=LATER)

        one, two = kept_id(a_match(1)), kept_id(a_match(2))
        assert changes == RecordedChanges()
        assert shown == as_before == {"held": {two}, "rejected": {one}, "reversed": set()}
        assert await statuses(store) == {"held": {two}, "rejected": set(), "reversed": {one}}

    async def test_deciding_anew_keeps_what_a_person_rejected_as_rejected(self, store: Store) -> None:
        await decide_anew(store)
        anew = attrs.evolve(ALL, matches=(), rejected=(records_of(a_match(1)),), new_model=None)

        changes = await decide_anew(store, anew, at=LATER)

        one, two = kept_id(a_match(1)), kept_id(a_match(2))
        assert {each.id for each in changes.ended} == {one, two}
        assert await statuses(store) == {"held": set(), "rejected": {one}, "reversed": {two}}

    async def test_rejected_matches_follow_one_another_in_pages_also_by_their_changes(self, store: Store) -> None:
        many = tuple(a_match(number) for number in range(7))
        await decide_anew(store, attrs.evolve(ALL, matches=many))
        wrong, right = many[:5], many[5:]
        for number, each in enumerate(wrong):
            said = Rejections(said=(records_of(each),))
            await change(store, at=LATER + timedelta(seconds=number), withdrawn=(each,), rejections=said)

        wanted = MatchesWanted(status=MatchStatus.REJECTED)
        by_id = [each.id for each in await every_match(store, wanted)]
        by_change = await every_match(store, attrs.evolve(wanted, updated_since=LATER + timedelta(seconds=1)))

        assert by_id == sorted(kept_id(each) for each in wrong)
        assert [each.id for each in by_change] == [kept_id(each) for each in wrong[1:]]
        assert {each.id for each in await every_match(store, MatchesWanted())} == {kept_id(each) for each in right}

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
            by_id = await transaction.reconciliation_lists.breaks(BreaksWanted(id=resolved.records[0].id))
            absent = await transaction.reconciliation_lists.breaks(BreaksWanted(id="break_absent00"))

        assert [(each.found, each.resolved_at) for each in resolved.records] == [(GAP, NOON + timedelta(hours=1))]
        assert nothing_open.records == ()
        assert resolved.records[0].changed_before == NOON
        assert again.records == by_id.records
        assert [(each.found, each.opened_at, each.resolved_at, each.changed_before) for each in again.records] == [
            (GAP, NOON + timedelta(hours=2), None, NOON + timedelta(hours=1))
        ]
        assert absent.records == ()

    async def test_breaks_that_changed_are_listed_open_or_resolved_or_both(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, at=LATER, opened=(LATE,))
        await change(store, at=LATER + timedelta(hours=1), resolved=(GAP,))
        async with store.company(ACME) as transaction:
            lists = transaction.reconciliation_lists
            since = BreaksWanted(updated_since=LATER)
            first = await lists.breaks(since, limit=1)
            pages = [
                first,
                await lists.breaks(since, after=first.next),
                await lists.breaks(attrs.evolve(since, resolved=False)),
                await lists.breaks(attrs.evolve(since, resolved=True)),
            ]

        assert [[each.found for each in page.records] for page in pages] == [[LATE], [GAP], [LATE], [GAP]]
