"""What makes a command end with status 2 and one line."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrypoints.settings import Settings


class Unusable(Exception):
    """The command cannot be done as given. The message is the one line to show."""


@contextlib.contextmanager
def service_settings() -> Iterator["Settings"]:
    """The settings. Raises Unusable for one that says nothing usable, or if the service cannot start by them."""
    from entrypoints.composition.cannot_start import CannotStart
    from entrypoints.settings import Settings, UnusableSetting

    try:
        yield Settings.from_environment(os.environ)
    except (UnusableSetting, CannotStart) as refusal:
        raise Unusable(str(refusal)) from refusal
