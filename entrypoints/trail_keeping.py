"""What keeps audit trails under signatures, and secrets under the current master key, while the service runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from domain.company import CompanyId
from ports.checkpoint_signer import CheckpointSigner
from ports.master_key import KeyDamaged, MasterKey, MasterKeyUnknown
from ports.transaction import Store
from ports.use_cases.rewrap_data_keys import rewrap_data_keys
from ports.use_cases.sign_checkpoint import sign_checkpoint

COMPANIES_AT_ONCE: Final = 100

_log = structlog.get_logger("tieout.trail")


class TrailKeeper:
    """Signs checkpoints of chains that have grown, and moves data keys under the current master key."""

    def __init__(
        self, *, store: Store, signer: CheckpointSigner, master_key: MasterKey, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._signer = signer
        self._master_key = master_key
        self._clock = clock

    async def keep(self, stop: asyncio.Event) -> int:
        """One round, or until `stop` is set. How many checkpoints were signed. Raises StoreUnavailable."""
        try:
            moved = await rewrap_data_keys(store=self._store, master_key=self._master_key)
            if moved:
                _log.info("data_keys_rewrapped", count=moved)
        except (MasterKeyUnknown, KeyDamaged):
            _log.exception("data_keys_not_rewrapped")
        signed = 0
        seen: set[CompanyId] = set()  # each once a round: one whose chain is broken stays among those that have grown
        while True:
            async with self._store.control() as transaction:
                grown = await transaction.checkpoints.companies_without(limit=COMPANIES_AT_ONCE + len(seen))
            companies = [company for company in grown if company not in seen]
            if not companies:
                return signed
            for company in companies:
                if stop.is_set():
                    return signed
                seen.add(company)
                verdict = await sign_checkpoint(company, store=self._store, signer=self._signer, at=self._clock())
                if verdict.checkpoint is None:
                    _log.error("audit_trail_broken", company=company, faults=len(verdict.faults))
                else:
                    signed += 1
