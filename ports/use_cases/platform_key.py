"""A partner's Stripe platform with its key, opened for a call of Stripe's."""

import attrs

from domain.partner import Tenant
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_integration import StripeIntegration
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store
from ports.use_cases.open_secret import open_secret


class NoPlatformKey(Exception):
    """The partner has given no Stripe key in this mode, without which nothing can be asked of Stripe."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(f"there is no Stripe key of {tenant.mode} mode: put one to /v1/integrations/stripe")
        self.tenant = tenant


@attrs.frozen(kw_only=True)
class OpenedPlatform:
    """The key is not kept longer than the work that it is opened for."""

    integration: StripeIntegration
    key: Secret = attrs.field(repr=False)

    def is_own(self, account: StripeAccountId) -> bool:
        """Whether the account is the platform's own, which is asked for without naming it."""
        return account == self.integration.check.account


@attrs.frozen(kw_only=True)
class PlatformKeys:
    """Opens partners' keys."""

    store: Store
    master_key: MasterKey
    secret_box: SecretBox

    async def of(self, tenant: Tenant) -> OpenedPlatform:
        """Raises NoPlatformKey, MasterKeyUnknown, StoreUnavailable."""
        async with self.store.control() as transaction:
            integration = await transaction.stripe_integrations.find(tenant)
            key = None
            if integration is not None:
                key = await open_secret(
                    integration.key_place,
                    transaction=transaction,
                    master_key=self.master_key,
                    secret_box=self.secret_box,
                )
        if integration is None or key is None:
            raise NoPlatformKey(tenant)
        return OpenedPlatform(integration=integration, key=key)
