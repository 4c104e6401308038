"""What keeping decisions promises, whatever they are kept in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import attrs
import pytest

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.company import CompanyId
from domain.matching.descriptor import TextForm, TextKey
from domain.matching.model import AccountHistory, Horizon, ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.reach import Days, OpenLines, OpenPayouts, Waiting
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.money import Currency, Money
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import (
    Alternative,
    EvidenceItem,
    MatchKind,
    MatchStatus,
    ReconciliationMatch,
    Residual,
    ResidualClass,
)
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from ports.reconciliation_lists import (
    MatchesWanted,
)
from ports.reconciliation_record import (
    NO_REJECTIONS,
    DecidedAnew,
    KeptBasis,
    MatchChange,
    MatchSaid,
    PayoutChange,
    RecordedChanges,
    Rejections,
    RunOvertaken,
    StandingsFound,
    StandingsWanted,
    kept_id,
    without_lines,
)
from ports.transaction import Store

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = date(2026, 6, 30)
USD = Currency.of("usd")
NOTHING: Final = Residual(amount=Money.zero(USD), named=ResidualClass.NONE)
CHECKING = BankAccountId("checking")
GAP = ReconciliationBreak(kind=BreakKind.COVERAGE_GAP, where="checking", reason="no statement of May")
LATE = ReconciliationBreak(kind=BreakKind.LATE_BY_IDENTITY, where="po_1", reason="12 days")
MODEL = ModelSnapshot(
    accounts={
        CHECKING: AccountHistory(
            lags={"standard": (0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
            other_texts={TextKey.of(TextForm.OTHER, "ACME RENT"): 3},
            repeated_amounts={(1000, TextKey.of(TextForm.STRIPE, "")): 2},
            rates={"eur": ((739_000, 1_080_000_000),)},
        )
    },
    payout_amounts={("usd", 1000): 2},
    learned_from=frozenset({BankDepositId("dep_1")}),
)
BASIS = KeptBasis(
    run=1,
    facts=NOON,
    decisions=0,
    horizon=Horizon(as_of=DAY, payouts_from=DAY, payouts_to=DAY, covered={CHECKING: (DAY, DAY)}),
    same_accounts={BankAccountId("again"): CHECKING},
    sightings={"ba_1": (3, 1)},
    repeated=1,
    model=1,
    records=4,
    learned_from_records=4,
)


def a_match(number: int = 1, status: MatchStatus = MatchStatus.MATCHED, why: str = "equal") -> ReconciliationMatch:
    return ReconciliationMatch(
        id=f"match_po_{number}+dep_{number}",
        status=status,
        kind=MatchKind.ONE_TO_ONE,
        payouts=(PayoutId(f"po_{number}"),),
        deposits=(BankDepositId(f"dep_{number}"),),
        residual=NOTHING,
        probability=0.99998,
        margin_millinats=9_100,
        evidence=(EvidenceItem(feature="amount", level="equal", millinats=9_100),),
        alternatives=(
            Alternative(
                kind=MatchKind.ONE_TO_ONE,
                payouts=(PayoutId("po_9"),),
                deposits=(BankDepositId(f"dep_{number}"),),
                residual=NOTHING,
                evidence=(EvidenceItem(feature="lag", level="+9", millinats=-50),),
            ),
        ),
        explanation=why,
    )


def a_payout(
    number: int = 1, outcome: PayoutOutcomeKind = PayoutOutcomeKind.MATCHED, day: date = DAY, **said: bool
) -> PayoutStanding:
    flags = {"is_open": False, "is_traced": False, "is_waiting": False, "in_match": False, **said}
    return PayoutStanding(
        outcome=PayoutOutcome(payout=PayoutId(f"po_{number}"), outcome=outcome, reason="as it is"),
        arrival_date=day,
        origin=f"ba_{number}",
        **flags,
    )


def a_deposit(
    number: int = 1,
    outcome: DepositOutcomeKind = DepositOutcomeKind.MATCHED,
    day: date = DAY,
    is_open: bool = False,
    is_coded: bool = False,
) -> DepositStanding:
    return DepositStanding(
        outcome=DepositOutcome(deposit=BankDepositId(f"dep_{number}"), outcome=outcome, reason="as it is"),
        date=day,
        is_open=is_open,
        is_coded=is_coded,
    )


ALL = DecidedAnew(
    matches=(a_match(1), a_match(2, MatchStatus.NEEDS_REVIEW)),
    payouts=(a_payout(1, in_match=True), a_payout(2, PayoutOutcomeKind.NEEDS_REVIEW, in_match=True)),
    deposits=(a_deposit(1), a_deposit(2, DepositOutcomeKind.NEEDS_REVIEW)),
    breaks=(GAP,),
    new_model=MODEL,
)
NO_CHANGES = ReconciliationChanges(
    matches=(), withdrawn=(), payouts=(), deposits=(), opened=(), resolved=(), sightings={}, repeated=0
)


async def decide_anew(
    store: Store, decided: DecidedAnew = ALL, basis: KeptBasis = BASIS, at: datetime = NOON
) -> RecordedChanges:
    async with store.company(ACME) as transaction:
        last = await transaction.reconciliation.basis()
        basis = attrs.evolve(basis, run=1 if last is None else last.run + 1)
        return await transaction.reconciliation.replace(decided, basis=basis, at=at)


async def change(
    store: Store,
    at: datetime = NOON + timedelta(minutes=1),
    rejections: Rejections = NO_REJECTIONS,
    **changed: object,
) -> RecordedChanges:
    changes = attrs.evolve(NO_CHANGES, **changed)  # type: ignore[arg-type]
    async with store.company(ACME) as transaction:
        last = await transaction.reconciliation.basis()
        assert last is not None
        basis = attrs.evolve(last, run=last.run + 1)
        return await transaction.reconciliation.change(changes, basis=basis, at=at, rejections=rejections)


def in_order(changes: Iterable[MatchChange]) -> tuple[MatchChange, ...]:
    return tuple(sorted(changes, key=lambda change: change.match.id))


def new(*matches: ReconciliationMatch) -> tuple[MatchChange, ...]:
    return in_order(MatchChange(match=MatchSaid.of(match)) for match in matches)


async def find(store: Store, **wanted: object) -> StandingsFound:
    async with store.company(ACME) as transaction:
        return await transaction.reconciliation.find(StandingsWanted(**wanted))  # type: ignore[arg-type]


class ReconciliationRecordContract:
    """Subclass it with a `store` fixture for each adapter."""

    async def test_before_the_first_run_there_is_no_basis(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            assert await transaction.reconciliation.basis() is None

    async def test_basis_and_model_come_back_as_they_were_kept(self, store: Store) -> None:
        await decide_anew(store)

        async with store.company(ACME) as transaction:
            assert await transaction.reconciliation.basis() == BASIS
            model = await transaction.reconciliation.model(1)
        assert model == without_lines(MODEL)
        assert model.digest() == without_lines(MODEL).digest()

    async def test_the_first_run_changes_everything(self, store: Store) -> None:
        assert await decide_anew(store) == RecordedChanges(
            matches=new(*ALL.matches),
            payouts=tuple(PayoutChange(standing=each) for each in ALL.payouts),
            deposits=tuple(ALL.deposits),
            opened=(GAP,),
        )

    async def test_deciding_the_same_anew_changes_nothing(self, store: Store) -> None:
        await decide_anew(store)

        again = await decide_anew(store, attrs.evolve(ALL, new_model=None))

        assert again == RecordedChanges()

    async def test_what_is_no_longer_decided_is_ended_and_what_is_new_is_kept(self, store: Store) -> None:
        await decide_anew(store)
        other = attrs.evolve(
            ALL,
            matches=(a_match(1, why="other words"), a_match(3)),
            payouts=(a_payout(1, in_match=True), a_payout(2, PayoutOutcomeKind.LATE)),
            breaks=(LATE,),
            new_model=None,
        )

        changes = await decide_anew(store, other)

        assert changes == RecordedChanges(
            matches=in_order(
                [
                    MatchChange(match=MatchSaid.of(other.matches[0]), before=MatchStatus.MATCHED),
                    MatchChange(match=MatchSaid.of(other.matches[1])),
                ]
            ),
            ended=(MatchSaid.of(a_match(2, MatchStatus.NEEDS_REVIEW)),),
            payouts=(
                PayoutChange(standing=a_payout(2, PayoutOutcomeKind.LATE), before=PayoutOutcomeKind.NEEDS_REVIEW),
            ),
            opened=(LATE,),
            resolved=(GAP,),
        )

    async def test_a_change_touches_only_what_it_names(self, store: Store) -> None:
        await decide_anew(store)

        changes = await change(
            store,
            matches=(a_match(3),),
            withdrawn=(a_match(2, MatchStatus.NEEDS_REVIEW),),
            payouts=(a_payout(3, in_match=True),),
            deposits=(a_deposit(3),),
            opened=(LATE,),
        )

        assert changes == RecordedChanges(
            matches=new(a_match(3)),
            ended=(MatchSaid.of(a_match(2, MatchStatus.NEEDS_REVIEW)),),
            payouts=(PayoutChange(standing=a_payout(3, in_match=True)),),
            deposits=(a_deposit(3),),
            opened=(LATE,),
        )
        async with store.company(ACME) as transaction:
            held = await transaction.reconciliation_lists.matches(MatchesWanted())
        assert {each.match for each in held.records} == {a_match(1), a_match(3)}

    async def test_a_match_that_comes_back_is_another_version_of_the_same_match(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, withdrawn=(a_match(1),))
        await change(store, matches=(a_match(1),))

        async with store.company(ACME) as transaction:
            history = await transaction.reconciliation_lists.match_history(kept_id(a_match(1)))

        assert [(each.version, each.match.status) for each in history] == [
            (1, MatchStatus.MATCHED),
            (2, MatchStatus.REVERSED),
            (3, MatchStatus.MATCHED),
        ]

    async def test_open_and_waiting_records_are_found_by_their_days(self, store: Store) -> None:
        week = timedelta(days=7)
        decided = attrs.evolve(
            ALL,
            payouts=(
                a_payout(1, PayoutOutcomeKind.LATE, is_open=True, is_waiting=True),
                a_payout(2, PayoutOutcomeKind.IN_TRANSIT, DAY + week, is_open=True, is_waiting=True, is_traced=True),
                a_payout(3, PayoutOutcomeKind.LATE, is_waiting=True, in_match=True),
                a_payout(4),
            ),
            deposits=(
                a_deposit(1, is_open=True),
                a_deposit(2, day=DAY + week, is_open=True),
                a_deposit(3, is_coded=True),
            ),
        )
        await decide_anew(store, decided)

        today = await find(
            store, open=(OpenPayouts(DAY, DAY), OpenLines(DAY, DAY)), waiting=(Waiting(Days(None, DAY)),)
        )
        traced = await find(store, open=(OpenPayouts(DAY, DAY + week, only_traced=True),))
        coded = await find(store, open=(OpenLines(DAY, DAY + week, only_coded=True),))
        of_origin = await find(store, waiting=(Waiting(Days(None, None), ("ba_2", "ba_4")),))

        assert today == StandingsFound(
            open_payouts=frozenset({PayoutId("po_1")}),
            open_deposits=frozenset({BankDepositId("dep_1")}),
            waiting=frozenset({PayoutId("po_1")}),
            waiting_in_match=frozenset({PayoutId("po_3")}),
        )
        assert traced == StandingsFound(open_payouts=frozenset({PayoutId("po_2")}))
        assert coded == StandingsFound(coded_deposits=frozenset({BankDepositId("dep_3")}))
        assert of_origin == StandingsFound(waiting=frozenset({PayoutId("po_2")}))

    async def test_what_a_model_was_learned_from_is_known_line_by_line(self, store: Store) -> None:
        await decide_anew(store)
        await change(store, deposits=(a_deposit(1, DepositOutcomeKind.UNEXPLAINED), a_deposit(7)))
        ids = ("dep_1", "dep_2", "dep_7", "dep_8")
        before = await find(store, said_of=ids)
        await decide_anew(
            store,
            attrs.evolve(ALL, new_model=attrs.evolve(MODEL, learned_from=frozenset({BankDepositId("dep_2")}))),
            attrs.evolve(BASIS, model=2),
        )
        after = await find(store, said_of=ids)

        assert [*before.learned, *after.learned] == ["dep_1", "dep_2"]
        assert (await find(store, all_learned=True)).learned == after.learned

    async def test_matches_accepted_under_a_model_stay_so_whatever_becomes_of_them(self, store: Store) -> None:
        await decide_anew(store)
        await decide_anew(
            store, attrs.evolve(ALL, matches=(a_match(2),)), attrs.evolve(BASIS, model=2, accepted_up_to=1)
        )
        async with store.company(ACME) as transaction:
            found = await transaction.reconciliation.find(StandingsWanted(said_of=("po_1", "dep_2", "po_3")))
            every = await transaction.reconciliation.find(StandingsWanted(all_accepted=1))

        assert found.accepted == every.accepted == {((PayoutId("po_1"),), (BankDepositId("dep_1"),))}

    async def test_a_run_on_a_basis_that_is_not_the_last_is_refused(self, store: Store) -> None:
        await decide_anew(store)

        with pytest.raises(RunOvertaken):
            async with store.company(ACME) as transaction:
                await transaction.reconciliation.replace(ALL, basis=BASIS, at=NOON)

    async def test_companies_share_nothing(self, store: Store) -> None:
        await decide_anew(store)

        async with store.company(BOLT) as transaction:
            assert await transaction.reconciliation.basis() is None
            assert (await transaction.reconciliation_lists.matches(MatchesWanted())).records == ()
            assert (
                await transaction.reconciliation.find(StandingsWanted(said_of=("dep_1",), open=(OpenLines(DAY, DAY),)))
                == StandingsFound()
            )
