"""Whose secret is this?"""

from datetime import datetime

from domain.access import KeyId, PresentedSecret, Principal, Role, SecretKind, SessionId, key_kind
from ports.transaction import Store


async def authenticate(presented: PresentedSecret, *, at: datetime, store: Store) -> Principal | None:
    """The principal that this secret proves, or None: unknown, wrong, revoked and expired are not told apart.

    A token is not accepted: it can only be exchanged.
    """
    match presented.kind:
        case SecretKind.TEST_KEY | SecretKind.LIVE_KEY:
            return await _by_key(presented, at, store)
        case SecretKind.SESSION:
            return await _by_session(presented, at, store)
        case SecretKind.TOKEN:
            return None


async def _by_key(presented: PresentedSecret, at: datetime, store: Store) -> Principal | None:
    async with store.control() as transaction:
        key = await transaction.api_keys.find(KeyId(presented.id))
        if key is None or not presented.proves(key.digest) or not key.works_at(at):
            return None
        if presented.kind is not key_kind(key.tenant.mode):
            return None
        await transaction.api_keys.used(key.id, at)
    return Principal(tenant=key.tenant, role=Role.PARTNER, id=key.id)


async def _by_session(presented: PresentedSecret, at: datetime, store: Store) -> Principal | None:
    async with store.control() as transaction:
        session = await transaction.sessions.find(SessionId(presented.id))
    if session is None or not presented.proves(session.session_digest) or not session.works_at(at):
        return None
    return Principal(
        tenant=session.tenant, role=session.role, id=session.id, company=session.company, person=session.person
    )
