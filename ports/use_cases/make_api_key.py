"""Another key for a partner."""

from datetime import datetime

from domain.access import ApiKey
from domain.actor import Actor
from domain.audit_entry import AuditEntry
from ports.transaction import Store


async def make_api_key(key: ApiKey, *, who: Actor, at: datetime, store: Store) -> None:
    """Records the key, whose secret the caller shows once."""
    async with store.control() as transaction:
        await transaction.api_keys.add(key)
        made = AuditEntry(who=who, action="api_key.made", subject=key.id, at=at, detail={"name": key.name})
        await transaction.partner_trail.append(key.tenant, [made])
