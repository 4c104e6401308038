"""A partner's secret keys: list, make, rotate with overlap, revoke."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import attrs

from domain.access import ID_LENGTH, ApiKey, KeyId, digest_of, key_kind, secret_text
from domain.actor import acting
from domain.partner import Tenant
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import Name, NoBody, NoQuery, NumberBounds, PageBody, TextBounds
from ports.use_cases.make_api_key import make_api_key
from ports.use_cases.revoke_api_key import LastKey, revoke_api_key
from ports.use_cases.rotate_api_key import NoSuchKey, rotate_api_key

SHOWN: Final = 16
"""So much of a key is kept and shown, by which people tell their keys apart."""
DAY_SECONDS: Final = 24 * 3600
KeyIdText = Annotated[str, TextBounds(ID_LENGTH, shortest=ID_LENGTH, pattern=r"^[0-9a-z]+$", example="k3v9q0a7x2m1")]


@attrs.frozen(kw_only=True)
class ApiKeyBody:
    """A secret key, without its secret."""

    id: str
    name: str
    shown: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyBody":
        """As it is shown at any time."""
        return cls(
            id=key.id,
            name=key.name,
            shown=key.shown,
            created=key.created,
            expires=key.expires,
            revoked=key.revoked,
            last_used=key.last_used,
        )


@attrs.frozen(kw_only=True)
class NewApiKeyBody:
    """A new key with its secret, which is shown once and kept nowhere: in a repeated answer it is null."""

    key: ApiKeyBody
    secret: str | None


@attrs.frozen(kw_only=True)
class MakeApiKey:
    """A key to be made, or one to take over from another."""

    name: Name
    replaces: KeyIdText | None = None
    """The id of the key that it replaces."""
    overlap_seconds: Annotated[int, NumberBounds(0, 30 * DAY_SECONDS)] = DAY_SECONDS
    """How long the replaced key goes on working."""


async def list_api_keys(call: Call[NoQuery, NoBody]) -> PageBody[ApiKeyBody]:
    """All keys of this mode, the newest first, also those that work no more."""
    async with call.services.store.control() as transaction:
        keys = await transaction.api_keys.of_tenant(call.principal.tenant)
    return PageBody(data=tuple(map(ApiKeyBody.of, keys)), has_more=False)


async def make_key(call: Call[NoQuery, MakeApiKey]) -> NewApiKeyBody:
    """The secret is in this answer and nowhere else. With `replaces`, the old key works on for the overlap."""
    key, secret = new_key(call, call.principal.tenant, call.body.name)
    if call.body.replaces is None:
        await make_api_key(key, who=acting(call.principal), at=call.at, store=call.services.store)
    else:
        await rotate_api_key(
            KeyId(call.body.replaces),
            key,
            old_expires=call.at + timedelta(seconds=call.body.overlap_seconds),
            who=acting(call.principal),
            at=call.at,
            store=call.services.store,
        )
    return NewApiKeyBody(key=ApiKeyBody.of(key), secret=secret)


async def revoke_key(call: Call[NoQuery, NoBody]) -> None:
    """It works no more, at once. The last key that works is not revoked."""
    await revoke_api_key(
        KeyId(call.path["key"]),
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
    )


def new_key(call: Call[NoQuery, MakeApiKey], tenant: Tenant, name: str) -> tuple[ApiKey, str]:
    """A key and its secret, drawn at random."""
    id = KeyId(call.services.random_id(ID_LENGTH))
    secret = secret_text(key_kind(tenant.mode), id, call.services.random_secret())
    shown = secret[: len(key_kind(tenant.mode).value) + 1 + ID_LENGTH]
    return ApiKey(id=id, tenant=tenant, name=name, shown=shown, digest=digest_of(secret), created=call.at), secret


ROUTES = (
    Route(
        method="GET",
        path="/v1/api_keys",
        handler=list_api_keys,
        summary="List secret keys",
        tag="Keys",
        may=PARTNERS,
        answer=PageBody[ApiKeyBody],
    ),
    Route(
        method="POST",
        path="/v1/api_keys",
        handler=make_key,
        summary="Make a secret key, or rotate one",
        tag="Keys",
        may=PARTNERS,
        body=MakeApiKey,
        answer=NewApiKeyBody,
        status=201,
        refusals=(NoSuchKey,),
        kept=lambda answer: attrs.evolve(answer, secret=None),
    ),
    Route(
        method="DELETE",
        path="/v1/api_keys/{key}",
        handler=revoke_key,
        summary="Revoke a secret key",
        tag="Keys",
        may=PARTNERS,
        refusals=(NoSuchKey, LastKey),
    ),
)
