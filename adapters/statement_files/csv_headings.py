"""What banks call the columns of their CSV files, in the languages we know them in, and finding the heading row."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import attrs


class Role(StrEnum):
    """What a column holds. The values are the names that `--bank-columns` uses."""

    DATE = "date"
    VALUE_DATE = "value_date"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    INDICATOR = "indicator"
    TEXT = "text"
    COUNTERPARTY = "counterparty"
    ID = "id"
    REFERENCE = "reference"
    CURRENCY = "currency"
    ACCOUNT = "account"
    BALANCE = "balance"
    STATUS = "status"


_NAMES: Final[Mapping[Role, str]] = {
    # In each list the more telling name stands first: it wins where a file has several.
    Role.DATE: (
        "posting date|posted date|date posted|post date|posted|posted on|booking date|booked|buchungstag|"
        "buchungsdatum|buchung|date de comptabilisation|date comptable|date d operation|date operation|"
        "date de l operation|fecha de operacion|fecha operacion|fecha contable|boekdatum|boekingsdatum|"
        "data contabile|data operazione|data de lancamento|data lancamento|data mov|data movimento|completed date|"
        "date completed|completed date utc|date|datum|fecha|data|dato|datum boeking|transaction date|"
        "transaktionsdatum|fecha de transaccion|transactiedatum|data transazione|date transaction|date utc|"
        "bookkeeping date|bokforingsdag|bokforingsdatum|entry date|process date|effective date|started date"
        "|konyveles datuma|datum konyveles"
    ),
    Role.VALUE_DATE: (
        "value date|valuta|valutadatum|wertstellung|wertstellungsdatum|date de valeur|date valeur|fecha valor|"
        "fecha de valor|rentedatum|data valuta|valutadag|data valor|interest date"
    ),
    Role.AMOUNT: (
        "amount|transaction amount|net amount|betrag|umsatz|montant|montant de l operation|importe|bedrag|importo|"
        "valor|montante|belopp|belob|value|quantia|kwota|amount gbp|betrag eur|bedrag eur|cantidad|monto|"
        "buchungsbetrag|total amount|transaktionsbetrag|osszeg"
    ),
    Role.DEBIT: (
        "debit|debit amount|debits|withdrawal|withdrawals|withdrawal amount|paid out|money out|payments|out|soll|"
        "belastung|lastschrift|ausgang|ausgaben|debito|debitos|cargo|cargos|sortie|depenses|af|uitgaven|dare|"
        "addebiti|uscite|spent|amount debit|debit value|withdrawals dr|withdrawal dr|outgoing"
    ),
    Role.CREDIT: (
        "credit|credit amount|credits|deposit|deposits|deposit amount|paid in|money in|receipts|in|haben|"
        "gutschrift|eingang|einnahmen|credito|creditos|abono|abonos|entree|recettes|bij|ontvangsten|avere|"
        "accrediti|entrate|received|amount credit|credit value|deposits cr|deposit cr|incoming"
    ),
    Role.INDICATOR: (
        "debit credit|credit debit|dr cr|cr dr|d c|c d|debit or credit|credit or debit|credit debit indicator|"
        "debit credit indicator|cdt dbt ind|soll haben|soll haben kennzeichen|s h|sh|af bij|bij af|sens|signo|sign|"
        "direction|transaction type|type|details|crdr|drcr|debet credit|dare avere|kennzeichen|tipo"
    ),
    Role.TEXT: (
        "description|transaction description|details|narrative|memo|particulars|text|buchungstext|verwendungszweck|"
        "vorgang|libelle|libelle operation|libelle simplifie|intitule|designation|communication|concepto|"
        "descripcion|detalle|observaciones|omschrijving|mededelingen|mededeling|descrizione|causale|"
        "descrizione operazione|descricao|historico|name description|naam omschrijving|additional information|"
        "notes|note|transaction details|transaction|bank memo|info|statement description|original description|"
        "remarks|narration|umsatztext|payment details|payment reference|payment purpose|extended details|"
        "beschreibung|tekst|opis|tytul|informations complementaires|informacion|motif|code|notifications|reason|"
        "purpose|zweck|kozlemeny|megjegyzes"
    ),
    Role.COUNTERPARTY: (
        "counterparty|auftraggeber begunstigter|auftraggeber beguenstigter|zahlungspflichtige r|"
        "counterparty name|counter party|payee|payer|name|merchant|merchant name|"
        "auftraggeber empfanger|beguenstigter zahlungspflichtiger|begunstigter zahlungspflichtiger|"
        "name zahlungsbeteiligter|auftraggeber|empfanger|zahlungsempfanger|zahlungspflichtiger|"
        "zahlungsempfanger in|tegenpartij|naam tegenpartij|naam|tiers|beneficiaire|donneur d ordre|nom|"
        "beneficiario|ordenante|controparte|ordinante|contraparte|sender|remitter|partner name|from to|gegenpartei|"
        "other party|contrepartie|debtor|creditor"
    ),
    Role.ID: (
        "transaction id|transactionid|transferwise id|fitid|fit id|unique id|id|bank transaction id|entry id|"
        "entry reference|"
        "transaktions id|transaktionsnummer|umsatz id|buchungs id|identifiant|id transaction|id transaccion|"
        "transactie id|volgnummer|volgnr|id transazione|transaction number|transaction no|numero de operation|"
        "bank reference id|txn id|transaction reference number|trn|unique transaction id|statement line id|line id|"
        "uuid|sequence number|belegnummer"
    ),
    Role.REFERENCE: (
        "reference|bank reference|reference number|ref|ref no|reference no|bank ref|referenz|kundenreferenz|"
        "referencia|referencia 1|referentie|riferimento|ref number|transaction reference|customer reference|"
        "mandatsreferenz|end to end id|end to end reference|check or slip|check number|cheque number|"
        "numero de reference|transactiereferentie|referenznummer|zahlungsreferenz|check|chq ref number|chq ref no|"
        "instruction id|trace number"
    ),
    Role.CURRENCY: (
        "currency|ccy|transaction currency|account currency|wahrung|waehrung|devise|monnaie|divisa|moneda|munt|"
        "muntsoort|valuta|valuta code|moeda|currency code|cur|curr|mynt|waluta|devizanem|deviza"
    ),
    Role.ACCOUNT: (
        "account|auftragskonto|iban auftragskonto|source account|account number|account no|"
        "account id|iban|konto|kontonummer|"
        "compte|numero de compte|cuenta|numero de cuenta|rekening|rekeningnummer|iban bban|conto|numero conto|"
        "conta|bank account|own account|eigene iban|iban kontoinhaber|iban auftraggeber"
    ),
    Role.BALANCE: (
        "balance|running balance|account balance|closing balance|saldo|saldo nach buchung|kontostand|solde|"
        "saldo posterior|saldo na mutatie|saldo contabile|balance after|available balance|running bal|"
        "saldo disponible|saldo disponivel"
    ),
    Role.STATUS: (
        "status|state|transaction status|statut|estado|stato|umsatzstatus|buchungsstatus|zustand|pending posted"
    ),
}
_RANKS: Final = {role: {name: rank for rank, name in enumerate(names.split("|"))} for role, names in _NAMES.items()}
_SEVERAL: Final = frozenset({Role.DATE, Role.TEXT, Role.COUNTERPARTY, Role.REFERENCE})
"""Roles that several columns of a file may have."""
_UNIT: Final = re.compile(
    r"[(\[]\s*([^()\[\]]{1,12})\s*[)\]]|\b(?:in |en )?([A-Z]{3})$|([€£])\s*$|\b(?:in |en )?([Ee]uros?)$"
)
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")


@attrs.frozen
class Headings:
    """A heading row: where it is, what its columns are called, and what they hold."""

    line: int
    names: tuple[str, ...]
    columns: Mapping[Role, tuple[int, ...]]
    units: Mapping[int, str]
    """By column: a currency's code or sign that stands in the heading, as in `Betrag (EUR)`."""

    def column(self, role: Role) -> int | None:
        """The column of this role, the most telling one if there are several."""
        found = self.columns.get(role, ())
        return found[0] if found else None

    @property
    def is_usable(self) -> bool:
        """There is a date, and an amount or both sides of it."""
        has_amount = Role.AMOUNT in self.columns or Role.DEBIT in self.columns or Role.CREDIT in self.columns
        return (Role.DATE in self.columns or Role.VALUE_DATE in self.columns) and has_amount

    @property
    def score(self) -> int:
        """How many columns are understood; a heading row has more of them than a preamble."""
        return sum(len(columns) for columns in self.columns.values()) + (100 if self.is_usable else 0)


def plain(heading: str) -> str:
    """The heading without case, accents, and punctuation."""
    folded = heading.casefold().replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("ł", "l")
    stripped = "".join(part for part in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(part))
    return _NOT_A_WORD.sub(" ", stripped).strip()


def headings_in(values: Sequence[str], line: int, named: Mapping[Role, str]) -> Headings:
    """What the row's columns hold, if it is a heading row; `named` gives headings that the user told us."""
    names = [plain(value) for value in values]
    units = {index: unit for index, value in enumerate(values) if (unit := _unit(value))}
    bare = [plain(_UNIT.sub("", value)) or name for value, name in zip(values, names, strict=True)]
    columns: dict[Role, list[int]] = {}
    for role, heading in named.items():
        wanted = plain(heading)
        columns[role] = [index for index, name in enumerate(names) if name == wanted][:1]
    taken = {index for found in columns.values() for index in found}
    candidates = sorted(
        (_RANKS[role][name], index, role)
        for role in Role
        if role not in columns
        for index in range(len(names))
        for name in dict.fromkeys((names[index], bare[index]))
        if index not in taken and name in _RANKS[role]
    )
    found: dict[Role, list[int]] = {}
    for _, index, role in candidates:
        if index not in found.setdefault(role, []):
            found[role].append(index)
    _settle_doubles(found)
    columns |= found
    return Headings(line, tuple(values), {role: tuple(f) for role, f in columns.items() if f}, units)


def _settle_doubles(found: dict[Role, list[int]]) -> None:
    """A column has one role, except that an indicator may also be text (`Type`, `Details`)."""
    for role in found:
        if role not in _SEVERAL:
            found[role] = found[role][:1] if role is not Role.INDICATOR else found[role]
    for index in set(found.get(Role.AMOUNT, [])) & set(found.get(Role.VALUE_DATE, [])):
        found[Role.VALUE_DATE] = [other for other in found[Role.VALUE_DATE] if other != index]


def settled_by_content(headings: Headings, rows: Sequence[Sequence[str]], is_date: Callable[[str], bool]) -> Headings:
    """`Valuta` is a date in German and Italian files, and the currency in Scandinavian ones: its values tell."""
    both = set(headings.columns.get(Role.VALUE_DATE, ())) & set(headings.columns.get(Role.CURRENCY, ()))
    columns = dict(headings.columns)
    for index in both:
        dates = any(is_date(row[index]) for row in rows if len(row) > index)
        loser = Role.CURRENCY if dates else Role.VALUE_DATE
        columns[loser] = tuple(other for other in columns[loser] if other != index)
    return attrs.evolve(headings, columns={role: found for role, found in columns.items() if found})


def _unit(heading: str) -> str | None:
    unit = _UNIT.search(heading.strip())
    return next((part.strip() for part in unit.groups() if part), None) if unit else None
