"""What is to be sent to webhook endpoints, shared out among any number of workers, and the log of what was sent."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.company import CompanyId
from domain.webhook_delivery import DeliveryAttempt, DueDelivery, NextStep
from domain.webhook_endpoint import WebhookEndpointId
from ports.pages import Page, PageKey


class Deliveries(Protocol):
    """Part of a control transaction.

    At any time at most one event of a company is on its way to an endpoint in turn. What a worker holds when it dies
    is claimed again when its lease runs out. Attempts are counted at the claim.
    """

    async def hand_out(self, *, at: datetime, limit: int) -> int:
        """Tells the endpoints of at most `limit` companies that there are new events. How many companies had some."""
        ...

    async def claim(
        self, *, at: datetime, until: datetime, limit: int, busy: Collection[WebhookEndpointId] = ()
    ) -> Sequence[DueDelivery]:
        """At most `limit` of what has been due longest, held until `until`; nothing of the endpoints that are busy."""
        ...

    async def settle(self, delivery: DueDelivery, step: NextStep, *, sequence: int, at: datetime) -> bool:
        """What comes next, once the event numbered `sequence` was tried, or all up to it were not wanted.

        False: the lease was lost, or the endpoint is gone; nothing was written.
        """
        ...

    async def pause(self, endpoint: WebhookEndpointId) -> None:
        """Nothing is due there any more; everything stays where it is."""
        ...

    async def resume(self, endpoint: WebhookEndpointId, *, at: datetime) -> None:
        """Everything that is waiting for the endpoint is due."""
        ...


class DeliveryLog(Protocol):
    """Part of a control transaction."""

    async def record(self, attempt: DeliveryAttempt) -> None:
        """Kept, unless the endpoint is gone."""
        ...

    async def page(
        self, endpoint: WebhookEndpointId, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[DeliveryAttempt]:
        """The attempts, the last first. A page key's id is the attempt's, as `attempt_id` makes it."""
        ...

    async def ask_again(self, endpoint: WebhookEndpointId, company: CompanyId, sequence: int, *, at: datetime) -> None:
        """The event is due once more, apart from its turn, with all its attempts. Asked twice, it is due once."""
        ...

    async def forget_before(self, at: datetime, *, limit: int) -> int:
        """Drops at most `limit` attempts that are older. How many there were."""
        ...
