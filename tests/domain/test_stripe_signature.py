"""A webhook's body is Stripe's, or it is not: by what signs it, when, and how."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.secret import Secret
from domain.stripe_signature import HEADER_MAX, SIGNATURES_MAX, SignatureFault, signature_fault
from tests.stripe_signing import SIGNERS, event, signed, v1

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OURS, OLDER, THEIRS = "whsec_OURS0000000000000000", "whsec_OLDER000000000000000", "whsec_THEIRS00000000000000"
BODY = event()
AT = int(NOON.timestamp())


def fault(header: str, body: bytes = BODY, *secrets: str, at: datetime = NOON) -> SignatureFault | None:
    return signature_fault(header, body, [Secret(secret) for secret in secrets or (OURS,)], at=at)


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
def test_what_the_official_signers_sign_is_stripes(signer) -> None:  # type: ignore[no-untyped-def]
    assert fault(signer(BODY, OURS, NOON)) is None
    assert fault(signer(BODY, THEIRS, NOON)) is SignatureFault.WRONG


@given(body=st.binary(max_size=300))
def test_any_bytes_can_be_signed_and_no_changed_byte_passes(body: bytes) -> None:
    header = signed(body, NOON, OURS)

    assert fault(header, body) is None
    assert fault(header, body + b"\0") is SignatureFault.WRONG
    assert fault(header, bytes(byte ^ 1 for byte in body) or b"x") is SignatureFault.WRONG


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-301, SignatureFault.TOO_OLD),
        (-300, None),
        (300, None),
        (301, SignatureFault.IN_THE_FUTURE),
        (86_400, SignatureFault.IN_THE_FUTURE),
    ],
)
def test_a_time_too_far_from_ours_on_either_side_is_not_now(seconds: int, expected: SignatureFault | None) -> None:
    """Failure 27: the official SDK takes what is signed for the future."""
    assert fault(signed(BODY, NOON + seconds * SECOND, OURS)) is expected


def test_the_time_is_signed_too() -> None:
    header = signed(BODY, NOON - 400 * SECOND, OURS)

    assert fault(header.replace(str(AT - 400), str(AT))) is SignatureFault.WRONG


def test_while_a_secret_is_rolled_either_is_enough_on_either_side() -> None:
    both = signed(BODY, NOON, OLDER, OURS)

    assert fault(both, BODY, OURS) is None
    assert fault(both, BODY, OLDER) is None
    assert fault(signed(BODY, NOON, OLDER), BODY, OURS, OLDER) is None
    assert fault(both, BODY, THEIRS) is SignatureFault.WRONG


def test_without_a_secret_nothing_is_proved() -> None:
    assert signature_fault(signed(BODY, NOON, ""), BODY, [], at=NOON) is SignatureFault.NO_SECRET


@pytest.mark.parametrize("scheme", ["v0", "v2", "V1", " v1", "v1 ", ""])
def test_only_scheme_v1_counts(scheme: str) -> None:
    header = signed(BODY, NOON, OURS).replace("v1=", f"{scheme}=")

    assert fault(header) is SignatureFault.MALFORMED
    assert fault(f"{header},v1={v1(BODY, THEIRS, AT)}") is SignatureFault.WRONG


def test_a_v0_beside_does_no_harm() -> None:
    assert fault(signed(BODY, NOON, OURS) + ",v0=" + v1(BODY, "another", AT)) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=",
        f"t={AT}",
        f"v1={v1(BODY, OURS, AT)}",
        f"t={AT},t={AT},v1={v1(BODY, OURS, AT)}",
        f"t=+{AT},v1={v1(BODY, OURS, f'+{AT}')}",
        f"t=-{AT},v1={v1(BODY, OURS, f'-{AT}')}",
        f"t={AT}.0,v1={v1(BODY, OURS, f'{AT}.0')}",
        f"t={AT}_0,v1={v1(BODY, OURS, f'{AT}_0')}",
        f"t= {AT},v1={v1(BODY, OURS, f' {AT}')}",
        f"t={'٠١٢٣٤٥٦٧٨٩'},v1={v1(BODY, OURS, AT)}",
        f"t={'9' * 5000},v1={v1(BODY, OURS, AT)}",
        f"t={AT}" + f",v1={'0' * 64}" * SIGNATURES_MAX + f",v1={v1(BODY, OURS, AT)}",
        f"t={AT},v1={v1(BODY, OURS, AT)},x={'x' * HEADER_MAX}",
    ],
)
def test_a_header_that_is_not_as_stripe_writes_it(header: str) -> None:
    assert fault(header) is SignatureFault.MALFORMED


@pytest.mark.parametrize("made_up", ["", "é", "\udcff", "0" * 64, "0", v1(BODY, OURS, AT).upper(), "٣" * 64])
def test_a_signature_of_another_form_is_a_wrong_one(made_up: str) -> None:
    assert fault(f"t={AT},v1={made_up}") is SignatureFault.WRONG


@given(header=st.text(max_size=200), body=st.binary(max_size=50))
def test_whatever_is_sent_is_answered(header: str, body: bytes) -> None:
    assert fault(header, body) is not None
