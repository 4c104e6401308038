"""Webhook endpoints: where a platform wants to hear of events, and the secrets that sign them."""

from collections.abc import Iterator

import attrs

from adapters.simulator.stripe.kernel import Kernel
from adapters.simulator.stripe.wire import DAY, JsonObject


@attrs.define(kw_only=True)
class Secret:
    """A signing secret; a rolled one stays alive for a while."""

    value: str = attrs.field(repr=False)
    until: int | None = None


@attrs.define(kw_only=True)
class WebhookEndpoint:
    """One endpoint. An account endpoint hears of the platform's own account, a Connect endpoint of connected ones."""

    id: str
    platform: str
    url: str
    livemode: bool
    connect: bool
    enabled_events: list[str]
    created: int
    api_version: str | None = None
    """None: nobody pinned it, and it gets the accounts' default version."""
    description: str | None = None
    metadata: dict[str, str] = attrs.field(factory=dict)
    is_enabled: bool = True
    secrets: list[Secret] = attrs.field(factory=list)

    def wants(self, type: str) -> bool:
        """It is to be told of events of this type."""
        return self.is_enabled and ("*" in self.enabled_events or type in self.enabled_events)

    def alive(self, moment: int) -> list[str]:
        """The secrets that sign at this moment, the newest first."""
        return [each.value for each in reversed(self.secrets) if each.until is None or moment < each.until]

    def as_object(self, *, with_secret: bool = False) -> JsonObject:
        """As the API shows it; the secret only when it is created (docs.stripe.com/api/webhook_endpoints)."""
        shown: JsonObject = {
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": self.api_version,
            "application": None,
            "created": self.created,
            "description": self.description,
            "enabled_events": list(self.enabled_events),
            "livemode": self.livemode,
            "metadata": dict(self.metadata),
            "status": "enabled" if self.is_enabled else "disabled",
            "url": self.url,
        }
        if with_secret:
            shown["secret"] = self.secrets[-1].value
        return shown


class WebhookEndpoints:
    """All endpoints of all platforms."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._endpoints: dict[str, WebhookEndpoint] = {}

    def add(
        self,
        platform: str,
        url: str,
        *,
        livemode: bool = False,
        connect: bool = False,
        enabled_events: list[str] | None = None,
        api_version: str | None = None,
        description: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> WebhookEndpoint:
        """Registers an endpoint, with a secret of its own."""
        endpoint = WebhookEndpoint(
            id=self._kernel.ids.id("we_"),
            platform=platform,
            url=url,
            livemode=livemode,
            connect=connect,
            enabled_events=enabled_events or ["*"],
            created=self._kernel.now,
            api_version=api_version,
            description=description,
            metadata=metadata or {},
        )
        endpoint.secrets.append(Secret(value=self._new_secret()))
        self._endpoints[endpoint.id] = endpoint
        return endpoint

    def roll(self, endpoint: WebhookEndpoint, *, overlap_seconds: int = DAY) -> str:
        """A new secret; the old ones sign beside it for up to a day (docs.stripe.com/webhooks; documented)."""
        until = self._kernel.now + min(overlap_seconds, DAY)
        for secret in endpoint.secrets:
            secret.until = until if secret.until is None else min(secret.until, until)
        endpoint.secrets.append(Secret(value=self._new_secret()))
        return endpoint.secrets[-1].value

    def get(self, id: str) -> WebhookEndpoint | None:
        """The endpoint, or None."""
        return self._endpoints.get(id)

    def remove(self, id: str) -> None:
        """Nothing goes there any more."""
        del self._endpoints[id]

    def of(self, platform: str, *, livemode: bool) -> list[WebhookEndpoint]:
        """A platform's endpoints in one mode, the newest first."""
        found = [each for each in self._endpoints.values() if (each.platform, each.livemode) == (platform, livemode)]
        return found[::-1]

    def hearing(self, platform: str, type: str, *, livemode: bool, connected: bool) -> Iterator[WebhookEndpoint]:
        """Who is told of an event. A live Connect endpoint hears of test events too (docs.stripe.com/connect/webhooks;
        documented).
        """
        for endpoint in self._endpoints.values():
            same_mode = endpoint.livemode == livemode or (connected and endpoint.livemode)
            if endpoint.platform == platform and endpoint.connect == connected and same_mode and endpoint.wants(type):
                yield endpoint

    def _new_secret(self) -> str:
        return f"whsec_{self._kernel.ids.letters(32)}"
