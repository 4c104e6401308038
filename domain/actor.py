"""Who did something."""

from enum import StrEnum

import attrs

from domain.access import Principal


class ActorKind(StrEnum):
    """What kind of person or machine acts."""

    PARTNER = "partner"
    """A partner's program, by one of its secret keys."""
    OWNER = "owner"
    BOOKKEEPER = "bookkeeper"
    ENGINE = "engine"
    """Tieout itself: what it decided, no person did."""
    OPERATOR = "operator"
    """Whoever runs the installation, at its command line."""


@attrs.frozen(kw_only=True)
class Actor:
    """One who acts. `id` names the key, the person as the partner knows it, or the part of Tieout; never a secret."""

    kind: ActorKind
    id: str


ENGINE = Actor(kind=ActorKind.ENGINE, id="tieout")


def acting(principal: Principal) -> Actor:
    """The one behind a request: the person where one is known, else the key or session."""
    return Actor(kind=ActorKind(principal.role.value), id=principal.person or principal.id)
