"""OFX and QFX: SGML and XML, several accounts, broken amounts, and files that end too early."""

from datetime import date
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.statement_files.ofx_reader import OfxReader
from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract
from tests.strategies.fact_strategies import bank_deposits
from tests.strategies.stripe_files import major

SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><FI><ORG>First Bank<FID>1</FI></SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>111000025<ACCTID>000123459680<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260601<DTEND>20260630
<STMTTRN>
<TRNTYPE>CREDIT
<DTPOSTED>20260603120000[-5:EST]
<TRNAMT>3930.14
<FITID>F1
<NAME>STRIPE
<MEMO>STRIPE TRANSFER ST-A1B2 A&amp;B
</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260604<TRNAMT>-12,50<NAME>RENT</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def read(content: str) -> FactsRead:
    return OfxReader().read(InputFile(name="june.ofx", content=content.encode()))


class TestOfxReader(FactsReaderContract):
    reader = OfxReader()
    good = SGML.encode()
    name = "june.ofx"


def test_sgml_without_closing_tags_is_read() -> None:
    got = read(SGML)

    first, second = got.deposits
    assert (first.id, first.amount, first.date) == ("F1", Money(393014, Currency.of("usd")), date(2026, 6, 3))
    assert (first.text, first.counterparty) == ("STRIPE TRANSFER ST-A1B2 A&B", "STRIPE")
    assert (second.id, second.amount.minor_units, second.text) == ("june.ofx:18", -1250, "RENT")
    (account,) = got.accounts
    assert (account.id, account.mask, account.persistent_id) == ("000123459680", "9680", "111000025:000123459680")
    assert (account.institution, account.covered_from, account.covered_to) == (
        "First Bank", date(2026, 6, 1), date(2026, 6, 30),
    )  # fmt: skip


def test_days_after_the_banks_answer_are_not_covered() -> None:
    content = SGML.replace("<SONRS>", "<SONRS><DTSERVER>20260620").replace("<DTEND>20260630", "<DTEND>20991231")

    assert [account.covered_to for account in read(content).accounts] == [date(2026, 6, 20)]


def xml(deposits: list[BankDeposit]) -> str:
    lines = "\n".join(
        f"<STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>{d.date:%Y%m%d}</DTPOSTED><TRNAMT>{major(d.amount)}</TRNAMT>"
        f"<FITID>{d.id}</FITID><MEMO>{escape(d.text)}</MEMO><CURRENCY><CURSYM>{d.amount.currency.code.upper()}</CURSYM>"
        "</CURRENCY></STMTTRN>"
        for d in deposits
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>4711</ACCTID></BANKACCTFROM>
<BANKTRANLIST>{lines}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""


@given(st.lists(bank_deposits(), unique_by=lambda deposit: deposit.id))
def test_what_the_bank_wrote_is_what_is_read(deposits: list[BankDeposit]) -> None:
    got = read(xml(deposits))

    assert list(got.deposits) == deposits
    assert got.records == len(deposits)


def test_several_accounts_and_credit_cards_are_kept_apart() -> None:
    card = (
        "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR<CCACCTFROM><ACCTID>5500</CCACCTFROM><BANKTRANLIST>"
        "<STMTTRN><DTPOSTED>20260604<TRNAMT>-1<FITID>F1</STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS>"
        "</CREDITCARDMSGSRSV1></OFX>"
    )

    got = read(SGML.replace("</OFX>", card))

    assert [(d.account, str(d.amount.currency)) for d in got.deposits][1:] == [("000123459680", "usd"), ("5500", "eur")]
    assert [account.id for account in got.accounts] == ["000123459680", "5500"]


def test_lines_that_the_bank_lists_as_pending_are_pending() -> None:
    pending = "<BANKTRANLISTP><STMTTRNP><DTTRAN>20260605<TRNAMT>5.00<NAME>X</STMTTRNP></BANKTRANLISTP></STMTRS>"

    assert read(SGML.replace("</STMTRS>", pending)).deposits[-1].status is BankDepositStatus.PENDING


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE OFX [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n' + xml([])
    content = bomb.replace("</BANKTRANLIST>", "<STMTTRN><DTPOSTED>20260101<TRNAMT>1<MEMO>&b;</STMTTRN></BANKTRANLIST>")

    assert read(content).deposits[0].text == "&b;"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("3930.14", "$120", "TRNAMT is “$120”, not a plain amount"),
        ("3930.14", "1,234.5", "TRNAMT is “1,234.5”, not a plain amount"),
        ("3930.14", "12..34", "TRNAMT is “12..34”, not a plain amount"),
        ("3930.14", "1e3", "TRNAMT is “1e3”, not a plain amount"),
        ("3930.14", "1.234", "TRNAMT is “1.234”: it has more than 2 decimals"),
        ("<TRNAMT>3930.14\n", "", "TRNAMT is missing, not a plain amount"),
        ("20260603120000[-5:EST]", "20260230", "DTPOSTED is “20260230”, not a date such as 20261231"),
        ("<DTPOSTED>20260603120000[-5:EST]\n", "", "DTPOSTED is missing"),
        ("<FITID>F1\n", "<CURRENCY><CURSYM>ZZZ</CURRENCY>", "currency “ZZZ” is not known"),
    ],
)
def test_a_bad_line_is_a_break_and_the_rest_goes_on(old: str, new: str, reason: str) -> None:
    got = read(SGML.replace(old, new))

    assert [(found.where, found.reason) for found in got.breaks] == [("june.ofx:line 10", reason)]
    assert (len(got.deposits), got.records) == (1, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SGML[: SGML.index("</BANKTRANLIST>")], "line 18: is truncated: there is no </OFX>"),
        ("OFXHEADER:100\n", "line 1: has an OFX heading, but no <OFX>"),
        (SGML.replace("</STMTRS>", ""), "<STMTRS> is never closed"),
        (SGML.replace("</STMTTRN>", "", 1), "line 18: <STMTTRN> inside a <STMTTRN>"),
        (
            SGML.replace("<CURDEF>USD", ""),
            "none of its 2 records can be used; the first: no currency is stated (CURDEF)",
        ),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


def test_a_statement_without_lines_is_fine_and_says_so() -> None:
    assert read("OFXHEADER:100\n<OFX></OFX>").notes == ("holds no records",)


@pytest.mark.parametrize("hostile", ["<!--" * 20_000, "<a" * 50_000, "<" + "a" * 200_000, "<![CDATA[" * 20_000])
def test_a_hostile_file_costs_no_more_than_its_length(hostile: str) -> None:
    got = read(f"<OFX>{hostile}</OFX>")

    assert got.records == 0
