"""BAI2 in the shape that banks of several countries give it, with its totals met and not met."""

from datetime import date

import pytest

from adapters.statement_files.bai2_reader import Bai2Reader
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract

CHASE = """01,021000021,TIEOUT,260604,0600,1,80,,2/
02,TIEOUT,021000021,1,260603,2359,USD,2/
03,000123459680,,010,100000,,,015,488514,,,100,393014,1,,400,4500,1,/
16,165,393014,Z,0915100001,,ORIG CO NAME:STRIPE ORIG ID:1800948598 CO ENTRY/
88,DESCR:TRANSFER SEC:CCD TRACE#:091000019999999 IND ID:ST-A1B2C3D4E5F6/
16,455,4500,0,,INV-7,ACH DEBIT, RENT A/B/
49,1383542,5/
98,1383542,1,7/
99,1383542,1,9/
"""
CANADIAN = """01,0004,12345,260604,0829,001,80,1,2/
02,12345,0004,1,260603,,CAD,/
03,10200123456,CAD,040,+000000000000,,,045,+000000000000,,/
88,100,000000000203500,00001,V,260603,,400,000000000002500,00001,V,260603,/
16,108,000000000203500,V,260603,,,,STRIPE MSP          /
16,409,000000000002500,V,260603,,,,RETURNED CHEQUE     /
49,+00000000000412000,5/
98,+00000000000412000,1,7/
99,+00000000000412000,1,9/
"""
JAPANESE = """01,BANK,ME,260604,0600,1,,,2/
02,ME,BANK,1,260603,,JPY,2/
03,4711,JPY,010,1000,,,015,3000,,/
16,195,2000,D,2,0,1500,1,500,B1,C1,STRIPE JAPAN/
16,890,,,,,NOTE TO YOU/
49,6000,4/
98,6000,1,6/
99,6000,1,8/
"""


def read(content: str) -> FactsRead:
    return Bai2Reader().read(InputFile(name="june.bai", content=content.encode()))


def amounts(got: FactsRead) -> list[int]:
    return [line.amount.minor_units for line in got.deposits]


class TestBai2Reader(FactsReaderContract):
    reader = Bai2Reader()
    good = CHASE.encode()
    name = "june.bai"


def test_an_american_file_is_read() -> None:
    got = read(CHASE)

    payout, rent = got.deposits
    assert (payout.id, payout.amount) == ("0915100001/20260603/393014", Money(393_014, Currency.of("usd")))
    assert payout.text == (
        "ORIG CO NAME:STRIPE ORIG ID:1800948598 CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:091000019999999 "
        "IND ID:ST-A1B2C3D4E5F6 | 0915100001"
    )
    assert (rent.id, rent.amount.minor_units, rent.text) == ("june.bai:6", -4_500, "ACH DEBIT, RENT A/B | INV-7")
    (statement,) = got.statements
    assert (statement.opening, statement.closing) == (
        Money(100_000, Currency.of("usd")),
        Money(488_514, Currency.of("usd")),
    )
    assert [(a.mask, a.covered_from, a.covered_to) for a in got.accounts] == [
        ("9680", date(2026, 6, 3), date(2026, 6, 3))
    ]
    assert got.breaks == ()


def test_a_canadian_file_with_value_dates_and_padded_amounts_is_read() -> None:
    got = read(CANADIAN)

    assert [(line.amount, line.text) for line in got.deposits] == [
        (Money(203_500, Currency.of("cad")), "STRIPE MSP"),
        (Money(-2_500, Currency.of("cad")), "RETURNED CHEQUE"),
    ]
    assert got.breaks == ()


def test_a_currency_without_decimals_and_distributed_availability_are_read() -> None:
    got = read(JAPANESE)

    assert [(line.amount, line.text) for line in got.deposits] == [
        (Money(2_000, Currency.of("jpy")), "STRIPE JAPAN | C1 | B1")
    ]
    assert got.notes == ("records without money (type 890) are not lines of the account",)
    assert got.breaks == ()


def test_decimals_are_those_of_iso_4217() -> None:
    """Stripe writes Icelandic crowns with two decimals that are always zero; a bank has none."""
    got = read(JAPANESE.replace("JPY", "ISK"))

    assert [line.amount for line in got.deposits] == [Money(200_000, Currency.of("isk"))]


def test_no_currency_means_dollars_by_the_specification_and_is_said() -> None:
    got = read(CHASE.replace(",USD,", ",,"))

    assert got.notes == ("names no currency: USD, as the BAI2 specification says",)
    assert amounts(got) == [393_014, -4_500]


@pytest.mark.parametrize("modifier", ["1", "3"])
def test_an_intraday_report_has_pending_lines(modifier: str) -> None:
    got = read(CHASE.replace("USD,2/", f"USD,{modifier}/"))

    assert {line.status for line in got.deposits} == {BankDepositStatus.PENDING}
    assert len(got.interim) == 2
    assert got.kind == "BAI2 intraday report"
    assert [(a.covered_from, a.covered_to) for a in got.accounts] == [(None, None)]


def test_records_that_share_a_line_or_are_broken_without_88_are_read_and_said() -> None:
    shared = CHASE.replace("/\n16,", "/  16,").replace("/\n88,DESCR", "\nDESCR")
    shared = shared.replace("49,1383542,5", "49,1383542,4").replace(",1,7/", ",1,6/").replace(",1,9/", ",1,8/")

    got = read(shared)

    assert amounts(got) == [393_014, -4_500]
    assert got.deposits[0].text == read(CHASE).deposits[0].text
    assert got.notes == (
        "several records on one line: read as if each had its own",
        "records broken over lines without 88: put together",
    )
    assert got.breaks == ()


def test_two_equal_lines_are_two() -> None:
    line = "16,165,393014,Z,0915100001,,TWICE/\n"
    start, end = CHASE.index("16,165"), CHASE.index("16,455")
    got = read(CHASE[:start] + line + line + CHASE[end:])

    assert amounts(got) == [393_014, 393_014, -4_500]
    assert len({deposit.id for deposit in got.deposits}) == 3


def test_several_accounts_and_groups_are_kept_apart() -> None:
    body = CHASE[CHASE.index("02,") : CHASE.index("99,")]
    got = read(
        CHASE[: CHASE.index("02,")]
        + body
        + body.replace("000123459680", "000123459681").replace("USD", "CAD")
        + "99,2767084,2,16/\n"
    )

    assert [(a.id, str(a.currency)) for a in got.accounts] == [("000123459680", "usd"), ("000123459681", "cad")]
    assert got.breaks == ()


@pytest.mark.parametrize(
    ("old", "new", "where", "reason"),
    [
        ("16,165,393014", "16,165,393015", 3, "3,885.15 usd, which makes"),
        ("16,165,393014", "16,165,X", 4, "its amount is “X”, not digits"),
        ("16,165,393014", "16,165,-393014", 4, "its amount is “-393014”: the type says the sign, the amount has none"),
        ("16,165,", "16,100,", 4, "its type 100 is of totals, not of a transaction"),
        ("16,165,", "16,701,", 4, "its type 701 says neither credit nor debit"),
        ("16,165,", "16,1X5,", 4, "its type is “1X5”, not three digits"),
        ("100,393014,1", "100,393014,2", 3, "says that it has 2 credits (100), but 1 are here"),
        (
            "400,4500,1",
            "400,4600,1",
            3,
            "says that its debits (400) come to 46.00 usd, but those here come to 45.00 usd",
        ),
        (
            "49,1383542,5",
            "49,1383542,6",
            7,
            "the account's trailer states “6” for the number of records, but here it is 5",
        ),
        (
            "49,1383542,5",
            "49,1383543,5",
            7,
            "the account's trailer states “1383543” for the amounts, but here it is 1383542",
        ),
        (
            "98,1383542,1,7",
            "98,1383542,2,7",
            8,
            "the group's trailer states “2” for the number of accounts, but here it",
        ),
        (
            "99,1383542,1,9",
            "99,1383542,1,8",
            9,
            "the file's trailer states “8” for the number of records, but here it is",
        ),
        ("99,1383542,1,9/\n", "", 8, "there is no trailer of the file (99): the file may have been cut off"),
        ("98,1383542,1,7/\n99,1383542,1,9/\n", "", 7, "there is no trailer of the group (98)"),
        ("49,1383542,5/\n", "", 7, "a group ends (98) before its account ended (49)"),
        (
            "88,DESCR",
            "GARBAGE",
            5,
            "“GARBAGE:TRANSFER SEC:CCD TRACE#:",
        ),
    ],
)
def test_what_cannot_be_read_or_does_not_add_up_is_a_break(old: str, new: str, where: int, reason: str) -> None:
    got = read(CHASE.replace(old, new))

    assert any(found.where == f"june.bai:line {where}" and reason in found.reason for found in got.breaks), got.breaks
    assert [account.covered_to for account in got.accounts] == [None]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",1,260603,2359", ",2,260603,2359", "line 2: its group (02) takes back an earlier one (status 2)"),
        (",260603,2359", ",269999,2359", "line 2: its as-of date is “269999”, not such as 260630"),
        ("03,000123459680,,", "03,,,", "line 3: an account (03) without a number"),
        ("03,000123459680,,", "03,000123459680,ZZZ,", "line 3: currency “ZZZ” is not known"),
        ("02,TIEOUT,021000021,1,260603,2359,USD,2/\n", "", "line 2: an account (03) outside of a group (02)"),
        ("03,000123459680,,010,100000,,,015,488514,,,100,393014,1,,400,4500,1,/\n", "", "line 3: a transaction (16)"),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(old: str, new: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(CHASE.replace(old, new))

    assert said in str(refusal.value)


@pytest.mark.parametrize("hostile", ["/ " * 100_000, "88,\n" * 50_000, "/ 16,165," * 20_000, "," * 200_000])
def test_a_hostile_file_costs_no_more_than_its_length(hostile: str) -> None:
    assert amounts(read(CHASE.replace("RENT A/B", hostile)))[:1] == [393_014]


@pytest.mark.parametrize("hostile", ["," * 200_000, "/ 03," * 50_000, "\nX" * 50_000, "/" + " " * 200_000])
def test_balances_that_mean_harm_cost_no_more_than_their_length(hostile: str) -> None:
    content = CHASE.replace(",010,100000", f",{hostile},010,100000")

    assert said_of(content).startswith("june.bai")


def said_of(content: str) -> str:
    """The refusal, or the file that was read."""
    try:
        return read(content).accounts[0].feed
    except UnreadableFile as refusal:
        return str(refusal)
