"""Texts of real bank statements, and whom they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.descriptor import TextForm, descriptor_stems, normal_trace, printed_trace, read_text

STRIPE_TEXTS = [
    "ORIG CO NAME:STRIPE ORIG ID:1800948598 DESC DATE:260915 CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:091000019999999",
    "ORIG CO NAME:STRIPE ORIG ID: 800948598 DESC DATE: CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:043305133159492 "
    "EED:250617 IND ID:ST-V9X2V3I1H1U7 IND NAME:NORTHWIND TRN: 1683159492TC",
    "Orig Co Name:stripe Orig ID:x8598",
    "ORIG CO NAME:STRIPE TRANSFER",
    "orig co name:stripe payment",
    "STRIPE TRANSFER ST-A1B2C3D4E5F6 NORMS RESTAURANTS LLC",
    "STRIPE TRANSFER ST-BPQBDJJ8SM",
    "STRIPE TRANSFER ST-CY098123KA",
    "STRIPE DES:TRANSFER ID:ST-5ZHG5Y3YVT INDN:BRIGHTLINE STUDIO LLC",
    "ACH CREDIT STRIPE",
    "TRANSFER STRIPE, INC",
    "STRIPE MSP",
    "Direct Deposit, STRIPE MSP/DIV",
    "STRIPE PAYMENTS MSP",
    "Direct Credit STRIPE TRF 6BOJMSVD Stripe Payments",
    "STRIPE PAYMENTS UK",
    "Received money from Stripe Payments Uk Ltd with reference STRIPE",
    "Stripe Payments UK Ltd",
    "Stripe Technology Europe Lt d",
    "STRIPE PAYMENTS EUROPE, LTD",
]
PLATFORM_TEXTS = [
    "ORIG CO NAME:Secret Garden Ro ORIG ID:4270465600 CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:111000029658910 "
    "EED:250602 IND ID:ST-L0J1W2N4J5P8 IND NAME:NORTHWIND",
    "ORIG CO NAME:Policapital ORIG ID:4270465600 CO ENTRY DESCR:PolicapitaSEC:CCD TRACE#:111000026506921 "
    "EED:210622 IND ID:ST-G0G9U4P7D3T0",
    "ORIG CO NAME:City of Worceste ORIG ID:1800948598 CO ENTRY DESCR:City of WoSEC:WEB IND ID:ST-K8C2D2P8N6U8",
]


def form_of(text: str, company_id: str | None = None) -> TextForm:
    return read_text(text, company_id)[0].key.form


@pytest.mark.parametrize("text", STRIPE_TEXTS)
def test_stripes_own_texts_name_stripe(text: str) -> None:
    assert form_of(text) is TextForm.STRIPE


@pytest.mark.parametrize("text", PLATFORM_TEXTS)
def test_a_platforms_name_with_stripes_code_is_told_from_stripes_own(text: str) -> None:
    assert form_of(text) is TextForm.STRIPE_PLATFORM


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ORIG CO NAME:STRIPE CAPITAL CO ENTRY DESCR:LOAN", TextForm.STRIPE_PRODUCT),
        ("STRIPE PAYROLL", TextForm.STRIPE_PRODUCT),
        ("STRIPE BILLING FEE", TextForm.STRIPE_PRODUCT),
        ("SQUARE INC SQ260914 T3ABCDEF", TextForm.PROCESSOR),
        ("PAYPAL TRANSFER", TextForm.PROCESSOR),
        ("AMERICAN EXPRESS SETTLEMENT", TextForm.PROCESSOR),
        ("Cash App*NORTHWIND", TextForm.PROCESSOR),
        ("DEPOSIT", TextForm.GENERIC),
        ("ACH CREDIT 000123456789", TextForm.GENERIC),
        ("", TextForm.GENERIC),
        ("4711 0815", TextForm.GENERIC),
        ("GATEWAY PROPERTY MGMT ONLINE PAYMENT", TextForm.OTHER),
        ("Tekmetric Payments", TextForm.OTHER),
        ("RESTRIPED PARKING LLC", TextForm.OTHER),
        ("PINSTRIPE SUITS", TextForm.OTHER),
    ],
)
def test_other_texts_name_somebody_else_or_nobody(text: str, form: TextForm) -> None:
    assert form_of(text) is form


def test_stripes_code_without_a_digit_speaks_for_stripe_too() -> None:
    text = "ORIG CO NAME:gumroad.com CO ENTRY DESCR:Gumroad SEC:CCD IND ID:ST-JAABBCCDDEEF"

    assert form_of(text) is TextForm.STRIPE_PLATFORM


def test_a_shop_whose_name_begins_like_stripes_is_somebody_else() -> None:
    assert form_of("STRIPES 0423 AUSTIN TX FUEL") is TextForm.OTHER


def test_a_company_id_of_stripes_speaks_for_it_where_the_text_names_nobody() -> None:
    assert form_of("ACH CREDIT", "1800948598") is TextForm.STRIPE
    assert form_of("ACH CREDIT", "9999999999") is TextForm.GENERIC


def test_codes_and_dates_do_not_change_what_a_text_names() -> None:
    first, second = (
        read_text(f"STRIPE TRANSFER ST-{code} {day} NORMS RESTAURANTS LLC")[0]
        for code, day in (("A1B2C3D4E5F6", "260914"), ("Z9Y8X7W6V5U4", "261120"))
    )

    assert first == second
    assert first.key.names == "NORMS RESTAURANTS"


@pytest.mark.parametrize(
    ("text", "says_return"),
    [
        ("STRIPE TRANSFER RETURN", True),
        ("ACH RETURNED ITEM STRIPE", True),
        ("REVERSAL", True),
        ("STRIPE TRANSFER", False),
    ],
)
def test_a_return_is_read_from_its_words(text: str, says_return: bool) -> None:
    assert read_text(text)[0].says_return is says_return


@given(st.text(max_size=60), st.sampled_from(["upper", "lower", "same"]))
def test_any_text_can_be_read_and_case_does_not_matter(text: str, case: str) -> None:
    plain = "".join(character for character in text if character.isascii())
    other = {"upper": plain.upper(), "lower": plain.lower(), "same": plain}[case]

    assert form_of(text) in TextForm
    assert read_text(other) == read_text(plain)


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("SEC:CCD TRACE#:091000019999999 EED:260914", "091000019999999"),
        ("TRACE NO: 091000019999999", "091000019999999"),
        ("Trace 091000019999999", "091000019999999"),
        ("STRIPE TRANSFER", None),
        ("TRACE#:123", None),
    ],
)
def test_a_printed_trace_id_is_found_under_its_name(text: str, trace: str | None) -> None:
    assert printed_trace(text) == trace


@given(st.text("0123456789abcXYZ -/.", max_size=20))
def test_a_trace_id_is_normal_once_and_for_all(trace: str) -> None:
    assert normal_trace(normal_trace(trace)) == normal_trace(trace) == normal_trace(trace.lower())


@pytest.mark.parametrize(
    ("descriptor", "stems"),
    [
        ("Policapital Payments Inc", ("POLICAPITALPAYMENTSI", "POLICAPITALPAYM", "POLICAPITA")),
        ("City of Worcester", ("CITYOFWORCESTER", "CITYOFWORCESTE", "CITYOFWO")),
        ("STRIPE", ()),
        ("Norms Stripe", ()),
        ("ABC", ()),
    ],
)
def test_a_descriptor_is_expected_as_banks_cut_it(descriptor: str, stems: tuple[str, ...]) -> None:
    assert descriptor_stems(descriptor) == stems
