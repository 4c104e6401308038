"""Banks' CSVs: columns, dates and decimals of several countries, and everything that can be wrong with them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.statement_files.bank_csv_reader import BankCsvReader
from adapters.statement_files.csv_columns import BankColumns, UnusableColumns
from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract
from tests.strategies.fact_strategies import bank_deposits
from tests.strategies.stripe_files import csv_bytes, major

USD, EUR = Currency.of("usd"), Currency.of("eur")
PLAIN = """Date,Description,Amount,Currency,Transaction ID
2026-06-02,STRIPE TRANSFER ST-A1B2C3D4E5F6,"3,930.14",USD,T1
2026-06-15,Rent,-1200.00,USD,T2
"""


def read(content: str | bytes, columns: str = "", default: Currency | None = None) -> FactsRead:
    raw = content if isinstance(content, bytes) else content.encode()
    reader = BankCsvReader(columns=BankColumns.parse(columns), default_currency=default)
    return reader.read(InputFile(name="bank.csv", content=raw))


def amounts(got: FactsRead) -> list[tuple[int, str]]:
    return [(deposit.amount.minor_units, deposit.amount.currency.code) for deposit in got.deposits]


class TestBankCsvReader(FactsReaderContract):
    reader = BankCsvReader()
    good = PLAIN.encode()
    name = "bank.csv"


def test_the_plain_case() -> None:
    got = read(PLAIN)

    first, second = got.deposits
    assert (first.id, first.amount, first.date) == ("T1", Money(393014, USD), date(2026, 6, 2))
    assert (first.text, first.account) == ("STRIPE TRANSFER ST-A1B2C3D4E5F6", "bank")
    assert second.amount == Money(-120000, USD)
    assert got.notes == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (  # Sparkasse
            '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";'
            '"Beguenstigter/Zahlungspflichtiger";"Betrag";"Waehrung"\n'
            '"DE89370400440532013000";"02.06.26";"03.06.26";"GUTSCHRIFT";"po";"Stripe Technology";"1.234,56";"EUR"\n',
            (123456, "eur", date(2026, 6, 2), "GUTSCHRIFT | po | Stripe Technology"),
        ),
        (  # DKB, with lines above the headings
            '"Kontonummer:";"DE89370400440532013000 / Girokonto";\n\n"Buchungstag";"Auftraggeber / Begünstigter";'
            '"Betrag (EUR)";\n"02.06.2026";"STRIPE";"1.234,56";\n',
            (123456, "eur", date(2026, 6, 2), "STRIPE"),
        ),
        (  # a French bank
            "Date;Libellé;Débit euros;Crédit euros\n02/06/2026;VIR STRIPE;;1\u202f234,56\n",
            (123456, "eur", date(2026, 6, 2), "VIR STRIPE"),
        ),
        (  # ING, Netherlands
            '"Datum","Naam / Omschrijving","Rekening","Af Bij","Bedrag (EUR)","Mededelingen"\n'
            '"20260602","Stripe","NL01INGB0001234567","Bij","1234,56","ABC"\n',
            (123456, "eur", date(2026, 6, 2), "Stripe | ABC"),
        ),
        (  # an Italian bank: Valuta is a date
            "Data;Valuta;Descrizione;Dare;Avere;Divisa\n30/06/2026;30/06/2026;STRIPE;;1.234,56;EUR\n",
            (123456, "eur", date(2026, 6, 30), "STRIPE"),
        ),
        (  # a Spanish bank
            "Fecha operación;Concepto;Importe;Divisa;Saldo\n02/06/2026;STRIPE;1.234,56;EUR;2.000,00\n",
            (123456, "eur", date(2026, 6, 2), "STRIPE"),
        ),
        (  # a Swiss bank
            "Buchungsdatum;Text;Betrag;Währung\n02.06.2026;STRIPE;1'234.56;CHF\n",
            (123456, "chf", date(2026, 6, 2), "STRIPE"),
        ),
        (  # Lloyds
            "Transaction Date,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance (GBP)\n"
            "25/06/2026,12345678,STRIPE PAYMENTS UK,,1234.56,2000.00\n",
            (123456, "gbp", date(2026, 6, 25), "STRIPE PAYMENTS UK"),
        ),
        (  # Starling
            "Date,Counter Party,Reference,Type,Amount (GBP)\n25/06/2026,Stripe Ltd,REF,FASTER PAYMENT,1234.56\n",
            (123456, "gbp", date(2026, 6, 25), "Stripe Ltd | REF"),
        ),
        ("Date\tMemo\tAmount\nJun 2, 2026\tStripe\tEUR 1,234.56\n", (123456, "eur", date(2026, 6, 2), "Stripe")),
        ("Datum;Text;Betrag\n2. März 2026;Stripe;1.234,56 €\n", (123456, "eur", date(2026, 3, 2), "Stripe")),
        ("Date|Text|Amount|Currency\n02-Jun-26|Stripe|1234.5|usd\n", (123450, "usd", date(2026, 6, 2), "Stripe")),
    ],
)
def test_banks_of_several_countries(content: str, expected: tuple[int, str, date, str]) -> None:
    (line,) = read(content, default=Currency.of("gbp")).deposits

    assert (line.amount.minor_units, line.amount.currency.code, line.date) == expected[:3]
    assert set(expected[3].split(" | ")) <= set(line.text.split(" | "))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-8"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    content = "Datum;Verwendungszweck;Betrag;Währung\n02.06.2026;Zahlung für Müller;1.234,56;EUR\n"

    got = read(content.replace("\n", line_end).encode(encoding))

    assert (amounts(got), got.deposits[0].text) == ([(123456, "eur")], "Zahlung für Müller")


@pytest.mark.parametrize(
    ("written", "minor_units"),
    [
        ("12.34", 1234), ("-12.34", -1234), ("12.34-", -1234), ("(12.34)", -1234), ("−12.34", -1234), ("+12.34", 1234),
        ("$12.34", 1234), ("-$12.34", -1234), ("$-12.34", -1234), ("($1,012.34)", -101234), ("12.34 CR", 1234),
        ("12.34DR", -1234), ("USD 12.34", 1234), ("12.34 USD", 1234), ("1,234,567.89", 123456789), ("12", 1200),
        ("US$12.34", 1234), (".50", 50), ("0.00", 0), ("1 234.56", 123456), ("12.", 1200),
    ],
)  # fmt: skip
def test_ways_to_write_an_amount(written: str, minor_units: int) -> None:
    got = read(f'Date,Text,Amount\n2026-06-01,a,"{written}"\n2026-06-01,b,5.55\n', default=USD)

    assert amounts(got)[0] == (minor_units, "usd")


@pytest.mark.parametrize(
    "bad",
    ["1,234.5", "12..34", "1e3", "NaN", "inf", "1.234567", "9" * 30 + ".00",
     "1." + "0" * 40 + "1", "12,34", "1,23,456.00", "abc", "--5.00",
     "٣.٠٠", "0x10", "1_000.00", "12.34.56"],
)  # fmt: skip
def test_a_bad_amount_is_a_break_and_the_rest_goes_on(bad: str) -> None:
    got = read(f'Date,Text,Amount,Currency\n2026-06-01,a,"{bad}",usd\n2026-06-02,b,5.55,usd\n2026-06-03,c,6.66,usd\n')

    assert [found.where for found in got.breaks] == ["bank.csv:line 2"]
    assert got.breaks[0].reason.startswith("Amount is “")
    assert amounts(got) == [(555, "usd"), (666, "usd")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-02-30,a,5.00,usd", "Date is “2026-02-30”: there is no such date"),
        ("2026-06-01,a,5.00,xyz", "currency “xyz” is not known"),
        ("2026-06-01,a,,usd", "has no amount"),
        ("yesterday,a,5.00,usd", "Date is “yesterday”, not a date"),
        (",a,5.00,usd", "the date is blank"),
        ("2026-06-01,a,b,5.00,usd", "has 5 values, but there are 4 columns"),
        ("0001-06-01,a,5.00,usd", "Date is “0001-06-01”, not a date between 1970 and 2100"),
    ],
)
def test_a_bad_row_is_a_break_and_the_rest_goes_on(row: str, reason: str) -> None:
    got = read(f"Date,Text,Amount,Currency\n{row}\n2026-06-02,b,5.55,usd\n")

    assert [(found.where, found.reason) for found in got.breaks] == [("bank.csv:line 2", reason)]
    assert (amounts(got), got.records) == ([(555, "usd")], 2)


@pytest.mark.parametrize(
    ("days", "default", "first_day", "note"),
    [
        (["03/04/2026", "15/04/2026"], USD, date(2026, 4, 3), "dates are day first (15/04/2026 occurs)"),
        (["03/04/2026", "04/15/2026"], EUR, date(2026, 3, 4), "dates are month first (04/15/2026 occurs)"),
        (["01/02/2026", "01/05/2026", "02/01/2026"], EUR, date(2026, 1, 2),
         "dates are read month first: so the rows are in their order"),
        (["03/04/2026"], USD, date(2026, 3, 4),
         "no day is above 12: dates are taken to be month first, as is usual with USD"),
        (["03/04/2026"], EUR, date(2026, 4, 3),
         "no day is above 12: dates are taken to be day first, as is usual with EUR"),
        (["03.04.2026"], USD, date(2026, 4, 3), None),
        (["04/04/2026"], USD, date(2026, 4, 4), None),
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_is_decided_from_the_whole_file(
    days: list[str], default: Currency, first_day: date, note: str | None
) -> None:
    content = "Date,Text,Amount,Currency\n" + "".join(f"{day},a,5.00,{default.code}\n" for day in days)

    got = read(content)

    assert got.deposits[0].date == first_day
    assert got.notes == ((note,) if note else ())


@pytest.mark.parametrize(("told", "expected"), [("dates=dmy", date(2026, 4, 3)), ("dates=mdy", date(2026, 3, 4))])
def test_what_the_user_says_of_dates_counts(told: str, expected: date) -> None:
    assert read("Date,Text,Amount,Currency\n03/04/2026,a,5.00,CAD\n", told).deposits[0].date == expected


def test_columns_that_the_user_names_are_used() -> None:
    content = "Wann;Was;Wieviel;Sonst\n2026-06-01;Stripe;1.234,56;x\n"

    got = read(content, "date=Wann, amount=wieviel, text=Was, currency=EUR")

    assert (amounts(got), got.deposits[0].date) == ([(123456, "eur")], date(2026, 6, 1))


@pytest.mark.parametrize(
    ("amounts", "currency", "read_as", "noted"),
    [
        (
            ("1,234", "12"),
            "USD",
            (123_400, 1_200),
            "a mark before three digits is taken to set thousands apart, in USD",
        ),
        (("1.234", "2.500"), "EUR", (123_400, 250_000), "taken to set thousands apart, in EUR"),
        (("1.234", "2,500"), "EUR", (123_400, 250_000), "taken to set thousands apart, in EUR"),
        (("1.234", "2.500"), "KWD", (1_234, 2_500), "taken to set decimals apart, in KWD"),
        (("1488", "12"), "USD", (148_800, 1_200), "they are taken to be whole USD, not hundredths"),
    ],
)
def test_what_is_assumed_of_decimals_is_noted_where_no_amount_decides_it(
    amounts: tuple[str, str], currency: str, read_as: tuple[int, int], noted: str
) -> None:
    rows = "".join(f'2026-06-01,a,"{amount}",{currency}\n' for amount in amounts)

    got = read(f"Date,Text,Amount,Currency\n{rows}")

    assert tuple(deposit.amount.minor_units for deposit in got.deposits) == read_as
    assert [note for note in got.notes if noted in note] == list(got.notes)
    assert got.notes


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [(("1,234", "5.00"), "USD"), (("1.234", "5,00"), "EUR"), (("1488", "12"), "JPY"), (("12", "5.00"), "USD")],
)
def test_nothing_is_noted_of_decimals_where_the_file_decides_or_nothing_is_open(
    amounts: tuple[str, str], currency: str
) -> None:
    rows = "".join(f'2026-06-01,a,"{amount}",{currency}\n' for amount in amounts)

    assert read(f"Date,Text,Amount,Currency\n{rows}").notes == ()


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ("dat=Posted", 'Did you mean “date”?'),
        ("date", "“date” is not role=heading"),
        ("dates=ymd", "choose one of dmy, mdy"),
    ],
)  # fmt: skip
def test_a_description_of_columns_that_is_not_understood_is_refused(described: str, said: str) -> None:
    with pytest.raises(UnusableColumns, match=said.replace("?", r"\?")):
        BankColumns.parse(described)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN[:-12], "bank.csv: line 3: is truncated: the last row has 3 of 5 values"),
        ('Date,Text,Amount,Currency\n2026-06-01,"a,5.00,usd\n', "line 2: is truncated: a quoted value is never closed"),
        ("Date,Text,Amount,Currency\n2026-06-01,a,5.00,usd\n2026-0", "line 3: is truncated"),
        ("When,What\n2026-06-01,5.00\n", "line 1: no heading row"),
        ("Date,Text\n2026-06-01,a\n", "line 1: no heading row with a column for amount (or debit and credit)"),
        ("2026-06-01,a,5.00\n2026-06-02,b,6.00\n", "line 1: no heading row"),
        ("Date,Text,Amount\n2026-06-01,a,5.00\n", "line 1: nothing says in which currency the amounts are"),
        ("Date,Text,Amount,Currency\n03/04/2026,a,5.00,CAD\n", "say which comes first (dates=dmy or dates=mdy)"),
        ("Date,Text,Amount,Currency\n2026-06-01,a,5.00,EUR\n2026-06-02,a,\"5,00\",EUR\n", "as many amounts"),
        ("Date,Text,Amount,Currency\n2026-06-01,a,1e3,EUR\n", "line 2: its only record cannot be used: Amount"),
        ("Date,Text,Amount,Currency\n13/01/2026,a,5.00,EUR\n01/13/2026,a,5.00,EUR\n", "can only be day first"),
    ],
)  # fmt: skip
def test_an_unusable_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


def test_a_column_that_the_user_names_and_that_is_not_there_is_said() -> None:
    with pytest.raises(UnreadableFile, match="has no column “Betrag”"):
        read(PLAIN, "amount=Betrag")


def test_indian_grouping_is_read_in_rupees_only() -> None:
    rows = '2026-06-01,a,"1,23,456.00",{0}\n2026-06-02,b,5.55,{0}\n'

    assert amounts(read("Date,Text,Amount,Currency\n" + rows.format("inr"))) == [(12345600, "inr"), (555, "inr")]
    assert amounts(read("Date,Text,Amount,Currency\n" + rows.format("usd"))) == [(555, "usd")]


def test_an_indicator_gives_amounts_without_sign_their_sign() -> None:
    content = "Date,Text,Amount,DR/CR,CCY\n2026-06-05,a,5.00,CR,GBP\n2026-06-06,b,6.00,DR,GBP\n"

    assert amounts(read(content)) == [(500, "gbp"), (-600, "gbp")]


def test_an_indicator_beside_signed_amounts_changes_nothing() -> None:
    content = "Details,Posting Date,Description,Amount\nDEBIT,06/05/2026,a,-5.00\nCREDIT,06/26/2026,b,6.00\n"

    assert amounts(read(content, default=USD)) == [(-500, "usd"), (600, "usd")]


def test_totals_and_remarks_are_no_records_and_are_named() -> None:
    content = "Date,Text,Amount,Currency\n2026-06-05,a,5.00,usd\nTotal,,5.00,\n\nEnd of statement\n"

    got = read(content)

    assert (got.records, got.breaks) == (1, ())
    assert got.notes == ("lines 3, 5 after the headings: no records (totals or remarks)",)


def test_lines_without_an_id_of_the_banks_are_named_by_file_and_physical_line() -> None:
    content = 'Date,Text,Amount,Currency\n2026-06-05,"two\nlines",5.00,usd\n\n2026-06-06,b,6.00,usd\n'

    assert [deposit.id for deposit in read(content).deposits] == ["bank.csv:2", "bank.csv:5"]


def test_a_reference_that_repeats_is_no_id() -> None:
    content = "Date,Text,Reference,Amount,Currency\n2026-06-05,a,REF-10001,5.00,usd\n2026-06-06,b,REF-10001,6.00,usd\n"

    got = read(content)

    assert [deposit.id for deposit in got.deposits] == ["bank.csv:2", "bank.csv:3"]
    assert got.deposits[0].text == "a | REF-10001"


def test_states_of_lines() -> None:
    rows = ["COMPLETED", "PENDING", "REVERTED"]
    content = "Date,Text,Amount,Currency,State\n" + "".join(f"2026-06-05,a,5.00,usd,{row}\n" for row in rows)

    assert [deposit.status for deposit in read(content).deposits] == [
        BankDepositStatus.POSTED, BankDepositStatus.PENDING, BankDepositStatus.WITHDRAWN,
    ]  # fmt: skip


def test_headings_without_lines_are_fine_and_say_so() -> None:
    got = read("Date,Text,Amount\n")

    assert (got.records, got.notes) == (0, ("has its headings, but no records",))


WRITTEN_DATES = ["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d", "%d %b %Y"]


@given(st.lists(bank_deposits("bank"), min_size=1, unique_by=lambda d: d.id), st.sampled_from(WRITTEN_DATES))
def test_what_the_bank_wrote_is_what_is_read(deposits: list[BankDeposit], form: str) -> None:
    rows = [
        {
            "Transaction ID": d.id,
            "Date": d.date.strftime(form),
            "Description": d.text,
            "Amount": major(d.amount),
            "Currency": d.amount.currency.code,
        }
        for d in deposits
    ]

    got = read(csv_bytes(rows, list(rows[0])), "decimals=point")

    assert [(d.id, d.amount, d.date) for d in got.deposits] == [(d.id, d.amount, d.date) for d in deposits]
    assert got.breaks == ()


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    st.sampled_from([(",", "."), (".", ","), ("'", "."), ("\u00a0", ","), ("", "."), ("", ",")]),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_thousands_decimals_and_dates_of_every_country_give_the_same_money(
    cents: list[int], marks: tuple[str, str], form: str
) -> None:
    thousands, decimal = marks
    days = [date(2026, 1, 13) + timedelta(days=step) for step in range(len(cents))]
    lines = [
        f"{day.strftime(form)};x;{number / 100:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
        for day, number in zip(days, cents, strict=True)
    ]

    got = read("Date;Text;Amount\n" + "\n".join(lines) + "\n", default=USD)

    assert [(d.date, d.amount.minor_units) for d in got.deposits] == list(zip(days, cents, strict=True))


def test_columns_of_one_name_are_said() -> None:
    got = read("Date,Amount,Amount,Text,Currency\n2026-06-01,1.00,2.00,STRIPE,USD\n")

    assert amounts(got) == [(100, "usd")]
    assert got.notes == ("2 columns are called “Amount”: the first of them is used",)
