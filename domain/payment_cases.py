"""The cases among a company's facts. A pure function of the facts, whatever their order.

Disputes, refunds and returned payments name what they are about. Payouts that came back or were reversed are found by
the payout. Holds name nothing: a release belongs to the oldest hold of exactly its amount; if there is none, to the
oldest that is open, and if it is more than that, to as many of the oldest together as it needs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from domain.balance_transaction import DECIDED_DISPUTES, BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.money import Money
from domain.payment_case import (
    HOLDS,
    CaseKind,
    CaseMovement,
    CaseState,
    MovementRole,
    PaymentCase,
    key_of,
    kind_of,
    summed,
)
from domain.payout import Payout, PayoutId, PayoutStatus

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_ROLES: Final = {role: place for place, role in enumerate(MovementRole)}
_ORDER: Final = {kind: place for place, kind in enumerate(CaseKind)}


def cases_among(facts: CompanyFacts, kinds: Iterable[CaseKind] = CaseKind) -> tuple[PaymentCase, ...]:
    """All cases of these kinds, in the order of the kinds and then of their keys.

    The facts must hold all movements of a hold's queue for holds; for the others, all that name the same.
    """
    wanted = set(kinds)
    moved: dict[CaseKind, dict[str, list[BalanceTransaction]]] = defaultdict(lambda: defaultdict(list))
    charges: dict[str, BalanceTransaction] = {}
    for transaction in sorted(facts.balance_transactions, key=_in_time):
        kind = kind_of(transaction)
        if kind is None:
            if transaction.source is not None and transaction.source == transaction.charge and _charges(transaction):
                charges.setdefault(transaction.source, transaction)
        elif kind in HOLDS:
            moved[kind][_queue_of(transaction)].append(transaction)
        else:
            moved[kind][key_of(transaction)].append(transaction)
    found: list[PaymentCase] = []
    for kind in HOLDS:
        if kind in wanted:
            for queue in moved[kind].values():
                found += _holds(kind, queue)
    for kind, told in _TOLD.items():
        if kind in wanted:
            found += [_told_apart(kind, key, some, charges, told) for key, some in moved[kind].items()]
    own = _own_movements(facts)
    payouts = {payout.id: payout for payout in facts.payouts}
    if CaseKind.PAYOUT_RETURNED in wanted:
        found += _returned(payouts, moved[CaseKind.PAYOUT_RETURNED], own)
    if CaseKind.PAYOUT_REVERSED in wanted:
        found += _reversed(payouts, moved[CaseKind.PAYOUT_RETURNED], own)
    return tuple(sorted(found, key=lambda case: (_ORDER[case.kind], case.key)))


def _queue_of(transaction: BalanceTransaction) -> str:
    return repr((transaction.stripe_account, transaction.net.currency.code, transaction.balance_type))


def _charges(transaction: BalanceTransaction) -> bool:
    return transaction.reporting_category == "charge" or transaction.type in ("charge", "payment")


def _in_time(transaction: BalanceTransaction) -> tuple[datetime, str]:
    return transaction.created or _BEGINNING, transaction.id


def _own_movements(facts: CompanyFacts) -> Mapping[str, BalanceTransaction]:
    """Payout → the transaction that took its money out of the balance, or brought it in."""
    named: dict[str, PayoutId] = {}
    for payout in sorted(facts.payouts, key=lambda payout: payout.id):
        if payout.balance_transaction is not None:
            named.setdefault(payout.balance_transaction, payout.id)
    own: dict[str, BalanceTransaction] = {}
    for transaction in sorted(facts.balance_transactions, key=_in_time):
        if transaction.is_payout_itself and kind_of(transaction) is None:
            moves = named.get(transaction.id) or transaction.source or transaction.payout
            if moves is not None:
                own.setdefault(moves, transaction)
    return own


# -- told apart by what they name -------------------------------------------------------------------------------------

_Told = tuple[
    Callable[[BalanceTransaction], MovementRole], Callable[[Sequence[BalanceTransaction]], tuple[CaseState, str]]
]


def _told_apart(
    kind: CaseKind,
    key: str,
    transactions: Sequence[BalanceTransaction],
    charges: Mapping[str, BalanceTransaction],
    told: _Told,
) -> PaymentCase:
    role, standing = told
    charge = next((each.charge for each in transactions if each.charge is not None), None)
    intent = next((each.payment_intent for each in transactions if each.payment_intent is not None), None)
    charged = charges.get(charge or "")
    state, in_words = standing(transactions)
    return PaymentCase(
        kind=kind,
        key=key,
        movements=_movements((each, role(each)) for each in transactions),
        state=state,
        in_words=in_words,
        charge=charge,
        payment_intent=intent or (charged.payment_intent if charged else None),
        charged=None if charged is None else CaseMovement.of(charged, MovementRole.CHARGED),
    )


def _dispute_role(transaction: BalanceTransaction) -> MovementRole:
    is_back = transaction.reporting_category == "dispute_reversal"
    return MovementRole.REINSTATED if is_back else MovementRole.WITHDRAWN


def _dispute(transactions: Sequence[BalanceTransaction]) -> tuple[CaseState, str]:
    statuses = [each.dispute_status for each in transactions if each.dispute_status is not None]
    decided = next((status for status in statuses if status in DECIDED_DISPUTES), None)
    if all(amount.minor_units >= 0 for amount in summed(each.amount for each in transactions)):
        return CaseState.ENDED, "the amount is back"
    if decided is not None:
        words = "the amount stays with the customer" if decided == "lost" else f"Stripe calls it {decided}"
        return CaseState.ENDED, words
    if statuses:
        return CaseState.OPEN, f"the amount is withdrawn, and nothing is decided ({statuses[-1]})"
    return CaseState.UNKNOWN, "the amount is withdrawn, and nothing says how the dispute stands"


def _refund_role(transaction: BalanceTransaction) -> MovementRole:
    came_back = "refund_failure" in (transaction.reporting_category, transaction.type)
    return MovementRole.REFUND_FAILED if came_back else MovementRole.REFUNDED


def _refund(transactions: Sequence[BalanceTransaction]) -> tuple[CaseState, str]:
    if any(_refund_role(each) is MovementRole.REFUND_FAILED for each in transactions):
        return CaseState.ENDED, "it did not reach the customer, and the amount is back"
    return CaseState.ENDED, "it was given back to the customer"


def _payment_returned(transactions: Sequence[BalanceTransaction]) -> tuple[CaseState, str]:
    return CaseState.ENDED, f"the customer's bank took it back ({transactions[-1].type or 'its type is not told'})"


_TOLD: Final[dict[CaseKind, _Told]] = {
    CaseKind.DISPUTE: (_dispute_role, _dispute),
    CaseKind.REFUND: (_refund_role, _refund),
    CaseKind.PAYMENT_RETURNED: (lambda _: MovementRole.RETURNED, _payment_returned),
}


# -- payouts ----------------------------------------------------------------------------------------------------------


def _returned(
    payouts: Mapping[PayoutId, Payout],
    given_back: Mapping[str, Sequence[BalanceTransaction]],
    own: Mapping[str, BalanceTransaction],
) -> list[PaymentCase]:
    """Of each payout that came back, or whose money did: its own movement, and what gave it back."""
    cases = []
    for key in {*given_back, *(payout.id for payout in payouts.values() if payout.came_back)}:
        backs = given_back.get(key, ())
        moved = [(own[key], MovementRole.PAID_OUT)] if key in own else []
        moved += [(each, MovementRole.GIVEN_BACK) for each in backs]
        if not moved:
            continue  # what is known of it is its status alone
        carried = next((each.payout for each in backs if each.payout not in (None, key)), None)
        cases.append(
            PaymentCase(
                kind=CaseKind.PAYOUT_RETURNED,
                key=key,
                movements=_movements(moved),
                state=CaseState.ENDED if backs else CaseState.OPEN,
                in_words=_returned_in_words(backs, carried),
                carried_by=carried,
            )
        )
    return cases


def _returned_in_words(backs: Sequence[BalanceTransaction], carried: PayoutId | None) -> str:
    if not backs:
        return "it did not stay at the bank, and its money is not in the balance again yet"
    if carried is None:
        return "its money is in the balance again, and in no payout's list yet"
    return f"its money is in {carried}"


def _reversed(
    payouts: Mapping[PayoutId, Payout],
    given_back: Mapping[str, Sequence[BalanceTransaction]],
    own: Mapping[str, BalanceTransaction],
) -> list[PaymentCase]:
    """Of each payout that another draws back: both movements, and what gave that one back, had it failed."""
    cases = []
    pairs = {payout.id: payout.reversed_by for payout in payouts.values() if payout.reversed_by is not None}
    pairs |= {
        payout.original_payout: payout.id
        for _, payout in sorted(payouts.items(), reverse=True)
        if payout.original_payout is not None
    }
    used: set[str] = set()  # what two payouts claim is the first one's
    for key, by in sorted(pairs.items()):
        moved = [(own[key], MovementRole.PAID_OUT)] if key in own else []
        moved += [(own[by], MovementRole.DRAWN_BACK)] if by in own and by != key else []
        moved += [(each, MovementRole.GIVEN_BACK) for each in given_back.get(by, ())]
        moved = [(each, role) for each, role in moved if each.id not in used]
        used.update(each.id for each, _ in moved)
        if not moved:
            continue
        state, in_words = _reversal(payouts.get(by), by)
        listed = [each.payout for each, role in moved if role is MovementRole.DRAWN_BACK]
        cases.append(
            PaymentCase(
                kind=CaseKind.PAYOUT_REVERSED,
                key=key,
                movements=_movements(moved),
                state=state,
                in_words=in_words,
                carried_by=next((payout for payout in listed if payout not in (None, by)), None),
            )
        )
    return cases


def _reversal(drawing: Payout | None, by: PayoutId) -> tuple[CaseState, str]:
    if drawing is None:
        return CaseState.UNKNOWN, f"{by} draws it back, which is not among the records"
    if drawing.came_back:
        return CaseState.ENDED, f"{by} did not draw it back: the bank refused, and the money stays there"
    if drawing.status is PayoutStatus.PAID:
        return CaseState.ENDED, f"{by} drew it back from the bank"
    return CaseState.OPEN, f"{by} is drawing it back from the bank"


_Moved = tuple[BalanceTransaction, MovementRole]


def _movements(moved: Iterable[_Moved]) -> tuple[CaseMovement, ...]:
    return tuple(CaseMovement.of(*each) for each in sorted(moved, key=_in_story))


def _in_story(moved: _Moved) -> tuple[datetime, int, str]:
    transaction, role = moved
    return transaction.created or _BEGINNING, _ROLES[role], transaction.id


# -- holds ------------------------------------------------------------------------------------------------------------


class _Hold:
    """Movements that belong together, and what they come to."""

    def __init__(self, transaction: BalanceTransaction) -> None:
        self.transactions = [transaction]
        self.units = transaction.net.minor_units

    def add(self, *others: BalanceTransaction) -> None:
        self.transactions += others
        self.units += sum(other.net.minor_units for other in others)


def _holds(kind: CaseKind, queue: Sequence[BalanceTransaction]) -> list[PaymentCase]:
    """The cases of one queue."""
    every: list[_Hold] = []
    open_: list[_Hold] = []
    for transaction, _ in sorted(((each, _hold_role(kind, each)) for each in queue), key=_in_story):
        units = transaction.net.minor_units
        if not units or not open_ or (open_[0].units > 0) == (units > 0):
            hold = _Hold(transaction)
            every.append(hold)
            open_ += [hold] if units else []
            continue
        hold = next((each for each in open_ if each.units == -units), open_[0])
        while abs(hold.units) < abs(units) and len(open_) > 1:
            other = open_.pop(1)
            every.remove(other)
            hold.add(*other.transactions)
        hold.add(transaction)
        if not hold.units:
            open_.remove(hold)
    return [_hold_case(kind, hold) for hold in every]


def _hold_role(kind: CaseKind, transaction: BalanceTransaction) -> MovementRole:
    """By its sign: an advance begins with money that comes in, and so does a reserve in the balance that holds it."""
    begins = transaction.net.minor_units > 0
    if kind is CaseKind.ADVANCE:
        return MovementRole.ADVANCED if begins else MovementRole.FUNDED
    if transaction.balance_type != "risk_reserved":
        begins = not begins
    return MovementRole.HELD if begins else MovementRole.RELEASED


def _hold_case(kind: CaseKind, hold: _Hold) -> PaymentCase:
    movements = _movements((each, _hold_role(kind, each)) for each in hold.transactions)
    amount = Money(abs(hold.units), movements[0].net.currency)
    left = {_hold_role(kind, each) for each in hold.transactions if (each.net.minor_units > 0) == (hold.units > 0)}
    if not hold.units:
        words = "all of it is back"
    elif left & {MovementRole.HELD, MovementRole.ADVANCED}:
        words = f"{amount} is to be taken back" if kind is CaseKind.ADVANCE else f"{amount} is held"
    else:
        words = f"{amount} came back that the records do not show going out"
    return PaymentCase(
        kind=kind,
        key=movements[0].transaction,
        movements=movements,
        state=CaseState.OPEN if hold.units else CaseState.ENDED,
        in_words=words,
    )
