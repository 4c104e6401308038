"""What a recording changed, as it is put together kind by kind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from ports.facts import RecordedFacts

Parts = defaultdict[str, list[Any]]
"""Facts by their field of CompanyFacts."""


def _parts() -> Parts:
    return defaultdict(list)


@attrs.define
class RecordedFactsInParts:
    """Lists that grow, until `recorded_at` makes a value of them."""

    new: Parts = attrs.Factory(_parts)
    changed: Parts = attrs.Factory(_parts)
    unchanged: Parts = attrs.Factory(_parts)
    before: Parts = attrs.Factory(_parts)
    retracted: list[BalanceTransaction] = attrs.Factory(list)

    @property
    def is_empty(self) -> bool:
        """Nothing is other than before."""
        return not (self.new or self.changed or self.retracted)

    def recorded_at(self, moment: datetime | None) -> RecordedFacts:
        """The whole, as of this moment."""
        return RecordedFacts(
            new=_facts(self.new),
            changed=_facts(self.changed),
            unchanged=_facts(self.unchanged),
            retracted=tuple(self.retracted),
            before=_facts(self.before),
            recorded_at=moment,
        )


def _facts(parts: Mapping[str, Sequence[Any]]) -> CompanyFacts:
    return CompanyFacts(**{kind: tuple(facts) for kind, facts in parts.items()})
