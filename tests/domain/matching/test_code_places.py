"""A word in the place where a bank's texts bear a code is a code, and no name."""

from domain.matching.code_places import learn_shapes, read_with_shapes
from domain.matching.descriptor import TextForm, TextKey
from domain.matching.records import LineRecord, line_record
from tests.domain.matching.written_facts import line, match_of, outcomes, payout, reconcile, weekday

CODES = ("6BOJMSVD", "7XQ2KLMN", "P4WERTZU", "K8GHTREW")


def records(*texts: str, account: str = "checking") -> list[LineRecord]:
    return [
        line_record(line(f"{account}_{i}", 100_003 + i, text=text, account=account), learned=False)
        for i, text in enumerate(texts)
    ]


def read_again(found: list[LineRecord]) -> list[str]:
    read_with_shapes(found, learn_shapes(found))
    return [each.text_key.names for each in found]


def test_a_code_that_happens_to_have_no_digit_is_read_as_a_code() -> None:
    found = records(*(f"Direct Credit STRIPE TRF {code}" for code in (*CODES, "YCKGHAPN")))

    assert found[-1].text_key == TextKey.of(TextForm.STRIPE, "YCKGHAPN")
    assert read_again(found) == [""] * 5


def test_a_name_in_another_place_stays_a_name() -> None:
    found = records(
        *(f"STRIPE TRF {code}" for code in CODES), "STRIPE NORTHWIND 6BOJMSVD", "STRIPE TRF 6BOJMSVD NORTHWIND"
    )

    assert read_again(found) == [""] * 4 + ["NORTHWIND"] * 2


def test_a_short_word_is_no_code() -> None:
    found = records(*(f"STRIPE TRF {code}" for code in CODES), "STRIPE TRF NORM")

    assert read_again(found)[-1] == "NORM"


def test_what_one_banks_texts_show_says_nothing_of_anothers() -> None:
    found = [*records(*(f"STRIPE TRF {code}" for code in CODES)), *records("STRIPE TRF YCKGHAPN", account="savings")]

    assert read_again(found)[-1] == "YCKGHAPN"


def test_a_text_that_few_lines_bear_teaches_nothing() -> None:
    found = records("STRIPE TRF 6BOJMSVD", "STRIPE TRF 7XQ2KLMN", "STRIPE TRF YCKGHAPN")

    assert learn_shapes(found) == {}


def test_a_line_that_does_not_speak_of_stripe_is_left_as_it_is() -> None:
    found = records(*(f"STRIPE TRF {code}" for code in CODES), "SQUARE TRF YCKGHAPN")

    assert read_again(found)[-1] == "SQUARE YCKGHAPN"


def test_a_deposit_whose_code_has_no_digit_matches_like_the_others() -> None:
    codes = [f"{code[:-1]}{i}" for i, code in enumerate(CODES * 3)] + ["YCKGHAPN"]
    payouts = [payout(f"po_{i}", 100_003 + 7_919 * i, weekday(2 * i)) for i in range(13)]
    lines = [line(f"line_{i}", 100_003 + 7_919 * i, weekday(2 * i), f"Direct Credit STRIPE TRF {code}")
             for i, code in enumerate(codes)]  # fmt: skip

    found = reconcile(payouts, lines)

    assert outcomes(found)["line_12"] == "matched"
    levels = [{item.feature: item.level for item in match_of(found, f"po_{i}").evidence}["text"] for i in (11, 12)]
    assert levels[0] == levels[1]
