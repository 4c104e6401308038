"""A partner's Stripe platform in one mode: its key, what the key may do, and the secrets that sign its webhooks."""

import re
from datetime import datetime
from typing import Final

import attrs

from domain.partner import Mode, Tenant
from domain.secret import Secret, SecretPlace, key_owner
from domain.stripe_key_check import KeyCheck

WEBHOOK_SECRETS_MAX: Final = 8
"""Of the account's endpoint and the Connect endpoint, each with an older one while it is rolled, and room."""
_KEY: Final = re.compile(r"(sk|rk)_(test|live)_[0-9A-Za-z_]{10,250}", re.ASCII)
_KIND: Final = re.compile(r"whsec_|(sk|rk)_(test|live)_", re.ASCII)
_TABLE: Final = "stripe_integrations"
_SHOWN: Final = 4


@attrs.frozen(kw_only=True)
class WebhookSecret:
    """A signing secret that is kept, without the secret."""

    id: str
    hint: str
    added: datetime


@attrs.frozen(kw_only=True)
class StripeIntegration:
    """What is kept of the platform, without its secrets, which are sealed in their places."""

    tenant: Tenant
    revision: str
    """Another at each change: by it, caches notice."""
    client_id: str | None = None
    """`ca_…`; without it no user can be sent to Stripe to connect an account."""
    key_hint: str
    check: KeyCheck
    webhook_secrets: tuple[WebhookSecret, ...] = ()
    created: datetime
    updated: datetime

    @property
    def key_place(self) -> SecretPlace:
        """Where the key is."""
        return SecretPlace(owner=key_owner(self.tenant), table=_TABLE, column="secret_key", row="current")

    def webhook_secret_place(self, id: str) -> SecretPlace:
        """Where the webhook secret of that id is."""
        return SecretPlace(owner=key_owner(self.tenant), table=_TABLE, column="webhook_secret", row=id)

    @property
    def webhook_secret_places(self) -> tuple[SecretPlace, ...]:
        """Where all of them are."""
        return tuple(self.webhook_secret_place(secret.id) for secret in self.webhook_secrets)


def is_restricted(key: Secret) -> bool:
    """Whether its permissions are chosen one by one; a secret key has them all (docs.stripe.com/keys)."""
    return key.reveal().startswith(b"rk_")


def mode_of_key(key: Secret) -> Mode | None:
    """The mode that a key says it is of; None for what is no key of Stripe's."""
    found = _KEY.fullmatch(key.reveal().decode("ascii", "replace"))
    return None if found is None else Mode(found[2])


def hint_of(secret: Secret) -> str:
    """By which people tell a secret from others: its kind and its last characters, `sk_test_…wxyz`."""
    text = secret.reveal().decode("ascii", "replace")
    kind = _KIND.match(text)
    return f"{kind[0] if kind else ''}…{text[-_SHOWN:]}"
