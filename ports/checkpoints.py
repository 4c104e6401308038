"""Signed checkpoints of audit chains, and which chains have grown since their last."""

from collections.abc import Sequence
from typing import Protocol

from domain.audit_chain import ChainName
from domain.audit_checkpoint import SignedCheckpoint
from domain.company import CompanyId


class Checkpoints(Protocol):
    """Part of a control transaction. Kept here they are at hand; those kept elsewhere convict who owns this store."""

    async def add(self, signed: SignedCheckpoint) -> None:
        """Kept for good. The same one again is a no-op."""
        ...

    async def of(self, chain: ChainName) -> Sequence[SignedCheckpoint]:
        """All of the chain's, by number and time."""
        ...

    async def companies_without(self, *, limit: int) -> Sequence[CompanyId]:
        """Companies whose chains go on after their last checkpoint, in order of ids."""
        ...
