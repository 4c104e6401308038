"""AES-256-GCM over bytes, bound to what they belong to."""

import os
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.secret import KEY_BYTES

_NONCE_BYTES: Final = 12
"""Random: safe for 2³² seals under one key, which no company comes near."""


class NotOpened(Exception):
    """The bytes were not sealed with this key for this use."""


def sealed(content: bytes, *, key: bytes, bound_to: Iterable[str]) -> bytes:
    """Nonce and ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, _associated(bound_to))


def opened(content: bytes, *, key: bytes, bound_to: Iterable[str]) -> bytes:
    """What was sealed. Raises NotOpened."""
    if len(key) != KEY_BYTES:
        raise NotOpened
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _associated(bound_to))
    except (InvalidTag, ValueError) as error:
        raise NotOpened from error


def _associated(parts: Iterable[str]) -> bytes:
    """The parts, kept apart by their lengths, so that no two uses look the same."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
