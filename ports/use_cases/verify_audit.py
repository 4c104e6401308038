"""Checks a whole audit trail: every link, every row, and every checkpoint that was signed of it."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final

import attrs

from domain.audit_chain import ChainFault, ChainFaultKind, ChainHead, ChainName, chain_of, follow, start_of
from domain.audit_checkpoint import AuditCheckpoint, SignedCheckpoint, contradictions
from domain.company import CompanyId
from domain.partner import Tenant
from ports.audit_log import AuditLog
from ports.checkpoint_signer import CheckpointSigner
from ports.transaction import Store

_LINKS_AT_ONCE: Final = 1_000


@attrs.frozen(kw_only=True)
class AuditVerdict:
    """What the check found."""

    chain: ChainName
    links: int
    rows: int
    checkpoints: int
    """Checkpoints that it was held against."""
    faults: tuple[ChainFault, ...]
    """Empty: every row is as it was recorded."""
    forged_checkpoints: tuple[SignedCheckpoint, ...]
    """Checkpoints that name one of our keys, which did not sign them, or that are of another chain."""
    unproved_checkpoints: int
    """Of those it was held against: how many were signed under a master key that is gone, as far as we can tell."""
    checkpoint: SignedCheckpoint | None
    """Of the chain as it was found, to be kept elsewhere; None if anything is wrong."""

    @property
    def holds(self) -> bool:
        """Whether all is well."""
        return not self.faults and not self.forged_checkpoints


async def verify_audit(
    whose: CompanyId | Tenant,
    *,
    store: Store,
    signer: CheckpointSigner,
    kept_elsewhere: Sequence[SignedCheckpoint] = (),
    only_since_last_checkpoint: bool = False,
    at: datetime,
) -> AuditVerdict:
    """Reads the whole chain, or what follows the last checkpoint of ours. Raises StoreUnavailable."""
    chain = chain_of(whose)
    # Checkpoints first: one that is signed while the chain is read is not held against what was read before it.
    async with store.control() as control:
        checkpoints = (*await control.checkpoints.of(chain), *kept_elsewhere)
    keys = signer.public_keys()
    forged = tuple(
        one for one in checkpoints if one.checkpoint.chain != chain or (one.key in keys and not signer.is_ours(one))
    )
    credible = [one for one in checkpoints if one not in forged]
    ours = [one.checkpoint for one in credible if one.key in keys]
    start = start_of(chain)
    if only_since_last_checkpoint and ours:
        start = max((one.head for one in ours), key=lambda head: head.number)
    wanted = {one.checkpoint.head.number for one in credible}
    if isinstance(whose, Tenant):
        async with store.control() as control:
            read = await _read(control.partner_trail.log(whose), start, wanted)
    else:
        async with store.company(whose) as company:
            read = await _read(company.audit_log, start, wanted)
    held_against = [one.checkpoint for one in credible if one.checkpoint.head.number >= start.number]
    faults = (*read.faults, *contradictions(held_against, head=read.head, hashes=read.hashes))
    sound = not faults and not forged
    return AuditVerdict(
        chain=chain,
        links=read.links,
        rows=read.rows,
        checkpoints=len(held_against),
        faults=faults,
        forged_checkpoints=forged,
        unproved_checkpoints=sum(one not in ours for one in held_against),
        checkpoint=signer.sign(AuditCheckpoint(chain=chain, head=read.head, at=at)) if sound else None,
    )


@attrs.frozen(kw_only=True)
class _ReadChain:
    head: ChainHead
    hashes: dict[int, bytes]
    links: int
    rows: int
    faults: tuple[ChainFault, ...]


async def _read(log: AuditLog, start: ChainHead, wanted: Set[int]) -> _ReadChain:
    """Follows the chain from the start, page by page; remembers the hashes of the wanted links only."""
    noted_before = await log.head()
    head, after, hashes, faults = start, start.number, {start.number: start.hash}, list[ChainFault]()
    links = rows = 0
    if start.number == 0:
        after = -(2**63)  # also what bears a number that no link can have
    while page := await log.links(after=after, limit=_LINKS_AT_ONCE):
        head, found = follow(head, page)
        after = head.number
        faults += found
        hashes |= {link.number: link.hash for link in page if link.number in wanted}
        links += len(page)
        rows += sum(len(link.rows) for link in page)
    # What is appended while we read only moves the noted end further on.
    if not noted_before.number <= head.number <= (await log.head()).number:
        faults.append(ChainFault(kind=ChainFaultKind.CUT_OFF, number=noted_before.number))
    faults += (ChainFault(kind=ChainFaultKind.STRAY, number=number) for number in await log.strays())
    return _ReadChain(head=head, hashes=hashes, links=links, rows=rows, faults=tuple(faults))
