"""A new key in the place of an old one, which goes on for a while, so that nothing stops."""

from datetime import datetime

from domain.access import ApiKey, KeyId
from domain.actor import Actor
from domain.audit_entry import AuditEntry
from ports.transaction import Store


class NoSuchKey(Exception):
    """The tenant has no key of this id that still works."""

    def __init__(self, id: KeyId) -> None:
        super().__init__(f"no key {id}")
        self.id = id


async def rotate_api_key(
    old: KeyId, new: ApiKey, *, old_expires: datetime, who: Actor, at: datetime, store: Store
) -> None:
    """The new key works from now on, the old one until `old_expires` (or its own earlier end). Raises NoSuchKey."""
    async with store.control() as transaction:
        key = await transaction.api_keys.find(old)
        if key is None or key.tenant != new.tenant or not key.works_at(at):
            raise NoSuchKey(old)
        await transaction.api_keys.end(new.tenant, old, expires=old_expires, revoked=None)
        await transaction.api_keys.add(new)
        ends = old_expires if key.expires is None else min(old_expires, key.expires)
        detail = {"replaced_by": new.id, "name": new.name, "expires": ends.isoformat()}
        rotated = AuditEntry(who=who, action="api_key.rotated", subject=old, at=at, detail=detail)
        await transaction.partner_trail.append(new.tenant, [rotated])
