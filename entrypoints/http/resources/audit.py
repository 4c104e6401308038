"""A company's audit trail: what was done, by whom, when and why; and whether the record is as it was written."""

import base64
import json
import re
from datetime import datetime
from typing import Annotated, Final

import attrs

from domain.audit_chain import AuditLink, ChainFault, ChainFaultKind
from domain.audit_checkpoint import SignedCheckpoint
from domain.audit_entry import AuditRow
from entrypoints.http.checkpoint_text import LENGTH_MAX, checkpoint_text, read_checkpoint
from entrypoints.http.list_places import unknown_place
from entrypoints.http.problem_details import FieldError, Problem, ProblemKind
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import Json, Limit, NoBody, PageBody, TextBounds, TypedId
from ports.use_cases.verify_audit import AuditVerdict, verify_audit

_FORM: Final = re.compile(r"aud_([0-9]{1,18})_([0-9]{1,9})", re.ASCII)


@attrs.frozen(kw_only=True)
class WhoBody:
    """Who did it: a partner's key, a person, or the engine."""

    kind: str
    id: str


@attrs.frozen(kw_only=True)
class AuditEntryBody:
    """One thing that was done. All that one transaction did is one `link` of the chain, with that hash."""

    id: str
    link: int
    link_hash: str
    at: datetime
    who: WhoBody
    action: str
    subject: str
    note: str
    detail: Json

    @classmethod
    def of(cls, link: AuditLink, row: AuditRow) -> "AuditEntryBody":
        """As it is shown. A row that somebody tampered with is shown too, as it is."""
        return cls(
            id=f"aud_{link.number}_{row.position}",
            link=link.number,
            link_hash=link.hash.hex(),
            at=row.at,
            who=WhoBody(kind=row.who_kind, id=row.who_id),
            action=row.action,
            subject=row.subject,
            note=row.note,
            detail=_detail(row.detail),
        )


def _detail(text: str) -> object:
    try:
        return json.loads(text, parse_float=str)
    except ValueError:
        return text


@attrs.frozen(kw_only=True)
class ListAudit:
    """Of one subject, by its id, or everything; and the page."""

    subject: Annotated[str, TextBounds(128)] | None = None
    starting_after: TypedId | None = None
    limit: Limit = 100


@attrs.frozen(kw_only=True)
class VerifyAudit:
    """A checkpoint that you kept: the chain must still reach it."""

    checkpoint: Annotated[str, TextBounds(LENGTH_MAX)] | None = None


@attrs.frozen(kw_only=True)
class FaultBody:
    """What is wrong, and at which link."""

    kind: ChainFaultKind
    link: int

    @classmethod
    def of(cls, fault: ChainFault) -> "FaultBody":
        """As it is shown."""
        return cls(kind=fault.kind, link=fault.number)


@attrs.frozen(kw_only=True)
class CheckpointBody:
    """How far the chain goes, signed by Ed25519. Keep `text` elsewhere: whoever cuts the chain off cannot change it."""

    chain: str
    link: int
    link_hash: str
    at: datetime
    key: str
    signature: str
    text: str

    @classmethod
    def of(cls, signed: SignedCheckpoint) -> "CheckpointBody":
        """As it is shown."""
        return cls(
            chain=signed.checkpoint.chain,
            link=signed.checkpoint.head.number,
            link_hash=signed.checkpoint.head.hash.hex(),
            at=signed.checkpoint.at,
            key=signed.key,
            signature=base64.b64encode(signed.signature).decode(),
            text=checkpoint_text(signed),
        )


@attrs.frozen(kw_only=True)
class PublicKeyBody:
    """A key that checkpoints can be checked with."""

    key: str
    ed25519: str


@attrs.frozen(kw_only=True)
class VerdictBody:
    """What the check of the whole trail found. It `holds` if there are no faults and no forged checkpoints.

    `unproved_checkpoints` were signed under a master key that is gone; the trail was held against them all the same.
    """

    holds: bool
    links: int
    entries: int
    faults: tuple[FaultBody, ...]
    checkpoints: int
    forged_checkpoints: int
    unproved_checkpoints: int
    checkpoint: CheckpointBody | None
    public_keys: tuple[PublicKeyBody, ...]


async def list_audit(call: Call[ListAudit, NoBody]) -> PageBody[AuditEntryBody]:
    """The last first."""
    query = call.query
    number, position = (None, 0) if query.starting_after is None else _place(query.starting_after)
    async with call.services.store.company(call.company.id) as transaction:
        links = await transaction.audit_log.recent(
            before=None if number is None else number + 1, subject=query.subject, limit=query.limit + 2
        )
    entries = [
        AuditEntryBody.of(link, row)
        for link in links
        for row in reversed(link.rows)
        if link.number != number or row.position < position
    ]
    return PageBody(data=tuple(entries[: query.limit]), has_more=len(entries) > query.limit)


def _place(id: str) -> tuple[int, int]:
    found = _FORM.fullmatch(id)
    if found is None:
        raise unknown_place()
    return int(found[1]), int(found[2])


async def verify(call: Call[VerifyAudit, NoBody]) -> VerdictBody:
    """Reads every entry, follows every link, and holds the chain against every checkpoint that was signed of it."""
    kept = []
    if call.query.checkpoint is not None:
        signed = read_checkpoint(call.query.checkpoint)
        if signed is None:
            error = FieldError(parameter="checkpoint", detail="is not the text of a checkpoint")
            raise Problem(ProblemKind.INVALID_PARAMETERS, errors=[error])
        kept.append(signed)
    signer = call.services.checkpoint_signer
    verdict = await verify_audit(
        call.company.id, store=call.services.store, signer=signer, kept_elsewhere=kept, at=call.at
    )
    return _verdict(verdict, tuple(signer.public_keys().items()))


def _verdict(verdict: AuditVerdict, keys: tuple[tuple[str, bytes], ...]) -> VerdictBody:
    return VerdictBody(
        holds=verdict.holds,
        links=verdict.links,
        entries=verdict.rows,
        faults=tuple(map(FaultBody.of, verdict.faults)),
        checkpoints=verdict.checkpoints,
        forged_checkpoints=len(verdict.forged_checkpoints),
        unproved_checkpoints=verdict.unproved_checkpoints,
        checkpoint=None if verdict.checkpoint is None else CheckpointBody.of(verdict.checkpoint),
        public_keys=tuple(PublicKeyBody(key=id, ed25519=base64.b64encode(key).decode()) for id, key in keys),
    )


ROUTES = (
    Route(
        method="GET",
        path="/v1/companies/{company}/audit",
        handler=list_audit,
        summary="List what was done",
        tag="Audit",
        query=ListAudit,
        answer=PageBody[AuditEntryBody],
    ),
    Route(
        method="GET",
        path="/v1/companies/{company}/audit/verify",
        handler=verify,
        summary="Check the audit trail",
        tag="Audit",
        query=VerifyAudit,
        answer=VerdictBody,
    ),
)
