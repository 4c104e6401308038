"""`tieout doctor`: what is configured, reachable, missing or inconsistent, in words. It changes nothing."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from typing import Final

from domain.company import CompanyId
from domain.partner import Mode, Tenant
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.composition.service import (
    Service,
    data_folder,
    examine_database,
    has_database,
    master_key_source,
    opened_database,
    opened_service,
    postgres_programs,
)
from entrypoints.doctor_stripe import stripe_findings
from entrypoints.settings import MEANINGS, SECRET, Settings, UnusableSetting, unknown_settings
from ports.companies import CompaniesWanted
from ports.findings import Finding, Severity
from ports.master_key import KeyDamaged, MasterKeyUnknown
from ports.pages import PAGE_MAX
from ports.use_cases.verify_audit import verify_audit

DISK_BYTES_MIN: Final = 1024**3
_MARKS: Final = {Severity.FINE: "ok   ", Severity.NOTE: "note ", Severity.WRONG: "WRONG"}


def run_doctor(environment: Mapping[str, str] = os.environ) -> int:
    """Prints what it finds as it finds it. 1 if anything is wrong."""
    return asyncio.run(_print_all(environment))


async def _print_all(environment: Mapping[str, str]) -> int:
    wrong = 0
    async for finding in examined(environment):
        print(_MARKS[finding.severity], finding.words, flush=True)
        wrong += finding.severity is Severity.WRONG
    print()
    print("Nothing is wrong." if not wrong else f"{wrong} wrong.")
    return 1 if wrong else 0


async def examined(environment: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Everything, from the settings inwards."""
    for finding in _settings(environment):
        yield finding
    try:
        settings = Settings.from_environment(environment)
    except UnusableSetting as refusal:
        yield Finding.wrong(str(refusal))
        return
    for finding in _addresses(settings):
        yield finding
    try:
        if settings.database_url is None:
            async for finding in _embedded(settings):
                yield finding
        if not has_database(settings):
            return
        master_key_source(settings)
        yield Finding.fine("master key: usable")
        async with opened_database(settings) as database:
            findings = await examine_database(database)
            for finding in findings:
                yield finding
            if any(finding.severity is Severity.WRONG for finding in findings):
                return
            async with opened_service(settings, public_url="http://localhost") as service:
                yield await _keys_under_the_master_key(service)
                yield await _audit_trails(service)
                async for finding in stripe_findings(service):
                    yield finding
    except CannotStart as refusal:
        yield Finding.wrong(str(refusal))


def _settings(environment: Mapping[str, str]) -> list[Finding]:
    findings = []
    for name, meaning in MEANINGS.items():
        value = environment.get(name, "").strip()
        shown = "set" if value and name in SECRET else value
        findings.append(Finding.fine(f"{name}: {shown or 'not set'}  ({meaning})"))
    for name, meant in unknown_settings(environment):
        findings.append(Finding.note(f"{name} is no setting" + (f"; is {meant} meant?" if meant else "")))
    return findings


def _addresses(settings: Settings) -> list[Finding]:
    if settings.public_url is None:
        return [Finding.note("TIEOUT_PUBLIC_URL is not set: links and webhook addresses will name this machine only")]
    return []


async def _embedded(settings: Settings) -> AsyncIterator[Finding]:
    folder = data_folder(settings)
    try:
        yield Finding.fine(f"embedded database: {await asyncio.to_thread(postgres_programs, settings)}")
    except CannotStart as refusal:
        yield Finding.wrong(f"embedded database: {refusal}")
    if not has_database(settings):
        yield Finding.note(f"data folder: {folder} holds no database yet: `tieout serve` makes one")
        return
    free = shutil.disk_usage(folder).free
    words = f"data folder: {folder}, with {free // 1024**2:,} MB left on its disk"
    yield Finding.fine(words) if free >= DISK_BYTES_MIN else Finding.note(f"{words}: that is little")


async def _keys_under_the_master_key(service: Service) -> Finding:
    """Keys that another master key wraps: those must still be configured, or what is under them is lost."""
    async with service.store.control() as transaction:
        others = await transaction.data_keys.not_under(service.master_key.current, limit=1000)
    try:
        for key in others:
            service.master_key.unwrap(key)
    except (MasterKeyUnknown, KeyDamaged) as trouble:
        return Finding.wrong(f"master key: {trouble}: secrets under it cannot be read")
    if others:
        return Finding.note(f"master key: {len(others)} data keys are still wrapped by an older one: keep that")
    return Finding.fine("master key: wraps every data key")


async def _audit_trails(service: Service) -> Finding:
    """Every link of every trail, held against every checkpoint of ours."""
    trails = links = 0
    broken: list[str] = []
    async for whose in _trails(service):
        verdict = await verify_audit(
            whose, store=service.store, signer=service.checkpoint_signer, at=service.services.clock()
        )
        trails += 1
        links += verdict.links
        if not verdict.holds:
            broken.append(verdict.chain)
    if broken:
        return Finding.wrong(f"audit trail: not as it was recorded: {', '.join(broken)}")
    return Finding.fine(f"audit trail: {links} links of {trails} trails hold")


async def _trails(service: Service) -> AsyncIterator[CompanyId | Tenant]:
    async with service.store.control() as transaction:
        partners = await transaction.partners.all()
    for tenant in (Tenant(partner=partner.id, mode=mode) for partner in partners for mode in Mode):
        yield tenant
        after, more = None, True
        while more:
            async with service.store.control() as transaction:
                page = await transaction.companies.page(tenant, CompaniesWanted(), after=after, limit=PAGE_MAX)
            for company in page.records:
                yield company.id
            after, more = page.next, page.has_more
