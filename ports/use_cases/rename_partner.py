"""Another name for a partner, by whoever runs the installation."""

from datetime import datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Mode, Partner, PartnerId, Tenant
from ports.transaction import Store


class NoSuchPartner(Exception):
    """There is no partner of this id."""

    def __init__(self, id: PartnerId) -> None:
        super().__init__(f"there is no partner {id}")
        self.id = id


async def rename_partner(id: PartnerId, name: str, *, who: Actor, at: datetime, store: Store) -> Partner:
    """The partner as it is now; the name that it has already changes nothing. Raises NoSuchPartner."""
    async with store.control() as transaction:
        was = await transaction.partners.find(id)
        if was is None:
            raise NoSuchPartner(id)
        partner = attrs.evolve(was, name=name)
        if partner != was:
            await transaction.partners.rename(id, name)
            detail = {"before": was.name, "after": name}
            renamed = AuditEntry(who=who, action="partner.renamed", subject=id, at=at, detail=detail)
            for mode in Mode:
                await transaction.partner_trail.append(Tenant(partner=id, mode=mode), [renamed])
    return partner
