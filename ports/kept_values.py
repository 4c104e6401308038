"""Values of the domain as bytes to be kept, and back: what every store of decisions has in common.

JSON where people may have to read it (matches), MessagePack where keys are not texts (models, bases). Decoding gives
values equal to those encoded, or raises.
"""

from typing import Any, Final

import msgspec

from domain.matching.descriptor import TextForm, TextKey
from domain.matching.evidence import Records
from domain.matching.model import ModelSnapshot
from domain.reconciliation_match import ReconciliationMatch
from domain.stripe_feed import FeedCheck, StripeFeed
from domain.stripe_key_check import KeyCheck
from domain.what_if import ProposedChanges, WhatIfEffect
from ports.reconciliation_record import KeptBasis
from ports.what_ifs import WhatIf, WhatIfHead


def _from_text(type_: type[Any], value: object) -> Any:
    if type_ is TextKey and isinstance(value, str):
        form, _, names = value.partition(": ")
        return TextKey.of(TextForm(form), names)
    raise NotImplementedError(f"{type_} is not kept")


class _RecordsOfMatch(msgspec.Struct):
    payouts: list[str]
    deposits: list[str]


_MATCH: Final = msgspec.json.Decoder(ReconciliationMatch)
_RECORDS: Final = msgspec.json.Decoder(_RecordsOfMatch)
_MODEL: Final = msgspec.msgpack.Decoder(ModelSnapshot, dec_hook=_from_text)
_BASIS: Final = msgspec.msgpack.Decoder(KeptBasis)
_KEY_CHECK: Final = msgspec.json.Decoder(KeyCheck)
_FEED: Final = msgspec.json.Decoder(StripeFeed)
_FEED_CHECK: Final = msgspec.json.Decoder(FeedCheck)
_WHAT_IF_HEAD: Final = msgspec.json.Decoder(WhatIfHead)
_WHAT_IF: Final = msgspec.json.Decoder(tuple[ProposedChanges, WhatIfEffect])
_TO_JSON: Final = msgspec.json.Encoder(order="deterministic")
_TO_MESSAGE: Final = msgspec.msgpack.Encoder(enc_hook=str)


def match_bytes(match: ReconciliationMatch) -> bytes:
    """The match, whole."""
    return _TO_JSON.encode(match)


def match_from(content: bytes) -> ReconciliationMatch:
    """The match that was encoded."""
    return _MATCH.decode(content)


def kept_records(content: bytes) -> Records:
    """The records of the match that was encoded, each kind in the order of ids; nothing else of it is decoded."""
    found = _RECORDS.decode(content)
    return tuple(sorted(found.payouts)), tuple(sorted(found.deposits))


def model_bytes(model: ModelSnapshot) -> bytes:
    """The model, whole."""
    return _TO_MESSAGE.encode(model)


def model_from(content: bytes) -> ModelSnapshot:
    """The model that was encoded."""
    return _MODEL.decode(content)


def basis_bytes(basis: KeptBasis) -> bytes:
    """The basis, whole."""
    return _TO_MESSAGE.encode(basis)


def basis_from(content: bytes) -> KeptBasis:
    """The basis that was encoded."""
    return _BASIS.decode(content)


def key_check_bytes(check: KeyCheck) -> bytes:
    """What a key was seen to do, whole."""
    return _TO_JSON.encode(check)


def key_check_from(content: bytes) -> KeyCheck:
    """The check that was encoded."""
    return _KEY_CHECK.decode(content)


def feed_bytes(feed: StripeFeed) -> bytes:
    """How far an account was read, whole."""
    return _TO_JSON.encode(feed)


def feed_from(content: bytes) -> StripeFeed:
    """The feed that was encoded."""
    return _FEED.decode(content)


def feed_check_bytes(check: FeedCheck) -> bytes:
    """What a check found, whole."""
    return _TO_JSON.encode(check)


def feed_check_from(content: bytes) -> FeedCheck:
    """The check that was encoded."""
    return _FEED_CHECK.decode(content)


def what_if_head_bytes(head: WhatIfHead) -> bytes:
    """Question and figures."""
    return _TO_JSON.encode(head)


def what_if_head_from(content: bytes) -> WhatIfHead:
    """The head that was encoded."""
    return _WHAT_IF_HEAD.decode(content)


def what_if_bytes(what_if: WhatIf) -> bytes:
    """What was proposed, and its effect."""
    return _TO_JSON.encode((what_if.proposed, what_if.effect))


def what_if_from(content: bytes) -> tuple[ProposedChanges, WhatIfEffect]:
    """What was encoded of it."""
    return _WHAT_IF.decode(content)
