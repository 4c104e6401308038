"""A person's session with one company: the partner's server makes a token, and the person's page exchanges it."""

from datetime import datetime, timedelta
from typing import Final

from domain.access import PresentedSecret, SecretKind, Session, SessionId
from ports.transaction import Store

TOKEN_LIFE_MAX: Final = timedelta(minutes=10)
SESSION_LIFE_MAX: Final = timedelta(hours=1)


async def make_session_token(session: Session, *, store: Store) -> None:
    """Records a session whose token waits to be exchanged. That the company is the tenant's was checked before."""
    async with store.control() as transaction:
        await transaction.sessions.add(session)


async def exchange_session_token(
    presented: PresentedSecret, *, session_digest: bytes, at: datetime, store: Store
) -> Session | None:
    """The session that the token begins, or None: unknown, wrong, spent, expired and revoked are not told apart."""
    if presented.kind is not SecretKind.TOKEN:
        return None
    async with store.control() as transaction:
        found = await transaction.sessions.find(SessionId(presented.id))
        if found is None or not presented.proves(found.token_digest):
            return None
        return await transaction.sessions.exchange(
            found.id, digest=session_digest, expires=at + SESSION_LIFE_MAX, at=at
        )
