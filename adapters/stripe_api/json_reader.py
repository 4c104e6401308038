"""Reads Stripe API JSON: payouts and balance transactions in any of the shapes in which people keep them.

List objects, bare arrays, single objects, JSON lines, `{"payout": "po_…", "data": […]}` per payout, and arrays or lines
of all these. Expanded `balance_transaction` and `source` objects are read as records of their own.
"""

import re
from collections.abc import Mapping
from typing import Final

import attrs

from adapters.stripe_api import json_fields
from adapters.stripe_api.balance_transaction_json import balance_transaction_from_json
from adapters.stripe_api.payout_json import payout_from_json
from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout, PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.json_values import JsonObject, JsonValue, json_values
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable, shown
from ports.file_formats.text import beginning_of, printable

_STRIPE: Final = re.compile(r'"object"\s*:|"(?:po|txn)_\w|"payout"\s*:|"error"\s*:')
_PLAID: Final = re.compile(
    r'"(?:transaction_id|next_cursor|added|removed|modified|transactions|account_id|error_code|override_accounts)"\s*:'
)
_NESTED_MAX: Final = 6
"""Lists within lists beyond this are no export of anybody's."""


class StripeJsonReader:
    """Payouts and balance transactions out of Stripe API JSON."""

    def recognises(self, file: InputFile) -> bool:
        """JSON that names Stripe's objects, or that names nobody's (an empty list, a truncated beginning)."""
        beginning = beginning_of(file.content)
        if not beginning.startswith(("{", "[", "\x1e")):
            return False
        if re.search(r'"error_(?:code|type)"\s*:', beginning) and not re.search(r'"object"\s*:', beginning):
            return False  # Plaid's way of refusing
        return bool(_STRIPE.search(beginning)) or not _PLAID.search(beginning)

    def read(self, file: InputFile) -> FactsRead:
        """All payouts and balance transactions. Raises UnreadableFile: not JSON, modes mixed, none usable."""
        found = _Found(file)
        values = json_values(file)
        for number, value in enumerate(values, start=1):
            found.take(value, None, f"value {number}" if len(values) > 1 else "", 0)
        refuse_if_nothing_usable(file, len(found.payouts) + len(found.balance_transactions), found.breaks)
        modes = {payout.livemode for payout in found.payouts} - {None}
        if len(modes) > 1:
            raise UnreadableFile(file=file.name, place="", reason="mixes test mode and live mode records")
        return FactsRead(
            kind=found.kind(),
            records=found.records,
            payouts=tuple(found.payouts),
            balance_transactions=tuple(found.balance_transactions),
            breaks=(*found.breaks, *found.unfinished_lists()),
            notes=() if found.records else ("holds no records",),
        )


@attrs.define
class _Found:
    """What was found so far."""

    file: InputFile
    records: int = 0
    payouts: list[Payout] = attrs.Factory(list)
    balance_transactions: list[BalanceTransaction] = attrs.Factory(list)
    breaks: list[ReconciliationBreak] = attrs.Factory(list)
    more: dict[PayoutId | None, bool] = attrs.Factory(dict)
    """Of each paged list (by the payout it belongs to): every page seen says that more follow."""

    def kind(self) -> str:
        """The format, in words."""
        if self.payouts and self.balance_transactions:
            return "Stripe API payouts and balance transactions"
        if self.balance_transactions:
            return "Stripe API balance transactions"
        return "Stripe API payouts" if self.payouts else "Stripe API JSON"

    def take(self, value: JsonValue, payout: PayoutId | None, place: str, depth: int) -> None:
        """Take in a value: a list of records, a page, or one record."""
        if depth > _NESTED_MAX:
            self._break_off(place, UnreadableRecord("lists within lists are nested too deeply"))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.take(item, payout, f"{place}[{index}]", depth + 1)
        elif isinstance(value, Mapping):
            self._take_object(value, payout, place, depth)
        else:
            self._break_off(place, UnreadableRecord(f"is {shown(value)}, not an object"))

    def _take_object(self, value: JsonObject, payout: PayoutId | None, place: str, depth: int) -> None:
        match value.get("object"):
            case "payout":
                self._take_payout(value, place)
            case "balance_transaction":
                self._take_balance_transaction(value, payout, place)
            case "list" | None if isinstance(value.get("data"), list):
                self._take_page(value, payout, place, depth)
            case None if "error" in value and "id" not in value:
                raise UnreadableFile(file=self.file.name, place=place, reason=_refusal(value["error"]))
            case None if isinstance(value.get("payouts"), list | Mapping) or isinstance(
                value.get("balance_transactions"), list | Mapping
            ):
                for name in ("payouts", "balance_transactions"):
                    if value.get(name) is not None:
                        self.take(value[name], payout, f"{place}.{name}", depth + 1)
            case None if str(value.get("id")).startswith("po_"):
                self._take_payout(value, place)
            case None if str(value.get("id")).startswith("txn_"):
                self._take_balance_transaction(value, payout, place)
            case other:
                named = "an object without “object”" if other is None else f"object {shown(other)}"
                self._break_off(place, UnreadableRecord(f"{named} is neither a payout nor a balance transaction"))

    def _take_page(self, page: JsonObject, payout: PayoutId | None, place: str, depth: int) -> None:
        try:
            of = json_fields.reference(page, "payout") if "payout" in page else payout
        except UnreadableRecord as error:
            raise UnreadableFile(file=self.file.name, place=f"{place}.payout", reason=error.reason) from error
        payout = None if of is None else PayoutId(of)
        goes_on = page.get("has_more") is True
        self.more[payout] = self.more.get(payout, True) and goes_on
        self.take(page["data"], payout, f"{place}.data", depth + 1)

    def _take_payout(self, value: JsonObject, place: str) -> None:
        self.records += 1
        try:
            self.payouts.append(payout_from_json(value))
        except UnreadableRecord as error:
            self._record_break(place, value, error)
            return
        own = value.get("balance_transaction")
        if isinstance(own, Mapping):
            self._take_balance_transaction(own, self.payouts[-1].id, f"{place}.balance_transaction")
        returned = value.get("failure_balance_transaction")
        if isinstance(returned, Mapping):
            self._take_balance_transaction(returned, None, f"{place}.failure_balance_transaction")

    def _take_balance_transaction(self, value: JsonObject, payout: PayoutId | None, place: str) -> None:
        self.records += 1
        try:
            self.balance_transactions.append(balance_transaction_from_json(value, payout))
        except UnreadableRecord as error:
            self._record_break(place, value, error)
            return
        source = value.get("source")
        if isinstance(source, Mapping) and source.get("object") == "payout" and "arrival_date" in source:
            self._take_payout({**source, "balance_transaction": _id_only(source)}, f"{place}.source")

    def unfinished_lists(self) -> list[ReconciliationBreak]:
        """A break for each list whose last page is not in the file: records are missing."""
        return [
            ReconciliationBreak(
                kind=BreakKind.OTHER if payout is None else BreakKind.ITEMS_MISSING,
                where=self.file.name if payout is None else payout,
                reason="the list goes on (has_more), but its further pages are not in the file",
            )
            for payout, goes_on in self.more.items()
            if goes_on
        ]

    def _break_off(self, place: str, error: UnreadableRecord) -> None:
        self.records += 1
        self.breaks.append(broken_record(self.file, place.lstrip(".") or "the whole", error))

    def _record_break(self, place: str, value: JsonObject, error: UnreadableRecord) -> None:
        name = value.get("id")
        where = f"{place.lstrip('.') or 'the whole'}{f' {printable(name)[:80]}' if isinstance(name, str) else ''}"
        self.breaks.append(broken_record(self.file, where, error))


def _id_only(source: JsonObject) -> JsonValue:
    """A payout's balance transaction as its id, so that expansions do not go round in circles."""
    own = source.get("balance_transaction")
    return own.get("id") if isinstance(own, Mapping) else own


def _refusal(error: JsonValue) -> str:
    message = error.get("message") if isinstance(error, Mapping) else error
    return f"is an error that Stripe answered, not records: {shown(message)}"
