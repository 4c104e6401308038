"""`/transactions/sync`: what is new since a cursor (plaid.com/docs/api/products/transactions; documented)."""

from adapters.simulator.plaid import item_updates
from adapters.simulator.plaid.cursor import Cursor, UnknownCursor
from adapters.simulator.plaid.item import NOT_READY, Item
from adapters.simulator.plaid.kernel import Kernel
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.transaction_object import account_object, transaction_object
from adapters.simulator.plaid.update_log import Net
from adapters.simulator.wire import JsonObject


def sync(
    kernel: Kernel, item: Item, *, cursor: str, count: int, account_id: str | None, with_original: bool
) -> JsonObject:
    """One page. Raises Refused."""
    item.was_synced = True
    item_updates.initialise(kernel, item)
    if not item.is_ready:
        # Empty arrays and an empty cursor until the first lines are there (documented).
        return _page(kernel, item, [], "", has_more=False, with_original=with_original)
    stream = item.item_id if account_id is None else f"{item.item_id}/{account_id}"
    end = len(item.log)
    if cursor == "now":
        at_end = Cursor(stream=stream, start=end, next=end, end=end)
        return _page(kernel, item, [], at_end.text(), has_more=False, with_original=with_original)
    place = _place(cursor, stream, end)
    if not place.is_at_rest and _has_changed(kernel, item, place, account_id):
        raise Refused("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION")
    start = place.next if place.is_at_rest else place.start
    found, after = _next(kernel, item, start, place.next, count, account_id)
    has_more = _is_more(kernel, item, start, after, account_id)
    onward = Cursor(stream=stream, start=start, next=after, end=end)
    if not has_more:
        onward = Cursor(stream=stream, start=end, next=end, end=end)
    return _page(kernel, item, found, onward.text(), has_more=has_more, with_original=with_original)


def _place(cursor: str, stream: str, end: int) -> Cursor:
    if not cursor:
        return Cursor(stream=stream, start=0, next=0, end=0)
    try:
        place = Cursor.of_text(cursor)
    except UnknownCursor as error:
        raise Refused("INVALID_FIELD", "cursor is not a valid cursor") from error
    if place.stream != stream or place.end > end:
        raise Refused("INVALID_FIELD", "cursor not associated with access_token")
    return place


def _has_changed(kernel: Kernel, item: Item, place: Cursor, account_id: str | None) -> bool:
    """The lines changed since the update's first page. The cursor is then good for nothing, for ever: whoever tries it
    again gets the same answer, and must begin with the update's first cursor (plaid.com/docs/errors/transactions;
    documented)."""
    changed = item.log.ids(place.end, len(item.log), account_id)
    if kernel.switches.mutation == "seen_lines":
        changed &= item.log.ids(place.start, place.next, account_id)
    return bool(changed)


def _next(
    kernel: Kernel, item: Item, start: int, first: int, count: int, account_id: str | None
) -> tuple[list[Net], int]:
    log = item.log
    if kernel.switches.history == "as_it_happened":
        return log.net_of_page(first, count, account_id)
    found = [net for net in log.net(start, len(log), account_id) if net.index >= first][:count]
    return found, found[-1].index + 1 if found else len(log)


def _is_more(kernel: Kernel, item: Item, start: int, after: int, account_id: str | None) -> bool:
    log = item.log
    if kernel.switches.history == "as_it_happened":
        return any(log.within(after, len(log), account_id))
    return any(net.index >= after for net in log.net(start, len(log), account_id))


def _page(
    kernel: Kernel, item: Item, found: list[Net], next_cursor: str, *, has_more: bool, with_original: bool
) -> JsonObject:
    switches = kernel.switches
    listed: dict[str, list[JsonObject]] = {"added": [], "modified": [], "removed": []}
    for net in found:
        transaction = net.transaction
        if net.kind == "removed":
            gone: JsonObject = {"transaction_id": transaction.transaction_id, "account_id": transaction.account_id}
            listed["removed"].append(gone)
        else:
            listed[net.kind].append(transaction_object(transaction, switches, with_original=with_original))
    named = {net.transaction.account_id for net in found}
    return {
        # Only accounts with a line in this answer are shown (documented in the SDK).
        "accounts": [account_object(linked, switches) for linked in item.shared() if linked.account_id in named],
        **listed,
        "has_more": has_more,
        "next_cursor": next_cursor,
        "transactions_update_status": item.status if item.is_ready else NOT_READY,
    }
