"""Moves data keys under the current master key, a batch at a time, while everything is in use."""

from typing import Final

from ports.master_key import MasterKey
from ports.transaction import Store

_KEYS_AT_ONCE: Final = 100


async def rewrap_data_keys(*, store: Store, master_key: MasterKey) -> int:
    """How many were moved. Afterwards nothing needs the older master keys, and they can be taken away.

    Raises MasterKeyUnknown at a key whose master key is not configured; what was moved before it stays moved.
    """
    moved = 0
    while True:
        async with store.control() as transaction:
            keys = await transaction.data_keys.not_under(master_key.current, limit=_KEYS_AT_ONCE)
            for key in keys:
                await transaction.data_keys.replace(master_key.rewrap(key))
        moved += len(keys)
        if len(keys) < _KEYS_AT_ONCE:
            return moved
