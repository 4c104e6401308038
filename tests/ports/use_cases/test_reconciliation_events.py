from datetime import UTC, date, datetime

import pytest

from domain.bank_deposit import BankAccountId
from domain.matching.model import Horizon
from domain.matching.standing import PayoutStanding
from domain.payout import PayoutId
from domain.reconciliation_outcome import PayoutOutcome, PayoutOutcomeKind
from ports.reconciliation_record import PayoutChange, RecordedChanges
from ports.use_cases.reconciliation_events import events_of

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
DUE = date(2026, 6, 10)
LATE, IN_TRANSIT = PayoutOutcomeKind.LATE, PayoutOutcomeKind.IN_TRANSIT


def known_to(day: date | None) -> Horizon:
    covered = {} if day is None else {BankAccountId("checking"): (date(2026, 6, 1), day)}
    return Horizon(as_of=AT.date(), payouts_from=DUE, payouts_to=DUE, covered=covered)


def told(before: PayoutOutcomeKind | None, *, was: date | None, now: date | None) -> list[str]:
    standing = PayoutStanding(
        outcome=PayoutOutcome(payout=PayoutId("po_1"), outcome=LATE, reason="not seen"),
        arrival_date=DUE,
        origin="",
        is_open=True,
        is_traced=False,
        is_waiting=True,
        in_match=False,
    )
    changes = RecordedChanges(payouts=(PayoutChange(standing=standing, before=before),))
    return [each.type.value for each in events_of(changes, was=known_to(was), now=known_to(now), at=AT)]


@pytest.mark.parametrize("now", [None, DUE])
def test_before_the_banks_lines_are_told_nobody_is_alarmed(now: date | None) -> None:
    assert told(None, was=None, now=now) == []


def test_once_they_are_told_the_alarm_is_given_though_the_outcome_is_the_same() -> None:
    assert told(LATE, was=None, now=date(2026, 6, 20)) == ["payout.late"]


def test_it_is_given_once() -> None:
    assert told(IN_TRANSIT, was=DUE, now=date(2026, 6, 20)) == ["payout.late"]
    assert told(LATE, was=date(2026, 6, 20), now=date(2026, 6, 21)) == []
