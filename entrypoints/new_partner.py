"""A partner with its first keys. Their secrets are shown once, by whoever calls this."""

from typing import Final

import attrs

from domain.access import ID_LENGTH, ApiKey, KeyId, digest_of, key_kind, secret_text
from domain.partner import Mode, Partner, PartnerId, Tenant
from entrypoints.http.services import Services
from ports.use_cases.add_partner import add_partner

FIRST_KEY_NAME: Final = "first key"


@attrs.frozen(kw_only=True)
class NewPartner:
    """A partner, and its keys in words."""

    partner: Partner
    test_key: str = attrs.field(repr=False)
    live_key: str = attrs.field(repr=False)


async def make_partner(name: str, services: Services) -> NewPartner:
    """Records it, and a key for each mode. Raises StoreUnavailable."""
    partner = Partner(id=PartnerId(f"partner_{services.random_id(ID_LENGTH)}"), name=name)
    keys, secrets = zip(*(_first_key(partner, mode, services) for mode in (Mode.TEST, Mode.LIVE)), strict=True)
    await add_partner(partner, keys, store=services.store)
    return NewPartner(partner=partner, test_key=secrets[0], live_key=secrets[1])


def _first_key(partner: Partner, mode: Mode, services: Services) -> tuple[ApiKey, str]:
    id = KeyId(services.random_id(ID_LENGTH))
    kind = key_kind(mode)
    secret = secret_text(kind, id, services.random_secret())
    key = ApiKey(
        id=id,
        tenant=Tenant(partner=partner.id, mode=mode),
        name=FIRST_KEY_NAME,
        shown=secret[: len(kind.value) + 1 + ID_LENGTH],
        digest=digest_of(secret),
        created=services.clock(),
    )
    return key, secret
