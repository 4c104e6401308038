"""CAMT.052 and .053 in the shape that banks of several countries give them, and XML that means harm."""

import re
from datetime import date

import pytest

from adapters.statement_files.camt_reader import CamtReader
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>
"""
TAIL = "</BkToCstmrStmt></Document>\n"


def balance(kind: str, amount: str, day: str, side: str = "CRDT", code: str = "EUR") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{code}">{amount}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


GERMAN = f"""{HEAD}<Stmt><Id>2026-06-03</Id><ElctrncSeqNb>5</ElctrncSeqNb><CreDtTm>2026-06-04T05:00:00</CreDtTm>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy>
<Svcr><FinInstnId><BIC>COBADEFF</BIC><Nm>Commerzbank</Nm></FinInstnId></Svcr></Acct>
{balance("PRCD", "1000.00", "2026-06-02")}{balance("CLBD", "4917.64", "2026-06-03")}\
<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>
<Ntry><Amt Ccy="EUR">3930.14</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-03</Dt></BookgDt>
<ValDt><Dt>2026-06-04</Dt></ValDt><AcctSvcrRef>2026060300001</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>STRIPE K7T2M4</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>Stripe Technology Europe Ltd</Nm></Dbtr>
<DbtrAcct><Id><IBAN>IE64IRCE92050112345678</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>STRIPE PAYMENTS</Ustrd><Ustrd>ST-A1B2C3D4E5F6</Ustrd></RmtInf></TxDtls></NtryDtls>
<AddtlNtryInf>SEPA-Gutschrift</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">12.5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-03</Dt></BookgDt>
<AddtlNtryInf>Entgelt</AddtlNtryInf></Ntry></Stmt>{TAIL}"""
SWISS = (
    """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<Stmt><Id>S1</Id><FrToDt><FrDtTm>2026-06-01T00:00:00</FrDtTm>
<ToDtTm>2026-06-03T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>CH9300762011623852957</IBAN></Id></Acct>
"""
    + balance("OPBD", "50.00", "2026-06-01", "DBIT", "CHF")
    + balance("CLBD", "250.00", "2026-06-03", "CRDT", "CHF")
    + """<Ntry><Amt Ccy="CHF">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-06-02T23:30:00+02:00</DtTm></BookgDt>
<NtryDtls><Btch><MsgId>B-77</MsgId><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Refs><UETR>11111111-2222-4333-8444-555555555555</UETR></Refs><Amt Ccy="CHF">100</Amt>
<RltdPties><Dbtr><Pty><Nm>Stripe A</Nm></Pty></Dbtr></RltdPties></TxDtls>
<TxDtls><Amt Ccy="CHF">200</Amt>
<RltdPties><Dbtr><Pty><Nm>Stripe B</Nm></Pty></Dbtr></RltdPties></TxDtls>
</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""
)
PREFIXED = re.sub(r"<(/?)([A-Z])", r"<\1ns2:\2", SWISS).replace("xmlns=", "xmlns:ns2=")
AMERICAN = (
    GERMAN.replace("EUR", "USD")
    .replace("<IBAN>DE89370400440532013000</IBAN>", "<Othr><Id>000123459680</Id></Othr>")
    .replace(
        "<Nm>Stripe Technology Europe Ltd</Nm>",
        "<Nm>STRIPE</Nm><Id><OrgId><Othr><Id>1800948598</Id></Othr></OrgId></Id>",
    )
)
REPORT = (
    GERMAN.replace("camt.053", "camt.052")
    .replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
    .replace("<Stmt>", "<Rpt>")
    .replace("</Stmt>", "</Rpt>")
)


def read(content: str | bytes) -> FactsRead:
    return CamtReader().read(
        InputFile(name="june.xml", content=content if isinstance(content, bytes) else content.encode())
    )


def amounts(got: FactsRead) -> list[int]:
    return [line.amount.minor_units for line in got.deposits]


class TestCamtReader(FactsReaderContract):
    reader = CamtReader()
    good = GERMAN.encode()
    name = "june.xml"


def test_a_german_statement_is_read() -> None:
    got = read(GERMAN)

    payout, fee = got.deposits
    assert (payout.id, payout.amount, payout.date) == (
        "2026060300001/20260603/393014", Money(393_014, Currency.of("eur")), date(2026, 6, 3),
    )  # fmt: skip
    assert payout.counterparty == "Stripe Technology Europe Ltd"
    assert payout.text == (
        "Stripe Technology Europe Ltd | STRIPE PAYMENTS ST-A1B2C3D4E5F6 | STRIPE K7T2M4 | IE64IRCE92050112345678 | "
        "SEPA-Gutschrift | 2026060300001"
    )
    assert (fee.id, fee.amount.minor_units, fee.text) == ("june.xml:16", -1_250, "Entgelt")
    (account,) = got.accounts
    assert (account.id, account.institution, account.mask) == ("DE89370400440532013000", "Commerzbank", "3000")
    assert (account.covered_from, account.covered_to) == (date(2026, 6, 3), date(2026, 6, 3))
    assert got.breaks == ()
    assert got.kind == "CAMT.053 statement"


def test_a_swiss_statement_with_prefixes_and_a_batch_is_read() -> None:
    """The batch is one line of the account; a time of day does not move its day."""
    got = read(PREFIXED)

    assert got == read(SWISS)
    (line,) = got.deposits
    assert (line.amount, line.date) == (Money(30_000, Currency.of("chf")), date(2026, 6, 2))
    assert line.text == "Stripe A | 11111111-2222-4333-8444-555555555555 | Stripe B | B-77 | 2 transactions"
    assert [(a.covered_from, a.covered_to) for a in got.accounts] == [(date(2026, 6, 1), date(2026, 6, 3))]
    assert got.breaks == ()


def test_an_american_statement_names_the_company_that_paid() -> None:
    got = read(AMERICAN)

    assert (got.deposits[0].company_id, got.deposits[0].counterparty) == ("1800948598", "STRIPE")
    assert [(a.id, a.persistent_id) for a in got.accounts] == [("000123459680", None)]
    assert got.breaks == ()


def test_an_interim_report_has_pending_lines() -> None:
    got = read(REPORT.replace("<CreDtTm>2026-06-04T", "<CreDtTm>2026-06-03T"))

    assert {line.status for line in got.deposits} == {BankDepositStatus.PENDING}
    assert len(got.interim) == 2
    assert got.kind == "CAMT.052 interim report"
    assert got.notes == ("an interim report: lines of its own day are pending until a statement shows them",)
    assert [(a.covered_from, a.covered_to) for a in got.accounts] == [(None, None)]
    assert got.breaks == ()


def test_what_was_booked_before_the_day_of_an_interim_report_is_booked() -> None:
    """Some banks give their customers nothing but CAMT.052, of the last months."""
    got = read(REPORT)

    assert {line.status for line in got.deposits} == {BankDepositStatus.POSTED}
    assert len(got.interim) == 2
    assert got.notes == ()


def test_entries_that_are_not_booked_are_pending_or_no_lines() -> None:
    first, second = GERMAN.index("<Sts>BOOK"), GERMAN.rindex("<Sts>BOOK")
    pending = GERMAN[:second] + GERMAN[second:].replace("BOOK", "PDNG", 1).replace("4917.64", "")
    information = GERMAN[:first] + GERMAN[first:].replace("BOOK", "INFO", 1)

    assert [line.status for line in read(pending).deposits] == [BankDepositStatus.POSTED, BankDepositStatus.PENDING]
    assert amounts(read(information)) == [-1_250]
    assert read(information).notes == ("entries for information only (INFO) are not lines of the account",)


def test_a_reversal_has_the_sign_of_what_it_does() -> None:
    got = read(GERMAN.replace("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>"))

    assert amounts(got) == [393_014, -1_250]
    assert got.deposits[1].text == "Entgelt | reversal"


def test_charges_that_share_a_reference_are_lines_of_their_own() -> None:
    """The day and amount are part of the identity; two lines that share all three are told by their places."""
    shared = GERMAN.replace("<AddtlNtryInf>Entgelt", "<AcctSvcrRef>2026060300001</AcctSvcrRef><AddtlNtryInf>Entgelt")

    assert [line.id for line in read(shared).deposits] == [
        "2026060300001/20260603/393014",
        "2026060300001/20260603/-1250",
    ]


def test_pages_of_a_statement_are_held_together_by_their_interim_balances() -> None:
    first = GERMAN.replace("CLBD", "ITBD").replace("4917.64", "4917.64")
    second = (
        GERMAN.replace("PRCD", "ITBD")
        .replace("1000.00", "4917.64")
        .replace(
            '"EUR">4917.64</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-03',
            '"EUR">8835.28</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-03',
        )
    )

    assert read(first).breaks == ()
    assert [(str(s.opening), str(s.closing)) for s in read(second).statements] == [("4,917.64 eur", "8,835.28 eur")]


def test_an_iban_with_wrong_check_digits_is_said() -> None:
    got = read(GERMAN.replace("DE89", "DE98"))

    assert got.notes == ("DE98370400440532013000: the check digits of this IBAN are wrong",)
    assert amounts(got) == [393_014, -1_250]


def test_several_documents_in_one_file_are_read() -> None:
    got = read(GERMAN + GERMAN.replace("DE89370400440532013000", "DE62370400440532013001"))

    assert [account.mask for account in got.accounts] == ["3000", "3001"]
    assert amounts(got) == [393_014, -1_250, 393_014, -1_250]
    assert got.deposits[2].id != got.deposits[0].id or got.deposits[2].account != got.deposits[0].account


def test_what_some_banks_forget_to_escape_is_read() -> None:
    got = read(GERMAN.replace("Entgelt", "M&M <![CDATA[A & B]]> &#38; &amp; &unknown;"))

    assert got.deposits[1].text == "M&M A & B & & &unknown;"
    assert got.notes == ("2 “&” not written as “&amp;”: read as they stand",)


@pytest.mark.parametrize(
    ("encoding", "declared", "notes"),
    [
        ("utf-8", "UTF-8", ()),
        ("iso-8859-15", "ISO-8859-15", ("read as ISO-8859-15",)),
        ("iso-8859-2", "ISO-8859-2", ("read as ISO-8859-2",)),
        ("cp1252", "UTF-8", ("read as Windows-1252",)),
        ("utf-16", "UTF-16", ("read as UTF-16-LE",)),
    ],
)
def test_encodings_are_read_as_they_are_declared_or_meant(encoding: str, declared: str, notes: tuple[str, ...]) -> None:
    content = GERMAN.replace("UTF-8", declared).replace("Entgelt", "Gebühr")

    got = read(content.encode(encoding))

    assert (got.deposits[1].text, got.notes) == ("Gebühr", notes)


@pytest.mark.parametrize(
    ("old", "new", "where", "reason"),
    [
        (">12.5<", ">12.505<", 16, "Amt is “12.505”: it has more than 2 decimals"),
        (">12.5<", ">12,50<", 16, "Amt is “12,50”, not a plain amount"),
        (">12.5<", "><", 16, "Amt is empty, not a plain amount"),
        ('<Amt Ccy="EUR">12.5', '<Amt Ccy="ZZZ">12.5', 16, "currency “ZZZ” is not known"),
        ("DBIT", "DEBT", 16, "CdtDbtInd is “DEBT”, not CRDT or DBIT"),
        (
            "<BookgDt><Dt>2026-06-03</Dt></BookgDt>\n<AddtlNtryInf>",
            "<AddtlNtryInf>",
            16,
            "has neither a booking date nor a value date",
        ),
        ("4917.64", "4917.65", 3, "closes with 4,917.65 eur: 0.01 eur is not accounted for"),
        ("<NbOfNtries>2", "<NbOfNtries>3", 8, "says that it has 3 entries, but 2 are here"),
        ("<Cd>CLBD</Cd>", "<Cd>XXXX</Cd>", 3, "has no closing (CLBD) balance: nothing tells whether all of its lines"),
        ("1000.00", "1000.001", 6, "its balance PRCD cannot be read: Amt is “1000.001”"),
    ],
)
def test_what_cannot_be_read_or_does_not_add_up_is_a_break(old: str, new: str, where: int, reason: str) -> None:
    got = read(GERMAN.replace(old, new))

    assert any(found.where == f"june.xml:line {where}" and reason in found.reason for found in got.breaks), got.breaks
    assert got.records == 2
    assert [account.covered_to for account in got.accounts] == [None]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
    "<Document><BkToCstmrStmt><Stmt>&lol2;</Stmt></BkToCstmrStmt></Document>"
)
FETCHES = '<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document><BkToCstmrStmt/></Document>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "line 1: has a document type (<!DOCTYPE>), which no statement needs: refused unread"),
        (FETCHES, "line 1: has a document type (<!DOCTYPE>)"),
        ("<Document><BkToCstmrStmt>" + "<a>" * 100_000, "is nested too deeply to be a statement"),
        (GERMAN[:-30], "is truncated: <Stmt> is never closed"),
        (GERMAN[:900], "is truncated: <"),
        (GERMAN.replace("</Ntry>", "</Entry>", 1), "line 15: is not well-formed XML: mismatched tag"),
        (f"{HEAD}{TAIL}", "line 1: holds no statement (Stmt) and no report (Rpt)"),
        (GERMAN.replace("<IBAN>DE89370400440532013000</IBAN>", ""), "line 3: the statement does not name its account"),
        (
            GERMAN.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn").replace("Stmt", "Ntfctn"),
            "is a CAMT.054 notification, whose lines a CAMT.053 statement shows again: give the statement",
        ),
    ],
)
def test_an_unusable_or_hostile_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


@pytest.mark.parametrize("hostile", ["<![CDATA[" * 50_000 + "]]>", "&" * 200_000, "&#" * 100_000, "x" * 1_000_000])
def test_a_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    assert amounts(read(GERMAN.replace("Entgelt", hostile))) == [393_014, -1_250]


def test_of_a_batch_of_very_many_transactions_some_are_shown_and_all_are_counted() -> None:
    transaction = "<TxDtls><Refs><EndToEndId>E{}</EndToEndId></Refs></TxDtls>"
    many = "".join(transaction.format(number) for number in range(20_000))

    (_, fee) = read(
        GERMAN.replace("<AddtlNtryInf>Entgelt", f"<NtryDtls>{many}</NtryDtls><AddtlNtryInf>Entgelt")
    ).deposits

    assert fee.text.endswith("E49 | 20000 transactions | Entgelt")
    assert "E50" not in fee.text
