"""Reads the CSV files of banks: columns by their headings, in the languages, dates, and decimals of several countries.

What a file leaves open is decided from the whole of it by stated rules, and every such decision is noted.
"""

import functools
import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import Final

import attrs

from adapters.statement_files.csv_amounts import (
    decimal_mark_of,
    notes_on_undecided_mark,
    read_amount,
    taken_apart,
)
from adapters.statement_files.csv_balances import jumps_beside
from adapters.statement_files.csv_columns import BankColumns
from adapters.statement_files.csv_dates import DateOrder, UndecidedDates, looks_like_a_date, order_of, read_date
from adapters.statement_files.csv_headings import Role, plain
from adapters.statement_files.csv_layout import Layout, heading_row, known_currency, layout_of
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.csv_rows import CsvRow
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable, shown
from ports.file_formats.text import beginning_of, is_plain_id, printable, text_of

_STRIPES: Final = re.compile(r"balance_transaction_id|automatic_payout_id|(?:Arrival Date|Available On) \(UTC\)", re.I)
_CREDIT: Final = frozenset(
    {"c", "cr", "credit", "cred", "h", "haben", "bij", "in", "abono", "avere", "haber", "credito", "ingreso",
     "gutschrift", "entree", "+"}
)  # fmt: skip
_DEBIT: Final = frozenset(
    {"d", "dr", "debit", "deb", "s", "soll", "af", "out", "cargo", "dare", "debe", "debito", "gasto",
     "lastschrift", "sortie", "debet", "-"}
)  # fmt: skip
_PENDING: Final = re.compile(
    r"pend|vorgemerkt|vormerk|en attente|en cours|in behandeling|in sospeso|authori[sz]ed|processing"
)
_WITHDRAWN: Final = re.compile(r"revert|declin|fail|cancel|reject|storniert|annul|rifiutat|rechazad|void")
_DOLLARS: Final = frozenset(
    {"usd", "cad", "aud", "nzd", "sgd", "hkd", "twd", "mxn", "bbd", "bsd", "bzd", "fjd", "gyd", "jmd", "nad",
     "srd", "ttd", "xcd", "kyd", "clp", "cop", "ars"}
)  # fmt: skip
"""Currencies that write themselves with a bare dollar sign."""
_ENGLISH_DATES: Final = frozenset(
    {"date", "posting date", "posted date", "date posted", "post date", "posted", "posted on", "booking date",
     "value date", "transaction date", "completed date", "date completed", "entry date", "process date",
     "effective date", "started date"}
)  # fmt: skip
_DISTINCT_IDS_MIN: Final = 0.9
"""Below this share of different values, a column called `id` does not hold ids of lines."""


@attrs.frozen(kw_only=True)
class BankCsvReader:
    """Bank lines out of a bank's CSV.

    `columns` is what the user says of it, `default_currency` what holds if the file names none.
    """

    columns: BankColumns = attrs.field(factory=BankColumns)
    default_currency: Currency | None = None

    def assuming_currency(self, currency: Currency) -> "BankCsvReader":
        """The same reader, which takes amounts that name no currency to be in this one, and notes it."""
        return attrs.evolve(self, default_currency=currency)

    def recognises(self, file: InputFile) -> bool:
        """Separated text with a row of headings that looks like a bank's, or with the columns that the user named."""
        beginning = beginning_of(file.content)
        if beginning.startswith(("{", "[", "<", "OFXHEADER", "%PDF", "PK\x03\x04")):
            return False
        if _STRIPES.search(beginning.split("\n", 1)[0]):
            return False
        return heading_row(beginning, self.columns.named) is not None

    def read(self, file: InputFile) -> FactsRead:
        """All bank lines. Raises UnreadableFile: no usable headings, dates or a currency that nothing decides."""
        text, notes = text_of(file, windows_1252_allowed=True)
        layout = layout_of(file, text, self.columns.named)
        lines = _Lines(file, layout, self.columns, self.default_currency, [*notes, *layout.notes])
        deposits, breaks = list[BankDeposit](), list(layout.misfits)
        read_line = lines.reader()
        for row in layout.rows:
            try:
                deposits.append(read_line(row))
            except UnreadableRecord as error:
                breaks.append((row.line, error))
        broken = [broken_record(file, f"line {line}", error) for line, error in sorted(breaks, key=lambda b: b[0])]
        refuse_if_nothing_usable(file, len(deposits), broken)
        jumps = [] if broken else jumps_beside(file, lines.layout, deposits, lines.mark)
        return FactsRead(
            kind="Bank CSV",
            records=len(deposits) + len(broken),
            accounts=lines.accounts(deposits),
            deposits=tuple(deposits),
            breaks=(*broken, *jumps),
            notes=tuple(lines.notes) if deposits or broken else (*lines.notes, "has its headings, but no records"),
        )


@attrs.define
class _Lines:
    """How the lines of one file are read: everything that is decided once for all of them."""

    file: InputFile
    layout: Layout
    told: BankColumns
    default_currency: Currency | None
    notes: list[str]
    text_columns: tuple[int, ...] = ()
    mark: str | None = None
    own_account: BankAccountId = attrs.field(init=False)
    """The account of lines that name none: its number, if that stands above the headings, else the file's name."""

    def values(self, role: Role) -> list[str]:
        """The values of the first column of this role; empty if there is no such column."""
        column = self.layout.headings.column(role)
        return [] if column is None else [row.values[column] for row in self.layout.rows]

    def reader(self) -> "functools.partial[BankDeposit]":
        """Decide what is to be decided, once. Raises UnreadableFile."""
        self.text_columns = self._text_columns()
        mark = self.mark = self._decimal_mark()
        currencies = self._currencies()
        self._note_undecided_mark(mark, {each for each in currencies if isinstance(each, Currency)})
        order = self._date_order({currency for currency in currencies if currency is not None})
        return functools.partial(
            self._deposit,
            currencies=dict(zip((row.line for row in self.layout.rows), currencies, strict=True)),
            mark=mark,
            day_first=order.day_first,
            indicator=self._indicator(),
            ids=self._ids(),
            account_column=self._account_column(),
        )

    def accounts(self, deposits: Sequence[BankDeposit]) -> tuple[BankAccount, ...]:
        """The accounts of the lines; the file's own account if there are no lines."""
        currencies: dict[BankAccountId, set[Currency]] = {}
        for deposit in deposits:
            currencies.setdefault(deposit.account, set()).add(deposit.amount.currency)
        return tuple(self._account(id_, currencies[id_]) for id_ in currencies or {})

    def _account(self, id_: BankAccountId, currencies: set[Currency]) -> BankAccount:
        number = re.sub(r"[^\w*]", "", id_)
        known = id_ != self.own_account or self.layout.account is not None
        return BankAccount(
            id=id_,
            feed=self.file.name,
            mask=number[-4:] if known and number[-4:].isdigit() else None,
            persistent_id=number if known and re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", number) else None,
            currency=next(iter(currencies)) if len(currencies) == 1 else None,
        )

    def __attrs_post_init__(self) -> None:
        name = PurePath(self.file.name)
        self.own_account = BankAccountId(self.layout.account or name.stem or self.file.name)

    def _decimal_mark(self) -> str | None:
        if self.told.decimal_mark:
            return self.told.decimal_mark
        roles = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.BALANCE)
        try:
            return decimal_mark_of(value for role in roles for value in self.values(role) if value)
        except UnreadableRecord as error:
            raise UnreadableFile(file=self.file.name, place="", reason=error.reason, columns="decimals=…") from error

    def _note_undecided_mark(self, mark: str | None, currencies: set[Currency]) -> None:
        """What is assumed where no amount shows which mark sets decimals apart."""
        if mark is None and currencies:
            values = [value for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT) for value in self.values(role)]
            self.notes.extend(notes_on_undecided_mark(values, currencies))

    def _currencies(self) -> list[Currency | str | None]:
        """Of each row the currency, or as text the code that is not known. Raises UnreadableFile if nothing says."""
        count = len(self.layout.rows)
        if self.told.currency is not None:
            return [self.told.currency] * count
        stated = self.values(Role.CURRENCY) or [""] * count
        fallback = self._stated_currency()
        named = [code or self._named_in_amount(row) or "" for row, code in zip(self.layout.rows, stated, strict=True)]
        unsaid = [name for name in named if name in ("", "$")]
        if fallback is None and unsaid and self.default_currency is not None:
            assumed = self.default_currency
            if assumed.code in _DOLLARS or "$" not in unsaid:
                fallback = assumed
                self.notes.append(f"names no currency: taken to be {assumed.code.upper()}, as the payouts are")
        found = [(known_currency(name) or name) if name and name != "$" else fallback for name in named]
        if count and all(currency is None for currency in found):
            raise UnreadableFile(
                file=self.file.name,
                place=f"line {self.layout.headings.line}",
                reason="nothing says in which currency the amounts are: name it",
                columns="currency=…",
            )
        return found

    def _stated_currency(self) -> Currency | None:
        """The currency that a heading states, or a line above the headings."""
        headings = self.layout.headings
        for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT):
            for column in headings.columns.get(role, ()):
                currency = known_currency(headings.units.get(column, ""))
                if currency is not None:
                    return currency
        return self.layout.currency

    def _named_in_amount(self, row: CsvRow) -> str | None:
        for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT):
            column = self.layout.headings.column(role)
            value = "" if column is None else row.values[column]
            if value and not (value[-1:].isdigit() and value[:1].isdigit()):
                named = taken_apart(value).currency
                if named is not None:
                    return named
        return None

    def _date_order(self, currencies: set[Currency | str]) -> DateOrder:
        headings = self.layout.headings
        columns = [[row.values[column] for row in self.layout.rows] for column in self._date_columns()]
        column = headings.column(Role.DATE)
        name = plain(headings.names[column]) if column is not None else "value date"
        codes = {currency.code if isinstance(currency, Currency) else currency for currency in currencies}
        hint, why = None, ""
        if name not in _ENGLISH_DATES:
            hint, why = True, f"as is usual where the column is called “{headings.names[column or 0]}”"
        elif len(codes) == 1 and codes != {"cad"}:
            hint, why = codes != {"usd"}, f"as is usual with {next(iter(codes)).upper()}"
        try:
            order = order_of(columns, told=self.told.day_first, hint=hint, hint_why=why)
        except UndecidedDates as error:
            raise UnreadableFile(
                file=self.file.name,
                place=f"column “{headings.names[column or 0]}”",
                reason=f"{error}: say which comes first (dates=dmy or dates=mdy)",
                columns="dates=…",
            ) from error
        if order.note:
            self.notes.append(order.note)
        return order

    def _indicator(self) -> int | None:
        """The column that says debit or credit, if the amounts have no sign of their own."""
        if self.layout.headings.column(Role.AMOUNT) is None:
            return None
        if any(taken_apart(value).negative for value in self.values(Role.AMOUNT)):
            return None
        for column in self.layout.headings.columns.get(Role.INDICATOR, ()):
            words = {_word(row.values[column]) for row in self.layout.rows} - {""}
            if words and words <= _CREDIT | _DEBIT:
                return column
        return None

    def _ids(self) -> int | None:
        """The column of the bank's own ids, if there is one that tells the lines apart."""
        rows = self.layout.rows
        column = self.layout.headings.column(Role.ID)
        if column is not None:
            values = [row.values[column] for row in rows if row.values[column]]
            if values and len(set(values)) >= _DISTINCT_IDS_MIN * len(values) and all(map(is_plain_id, values)):
                return column
        column = self.layout.headings.column(Role.REFERENCE)
        if column is not None and rows:
            references = [row.values[column] for row in rows]
            telling = all(len(v) >= 5 and any(map(str.isdigit, v)) and is_plain_id(v) for v in references)
            if telling and len(set(references)) == len(references):
                return column
        return None

    def _account_column(self) -> int | None:
        """The column of the account, unless its values are so many that it must be the other side's."""
        column = self.layout.headings.column(Role.ACCOUNT)
        distinct = len(set(self.values(Role.ACCOUNT)))
        return column if column is not None and distinct <= max(3, len(self.layout.rows) // 10) else None

    def _deposit(
        self,
        row: CsvRow,
        *,
        currencies: dict[int, Currency | str | None],
        mark: str | None,
        day_first: bool,
        indicator: int | None,
        ids: int | None,
        account_column: int | None,
    ) -> BankDeposit:
        currency = currencies[row.line]
        if not isinstance(currency, Currency):
            raise UnreadableRecord(f"currency {shown(currency)} is not known" if currency else "names no currency")
        own = row.values[ids] if ids is not None else ""
        account = printable(row.values[account_column]) if account_column is not None else ""
        counterparty = self.layout.headings.column(Role.COUNTERPARTY)
        return BankDeposit(
            id=BankDepositId(own or f"{self.file.name}:{row.line}"),
            account=BankAccountId(account) if account else self.own_account,
            amount=self._amount(row, mark, indicator, currency),
            date=self._day(row, day_first),
            text=self._text(row),
            status=self._status(row),
            counterparty=(printable(row.values[counterparty]) or None) if counterparty is not None else None,
        )

    def _amount(self, row: CsvRow, mark: str | None, indicator: int | None, currency: Currency) -> Money:
        headings = self.layout.headings
        column = headings.column(Role.AMOUNT)
        if column is not None and row.values[column]:
            amount = read_amount(headings.names[column], row.values[column], mark, currency)
            return -amount if indicator is not None and _word(row.values[indicator]) in _DEBIT else amount
        sides: list[Money] = []
        for role in (Role.CREDIT, Role.DEBIT):
            side = headings.column(role)
            if side is not None and row.values[side]:
                money = read_amount(headings.names[side], row.values[side], mark, currency)
                sides.append(-money if role is Role.DEBIT and money.minor_units > 0 else money)
        filled = [money for money in sides if money] or sides[:1]
        if len(filled) != 1:
            raise UnreadableRecord("both debit and credit are filled" if filled else "has no amount")
        return filled[0]

    def _day(self, row: CsvRow, day_first: bool) -> date:
        for column in self._date_columns():
            if row.values[column]:
                return _cached_date(self.layout.headings.names[column], row.values[column], day_first)
        raise UnreadableRecord("the date is blank")

    def _date_columns(self) -> tuple[int, ...]:
        """The columns of dates, the one to use first; the others are for lines that have none there yet."""
        columns = self.layout.headings.columns
        return (*columns.get(Role.DATE, ()), *columns.get(Role.VALUE_DATE, ()))

    def _text(self, row: CsvRow) -> str:
        said: list[str] = []
        for column in self.text_columns:
            part = printable(row.values[column])
            if part and not any(part.casefold() in known.casefold() for known in said):
                said.append(part)
        return " | ".join(said)

    def _text_columns(self) -> tuple[int, ...]:
        """The columns of words: known as text, then whatever is nothing else, less what only says in or out."""
        headings = self.layout.headings
        roles = (Role.TEXT, Role.COUNTERPARTY, Role.REFERENCE)
        told = dict.fromkeys(column for role in roles for column in headings.columns.get(role, ()))
        used = {column for columns in headings.columns.values() for column in columns}
        others = (
            column
            for column, name in enumerate(headings.names)
            if column not in used and "categor" not in plain(name) and "kategor" not in plain(name)
        )
        wordy = (column for column in others if any(map(_has_words, (row.values[column] for row in self.layout.rows))))
        signs, indicators = _CREDIT | _DEBIT | {""}, headings.columns.get(Role.INDICATOR, ())
        return tuple(
            column
            for column in (*told, *wordy)
            if column not in indicators or not {_word(row.values[column]) for row in self.layout.rows} <= signs
        )

    def _status(self, row: CsvRow) -> BankDepositStatus:
        column = self.layout.headings.column(Role.STATUS)
        stated = plain(row.values[column]) if column is not None else ""
        if _WITHDRAWN.search(stated):
            return BankDepositStatus.WITHDRAWN
        return BankDepositStatus.PENDING if _PENDING.search(stated) else BankDepositStatus.POSTED


@functools.lru_cache(maxsize=4096)
def _cached_date(field: str, value: str, day_first: bool) -> date:
    return read_date(field, value, day_first)


def _has_words(value: str) -> bool:
    return any(map(str.isalpha, value)) and not looks_like_a_date(value)


def _word(value: str) -> str:
    return value if value in ("+", "-") else plain(value)
