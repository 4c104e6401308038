"""A company's cases, page by page: derived from the facts that a page needs, however long the history is."""

from collections.abc import Iterable
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payment_case import (
    HOLDS,
    NEVER_OPEN,
    OF_PAYOUTS,
    CaseKind,
    CaseState,
    PaymentCase,
    key_of,
    kind_of,
)
from domain.payment_cases import cases_among
from domain.payout import PayoutId
from ports.facts import (
    CaseMovements,
    Facts,
    HeldMoney,
    ItemsOf,
    MovementsOf,
    OfCharges,
    OfPayments,
    ReversalsOf,
    WithIds,
)
from ports.transaction import CompanyTransaction

KEYS_AT_ONCE: Final = 250
"""Cases of so many keys are derived at a time."""


@attrs.frozen(kw_only=True)
class CasesWanted:
    """Which cases, all filters together."""

    kind: CaseKind | None = None
    open: bool | None = None
    """True: those that are not ended; False: those that are."""
    payout: PayoutId | None = None
    """Those that touch this payout."""
    charge: str | None = None
    """Those that are about this charge."""

    def admits(self, case: PaymentCase) -> bool:
        """The case meets every filter."""
        return (
            (self.kind is None or case.kind is self.kind)
            and (self.open is None or self.open is (case.state is not CaseState.ENDED))
            and (self.payout is None or self.payout in case.payouts or case.key == self.payout)
            and (self.charge is None or case.charge == self.charge)
        )

    @property
    def kinds(self) -> tuple[CaseKind, ...]:
        """Kinds of which there can be any."""
        return tuple(
            kind
            for kind in CaseKind
            if self.kind in (None, kind)
            and not (self.open and kind in NEVER_OPEN)
            and not (self.charge is not None and (kind in HOLDS or kind in OF_PAYOUTS))
        )


Place = tuple[CaseKind, str]
_ORDER: Final = {kind: number for number, kind in enumerate(CaseKind)}


async def list_cases(
    wanted: CasesWanted, *, after: Place | None, limit: int, snapshot: CompanyTransaction
) -> tuple[tuple[PaymentCase, ...], bool]:
    """Cases in the order of their kinds and keys, and whether more follow. `after`: the last one seen, still there or
    not."""
    named = await _named(wanted, snapshot.facts)
    found: list[PaymentCase] = []
    for kind in wanted.kinds:
        if after is not None and _ORDER[kind] < _ORDER[after[0]]:
            continue
        key = after[1] if after is not None and after[0] is kind else None
        some = _holds if kind in HOLDS else _any if named is None else named.of_kind
        found += await some(kind, wanted, key, limit + 1 - len(found), snapshot)
        if len(found) > limit:
            return tuple(found[:limit]), True
    return tuple(found), False


async def _holds(
    kind: CaseKind, wanted: CasesWanted, key: str | None, limit: int, snapshot: CompanyTransaction
) -> list[PaymentCase]:
    every = cases_among(await snapshot.facts.load(HeldMoney()), [kind])
    return _admitted(every, wanted, key)[:limit]


async def _any(
    kind: CaseKind, wanted: CasesWanted, key: str | None, limit: int, snapshot: CompanyTransaction
) -> list[PaymentCase]:
    """Of all keys."""
    found: list[PaymentCase] = []
    while len(found) < limit:
        keys = await snapshot.case_keys.after(kind, key, limit=KEYS_AT_ONCE)
        if not keys:
            break
        found += _admitted(await _derived(kind, keys, snapshot.facts), wanted, key)
        key = keys[-1]
    return found[:limit]


def _admitted(cases: Iterable[PaymentCase], wanted: CasesWanted, key: str | None) -> list[PaymentCase]:
    return [case for case in cases if (key is None or case.key > key) and wanted.admits(case)]


@attrs.frozen(kw_only=True)
class _Named:
    """The keys that the filters leave over."""

    payouts: frozenset[str] = frozenset()
    charges: frozenset[str] = frozenset()
    movements: tuple[BalanceTransaction, ...] = ()

    async def of_kind(
        self, kind: CaseKind, wanted: CasesWanted, key: str | None, limit: int, snapshot: CompanyTransaction
    ) -> list[PaymentCase]:
        """The cases of these keys."""
        moved = {key_of(each) for each in self.movements if kind_of(each) is kind}
        keys = self.payouts if kind in OF_PAYOUTS else self.charges | moved
        return _admitted(await _derived(kind, tuple(sorted(keys)), snapshot.facts), wanted, key)[:limit]


async def _named(wanted: CasesWanted, facts: Facts) -> _Named | None:
    """None: any keys."""
    if wanted.payout is not None:
        return await _touching(wanted.payout, facts)
    if wanted.charge is None:
        return None
    about = await facts.load(OfCharges(charges=(wanted.charge,)))
    return _Named(charges=frozenset({wanted.charge}), movements=about.balance_transactions)


async def _touching(payout: PayoutId, facts: Facts) -> _Named:
    """What is in the payout's list, what is about the charges in it, and payouts that it has to do with."""
    listed = (await facts.load(ItemsOf(payouts=(payout,)))).balance_transactions
    moves = {each.source for each in listed if each.moves_payout and each.source is not None}
    around = await facts.load(WithIds(ids=(payout, *sorted(moves))))
    originals = {each.original_payout for each in around.payouts if each.original_payout is not None}
    charges = frozenset(each.source for each in listed if each.source is not None and each.source == each.charge)
    about = await facts.load(OfCharges(charges=tuple(sorted(charges)))) if charges else CompanyFacts()
    return _Named(
        payouts=frozenset({payout, *moves, *originals}),
        charges=charges,
        movements=(*listed, *about.balance_transactions),
    )


async def _derived(kind: CaseKind, keys: tuple[str, ...], facts: Facts) -> list[PaymentCase]:
    """The cases of these keys, whole: with all their movements, and those of their charges."""
    if not keys:
        return []
    if kind in OF_PAYOUTS:
        known = await _around_payouts(keys, facts)
    else:
        known = await facts.load(CaseMovements(kind=kind, keys=keys))
        intents = {each.payment_intent for each in known.balance_transactions if each.payment_intent is not None}
        charges = {each.charge for each in known.balance_transactions if each.charge is not None}
        if charges:
            payments = OfPayments(payment_intents=tuple(sorted(intents)), charges=tuple(sorted(charges)))
            known = _together(known, await facts.load(payments))
    wanted = set(keys)
    return [case for case in cases_among(known, [kind]) if case.key in wanted]


async def _around_payouts(keys: tuple[str, ...], facts: Facts) -> CompanyFacts:
    """Payouts, those that draw them back, and the movements of both."""
    ids = tuple(PayoutId(key) for key in keys)
    payouts = (await facts.load(WithIds(ids=ids), ReversalsOf(payouts=ids))).payouts
    others = {each.reversed_by for each in payouts if each.reversed_by is not None} - {each.id for each in payouts}
    if others:
        payouts += (await facts.load(WithIds(ids=tuple(sorted(others))))).payouts
    moved_by = tuple(sorted({*ids, *(each.id for each in payouts)}))
    own = tuple(sorted({each.balance_transaction for each in payouts if each.balance_transaction is not None}))
    moved = await facts.load(MovementsOf(payouts=moved_by), WithIds(ids=(*keys, *own)))
    transactions = {each.id: each for each in moved.balance_transactions}
    return CompanyFacts(
        payouts=tuple({each.id: each for each in payouts}.values()), balance_transactions=tuple(transactions.values())
    )


def _together(some: CompanyFacts, others: CompanyFacts) -> CompanyFacts:
    known = {each.id: each for each in (*some.balance_transactions, *others.balance_transactions)}
    return attrs.evolve(some, balance_transactions=tuple(known.values()))
