"""Idempotency keys: the first answer is kept for a day and given again (docs.stripe.com/api/idempotent_requests).

Documented: parameters are compared; what failed before it began is not kept; what failed with a 500 is.
"""

from typing import Final

import attrs

from adapters.simulator.clock import Clock
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import DAY

KEPT: Final = DAY
KEY_LONGEST: Final = 255


@attrs.frozen
class KeptAnswer:
    """An answer to give again."""

    status: int
    body: bytes


@attrs.define
class _Entry:
    begun: int
    fingerprint: bytes
    answer: KeptAnswer | None = None


class IdempotencyKeys:
    """What was answered under which key, per account and mode."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[tuple[str, bool, str], _Entry] = {}

    def begin(self, account: str, livemode: bool, key: str, fingerprint: bytes) -> KeptAnswer | None:
        """The answer of before; None if this is the first. Raises Refused on other parameters, or while the first is
        still under way.
        """
        if len(key) > KEY_LONGEST:
            raise Refused(f"Idempotency keys are at most {KEY_LONGEST} characters long.", type="idempotency_error")
        place = account, livemode, key
        entry = self._entries.get(place)
        if entry is None or entry.begun < self._clock.now - KEPT:
            self._entries[place] = _Entry(self._clock.now, fingerprint)
            return None
        if entry.fingerprint != fingerprint:
            words = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise Refused(words, type="idempotency_error")
        if entry.answer is None:
            words = (
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                f"submitted twice, and the other request is still going through): {key}. Please try again later."
            )
            raise Refused(words, status=409, type="idempotency_error", code="idempotency_key_in_use")
        return entry.answer

    def keep(self, account: str, livemode: bool, key: str, answer: KeptAnswer) -> None:
        """The answer to give from now on."""
        self._entries[account, livemode, key].answer = answer

    def forget(self, account: str, livemode: bool, key: str) -> None:
        """Nothing began: the key is as new."""
        self._entries.pop((account, livemode, key), None)
