"""The days for which statements of an account say that they are complete."""

from collections.abc import Iterable
from datetime import date, timedelta

import attrs


@attrs.frozen(kw_only=True, order=True)
class CoveredPeriod:
    """Days for which one statement says that it is complete, both included."""

    first_day: date
    last_day: date

    def __attrs_post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"a period cannot end on {self.last_day}, before it begins on {self.first_day}")


def latest_run(periods: Iterable[CoveredPeriod]) -> CoveredPeriod | None:
    """The longest span that the periods cover without a gap and that ends on the last day covered.

    It does not depend on the order in which the statements came. What lies before a gap is not counted as covered:
    rather too little than a deposit called missing on a day that no statement shows.
    """
    run: CoveredPeriod | None = None
    for period in sorted(periods):
        if run is None or period.first_day > run.last_day + timedelta(days=1):
            run = period
        elif period.last_day > run.last_day:
            run = attrs.evolve(run, last_day=period.last_day)
    return run
