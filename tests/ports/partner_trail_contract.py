"""What every partner's audit trail, and every store of checkpoints, promises, whatever it is kept in."""

import asyncio
import base64
from datetime import timedelta

import attrs

from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import MasterKeyText
from domain.actor import Actor, ActorKind
from domain.audit_chain import ChainFault, ChainFaultKind, ChainHead, chain_of, follow, start_of
from domain.audit_checkpoint import AuditCheckpoint, SigningKeyId
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.partner import Mode, PartnerId, Tenant
from ports.transaction import Store
from ports.use_cases.sign_checkpoint import sign_checkpoint
from ports.use_cases.verify_audit import verify_audit
from tests.ports.trail_contract import ACME, BOLT, NOON, entry, event

TEST = Tenant(partner=PartnerId("part_one00000"), mode=Mode.TEST)
LIVE = Tenant(partner=PartnerId("part_one00000"), mode=Mode.LIVE)
HEAD, GONE = ChainHead(number=1, hash=bytes(32)), SigningKeyId("ck_gone")
NEXT_SIGNER = DerivedCheckpointSigner(MasterKeyText(base64.b64encode(b"n" * 32).decode()))
SIGNER = DerivedCheckpointSigner(MasterKeyText(base64.b64encode(bytes(32)).decode()))


def rotated(key: str) -> AuditEntry:
    return AuditEntry(who=Actor(kind=ActorKind.PARTNER, id="key_1"), action="api_key.rotated", subject=key, at=NOON)


class PartnerTrailContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_partner_has_a_chain_for_each_mode(self, store: Store) -> None:
        for number in range(2):
            async with store.control() as transaction:
                await transaction.partner_trail.append(TEST, [rotated(f"key_{number}")])
                await transaction.partner_trail.append(LIVE, [])
                await transaction.partner_trail.append(TEST, [rotated(f"key_{number}0")])

        async with store.control() as transaction:
            links = await transaction.partner_trail.log(TEST).links(after=0, limit=9)
            of_live = await transaction.partner_trail.log(LIVE).links(after=0, limit=9)
        assert [[row.subject for row in link.rows] for link in links] == [["key_0", "key_00"], ["key_1", "key_10"]]
        assert follow(start_of(chain_of(TEST)), links)[1] == ()
        assert of_live == ()

    async def test_a_partners_chain_holds_however_many_write_at_once(self, store: Store) -> None:
        async def write(number: int) -> None:
            async with store.control() as transaction:
                for tenant in (TEST, LIVE) if number % 2 else (LIVE, TEST):
                    await transaction.partner_trail.append(tenant, [rotated(f"key_{number}")])

        await asyncio.gather(*(write(number) for number in range(12)))

        for tenant in (TEST, LIVE):
            verdict = await verify_audit(tenant, store=store, signer=SIGNER, at=NOON)
            assert (verdict.links, verdict.holds) == (12, True)


class CheckpointsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_company_waits_for_a_checkpoint_when_its_chain_has_grown(self, store: Store) -> None:
        for company in (BOLT, ACME):
            await write_a_link(store, company)
        async with store.company(CompanyId("co_events00")) as transaction:
            await transaction.outbox.append([event()])

        before = await waiting(store)
        await sign_checkpoint(ACME, store=store, signer=SIGNER, at=NOON)
        signed = await waiting(store)
        await write_a_link(store, ACME)
        grown = await waiting(store)

        assert (before, signed, grown) == ([ACME, BOLT], [BOLT], [ACME, BOLT])

    async def test_checkpoints_are_kept_and_the_chain_is_held_against_them(self, store: Store) -> None:
        for hours in range(2):
            await write_a_link(store, ACME)
            await sign_checkpoint(ACME, store=store, signer=SIGNER, at=NOON + timedelta(hours=hours))

        verdict = await verify_audit(ACME, store=store, signer=SIGNER, at=NOON)

        assert (verdict.links, verdict.rows, verdict.checkpoints, verdict.holds) == (2, 2, 2, True)
        assert verdict.checkpoint is not None
        assert SIGNER.is_ours(verdict.checkpoint)
        assert verdict.checkpoint.checkpoint.head.number == 2

    async def test_a_checkpoint_kept_elsewhere_convicts_a_chain_that_was_cut_off(self, store: Store) -> None:
        await write_a_link(store, ACME)
        elsewhere = SIGNER.sign(
            AuditCheckpoint(chain=chain_of(ACME), head=ChainHead(number=2, hash=bytes(32)), at=NOON)
        )

        verdict = await verify_audit(ACME, store=store, signer=SIGNER, kept_elsewhere=[elsewhere], at=NOON)

        assert verdict.faults == (ChainFault(kind=ChainFaultKind.CUT_OFF, number=2),)
        assert (verdict.holds, verdict.checkpoint) == (False, None)

    async def test_a_checkpoint_that_none_of_our_keys_signed_is_not_believed(self, store: Store) -> None:
        await write_a_link(store, ACME)
        async with store.company(ACME) as transaction:
            head = await transaction.audit_log.head()
        ours = SIGNER.sign(AuditCheckpoint(chain=chain_of(ACME), head=head, at=NOON))
        forged = attrs.evolve(ours, checkpoint=attrs.evolve(ours.checkpoint, at=NOON + timedelta(days=1)))
        async with store.control() as control:
            await control.checkpoints.add(ours)
            await control.checkpoints.add(forged)

        verdict = await verify_audit(ACME, store=store, signer=SIGNER, at=NOON)

        assert verdict.forged_checkpoints == (forged,)
        assert not verdict.holds

    async def test_checkpoints_outlive_the_master_key_they_were_signed_under(self, store: Store) -> None:
        await write_a_link(store, ACME)
        await sign_checkpoint(ACME, store=store, signer=SIGNER, at=NOON)

        verdict = await verify_audit(ACME, store=store, signer=NEXT_SIGNER, at=NOON)
        of_another = attrs.evolve(NEXT_SIGNER.sign(AuditCheckpoint(chain=chain_of(ACME), head=HEAD, at=NOON)), key=GONE)
        contradicted = await verify_audit(ACME, store=store, signer=NEXT_SIGNER, kept_elsewhere=[of_another], at=NOON)

        assert (verdict.holds, verdict.checkpoints, verdict.unproved_checkpoints) == (True, 1, 1)
        assert contradicted.faults == (ChainFault(kind=ChainFaultKind.REWRITTEN, number=1),)


async def write_a_link(store: Store, company: CompanyId) -> None:
    async with store.company(company) as transaction:
        await transaction.audit.append([entry()])


async def waiting(store: Store) -> list[CompanyId]:
    async with store.control() as transaction:
        return list(await transaction.checkpoints.companies_without(limit=10))
