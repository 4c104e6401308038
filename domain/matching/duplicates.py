"""One physical account through two feeds: the same lines under other ids are the same money, counted once.

A bank that is linked again, a statement downloaded twice with an overlap, or in two formats, brings known lines again.
Accounts are the same when the bank's lasting identity says so, when institution, number and name agree, or, where
numbers are not given, when their lines agree: day, amount and text, or, since formats word the same line differently,
nearly all days and amounts of both. Equal lines within one feed are separate deposits; across feeds the larger count
holds.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import combinations
from typing import Final, TypeAlias

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, is_one_identity
from domain.matching.components import connected

SHARED_LINES_MIN: Final = 3
"""So many equal lines (day, amount and text) show that two unnumbered accounts are one …"""
SHARED_PERCENT: Final = 60
"""… if they are at least this share of the days that both cover."""
SHARED_MONEY_PERCENT: Final = 90
"""Where texts do not agree: so many different amounts in common, and this share of the lines of both."""

_Print: TypeAlias = tuple[object, ...]


@attrs.frozen
class Duplicates:
    """Which accounts are one, and which lines repeat another feed's."""

    account_of: Mapping[BankAccountId, BankAccountId]
    """Account → the account that stands for it; only where they differ."""
    repeats: Mapping[BankDepositId, BankAccountId]
    """Repeated line → the account under which it is counted."""


def find_duplicates(
    accounts: Sequence[BankAccount],
    lines: Sequence[BankDeposit],
    judged: Set[str] = frozenset(),
    known: Mapping[BankAccountId, BankAccountId] | None = None,
) -> Duplicates:
    """Duplicates among posted lines. Near-linear; with one account there is nothing to do.

    `judged` lines are those that people decided on: they are the ones that are kept. `known` says which accounts are
    one (account → the one that stands for it), where that is known already.
    """
    if known is not None:
        return _among_known(known, lines, judged)
    named = {account.id: account for account in accounts}
    ids = sorted({line.account for line in lines} | set(named))
    if len(ids) < 2:
        return Duplicates({}, {})
    by_account: dict[BankAccountId, list[BankDeposit]] = {id: [] for id in ids}
    for line in lines:
        by_account[line.account].append(line)
    same = [
        (i, j)
        for (i, a), (j, b) in combinations(enumerate(ids), 2)
        if _one_account(named.get(a), named.get(b), by_account[a], by_account[b])
    ]
    account_of: dict[BankAccountId, BankAccountId] = {}
    repeats: dict[BankDepositId, BankAccountId] = {}
    for group in connected(len(ids), same):
        if len(group) > 1:
            members = [ids[i] for i in group]
            account_of.update(dict.fromkeys(members[1:], members[0]))
            repeats.update(_repeats(members, by_account, judged))
    return Duplicates(account_of, repeats)


def _among_known(
    same: Mapping[BankAccountId, BankAccountId], lines: Sequence[BankDeposit], judged: Set[str]
) -> Duplicates:
    repeats: dict[BankDepositId, BankAccountId] = {}
    members_of: dict[BankAccountId, list[BankAccountId]] = {}
    for account, standing in sorted(same.items()):
        members_of.setdefault(standing, [standing]).append(account)
    by_account: dict[BankAccountId, list[BankDeposit]] = defaultdict(list)
    if members_of:
        for line in lines:
            by_account[line.account].append(line)
    for members in members_of.values():
        repeats.update(_repeats(members, by_account, judged))
    return Duplicates(dict(same), repeats)


def _one_account(
    a: BankAccount | None, b: BankAccount | None, lines_a: Sequence[BankDeposit], lines_b: Sequence[BankDeposit]
) -> bool:
    if a is not None and b is not None:
        same = is_one_identity(a.persistent_id, b.persistent_id)
        if same is not None:
            return same
        if a.currency and b.currency and a.currency != b.currency:
            return False
        if a.mask and b.mask:
            digits = min(len(a.mask), len(b.mask))
            if a.mask[-digits:] != b.mask[-digits:]:
                return False
            if a.institution and b.institution and a.institution != b.institution:
                return False
            if a.feed != b.feed and _name(a) == _name(b) and (a.institution or b.institution):
                return True
        elif a.feed == b.feed and a.id != b.id and (a.name or b.name or a.mask or b.mask):
            return False  # two accounts that one feed tells apart
    return _lines_agree(lines_a, lines_b) or (
        a is not None and b is not None and a.feed != b.feed and _money_agrees(lines_a, lines_b)
    )


def _name(account: BankAccount) -> str:
    return " ".join((account.name or "").split()).casefold()


def _lines_agree(a: Sequence[BankDeposit], b: Sequence[BankDeposit]) -> bool:
    prints_a, prints_b = _on_days_of_both(a, b, _fingerprint)
    shared = sum((prints_a & prints_b).values())
    return shared >= SHARED_LINES_MIN and shared * 100 >= SHARED_PERCENT * min(prints_a.total(), prints_b.total())


def _money_agrees(a: Sequence[BankDeposit], b: Sequence[BankDeposit]) -> bool:
    """Of both: an account that is swept into another shares its credits with it, and has the debits besides."""
    prints_a, prints_b = _on_days_of_both(a, b, _day_and_amount)
    shared = prints_a & prints_b
    amounts = {minor_units for _, minor_units, *_ in shared}
    largest = max(prints_a.total(), prints_b.total())
    return len(amounts) >= SHARED_LINES_MIN and shared.total() * 100 >= SHARED_MONEY_PERCENT * largest


def _on_days_of_both(
    a: Sequence[BankDeposit], b: Sequence[BankDeposit], printed: Callable[[BankDeposit], _Print]
) -> tuple[Counter[_Print], Counter[_Print]]:
    """How often each has what, of the days that both cover; nothing if there are none."""
    if not a or not b:
        return Counter(), Counter()
    first = max(min(line.date for line in a), min(line.date for line in b))
    last = min(max(line.date for line in a), max(line.date for line in b))
    prints_a = Counter(printed(line) for line in a if first <= line.date <= last)
    prints_b = Counter(printed(line) for line in b if first <= line.date <= last)
    return prints_a, prints_b


def _fingerprint(line: BankDeposit) -> _Print:
    return *_day_and_amount(line), "".join(character for character in line.text.casefold() if character.isalnum())


def _day_and_amount(line: BankDeposit) -> _Print:
    return line.date, line.amount.minor_units, line.amount.currency.code


def _repeats(
    members: Sequence[BankAccountId], by_account: Mapping[BankAccountId, Sequence[BankDeposit]], judged: Set[str]
) -> dict[BankDepositId, BankAccountId]:
    """Lines beyond the larger count; the account with most lines of a day and amount keeps its own, the first if equal.

    A line that a person decided on takes the place of one that is kept.
    """
    equal: dict[_Print, dict[BankAccountId, list[BankDeposit]]] = defaultdict(dict)
    for member in members:
        for line in by_account[member]:
            equal[_day_and_amount(line)].setdefault(member, []).append(line)
    repeats: dict[BankDepositId, BankAccountId] = {}
    for found in equal.values():
        if len(found) > 1:
            keeper = min(found, key=lambda account: (-len(found[account]), account))
            kept = sorted(found[keeper], key=lambda line: (line.id in judged, line.id))
            others = [line for account in sorted(found) if account != keeper for line in found[account]]
            for line in sorted(others, key=lambda line: (line.id not in judged, line.id)):
                if line.id in judged and kept and kept[0].id not in judged:
                    repeats[kept.pop(0).id] = line.account
                else:
                    repeats[line.id] = keeper
    return repeats
