"""Plaid looks at the bank, some times a day, and notes what is new for an Item (plaid.com/docs/transactions)."""

from datetime import date, timedelta
from typing import Final

import attrs

from adapters.simulator.plaid.bank_account import BankLine, Happening, HappeningKind
from adapters.simulator.plaid.item import HISTORICAL, INITIAL, Item, LinkedAccount
from adapters.simulator.plaid.kernel import Kernel
from adapters.simulator.plaid.update_log import Transaction
from adapters.simulator.wire import DAY, JsonObject

_INITIAL_DAYS: Final = 30
"""What comes first (documented)."""


def initialise(kernel: Kernel, item: Item) -> None:
    """The product begins for the Item: the last thirty days come at once, the rest later, then what is new."""
    if item.has_transactions:
        return
    item.has_transactions = True
    habits = item.bank.habits
    kernel.clock.after(habits.initial_seconds, lambda: _initial(kernel, item))


def look(kernel: Kernel, item: Item) -> bool:
    """Plaid looks at the bank now. True if it could."""
    if item.is_removed or not item.has_transactions:
        return False
    if item.error is not None or item.bank.trouble is not None:
        item.last_failure = kernel.now
        return False
    item.last_success = kernel.now
    first = len(item.log)
    if item.is_ready:
        for linked in list(item.accounts.values()):
            _read_on(kernel, item, linked)
    _note_balances(item)
    if len(item.log) > first:
        tell_of_updates(kernel, item, first)
    return True


def tell_of_updates(kernel: Kernel, item: Item, first: int) -> None:
    """Webhooks of what came into the log from index `first` on: the one for sync, and those of the older endpoint."""
    if item.was_synced:
        kernel.tell(
            item.webhook,
            _webhook(
                item,
                "SYNC_UPDATES_AVAILABLE",
                initial_update_complete=item.is_ready,
                historical_update_complete=item.status == HISTORICAL,
            ),
        )
    updates = item.log.updates[first:]
    removed = [each.transaction.transaction_id for each in updates if each.kind == "removed"]
    if removed:
        kernel.tell(item.webhook, _webhook(item, "TRANSACTIONS_REMOVED", error=None, removed_transactions=removed))
    added = sum(each.kind == "added" for each in updates)
    if added and item.status == HISTORICAL:
        kernel.tell(item.webhook, _webhook(item, "DEFAULT_UPDATE", error=None, new_transactions=added))


def begin_reading(item: Item, linked: LinkedAccount) -> None:
    """What the bank did before counts as history."""
    linked.read = len(linked.account.happened)
    item.accounts[linked.account_id] = linked


def add_history(kernel: Kernel, item: Item, linked: LinkedAccount, first: date) -> None:
    """Tells all lines of the account from this day on that are not told yet, oldest first."""
    lines = (line for line in linked.account.lines.values() if line.date >= first and _is_shown(item, line))
    for line in sorted(lines, key=lambda line: (line.date, line.number)):
        if line.number not in linked.told:
            _add(kernel, item, linked, line)


def catch_up(kernel: Kernel, item: Item, linked: LinkedAccount) -> None:
    """An account that is shared from now on, or again: what it holds is told."""
    first, linked.read = len(item.log), len(linked.account.happened)
    for number, told in list(linked.told.items()):  # what happened while nobody looked
        now = linked.account.lines.get(number)
        if now is None:
            _remove(item, linked, told.line)
        elif now != told.line:
            linked.told[number] = attrs.evolve(told, line=now)
            item.log.add("modified", linked.told[number])
    add_history(kernel, item, linked, oldest_day(kernel, item))
    _note_balances(item)
    if len(item.log) > first:
        tell_of_updates(kernel, item, first)


def oldest_day(kernel: Kernel, item: Item) -> date:
    """The first day of which lines are told now."""
    days = item.days_requested if item.status == HISTORICAL else min(_INITIAL_DAYS, item.days_requested)
    return kernel.today - timedelta(days=days)


def give_new_id(kernel: Kernel, item: Item, linked: LinkedAccount) -> None:
    """The account and its lines get other ids: Plaid could not tell that it is the same one."""
    withdraw(item, linked)
    del item.accounts[linked.account_id]
    linked.account_id = kernel.ids.id()
    item.accounts[linked.account_id] = linked
    linked.was_told.clear()
    add_history(kernel, item, linked, oldest_day(kernel, item))


def withdraw(item: Item, linked: LinkedAccount) -> None:
    """All lines of the account are told as removed."""
    for transaction in linked.told.values():
        item.log.add("removed", transaction)
    linked.told.clear()


def _initial(kernel: Kernel, item: Item) -> None:
    if item.is_removed:
        return
    if item.error is not None or item.bank.trouble is not None:
        item.last_failure = kernel.now
        kernel.clock.after(DAY // item.bank.habits.polls_a_day, lambda: _initial(kernel, item))
        return
    item.status, first = INITIAL, len(item.log)
    for linked in item.shared():
        linked.read = len(linked.account.happened)
        add_history(kernel, item, linked, oldest_day(kernel, item))
    _note_balances(item)
    item.last_success = kernel.now
    kernel.tell(item.webhook, _webhook(item, "INITIAL_UPDATE", error=None, new_transactions=len(item.log) - first))
    tell_of_updates(kernel, item, first)
    kernel.clock.after(item.bank.habits.historical_seconds, lambda: _historical(kernel, item))
    _look_again(kernel, item)


def _historical(kernel: Kernel, item: Item) -> None:
    if item.is_removed:
        return
    first = len(item.log)
    if not look(kernel, item):
        kernel.clock.after(DAY // item.bank.habits.polls_a_day, lambda: _historical(kernel, item))
        return
    item.status, first = HISTORICAL, len(item.log)
    for linked in item.shared():
        add_history(kernel, item, linked, oldest_day(kernel, item))
    kernel.tell(item.webhook, _webhook(item, "HISTORICAL_UPDATE", error=None, new_transactions=len(item.log) - first))
    if item.was_synced:
        kernel.tell(
            item.webhook,
            _webhook(item, "SYNC_UPDATES_AVAILABLE", initial_update_complete=True, historical_update_complete=True),
        )


def _look_again(kernel: Kernel, item: Item) -> None:
    """The next look, at about its hour."""
    pause = DAY // item.bank.habits.polls_a_day
    jitter = kernel.chance("looks").randint(-pause // 8, pause // 8)

    def again() -> None:
        if not item.is_removed:
            look(kernel, item)
            _look_again(kernel, item)

    kernel.clock.after(pause + jitter, again)


def _read_on(kernel: Kernel, item: Item, linked: LinkedAccount) -> None:
    happened, linked.read = linked.account.happened[linked.read :], len(linked.account.happened)
    if not linked.is_shared:
        return
    for each in happened:
        _take_in(kernel, item, linked, each)
    if linked.name != linked.account.name:
        linked.name = linked.account.name
        if kernel.switches.renamed_account == "new_id":
            give_new_id(kernel, item, linked)


def _take_in(kernel: Kernel, item: Item, linked: LinkedAccount, happening: Happening) -> None:
    line = happening.line
    match happening.kind:
        case HappeningKind.SHOWN:
            _add_if_shown(kernel, item, linked, line)
        case HappeningKind.SETTLED if happening.replaces is not None:
            _settle(kernel, item, linked, happening, happening.replaces)
        case HappeningKind.CORRECTED if line.number in linked.told:
            changed = attrs.evolve(linked.told[line.number], line=line)
            linked.told[line.number] = changed
            item.log.add("modified", changed)
        case HappeningKind.TAKEN_BACK:
            _remove(item, linked, line)
        case HappeningKind.BROUGHT_BACK:
            _add_if_shown(kernel, item, linked, line)
        case _:
            pass  # of a line from before the days that were asked for


def _settle(kernel: Kernel, item: Item, linked: LinkedAccount, happening: Happening, pending: BankLine) -> None:
    """The posted line comes with an id of its own, the pending one is removed (documented)."""
    before = linked.told.get(pending.number)
    names_it = before is not None and happening.is_linked and item.bank.habits.links_pending
    if kernel.switches.pending_removed == "before_posted":
        _remove(item, linked, pending)
    if before is not None or happening.line.date >= oldest_day(kernel, item):
        _add(kernel, item, linked, happening.line, before.transaction_id if before and names_it else None)
    if kernel.switches.pending_removed == "after_posted":
        _remove(item, linked, pending)


def _add_if_shown(kernel: Kernel, item: Item, linked: LinkedAccount, line: BankLine) -> None:
    if _is_shown(item, line) and line.date >= oldest_day(kernel, item):
        _add(kernel, item, linked, line)


def _is_shown(item: Item, line: BankLine) -> bool:
    return not line.is_pending or item.bank.habits.shows_pending


def _add(kernel: Kernel, item: Item, linked: LinkedAccount, line: BankLine, pending: str | None = None) -> None:
    id = linked.was_told.get(line.number) if kernel.switches.returning_line == "same_id" else None
    transaction = Transaction(
        transaction_id=id or kernel.ids.id(),
        account_id=linked.account_id,
        line=line,
        pending_transaction_id=pending,
    )
    linked.told[line.number] = transaction
    item.log.add("added", transaction)


def _remove(item: Item, linked: LinkedAccount, line: BankLine) -> None:
    transaction = linked.told.pop(line.number, None)
    if transaction is not None:
        linked.was_told[line.number] = transaction.transaction_id
        item.log.add("removed", transaction)


def _note_balances(item: Item) -> None:
    for linked in item.accounts.values():
        linked.current, linked.available = linked.account.current(), linked.account.available()


def _webhook(item: Item, code: str, **fields: object) -> JsonObject:
    return {
        "webhook_type": "TRANSACTIONS",
        "webhook_code": code,
        "item_id": item.item_id,
        "environment": item.environment,
        **fields,
    }
