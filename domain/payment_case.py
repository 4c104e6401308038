"""A case: movements of a balance that belong to one story, in whichever payouts they are, and what is open of it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Money
from domain.payout import PayoutId


class CaseKind(StrEnum):
    """Every kind of story. Cases are listed in this order."""

    PAYOUT_RETURNED = "payout_returned"
    """A payout that failed or was canceled: its money was given back, and a later payout carries it again."""
    PAYOUT_REVERSED = "payout_reversed"
    """A paid payout that another one draws back from the bank."""
    DISPUTE = "dispute"
    """Withdrawn with its fee, and given back if it is won."""
    REFUND = "refund"
    """Given back to the customer, and come back where the refund failed. The rest of a partial capture is one, too."""
    PAYMENT_RETURNED = "payment_returned"
    """A payment that the customer's bank took back, such as a debit without funds."""
    RESERVE = "reserve"
    """Held for risk, and let go."""
    MINIMUM_BALANCE = "minimum_balance"
    """Kept back from a payout so that something stays in the balance, and released after it."""
    ADVANCE = "advance"
    """Lent by Stripe for an instant payout, and taken back when the money is there."""


HOLDS: Final = (CaseKind.RESERVE, CaseKind.MINIMUM_BALANCE, CaseKind.ADVANCE)
"""Kinds whose movements name nothing: which belong together follows from their amounts and their order."""
OF_PAYOUTS: Final = (CaseKind.PAYOUT_RETURNED, CaseKind.PAYOUT_REVERSED)
NEVER_OPEN: Final = (CaseKind.REFUND, CaseKind.PAYMENT_RETURNED)
"""What they moved is done; nothing is waited for."""

CATEGORIES: Final[dict[CaseKind, frozenset[str]]] = {
    CaseKind.PAYOUT_RETURNED: frozenset({"payout_reversal"}),
    CaseKind.PAYOUT_REVERSED: frozenset(),
    CaseKind.DISPUTE: frozenset({"dispute", "dispute_reversal"}),
    CaseKind.REFUND: frozenset({"refund", "refund_failure", "partial_capture_reversal"}),
    CaseKind.PAYMENT_RETURNED: frozenset({"charge_failure"}),
    CaseKind.RESERVE: frozenset(
        {
            "connect_reserved_funds",
            "payment_network_reserve_hold",
            "payment_network_reserve_release",
            "risk_reserved_funds",
            "reserve_hold",
            "reserve_release",
        }
    ),
    CaseKind.MINIMUM_BALANCE: frozenset({"payout_minimum_balance_hold", "payout_minimum_balance_release"}),
    CaseKind.ADVANCE: frozenset({"advance", "advance_funding"}),
}
"""Reporting categories of each kind's movements."""
TYPES: Final[dict[CaseKind, frozenset[str]]] = {
    CaseKind.PAYOUT_RETURNED: frozenset({"payout_failure", "payout_cancel"}),
    CaseKind.PAYOUT_REVERSED: frozenset(),
    CaseKind.DISPUTE: frozenset(),
    CaseKind.REFUND: frozenset({"refund", "payment_refund", "refund_failure"}),
    CaseKind.PAYMENT_RETURNED: frozenset({"payment_failure_refund", "payment_reversal"}),
    CaseKind.RESERVE: frozenset(
        {
            "reserve_transaction",
            "reserved_funds",
            "reserve_hold",
            "reserve_release",
            "payment_network_reserve_hold",
            "payment_network_reserve_release",
        }
    ),
    CaseKind.MINIMUM_BALANCE: CATEGORIES[CaseKind.MINIMUM_BALANCE],
    CaseKind.ADVANCE: CATEGORIES[CaseKind.ADVANCE],
}
"""Types that are of the kind whatever the category, or where a source does not say it."""


class CaseState(StrEnum):
    """Whether something is still waited for."""

    OPEN = "open"
    ENDED = "ended"
    UNKNOWN = "unknown"
    """The money is out, and nothing among the records says whether it may still come back."""


class MovementRole(StrEnum):
    """What a movement is in its case; of what was made in the same second, what comes first here came first."""

    CHARGED = "charged"
    PAID_OUT = "paid_out"
    DRAWN_BACK = "drawn_back"
    GIVEN_BACK = "given_back"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    RETURNED = "returned"
    HELD = "held"
    RELEASED = "released"
    ADVANCED = "advanced"
    FUNDED = "funded"


@attrs.frozen(kw_only=True)
class CaseMovement:
    """One balance transaction in its case."""

    transaction: BalanceTransactionId
    role: MovementRole
    amount: Money
    """Gross, and below what it comes to with its fee."""
    net: Money
    payout: PayoutId | None
    """The payout whose list it is in; None: in none yet, or by hand."""
    created: datetime | None

    @classmethod
    def of(cls, transaction: BalanceTransaction, role: MovementRole) -> "CaseMovement":
        """As it stands; a payout's own movement is in the payout that it moves."""
        payout = transaction.payout
        if payout is None and transaction.is_payout_itself and transaction.source is not None:
            payout = PayoutId(transaction.source)
        return cls(
            transaction=transaction.id,
            role=role,
            amount=transaction.amount,
            net=transaction.net,
            payout=payout,
            created=transaction.created,
        )


class NoMovement(ValueError):
    """A case of nothing."""


@attrs.frozen(kw_only=True)
class PaymentCase:
    """One story. It has a movement, or it cannot be built (NoMovement)."""

    kind: CaseKind
    key: str
    """What tells it from others of its kind: the payout, dispute, refund or charge; of holds, the first movement."""
    movements: tuple[CaseMovement, ...]
    """In the order in which they were made, then of their roles and ids."""
    state: CaseState
    in_words: str
    charge: str | None = None
    payment_intent: str | None = None
    charged: CaseMovement | None = None
    """The charge's own movement, and so the payout that its money went out in. It is no movement of the case."""
    carried_by: PayoutId | None = None
    """The payout that carries the money which came back."""

    def __attrs_post_init__(self) -> None:
        if not self.movements:
            raise NoMovement(f"{self.kind} {self.key} has no movement")

    @property
    def id(self) -> str:
        """Kind and key: it does not change as the story goes on, but with the first movement of a hold."""
        return f"case_{self.kind}_{self.key}"

    @property
    def net(self) -> tuple[Money, ...]:
        """What its movements come to, fees and all, in each of their currencies: nearly always one."""
        return summed(movement.net for movement in self.movements)

    @property
    def open_amount(self) -> tuple[Money, ...]:
        """What its movements come to as long as it is not ended; else nothing."""
        is_ended = self.state is CaseState.ENDED
        return tuple(Money.zero(amount.currency) if is_ended else amount for amount in self.net)

    @property
    def payouts(self) -> tuple[PayoutId, ...]:
        """Every payout that it touches, in the order of their ids."""
        movements = self.movements if self.charged is None else (*self.movements, self.charged)
        touched = {self.carried_by, *(movement.payout for movement in movements)}
        return tuple(sorted(payout for payout in touched if payout is not None))


def summed(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """What they come to in each currency, in the order of the currencies' codes."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        code = amount.currency.code
        sums[code] = sums[code] + amount if code in sums else amount
    return tuple(sums[code] for code in sorted(sums))


def kind_of(transaction: BalanceTransaction) -> CaseKind | None:
    """The kind of case that this is a movement of; None of what is part of no story, such as a plain charge."""
    category = _BY_CATEGORY.get(transaction.reporting_category or "")
    return category or _BY_TYPE.get(transaction.type or "")


def may_be(transaction: BalanceTransaction, kind: CaseKind) -> bool:
    """Its category or its type is one of this kind's: so it is found, and then `kind_of` decides."""
    return transaction.reporting_category in CATEGORIES[kind] or transaction.type in TYPES[kind]


def key_of(transaction: BalanceTransaction) -> str:
    """What tells its case from others of its kind, if its kind is none of the holds."""
    return transaction.source or transaction.id


def place_of_id(id: str) -> tuple[CaseKind, str] | None:
    """The kind and key that a case's id names; None if it is no such id."""
    for kind in CaseKind:
        head = f"case_{kind}_"
        if id.startswith(head) and len(id) > len(head):
            return kind, id.removeprefix(head)
    return None


_BY_CATEGORY: Final = {category: kind for kind, some in CATEGORIES.items() for category in some}
_BY_TYPE: Final = {type_: kind for kind, some in TYPES.items() for type_ in some}
