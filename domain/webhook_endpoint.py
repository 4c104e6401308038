"""Where a partner listens to our events."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.company_event import EventType
from domain.partner import Tenant
from domain.secret import SecretPlace, key_owner

WebhookEndpointId = NewType("WebhookEndpointId", str)

ENDPOINTS_MAX: Final = 16
"""For a partner in one mode."""
DEAD_AFTER: Final = timedelta(days=5)
"""An endpoint that took nothing for so long is disabled."""


class DisabledReason(StrEnum):
    """Why an endpoint gets no events."""

    PARTNER = "partner"
    """The partner said so."""
    GONE = "gone"
    """It answered 410: nobody listens there any more."""
    UNREACHABLE = "unreachable"
    """It took nothing for days."""


@attrs.frozen(kw_only=True)
class WebhookEndpoint:
    """One address, and what is sent to it."""

    id: WebhookEndpointId
    tenant: Tenant
    url: str
    event_types: tuple[EventType, ...] = ()
    """Those it wants; none named: all."""
    description: str = ""
    disabled: DisabledReason | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    """When the first attempt failed that none succeeded after."""
    secret_number: int = 1
    """Of its current signing secret."""
    older_secret_until: datetime | None = None
    """Until then the secret before signs too, so that the receiver can change over."""
    created: datetime
    updated: datetime

    @property
    def enabled(self) -> bool:
        """Whether it gets events."""
        return self.disabled is None

    def wants(self, type: EventType) -> bool:
        """Whether it gets events of this type."""
        return not self.event_types or type in self.event_types

    def secret_places(self, at: datetime) -> tuple[SecretPlace, ...]:
        """Where the secrets are that sign at this time, the current one first."""
        with_older = self.older_secret_until is not None and at < self.older_secret_until
        numbers = (self.secret_number, self.secret_number - 1) if with_older else (self.secret_number,)
        return tuple(self.secret_place(number) for number in numbers)

    def secret_place(self, number: int) -> SecretPlace:
        """Where its signing secret of that number is."""
        owner = key_owner(self.tenant)
        return SecretPlace(owner=owner, table="webhook_endpoints", column="signing_secret", row=f"{self.id}/{number}")

    def rotated(self, *, overlap: timedelta, at: datetime) -> "WebhookEndpoint":
        """With the next secret; the one before signs as well for a while."""
        return attrs.evolve(self, secret_number=self.secret_number + 1, older_secret_until=at + overlap, updated=at)

    def after_success(self) -> "WebhookEndpoint":
        """It took an event: it is alive."""
        return attrs.evolve(self, failing_since=None)

    def after_failure(self, *, gone: bool, at: datetime) -> "WebhookEndpoint":
        """It did not take an event; disabled if nobody is there any more, or it has been so for days."""
        since = self.failing_since or at
        failing = attrs.evolve(self, failing_since=since)
        if not self.enabled:
            return failing
        if gone:
            return failing.turned_off(DisabledReason.GONE, at=at)
        return failing.turned_off(DisabledReason.UNREACHABLE, at=at) if at - since >= DEAD_AFTER else failing

    def turned_off(self, reason: DisabledReason, *, at: datetime) -> "WebhookEndpoint":
        """It gets nothing from now on."""
        return attrs.evolve(self, disabled=reason, disabled_at=at, updated=at)

    def turned_on(self, *, at: datetime) -> "WebhookEndpoint":
        """It gets events again, those of the meantime first."""
        return attrs.evolve(self, disabled=None, disabled_at=None, failing_since=None, updated=at)
