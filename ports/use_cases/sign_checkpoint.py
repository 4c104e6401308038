"""Signs how far a company's audit trail goes, once what came since the last checkpoint was checked."""

from datetime import datetime

from domain.company import CompanyId
from ports.checkpoint_signer import CheckpointSigner
from ports.transaction import Store
from ports.use_cases.verify_audit import AuditVerdict, verify_audit


async def sign_checkpoint(company: CompanyId, *, store: Store, signer: CheckpointSigner, at: datetime) -> AuditVerdict:
    """Keeps a checkpoint of the chain if it holds; says what is wrong if it does not. Raises StoreUnavailable."""
    verdict = await verify_audit(company, store=store, signer=signer, only_since_last_checkpoint=True, at=at)
    if verdict.checkpoint is not None:
        async with store.control() as transaction:
            await transaction.checkpoints.add(verdict.checkpoint)
    return verdict
