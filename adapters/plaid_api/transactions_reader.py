"""Reads Plaid JSON: answers of `/transactions/sync` (any number of pages, in order) and `/transactions/get`."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

import attrs

from adapters.plaid_api.bank_line_json import bank_line_from_json, id_in, optional_text, sandbox_line_from_json
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Currency, UnknownCurrency
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.json_values import JsonObject, JsonValue, json_values
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable, shown
from ports.file_formats.text import beginning_of, printable

_OTHERS: Final = re.compile(r'"object"\s*:|"(?:po|txn)_\w|"payout"\s*:')
_LISTS: Final = ("added", "modified", "transactions", "removed")
_NESTED_MAX: Final = 6


class PlaidTransactionsReader:
    """Bank lines and accounts out of Plaid's answers.

    `modified` replaces a line, `removed` withdraws it, in the order of the file. A removed line that the file does not
    show is passed on in `withdrawn`: it may be in another file.
    """

    def recognises(self, file: InputFile) -> bool:
        """JSON that names nobody else's objects: Plaid's do not say `object`."""
        beginning = beginning_of(file.content)
        return beginning.startswith(("{", "[", "\x1e")) and not _OTHERS.search(beginning)

    def read(self, file: InputFile) -> FactsRead:
        """All bank lines in their last state. Raises UnreadableFile: not JSON, truncated, an error, none usable."""
        found = _Found(file)
        values = json_values(file)
        for number, value in enumerate(values, start=1):
            found.take(value, f"value {number}" if len(values) > 1 else "", 0)
        deposits = tuple(deposit for versions in found.lines.values() for deposit in versions)
        refuse_if_nothing_usable(file, len(deposits) + len(found.withdrawn), found.breaks)
        goes_on = ReconciliationBreak(
            kind=BreakKind.OTHER, where=file.name, reason="has_more is true on its last page: bank lines are missing"
        )
        return FactsRead(
            kind=found.kind,
            records=len(deposits) + len(found.breaks),
            accounts=found.all_accounts(deposits),
            deposits=deposits,
            breaks=(*found.breaks, *((goes_on,) if found.has_more else ())),
            withdrawn=tuple(sorted(found.withdrawn)),
            corrected=tuple(sorted(found.corrected)),
            notes=() if deposits or found.breaks or found.withdrawn else ("holds no records",),
        )


@attrs.define
class _Found:
    """What was found so far."""

    file: InputFile
    kind: str = "Plaid JSON"
    feed: str = ""
    institution: str | None = None
    has_more: bool = False
    lines: dict[BankDepositId, list[BankDeposit]] = attrs.Factory(dict)
    """Of each line the versions that contradict each other; in an orderly file there is one."""
    accounts: dict[BankAccountId, BankAccount] = attrs.Factory(dict)
    breaks: list[ReconciliationBreak] = attrs.Factory(list)
    withdrawn: set[BankDepositId] = attrs.Factory(set)
    corrected: set[BankDepositId] = attrs.Factory(set)

    def take(self, value: JsonValue, place: str, depth: int) -> None:
        """Take in a value: a list of answers, an answer, or a bare transaction."""
        if depth > _NESTED_MAX:
            self._break_off(place, UnreadableRecord("lists within lists are nested too deeply"))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.take(item, f"{place}[{index}]", depth + 1)
        elif not isinstance(value, Mapping):
            self._break_off(place, UnreadableRecord(f"is {shown(value)}, not an object"))
        elif any(isinstance(value.get(name), list) for name in _LISTS):
            self._take_answer(value, place)
        elif isinstance(value.get("override_accounts"), list):
            self._take_sandbox(value["override_accounts"], place)
        elif "transaction_id" in value:
            self._put(value, place)
        elif "error_code" in value or "error_type" in value:
            raise UnreadableFile(
                file=self.file.name,
                place=place,
                reason=f"is an error that Plaid answered, not records: {shown(value.get('error_message'))}",
            )
        elif isinstance(value.get("accounts"), list):
            self._take_accounts(value)
        else:
            self._break_off(
                place, UnreadableRecord("is not an answer of Plaid's /transactions/sync or /transactions/get")
            )

    def _take_answer(self, answer: JsonObject, place: str) -> None:
        self.kind = "Plaid /transactions/get" if "transactions" in answer else "Plaid /transactions/sync"
        self.has_more = answer.get("has_more") is True
        self._take_accounts(answer)
        for name in _LISTS:
            listed = answer.get(name, [])
            if not isinstance(listed, list):
                raise UnreadableFile(file=self.file.name, place=f"{place}.{name}".lstrip("."), reason="is not a list")
            for index, item in enumerate(listed):
                where = f"{place}.{name}[{index}]".lstrip(".")
                if not isinstance(item, Mapping):
                    self._break_off(where, UnreadableRecord(f"is {shown(item)}, not an object"))
                elif name == "removed":
                    self._remove(item, where)
                else:
                    self._put(item, where, replace=name == "modified")

    def _put(self, record: JsonObject, place: str, *, replace: bool = False) -> None:
        try:
            line = bank_line_from_json(record)
        except UnreadableRecord as error:
            if replace and isinstance(record.get("transaction_id"), str):
                self.lines.pop(BankDepositId(str(record["transaction_id"])), None)  # what it said before is outdated
            self._break_off(f"{place}{_name_in(record)}", error)
            return
        if replace:
            self.corrected.add(line.id)
        versions = self.lines.setdefault(line.id, [])
        if replace or all(version.status is BankDepositStatus.WITHDRAWN for version in versions):
            versions[:] = [line]
        elif line not in versions:
            versions.append(line)
        self.withdrawn.discard(line.id)

    def _remove(self, record: JsonObject, place: str) -> None:
        try:
            id_ = BankDepositId(id_in(record, "transaction_id"))
        except UnreadableRecord as error:
            self._break_off(place, error)
            return
        versions = self.lines.get(id_)
        if versions is None:
            self.withdrawn.add(id_)
        else:
            versions[:] = [attrs.evolve(version, status=BankDepositStatus.WITHDRAWN) for version in versions]
            self.corrected.add(id_)

    def _take_accounts(self, answer: JsonObject) -> None:
        item = answer.get("item")
        if isinstance(item, Mapping):
            self.feed = _soft(item, "item_id") or _soft(item, "institution_id") or self.feed
            self.institution = _soft(item, "institution_name") or _soft(item, "institution_id") or self.institution
        accounts = answer.get("accounts")
        for account in accounts if isinstance(accounts, list) else ():
            id_ = _soft(account, "account_id") if isinstance(account, Mapping) else None
            if id_ is None:
                continue
            balances = account.get("balances")
            self.accounts[BankAccountId(id_)] = BankAccount(
                id=BankAccountId(id_),
                feed="",
                name=_soft(account, "official_name") or _soft(account, "name"),
                mask=_soft(account, "mask"),
                persistent_id=_soft(account, "persistent_account_id"),
                currency=_currency(balances) if isinstance(balances, Mapping) else None,
            )

    def _take_sandbox(self, accounts: JsonValue, place: str) -> None:
        self.kind = "Plaid sandbox custom user"
        for number, account in enumerate(accounts if isinstance(accounts, list) else (), start=1):
            where = f"{place}.override_accounts[{number - 1}]".lstrip(".")
            listed = account.get("transactions") if isinstance(account, Mapping) else None
            if not isinstance(account, Mapping) or not isinstance(listed, list):
                self._break_off(where, UnreadableRecord("is not an account with a list of transactions"))
                continue
            numbers, meta = account.get("numbers"), account.get("meta")
            account_number = _soft(numbers, "account") if isinstance(numbers, Mapping) else None
            id_ = BankAccountId(account_number or f"{PurePath(self.file.name).stem} account {number}")
            name = _soft(meta, "official_name") or _soft(meta, "name") if isinstance(meta, Mapping) else None
            self.accounts[id_] = BankAccount(
                id=id_, feed="", name=name, mask=account_number[-4:] if account_number else None
            )
            for index, record in enumerate(listed):
                line_id = BankDepositId(f"{self.file.name}:{number}.{index + 1}")
                try:
                    if not isinstance(record, Mapping):
                        raise UnreadableRecord(f"is {shown(record)}, not an object")
                    self.lines[line_id] = [sandbox_line_from_json(record, line_id, id_)]
                except UnreadableRecord as error:
                    self._break_off(f"{where}.transactions[{index}]", error)

    def all_accounts(self, deposits: tuple[BankDeposit, ...]) -> tuple[BankAccount, ...]:
        """The accounts described, and those that lines merely name."""
        for deposit in deposits:
            self.accounts.setdefault(deposit.account, BankAccount(id=deposit.account, feed=""))
        feed = self.feed or self.file.name
        return tuple(attrs.evolve(a, feed=feed, institution=self.institution) for a in self.accounts.values())

    def _break_off(self, place: str, error: UnreadableRecord) -> None:
        self.breaks.append(broken_record(self.file, place.lstrip(".") or "the whole", error))


def _name_in(record: JsonObject) -> str:
    name = record.get("transaction_id")
    return f" {printable(name)[:80]}" if isinstance(name, str) else ""


def _soft(record: JsonObject, field: str) -> str | None:
    """Text that is only descriptive: what is no text counts as not said."""
    try:
        return optional_text(record, field)
    except UnreadableRecord:
        return None


def _currency(balances: JsonObject) -> Currency | None:
    code = balances.get("iso_currency_code")
    try:
        return Currency.of(code) if isinstance(code, str) else None
    except UnknownCurrency:
        return None
