"""MT940 and MT942 in the shape that banks of several countries give them, bent and broken."""

from datetime import date

import pytest

from adapters.statement_files.mt940_reader import Mt940Reader
from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.money import Currency, Money
from domain.statement_sequence import sequence_breaks
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract

GERMAN = """:20:STARTUMSE
:25:37040044/0532013000
:28C:00005/001
:60F:C260602EUR1000,00
:61:2606030603CR3930,14NTRFNONREF//2606030000012345
:86:166?00GUTSCHR. UEBERWEISUNG?109248?20EREF+STRIPE K7T2M4?21SVWZ+STRIP
E PAYMENTS EUR ST?22-A1B2C3D4E5F6?30DEUTDEFFXXX?31DE02500105170137
075030?32Stripe Technology Europe Lt?33d?34000
:61:2606030603DR12,5NCHGNONREF//2606030000012346
:86:808?00ENTGELT?20KONTOFUEHRUNG
:62F:C260603EUR4917,64
-
"""
DUTCH = """{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:
:20:P260603000000001
:25:NL69INGB0123456789EUR
:28C:00110
:60F:C260602EUR100,00
:61:2606030603C200,25NTRFEREF//26154000000002
/TRCD/00100/
:86:/EREF/STRIPE-9K2//CNTP/IE64IRCE92050112345678/CITIIE2X/STRIPE TECHNO
LOGY EUROPE LTD///REMI/USTD//STRIPE PAYOUT/
:62F:C260603EUR300,25
:64:C260603EUR300,25
:86:/SUM/0/1/0,00/200,25/
-}{5:{CHK:000000000000}}
"""
BRITISH = """0000 01INPGBMFLXXX00001
940 00
:20:MT940/GB
:25:GB29NWBK60161331926819
:28C:154/1
:60F:D260602GBP50,00
:61:260603C150,NTRFSTRIPE//FPI
STRIPE PAYMENTS UK LTD
:61:260603D10,NMSCNONREF//FPI
CARD
:62F:C260603GBP90,
-
"""
SWISS = """:20:0608143045000001
:25:CH9300762011623852957
:28C:00042/00001
:60F:C260602CHF0,00
:61:2606030603C1'000,00NTRFNONREF
:86:GUTSCHRIFT
:61:2606030603RD20,00NSTONONREF
:86:STORNO BELASTUNG
:61:2606030603RC5,00NSTONONREF
:86:STORNO GUTSCHRIFT
:62F:C260603CHF1015,00
"""
POLISH = """:20:1
:25:/PL61109010140000071219812874
:28C:1
:60F:C260602PLN10,00
:61:2606030603CN100,00NTRFNONREF
:86:020~00VE02~20STRIPE PAYOUT~32STRIPE PAYMENTS~33EUROPE LTD
:62F:C260603PLN110,00
-
"""
INTERIM = """:20:INTERIM
:25:37040044/0532013000
:28C:00006/001
:34F:EUR0,
:13D:2606041200+0200
:61:2606040604CR10,00NTRFNONREF//X1
:86:166?20SVWZ+A
:61:2606040604EC7,00NTRFNONREF
:86:166?20SVWZ+B
:90D:0EUR0,
:90C:2EUR17,
-
"""


def read(content: str) -> FactsRead:
    return Mt940Reader().read(InputFile(name="june.sta", content=content.encode()))


def euros(units: int) -> Money:
    return Money(units, Currency.of("eur"))


def amounts(got: FactsRead) -> list[int]:
    return [line.amount.minor_units for line in got.deposits]


class TestMt940Reader(FactsReaderContract):
    reader = Mt940Reader()
    good = GERMAN.encode()
    name = "june.sta"


def test_a_german_text_is_put_together_where_it_was_cut() -> None:
    got = read(GERMAN)

    payout, fee = got.deposits
    assert payout == BankDeposit(
        id=payout.id,
        account=payout.account,
        amount=euros(393_014),
        date=date(2026, 6, 3),
        text="Stripe Technology Europe Ltd | EREF+STRIPE K7T2M4 SVWZ+STRIPE PAYMENTS EUR ST-A1B2C3D4E5F6 | "
        "GUTSCHR. UEBERWEISUNG | DEUTDEFFXXX | DE02500105170137075030 | 166 | 2606030000012345",
        counterparty="Stripe Technology Europe Ltd",
    )
    assert (payout.id, fee.amount) == ("2606030000012345/20260603/393014", euros(-1_250))
    (account,) = got.accounts
    assert (account.id, account.persistent_id, account.mask) == ("0532013000", "37040044:0532013000", "3000")
    assert (account.covered_from, account.covered_to) == (date(2026, 6, 3), date(2026, 6, 3))
    assert got.breaks == ()


def test_a_dutch_statement_in_a_swift_envelope_is_read() -> None:
    got = read(DUTCH)

    (line,) = got.deposits
    assert (line.amount, line.counterparty) == (euros(20_025), "STRIPE TECHNOLOGY EUROPE LTD")
    assert "STRIPE PAYOUT" in line.text
    assert [account.persistent_id for account in got.accounts] == ["NL69INGB0123456789"]
    assert got.breaks == ()


def test_a_british_statement_with_the_text_in_the_line_itself_is_read() -> None:
    """One reference for every line of a kind is none: the lines are told by their places."""
    got = read(BRITISH.replace("D10,", "C150,").replace("GBP90,", "GBP250,"))

    assert [(line.id, line.text) for line in got.deposits] == [
        ("june.sta:7", "STRIPE PAYMENTS UK LTD | STRIPE | FPI"),
        ("june.sta:9", "CARD | FPI"),
    ]
    assert got.breaks == ()


def test_an_overdrawn_account_and_amounts_without_decimals_are_read() -> None:
    got = read(BRITISH)

    assert amounts(got) == [15_000, -1_000]
    assert [(s.opening, s.closing) for s in got.statements] == [
        (Money(-5_000, Currency.of("gbp")), Money(9_000, Currency.of("gbp")))
    ]


def test_reversals_have_the_sign_of_what_they_do_and_a_bad_line_is_a_break() -> None:
    got = read(SWISS)

    assert amounts(got) == [2_000, -500]
    assert [(found.where, found.reason) for found in got.breaks] == [
        (
            "june.sta:line 1",
            "opens with 0.00 chf, its 2 lines come to 15.00 chf, which makes 15.00 chf, but it closes with "
            "1,015.00 chf: 1,000.00 chf is not accounted for (1 line could not be read)",
        ),
        (
            "june.sta:line 5",
            ":61: is “2606030603C1'000,00NTRFNONREF”, not such as 2606300630C1234,56NTRFreference",
        ),
    ]


def test_a_polish_text_with_other_marks_is_read() -> None:
    (line,) = read(POLISH).deposits

    assert (line.counterparty, line.text) == (
        "STRIPE PAYMENTS EUROPE LTD",
        "STRIPE PAYMENTS EUROPE LTD | STRIPE PAYOUT | VE02 | 020",
    )
    assert line.amount == Money(10_000, Currency.of("pln"))


def test_an_interim_report_has_pending_lines() -> None:
    got = read(INTERIM)

    assert [(line.amount, line.status) for line in got.deposits] == [
        (euros(1_000), BankDepositStatus.PENDING),
        (euros(700), BankDepositStatus.PENDING),
    ]
    assert set(got.interim) == {line.id for line in got.deposits}
    assert [(s.interim, s.last_day) for s in got.statements] == [(True, date(2026, 6, 4))]
    assert got.kind == "MT942 interim report"
    assert got.breaks == ()


def test_an_interim_report_that_lost_a_line_says_so() -> None:
    start, end = INTERIM.index(":61:2606040604EC"), INTERIM.index(":90D:")

    assert [found.reason for found in read(INTERIM[:start] + INTERIM[end:]).breaks] == [
        ":90C: says 2 lines, but 1 are here"
    ]


def test_several_statements_of_several_accounts_are_kept_apart() -> None:
    got = read(GERMAN + DUTCH + GERMAN.replace("0532013000", "0532013001"))

    assert [account.id for account in got.accounts] == ["0532013000", "NL69INGB0123456789", "0532013001"]
    assert [statement.account for statement in got.statements] == ["0532013000", "NL69INGB0123456789", "0532013001"]
    assert got.breaks == ()


def test_pages_of_a_statement_follow_one_another() -> None:
    fee = GERMAN.index(":61:2606030603DR")
    head = GERMAN[: GERMAN.index(":61:")]
    first = GERMAN[:fee] + ":62M:C260603EUR4930,14\n-\n"
    second = (
        head.replace("00005/001", "00005/002").replace(":60F:C260602EUR1000,00", ":60M:C260603EUR4930,14")
        + GERMAN[fee:]
    )

    got = read(first + second)

    assert [(each.sequence, each.page) for each in got.statements] == [(5, 1), (5, 2)]
    assert sequence_breaks(got.statements) == ()
    assert got.breaks == ()
    assert [(each.covered_from, each.covered_to) for each in got.accounts] == [(date(2026, 6, 3), date(2026, 6, 3))]


def test_a_statement_given_twice_in_a_file_counts_once() -> None:
    """Also where its texts are others: the money between two balances moved once."""
    got = read(GERMAN + GERMAN.replace("ENTGELT", "CHARGES"))

    assert amounts(got) == [393_014, -1_250]
    assert got.notes == ("1 statement given twice in it: counted once",)


def test_two_equal_lines_are_two() -> None:
    line = GERMAN[GERMAN.index(":61:2606030603CR") : GERMAN.index(":61:2606030603DR")]
    got = read(GERMAN.replace(line, line + line).replace("4917,64", "8847,78"))

    assert amounts(got) == [393_014, 393_014, -1_250]
    assert len({deposit.id for deposit in got.deposits}) == 3
    assert got.breaks == ()


def test_a_statement_without_its_end_and_the_next_without_its_beginning_are_two() -> None:
    second = (
        GERMAN.replace(":20:STARTUMSE\n", "")
        .replace("00005", "00006")
        .replace("C260602EUR1000,00", "C260603EUR4917,64")
    )
    got = read(GERMAN.replace("-\n", "") + second.replace("C260603EUR4917,64\n-", "C260603EUR8835,28\n-"))

    assert len(got.statements) == 2
    assert got.breaks == ()


def test_a_dash_in_a_text_does_not_end_the_statement() -> None:
    got = read(GERMAN.replace(":61:2606030603DR", "-\n:61:2606030603DR"))

    assert amounts(got) == [393_014, -1_250]
    assert got.breaks == ()


def test_the_year_of_an_entry_is_the_one_nearest_to_the_value_date() -> None:
    content = GERMAN.replace(":61:2606030603CR", ":61:2601021231CR").replace(":61:2606030603DR", ":61:2512310102DR")

    assert [line.date for line in read(content).deposits] == [date(2025, 12, 31), date(2026, 1, 2)]


def test_the_thirtieth_of_february_is_a_value_date_to_some_banks() -> None:
    assert read(GERMAN.replace(":61:2606030603CR", ":61:2602300302CR")).deposits[0].date == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("old", "new", "where", "reason"),
    [
        ("CR3930,14", "XR3930,14", 5, ":61: is “2606030603XR3930,14NTRFNONREF//2606030000012345”, not such as"),
        ("CR3930,14", "CR3930,145", 5, "the amount is “3930,145”: it has more than 2 decimals"),
        ("CR3930,14", "CR3,930,14", 5, "the amount is “3,930,14”, not such as 1234,56"),
        (":61:2606030603CR", ":61:2613450000CR", 5, "the date is “2613450000”, not such as 2606300630"),
        (
            "C260602EUR1000,00",
            "X260602EUR1000,00",
            4,
            "its opening balance cannot be read: :60F: is “X260602EUR1000,00”",
        ),
        (
            "C260602EUR1000,00",
            "C260602ZZZ1000,00",
            4,
            "its opening balance cannot be read: currency “ZZZ” is not known",
        ),
        (":60F:C260602EUR1000,00\n", "", 1, "has no opening balance (:60F:): nothing tells whether all of its lines"),
        (":62F:C260603EUR4917,64\n", "", 1, "has no closing balance (:62F:): nothing tells whether all of its lines"),
        ("EUR4917,64", "EUR4917,65", 1, "closes with 4,917.65 eur: 0.01 eur is not accounted for"),
        (
            ":25:37040044/0532013000",
            ":25:37040044/0532\n013000",
            2,
            "its :25: goes on with “013000”, which is not used",
        ),
        (":86:808?00", ":25:808?00", 10, ":25: stands among the lines, where it cannot be"),
    ],
)
def test_what_cannot_be_read_or_does_not_add_up_is_a_break(old: str, new: str, where: int, reason: str) -> None:
    got = read(GERMAN.replace(old, new))

    assert any(found.where == f"june.sta:line {where}" and reason in found.reason for found in got.breaks), got.breaks
    assert got.records == 2
    assert [account.covered_to for account in got.accounts] == [None]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GERMAN.replace(":25:37040044/0532013000\n", ""), "line 1: the statement does not name its account (:25:)"),
        (GERMAN.replace("0532013000", "0532\xaa13000"), "line 2: its :25: names no account"),
        (GERMAN.replace("37040044/0532013000", "///"), "line 2: its :25: names no account"),
        (":20:X\n:79:FREE TEXT\n", "line 1: has no MT940 or MT942 statement in it"),
        (GERMAN.replace("EUR", "ZZZ"), "line 5: none of its 2 records can be used; the first: nothing says in which"),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "hostile",
    [
        ":61:" * 50_000,
        "\n:61:" * 20_000,
        "\n:86:" + " " * 200_000,
        "\n" + "{1:" * 100_000,
        "?20abcdefgh" * 50_000,
        ":86:?20" + "?20" * 100_000,
        "/NAME/" * 50_000,
        "C" * 500_000,
    ],
)
def test_a_hostile_file_costs_no_more_than_its_length(hostile: str) -> None:
    got = read(GERMAN.replace("KONTOFUEHRUNG", hostile))

    assert amounts(got)[:1] == [393_014]
