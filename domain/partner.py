"""A partner: a software platform that calls Tieout for its customers' companies. Test and live are two worlds."""

from enum import StrEnum
from typing import NewType

import attrs

PartnerId = NewType("PartnerId", str)


class Mode(StrEnum):
    """Which of a partner's two worlds a key, a company or a secret belongs to. They never meet."""

    TEST = "test"
    LIVE = "live"


@attrs.frozen(kw_only=True)
class Tenant:
    """Whose data something is: a partner, in one mode. The mode is part of the partner's identity."""

    partner: PartnerId
    mode: Mode


@attrs.frozen(kw_only=True)
class Partner:
    """One partner."""

    id: PartnerId
    name: str
