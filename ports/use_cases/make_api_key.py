"""Another key for a partner."""

from domain.access import ApiKey
from ports.transaction import Store


async def make_api_key(key: ApiKey, *, store: Store) -> None:
    """Records the key, whose secret the caller shows once."""
    async with store.control() as transaction:
        await transaction.api_keys.add(key)
