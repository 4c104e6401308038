"""A partner's Stripe platform: its keys, what they were seen to do, and the addresses to give to Stripe."""

from datetime import datetime
from typing import Annotated, Final

import attrs

from domain.actor import acting
from domain.partner import Tenant
from domain.secret import Secret
from domain.stripe_integration import WEBHOOK_SECRETS_MAX, StripeIntegration
from domain.stripe_key_check import KeyCheck, StripeAccess, StripeCapability, TriedAccess, Verdict, Whose
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import ListBounds, NoBody, NoQuery, TextBounds
from ports.master_key import MasterKeyUnknown
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused, StripeUnavailable
from ports.use_cases.active_company import FieldsRefused
from ports.use_cases.delete_stripe_integration import NoStripeIntegration, delete_stripe_integration
from ports.use_cases.put_stripe_integration import StripeIntegrationChanged, StripeKeys, put_stripe_integration

WEBHOOK_PATH: Final = "/webhooks/stripe"
REDIRECT_PATH: Final = "/integrations/stripe/callback"

ClientId = Annotated[str, TextBounds(120, pattern=r"^ca_[0-9A-Za-z]{8,100}$", example="ca_EXAMPLE0000000000")]
SecretKey = Annotated[
    str,
    TextBounds(270, pattern=r"^(sk|rk)_(test|live)_[0-9A-Za-z_]{10,250}$", example="rk_test_EXAMPLE0000000000"),
]
SigningSecret = Annotated[
    str, TextBounds(260, pattern=r"^whsec_[0-9A-Za-z+/=_-]{16,250}$", example="whsec_EXAMPLE000000000000")
]
SigningSecrets = Annotated[tuple[SigningSecret, ...], ListBounds(WEBHOOK_SECRETS_MAX)]


@attrs.frozen(kw_only=True)
class PutStripeIntegration:
    """What is not given, or null, stays as it is kept. The mode of the key is that of the key that you ask with.

    `webhook_secrets` are those of both of your endpoints at Stripe, for your account and for connected accounts, and,
    while one is rolled, both of it.
    """

    client_id: ClientId | None = None
    secret_key: SecretKey | None = attrs.field(default=None, repr=False)
    webhook_secrets: SigningSecrets | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class TriedAccessBody:
    """One thing that was tried, in your platform's own name or in that of a connected account: a restricted key has
    permissions for each.

    `permissions`: of what is missing, one of which would do, as Stripe names them. `why`: what permissions do not say.
    """

    access: StripeAccess
    whose: Whose
    verdict: Verdict
    permissions: tuple[str, ...]
    why: str | None

    @classmethod
    def of(cls, tried: TriedAccess) -> "TriedAccessBody":
        """As it is shown."""
        return cls(
            access=tried.access,
            whose=tried.whose,
            verdict=tried.verdict,
            permissions=tried.permissions,
            why=tried.why,
        )


@attrs.frozen(kw_only=True)
class StripeCapabilityBody:
    """Something to be done with the key, and all that it needs. `unknown`: Stripe does not tell without a change."""

    capability: StripeCapability
    verdict: Verdict
    needs: tuple[TriedAccessBody, ...]


@attrs.frozen(kw_only=True)
class StripeKeyBody:
    """The key, without it: what it was seen to do at `checked`. `account` is the platform's own."""

    hint: str
    account: str | None
    capabilities: tuple[StripeCapabilityBody, ...]
    checked: datetime

    @classmethod
    def of(cls, hint: str, check: KeyCheck) -> "StripeKeyBody":
        """As it is shown."""
        capabilities = tuple(
            StripeCapabilityBody(
                capability=capability,
                verdict=check.verdict(capability),
                needs=tuple(TriedAccessBody.of(each) for each in check.needed_for(capability)),
            )
            for capability in StripeCapability
        )
        return cls(hint=hint, account=check.account, capabilities=capabilities, checked=check.at)


@attrs.frozen(kw_only=True)
class WebhookSecretBody:
    """A signing secret, without it."""

    hint: str
    added: datetime


@attrs.frozen(kw_only=True)
class StripeIntegrationBody:
    """What is kept. Secrets are never shown again, but for their last characters.

    `webhook_url` is the address of both endpoints at Stripe, `redirect_url` that of its OAuth.
    """

    client_id: str | None
    key: StripeKeyBody
    webhook_secrets: tuple[WebhookSecretBody, ...]
    webhook_url: str
    redirect_url: str
    created: datetime
    updated: datetime

    @classmethod
    def of(cls, integration: StripeIntegration, public_url: str) -> "StripeIntegrationBody":
        """As it is shown."""
        return cls(
            client_id=integration.client_id,
            key=StripeKeyBody.of(integration.key_hint, integration.check),
            webhook_secrets=tuple(
                WebhookSecretBody(hint=secret.hint, added=secret.added) for secret in integration.webhook_secrets
            ),
            webhook_url=public_url + webhook_path(integration.tenant),
            redirect_url=public_url + REDIRECT_PATH,
            created=integration.created,
            updated=integration.updated,
        )


def webhook_path(tenant: Tenant) -> str:
    """Where Stripe tells a partner's events of this mode."""
    return f"{WEBHOOK_PATH}/{tenant.partner}/{tenant.mode.value}"


async def put_integration(call: Call[NoQuery, PutStripeIntegration]) -> StripeIntegrationBody:
    """The key is tried at Stripe, and nothing is changed there: what is needed is read, and what is written is tried
    with what Stripe refuses from anybody.

    A key that Stripe does not know is refused. One that lacks permissions is kept, and the answer names them, and what
    each is needed for, which does not work until they are given. Permissions for connected accounts can be tried once
    there is one: put `{}` then. Nothing is kept of a request that is refused or not answered.
    """
    body = call.body
    webhook_secrets = None if body.webhook_secrets is None else tuple(map(Secret, body.webhook_secrets))
    integration = await put_stripe_integration(
        StripeKeys(
            client_id=body.client_id,
            secret_key=None if body.secret_key is None else Secret(body.secret_key),
            webhook_secrets=webhook_secrets,
        ),
        tenant=call.principal.tenant,
        who=acting(call.principal),
        store=call.services.store,
        stripe=call.services.stripe,
        master_key=call.services.master_key,
        secret_box=call.services.secret_box,
        random_id=call.services.random_id,
        at=call.at,
    )
    return StripeIntegrationBody.of(integration, call.services.public_url)


async def read_integration(call: Call[NoQuery, NoBody]) -> StripeIntegrationBody:
    """As it was when it was last put: Stripe is not asked."""
    async with call.services.store.control() as transaction:
        integration = await transaction.stripe_integrations.find(call.principal.tenant)
    if integration is None:
        raise NoStripeIntegration(call.principal.tenant)
    return StripeIntegrationBody.of(integration, call.services.public_url)


async def delete_integration(call: Call[NoQuery, NoBody]) -> None:
    """The key and the secrets are gone: webhooks are refused, and nothing is read at Stripe until there are others."""
    tenant, who = call.principal.tenant, acting(call.principal)
    await delete_stripe_integration(tenant=tenant, who=who, store=call.services.store, at=call.at)


_TAG: Final = "Stripe"
_PATH: Final = "/v1/integrations/stripe"

ROUTES = (
    Route(
        method="PUT",
        path=_PATH,
        handler=put_integration,
        summary="Give your Stripe platform's keys",
        tag=_TAG,
        may=PARTNERS,
        body=PutStripeIntegration,
        answer=StripeIntegrationBody,
        refusals=(
            FieldsRefused,
            MasterKeyUnknown,
            StripeAnswerUnreadable,
            StripeIntegrationChanged,
            StripeRefused,
            StripeUnavailable,
        ),
    ),
    Route(
        method="GET",
        path=_PATH,
        handler=read_integration,
        summary="Read what is kept of your Stripe platform",
        tag=_TAG,
        may=PARTNERS,
        answer=StripeIntegrationBody,
        refusals=(NoStripeIntegration,),
    ),
    Route(
        method="DELETE",
        path=_PATH,
        handler=delete_integration,
        summary="Delete your Stripe platform's keys",
        tag=_TAG,
        may=PARTNERS,
        refusals=(NoStripeIntegration,),
    ),
)
