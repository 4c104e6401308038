"""The speed benchmark measures what it says; nothing is asserted of the times."""

from entrypoints.benchmarks.matching_data import all_equal, hard_mix
from entrypoints.benchmarks.matching_report import MatchingReport, Measured, SizeResult


def _size(payouts: int, control_worst: float) -> SizeResult:
    steady = Measured(median_seconds=payouts / 1_000, worst_seconds=1.0, best_seconds=1.0, median_cpu_seconds=1.0)
    control = Measured(median_seconds=1.0, worst_seconds=control_worst, best_seconds=1.0, median_cpu_seconds=1.0)
    return SizeResult(
        words=f"hard mix, {payouts} payouts",
        payouts=payouts,
        deposits=payouts,
        links=payouts,
        rounds=3,
        facts_mebibytes=None,
        peak_mebibytes=None,
        measured={"engine": steady, "control": control},
    )


def _report(*sizes: SizeResult) -> MatchingReport:
    return MatchingReport(
        sizes=sizes,
        equal_amounts=(),
        engine="engine",
        engine_twice="twice",
        control="control",
        join="join",
        duckdb_installed=False,
    )


def test_a_run_whose_control_drifts_is_reported_as_rejected() -> None:
    report = _report(_size(1_000, 1.10), _size(10_000, 1.20))

    assert report.rejected() == ("hard mix, 10000 payouts",)
    assert "REJECTED: hard mix, 10000 payouts" in report.as_text()


def test_the_growth_exponent_of_a_linear_candidate_is_one() -> None:
    report = _report(_size(1_000, 1.0), _size(10_000, 1.0))

    assert report.exponent(report.sizes, "engine") == 1.0
    assert "DuckDB is not installed" in report.as_text()


def test_the_hard_mix_has_as_many_payouts_as_asked_for_and_is_repeatable() -> None:
    first, again = hard_mix(1_500, 1), hard_mix(1_500, 1)

    assert first == again
    assert 1_400 <= sum(len(company.facts.payouts) for company in first) <= 1_500


def test_the_equal_set_is_all_of_one_amount() -> None:
    company = all_equal(500, one_day=True)

    assert {payout.amount.minor_units for payout in company.facts.payouts} == {10_000}
    assert len({payout.arrival_date for payout in company.facts.payouts}) == 1
