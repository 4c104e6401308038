"""The end of a key, at once."""

from datetime import datetime

from domain.access import KeyId
from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from ports.transaction import Store
from ports.use_cases.rotate_api_key import NoSuchKey


class LastKey(Exception):
    """It is the tenant's last working key: without it nobody could make another."""

    def __init__(self, id: KeyId) -> None:
        super().__init__(f"{id} is the last key that works; make another first")
        self.id = id


async def revoke_api_key(id: KeyId, *, tenant: Tenant, who: Actor, at: datetime, store: Store) -> None:
    """The key works no more; revoking it again changes nothing. Raises NoSuchKey, LastKey."""
    async with store.control() as transaction:
        keys = await transaction.api_keys.of_tenant(tenant)
        found = next((key for key in keys if key.id == id), None)
        if found is None:
            raise NoSuchKey(id)
        working = [key for key in keys if key.works_at(at)]
        if [key.id for key in working if key.expires is None] == [id]:
            raise LastKey(id)
        await transaction.api_keys.end(tenant, id, expires=None, revoked=at)
        if found.revoked is None:
            revoked = AuditEntry(who=who, action="api_key.revoked", subject=id, at=at)
            await transaction.partner_trail.append(tenant, [revoked])
