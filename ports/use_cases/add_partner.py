"""A new partner and its first keys."""

from collections.abc import Sequence

from domain.access import ApiKey
from domain.partner import Partner
from ports.transaction import Store


async def add_partner(partner: Partner, keys: Sequence[ApiKey], *, store: Store) -> None:
    """Records the partner and its keys, of which the caller shows the secrets once. All or nothing."""
    async with store.control() as transaction:
        await transaction.partners.add(partner)
        for key in keys:
            await transaction.api_keys.add(key)
