"""The conditions by which movements of cases are found, word for word those of the indexes in schema/121.

A literal list, so that the planner knows, whatever the arguments, that the small index has all that is asked for.
"""

from typing import Final

from domain.payment_case import CATEGORIES, HOLDS, TYPES, CaseKind
from domain.remainder import WITHHELD_KINDS

KEY: Final = 'CASE WHEN f.source IS NULL THEN f.id ELSE f.source END COLLATE "C"'
"""`domain.payment_case.key_of`."""
UNLISTED: Final = "f.payout IS NULL AND f.balance_type = 'payments' AND f.currency = $2"
RETURNED_PAYOUT: Final = (
    "(f.status IN ('canceled', 'failed') OR f.original_payout IS NOT NULL OR f.reversed_by IS NOT NULL)"
)
"""On payouts: those that are cases, whatever transactions are known of them."""


def _listed(words: frozenset[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def is_of(categories: frozenset[str], types: frozenset[str]) -> str:
    """A condition on `f`: the transaction has one of these categories, or one of these types."""
    by_category = f"f.reporting_category IN ({_listed(categories)})"
    return f"({by_category} OR f.type IN ({_listed(types)}))" if types else by_category


HELD: Final = is_of(
    WITHHELD_KINDS | frozenset().union(*(CATEGORIES[kind] for kind in HOLDS)),
    WITHHELD_KINDS | frozenset().union(*(TYPES[kind] for kind in HOLDS)),
)
"""What holds money back, or lets it go."""


def case_condition(kind: CaseKind, of_key: str) -> str:
    """A condition on `f`: it is a movement of this kind, and its key meets `of_key`."""
    return f"{is_of(CATEGORIES[kind], TYPES[kind])} AND {KEY} {of_key}"
