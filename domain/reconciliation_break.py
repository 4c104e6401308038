"""A break: something in the records that does not fit, named, with where and why. Nothing is dropped without one."""

from enum import StrEnum

import attrs


class BreakKind(StrEnum):
    """Every kind of break."""

    UNREADABLE_RECORD = "unreadable_record"
    """One record of an input could not be read; the rest of the file was."""
    CONFLICTING_RECORD = "conflicting_record"
    """The same id came with different content; neither is used."""
    NET_MISMATCH = "net_mismatch"
    """A balance transaction's net is not its amount less its fee."""
    ITEMS_DO_NOT_ADD_UP = "items_do_not_add_up"
    """A payout is not the sum of its items; the remainder is named in its breakdown."""
    ITEMS_MISSING = "items_missing"
    """Items of a payout that Stripe itemises were not among the inputs, or Stripe has not finished."""
    PAYOUT_MISSING = "payout_missing"
    """A transaction says it is in a payout that no input describes."""
    UNKNOWN_TYPE = "unknown_type"
    """A type or category of balance transaction that we do not know: in suspense, still balanced."""
    DUPLICATE_FILE = "duplicate_file"
    """The same file was given twice; it is counted once."""
    DUPLICATE_FEED = "duplicate_feed"
    """Two feeds bring the same lines of one account; the larger count is taken."""
    AMOUNT_DIFFERS = "amount_differs"
    """The records identify each other, but their amounts differ."""
    LATE_BY_IDENTITY = "late_by_identity"
    """The records identify each other, but the deposit came outside the usual window."""
    IDENTITY_DISAGREES = "identity_disagrees"
    """Amount and date fit, but the trace ids are different."""
    SEARCH_BOUND = "search_bound"
    """A search was cut at its bound: what it says is said of the part searched."""
    COVERAGE_GAP = "coverage_gap"
    """The statements do not cover the days on which a payout could have arrived."""
    STATEMENT_DOES_NOT_ADD_UP = "statement_does_not_add_up"
    """A statement's opening balance and lines do not make its closing balance, or its own totals are not met."""
    STATEMENT_GAP = "statement_gap"
    """Between two statements of an account one is missing."""
    STATEMENT_OVERLAP = "statement_overlap"
    """Two statements of an account cover the same days; their lines are counted once."""
    OTHER = "other"


@attrs.frozen(kw_only=True, order=True)
class ReconciliationBreak:
    """One break: its kind, where (a file and place, or a record's id), and the reason in words."""

    kind: BreakKind
    where: str
    reason: str
