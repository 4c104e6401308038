"""What signs each partner's webhooks, opened and at hand in this process, and never long behind what is kept."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import attrs
import structlog

from domain.partner import Tenant
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from ports.master_key import KeyDamaged, MasterKey, MasterKeyUnknown
from ports.secret_box import SecretBox, SecretDamaged
from ports.transaction import Store, StoreUnavailable
from ports.use_cases.open_secret import open_secret

FRESH_SECONDS: Final = 2.0
"""After so long it is asked whether anything has changed: one query for all partners, whoever is called by how many."""

_log = structlog.get_logger("tieout.stripe")


@attrs.frozen(kw_only=True)
class PlatformKeys:
    """Of one partner in one mode."""

    revision: str = ""
    account: StripeAccountId | None = None
    """The platform's own."""
    webhook_secrets: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    unreadable: bool = False
    """They are there, and cannot be opened with the keys that are configured."""


_NONE: Final = PlatformKeys()


class StripeKeys:
    """One for a process."""

    def __init__(
        self, *, store: Store, master_key: MasterKey, secret_box: SecretBox, seconds: Callable[[], float]
    ) -> None:
        """`seconds`: a clock that never goes back."""
        self._store = store
        self._master_key = master_key
        self._secret_box = secret_box
        self._seconds = seconds
        self._known: Mapping[Tenant, PlatformKeys] = {}
        self._fresh_until: float | None = None
        self._looking: asyncio.Task[None] | None = None

    async def of(self, tenant: Tenant) -> PlatformKeys:
        """Without any for a partner who has none, or is none. Raises StoreUnavailable."""
        if self._fresh_until is None or self._seconds() >= self._fresh_until:
            if self._looking is None:  # those who come meanwhile wait for the same look
                self._looking = asyncio.create_task(self._look())
                self._looking.add_done_callback(self._looked)
            await asyncio.shield(self._looking)
        keys = self._known.get(tenant, _NONE)
        if keys.unreadable:
            raise StoreUnavailable("the partner's webhook secrets cannot be opened")
        return keys

    async def _look(self) -> None:
        begun = self._seconds()
        async with self._store.control() as transaction:
            revisions = await transaction.stripe_integrations.revisions()
        known = {tenant: self._known.get(tenant, _NONE) for tenant in revisions}
        for tenant, revision in revisions.items():
            if known[tenant].revision != revision or known[tenant].unreadable:
                known[tenant] = await self._opened(tenant)
        self._known = known
        self._fresh_until = begun + FRESH_SECONDS

    def _looked(self, look: "asyncio.Task[None]") -> None:
        self._looking = None
        if not look.cancelled():
            look.exception()  # told to whoever waited; if nobody did, the next one looks again

    async def _opened(self, tenant: Tenant) -> PlatformKeys:
        """One partner's trouble is no other's."""
        try:
            async with self._store.control() as transaction:
                integration = await transaction.stripe_integrations.find(tenant)
                if integration is None:
                    return _NONE
                opened = [
                    await open_secret(
                        place, transaction=transaction, master_key=self._master_key, secret_box=self._secret_box
                    )
                    for place in integration.webhook_secret_places
                ]
        except (MasterKeyUnknown, KeyDamaged, SecretDamaged):
            _log.exception("webhook_secrets_not_opened", partner=tenant.partner, mode=tenant.mode.value)
            return PlatformKeys(unreadable=True)
        return PlatformKeys(
            revision=integration.revision,
            account=integration.check.account,
            webhook_secrets=tuple(secret for secret in opened if secret is not None),
        )
