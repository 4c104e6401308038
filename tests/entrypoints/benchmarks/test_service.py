"""The benchmark of the service measures what it says, and compares what is kept; nothing is asserted of the times."""

from collections import Counter
from pathlib import Path

import attrs
import pytest

from domain.bank_deposit import BankDepositStatus
from entrypoints.benchmarks.recomputed import Comparison
from entrypoints.benchmarks.service import measured
from entrypoints.benchmarks.service_data import ChangeKind, Mix, grown_company
from entrypoints.benchmarks.service_report import Bulk, ChangeTimes, ServiceReport, ServiceSize
from tests.domain.matching.kept_company import KeptCompany

EQUAL = Comparison(matches=90, outcomes=200, breaks=5, wrong_matches=0, wrong_outcomes=0, wrong_breaks=0)


async def test_one_company_is_loaded_reconciled_and_changed_and_ends_as_a_recompute_would(
    postgres_database: str, tmp_path: Path
) -> None:
    said: list[str] = []
    company = grown_company(60, changes=8, a_year=1_000)

    size = await measured(
        postgres_database, company, tmp_path, rounds=1, progress=lambda words, _done, _of: said.append(words)
    )

    assert (size.payouts, size.lines) == (58, len(company.loaded.deposits))
    assert size.load.rows == 1 + size.records
    assert size.matches > 0
    assert len(size.load.copy_seconds) == len(size.reconcile.copy_seconds) == 3
    assert Counter(change.kind for change in size.changes) == dict.fromkeys(ChangeKind, 2)
    assert all(change.statements > 0 and change.rows_read > 0 for change in size.changes)
    assert size.compared.is_equal
    assert dict.fromkeys(said) == dict.fromkeys(
        f"{words}, 58 payouts" for words in ("load", "reconcile", "single changes", "full recompute")
    )


def test_a_company_of_two_years_has_one_account_and_no_id_twice() -> None:
    company = grown_company(300, changes=40, a_year=150)

    facts = company.loaded
    told = [change.facts for change in company.changes]
    ids = [payout.id for payout in facts.payouts] + [payout.id for each in told for payout in each.payouts]
    assert len(facts.payouts) == 290
    assert len(set(ids)) == len(ids) == 300
    assert {line.account for line in facts.deposits} == {account.id for account in facts.accounts}
    assert len({payout.destination for payout in facts.payouts}) == 1
    assert (company.as_of - min(payout.arrival_date for payout in facts.payouts)).days > 2 * 364


def test_changes_are_of_lines_that_are_kept_and_new_ones_are_not_kept_yet() -> None:
    company = grown_company(300, changes=40, a_year=150)

    kept = {line.id: line for line in company.loaded.deposits}
    told = [(change.kind, line) for change in company.changes for line in change.facts.deposits]
    assert all((line.id in kept) == (kind is not ChangeKind.NEW_LINE) for kind, line in told)
    assert all(
        line == attrs.evolve(kept[line.id], status=BankDepositStatus.WITHDRAWN)
        for kind, line in told
        if kind is ChangeKind.WITHDRAWN_LINE
    )


def test_growth_is_told_from_size_to_size() -> None:
    small, large = a_size(1_000, milliseconds=2), a_size(100_000, milliseconds=20)
    report = ServiceReport(sizes=(small, large), a_year=5_000)

    assert report.exponents(lambda size: size.changes[0].reconciled_seconds) == pytest.approx((0.5,))
    assert "reconciliation of a change, p50: 0.50" in report.as_text()


def test_a_run_whose_control_drifts_is_reported_as_rejected() -> None:
    steady = a_size(1_000, milliseconds=2)
    drifting = attrs.evolve(steady, load=attrs.evolve(steady.load, copy_seconds=(1.0, 1.2)))

    assert steady.rejected() == ()
    assert drifting.rejected() == ("load (18%)",)
    assert "REJECTED at 1,000" in ServiceReport(sizes=(drifting,), a_year=5_000).as_text()


def test_what_differs_from_a_recompute_is_said_and_fails_the_run() -> None:
    wrong = attrs.evolve(a_size(1_000, milliseconds=2), compared=attrs.evolve(EQUAL, wrong_matches=1))
    report = ServiceReport(sizes=(wrong,), a_year=5_000)

    assert not report.holds
    assert "DIFFERENT from a full recompute: 1 matches, 0 outcomes" in report.as_text()


def a_size(payouts: int, *, milliseconds: int) -> ServiceSize:
    change = ChangeTimes(
        kind=ChangeKind.NEW_LINE,
        commit_seconds=0.001,
        told_seconds=0.002,
        reconciled_seconds=milliseconds / 1_000,
        cpu_seconds=0.001,
        rows_read=10,
        statements=9,
        anew=False,
    )
    bulk = Bulk(rows=2 * payouts, seconds=(2.0, 2.2), cpu_seconds=(3.0, 3.0), copy_seconds=(1.0, 1.1))
    return ServiceSize(
        payouts=payouts,
        lines=payouts,
        load=bulk,
        reconcile=attrs.evolve(bulk, whole_seconds=(9.0, 9.0)),
        matches=payouts,
        memory_before=100,
        memory_peak=200,
        changes=tuple(attrs.evolve(change, kind=kind) for kind in ChangeKind),
        compared=EQUAL,
    )


@pytest.mark.parametrize("mix", Mix)
def test_every_single_change_ends_in_what_a_full_recompute_gives(mix: Mix) -> None:
    grown = grown_company(500, changes=24, a_year=250, mix=mix)
    company = KeptCompany(grown.loaded, grown.as_of)

    for change in grown.changes:
        company.change(payouts=change.facts.payouts, deposits=change.facts.deposits)

        company.assert_as_if_decided_anew()
