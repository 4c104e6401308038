import base64
from pathlib import Path

import attrs
import pytest

from adapters.encryption.master_keys import (
    LocalMasterKey,
    MasterKeyFile,
    MasterKeyRing,
    MasterKeyText,
    UnusableMasterKey,
)
from domain.secret import KeyOwner
from ports.master_key import KeyDamaged, MasterKeyUnknown

ACME = KeyOwner("co_acme0000")
FIRST, SECOND = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


def test_the_first_key_of_several_is_current() -> None:
    assert MasterKeyRing.parse(f"{SECOND}, {FIRST}").current == MasterKeyRing.parse(SECOND).current
    assert list(MasterKeyRing.parse(f"{FIRST}\n{SECOND}\n").keys) == [
        MasterKeyRing.parse(FIRST).current,
        MasterKeyRing.parse(SECOND).current,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no master key is given"),
        ("not base64!", "master key 1 is not base64"),
        (FIRST + ",hunter2", "master key 2 is not base64"),
        (base64.b64encode(b"hunter2").decode(), "master key 1 has 7 bytes, not 32"),
        ("schlüssel", "master key 1 is not base64"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(text: str, said: str) -> None:
    with pytest.raises(UnusableMasterKey) as refusal:
        MasterKeyText(text)

    assert str(refusal.value) == said
    assert refusal.value.__cause__ is None


def test_nothing_prints_the_keys() -> None:
    ring = MasterKeyRing.parse(FIRST)
    wrapped = LocalMasterKey(MasterKeyText(FIRST)).make_data_key(ACME, 1)

    assert "Secret(…)" in repr(ring)
    assert FIRST not in repr(ring)
    assert repr(wrapped.wrapped)[2:-1] not in repr(wrapped)


def test_a_wrapped_key_belongs_to_its_owner_and_number() -> None:
    master_key = LocalMasterKey(MasterKeyText(FIRST))
    wrapped = master_key.make_data_key(ACME, 1)

    assert len(master_key.unwrap(wrapped).reveal()) == 32
    for other in (
        attrs.evolve(wrapped, number=2),
        attrs.evolve(wrapped, owner=KeyOwner("co_bolt0000")),
        attrs.evolve(wrapped, wrapped=wrapped.wrapped[:-1] + bytes([wrapped.wrapped[-1] ^ 1])),
        attrs.evolve(wrapped, wrapped=b""),
    ):
        with pytest.raises(KeyDamaged):
            master_key.unwrap(other)


def test_a_rewrapped_key_is_the_same_key_under_the_current_master_key() -> None:
    before, during, after = (LocalMasterKey(MasterKeyText(text)) for text in (FIRST, f"{SECOND},{FIRST}", SECOND))
    wrapped = before.make_data_key(ACME, 1)

    rewrapped = during.rewrap(wrapped)

    assert after.unwrap(rewrapped) == before.unwrap(wrapped)
    with pytest.raises(MasterKeyUnknown):
        after.unwrap(wrapped)


def test_a_missing_file_is_made_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "master.key"

    first = MasterKeyFile.made_if_missing(path).ring().current
    second = MasterKeyFile.made_if_missing(path).ring().current

    assert first == second
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_text(FIRST)
    path.chmod(0o640)

    with pytest.raises(UnusableMasterKey, match="make its mode 0600"):
        MasterKeyFile(path)


def test_keys_added_to_the_file_are_used_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    master_key = LocalMasterKey(MasterKeyFile.made_if_missing(path))
    wrapped = master_key.make_data_key(ACME, 1)
    replacement = tmp_path / "new.key"
    replacement.write_text(f"{SECOND}\n{path.read_text()}")
    replacement.chmod(0o600)

    replacement.replace(path)

    assert master_key.rewrap(wrapped).master_key == MasterKeyRing.parse(SECOND).current


def test_a_file_that_vanished_or_is_not_text_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(UnusableMasterKey, match=r"master\.key: FileNotFoundError"):
        MasterKeyFile(path)

    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)
    with pytest.raises(UnusableMasterKey, match=r"master\.key: UnicodeDecodeError"):
        MasterKeyFile(path)
