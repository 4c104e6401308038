import traceback

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.encryption.aes_secret_box import AesSecretBox
from domain.secret import KeyOwner, Secret, SecretPlace
from ports.secret_box import SecretDamaged

BOX = AesSecretBox()
KEY = Secret(bytes(range(32)))
PLACE = SecretPlace(owner=KeyOwner("co_acme0000"), table="connections", column="access_token", row="conn_1")


@given(st.binary(max_size=200))
def test_what_is_sealed_is_opened(content: bytes) -> None:
    assert BOX.open(BOX.seal(Secret(content), PLACE, key=KEY), PLACE, key=KEY) == Secret(content)


@given(st.binary(max_size=40), st.data())
def test_a_seal_with_any_bit_changed_or_cut_does_not_open(content: bytes, data: st.DataObject) -> None:
    sealed = BOX.seal(Secret(content), PLACE, key=KEY)
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[bit // 8] ^= 1 << bit % 8

    for damaged in (bytes(flipped), sealed[: data.draw(st.integers(0, len(sealed) - 1))], sealed + b"\0"):
        with pytest.raises(SecretDamaged):
            BOX.open(damaged, PLACE, key=KEY)


@pytest.mark.parametrize("field", ["owner", "table", "column", "row"])
def test_a_seal_opens_in_its_own_place_only(field: str) -> None:
    sealed = BOX.seal(Secret("content"), PLACE, key=KEY)

    with pytest.raises(SecretDamaged):
        BOX.open(sealed, attrs.evolve(PLACE, **{field: getattr(PLACE, field) + "2"}), key=KEY)


def test_parts_of_a_place_do_not_run_together() -> None:
    sealed = BOX.seal(Secret("content"), attrs.evolve(PLACE, table="ab", column="c"), key=KEY)

    with pytest.raises(SecretDamaged):
        BOX.open(sealed, attrs.evolve(PLACE, table="a", column="bc"), key=KEY)


def test_no_two_seals_of_a_secret_look_alike() -> None:
    assert len({BOX.seal(Secret("content"), PLACE, key=KEY) for _ in range(50)}) == 50


def test_a_traceback_of_a_refusal_shows_neither_secret_nor_key() -> None:
    sealed = BOX.seal(Secret("canary"), PLACE, key=KEY)
    try:
        BOX.open(sealed[:-1], PLACE, key=KEY)
    except SecretDamaged as refusal:
        shown = "".join(traceback.TracebackException.from_exception(refusal, capture_locals=True).format())

    assert "does not open" in shown
    assert "canary" not in shown
    assert repr(KEY.reveal())[2:-1] not in shown
