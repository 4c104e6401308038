"""What was read and solved before, kept by whoever brings a company's matching up to date."""

from collections.abc import Callable, Sequence

from domain.matching.evidence import Evidence
from domain.matching.finding import Finding
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.survey import Amount


class PairsFound:
    """What pairs explain beyond what a group could overturn, what they explain less surely, and what they leave open.

    Payouts of what is less sure are open too."""

    __slots__ = ("doubtful", "open_payouts", "secure")

    def __init__(self) -> None:
        self.secure: list[Finding] = []
        self.doubtful: list[Finding] = []
        self.open_payouts: list[PayoutRecord] = []

    def add(self, other: "PairsFound") -> None:
        """Take in what was found among other amounts."""
        self.secure += other.secure
        self.doubtful += other.doubtful
        self.open_payouts += other.open_payouts


class SolvedAmount:
    """The pairs of one amount as they were solved, and of which records."""

    def __init__(
        self, payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], came_back: Sequence[PayoutRecord]
    ) -> None:
        self.payouts = tuple(payouts)
        self.lines = tuple(lines)
        self.came_back = tuple(came_back)
        self.found = PairsFound()

    def is_of(
        self, payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], came_back: Sequence[PayoutRecord]
    ) -> bool:
        """It was solved from these very records."""
        return (
            len(came_back) == len(self.came_back)
            and len(payouts) == len(self.payouts)
            and len(lines) == len(self.lines)
            and all(a is b for a, b in zip(came_back, self.came_back, strict=True))
            and all(a is b for a, b in zip(payouts, self.payouts, strict=True))
            and all(a is b for a, b in zip(lines, self.lines, strict=True))
        )


class Memory:
    """Records by id, the evidence they were weighed with, and what was solved under it."""

    def __init__(self) -> None:
        self.payouts: dict[str, PayoutRecord] = {}
        self.lines: dict[str, LineRecord] = {}
        self.solved: dict[Amount, SolvedAmount] = {}
        self._basis: tuple[object, ...] | None = None
        self._evidence: Evidence | None = None

    def keep(self, payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord]) -> None:
        """Remember these records, and forget all others."""
        self.payouts = {payout.id: payout for payout in payouts}
        self.lines = {line.id: line for line in lines}

    def evidence_for(self, basis: tuple[object, ...], make: Callable[[], Evidence]) -> Evidence:
        """The evidence on this basis; on another basis than before, what was solved is forgotten."""
        if self._evidence is None or basis != self._basis:
            self._basis, self._evidence = basis, make()
            self.solved.clear()
        return self._evidence
