"""Faults on demand: what goes wrong between a simulated provider and whoever asks it."""

import re
from collections.abc import Callable
from typing import Literal

import attrs

FaultKind = Literal[
    "cut_body",
    "slow_body",
    "slow_answer",
    "server_error",
    "reset",
    "not_json",
    "lock_timeout",
    "lost_answer",
    "refusal",
]


@attrs.define(kw_only=True)
class Fault:
    """One thing that goes wrong on paths that match, so many times.

    `cut_body`: the connection ends in the middle of the body. `slow_body`: half of the body, then a pause.
    `slow_answer`: a pause before the request is carried out. `server_error`: a 500 (or `status`), nothing done.
    `reset`: the connection is cut without an answer, nothing done. `lost_answer`: the same, but it is done.
    `not_json`: a gateway's HTML page. `lock_timeout`: Stripe's 429 of an object in use. `refusal`: one of Plaid's
    errors, by its `code`.
    """

    kind: FaultKind
    path: str = ".*"
    """A regular expression for the whole path."""
    method: str | None = None
    times: int = 1
    skip: int = 0
    """Requests that match and are spared first."""
    seconds: float = 0.0
    status: int = 500
    code: str = ""


class Faults:
    """The faults that are still to come, and actions between a client's pages."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._between: list[tuple[re.Pattern[str], Callable[[], None]]] = []
        self.happened = 0

    def add(self, fault: Fault) -> None:
        """Plans a fault. Of several that match, the first planned comes first."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()
        self._between.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this request, or None."""
        for fault in self._waiting:
            if fault.method not in (None, method) or not re.fullmatch(fault.path, path):
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            self.happened += 1
            return fault
        return None

    def after_each(self, path: str, action: Callable[[], None]) -> None:
        """Does this after every answer on paths that match: pages then change under the client's cursor."""
        self._between.append((re.compile(path), action))

    def answered(self, path: str) -> None:
        """A request on this path was answered."""
        for pattern, action in self._between:
            if pattern.fullmatch(path):
                action()
