"""What `tieout doctor` says of partners' Stripe platforms: Stripe is asked with each key, and nothing is changed."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from domain.secret import Secret
from domain.stripe_account import ConnectionState
from domain.stripe_integration import StripeIntegration
from domain.stripe_key_check import KeyCheck, StripeCapability, TriedAccess, Verdict, Whose
from entrypoints.composition.service import Service
from entrypoints.stripe_standing import AccountStanding, Integrity, standings
from ports.findings import Finding
from ports.master_key import KeyDamaged, MasterKeyUnknown
from ports.secret_box import SecretDamaged
from ports.stripe_refusals import StripeAnswerUnreadable, StripeKeyRefused, StripeRefused, StripeUnavailable
from ports.use_cases.open_secret import open_secret

TAKEN_WITHIN: Final = timedelta(minutes=5)
"""An event that waits for longer is one that nobody takes."""
HEARD_WITHIN: Final = timedelta(days=3)
"""So long does Stripe tell an event again; a platform with accounts that is silent for longer is probably not heard."""
NAMED_MAX: Final = 20


async def stripe_findings(service: Service) -> AsyncIterator[Finding]:
    """Of every partner, in both modes, and of what Stripe told."""
    async with service.store.control() as transaction:
        integrations = await transaction.stripe_integrations.all()
    if not integrations:
        yield Finding.note("stripe: no partner has given a key yet")
    for integration in integrations:
        for finding in await _of_one(integration, service):
            yield finding
    async for finding in _accounts(service):
        yield finding
    async for finding in _events(service):
        yield finding


async def _of_one(integration: StripeIntegration, service: Service) -> list[Finding]:
    whose = f"stripe, {integration.tenant.partner}, {integration.tenant.mode.value}"
    try:
        key = await _opened(integration, service)
    except (MasterKeyUnknown, KeyDamaged, SecretDamaged) as trouble:
        return [Finding.wrong(f"{whose}: its secrets cannot be opened ({trouble})")]
    if key is None:
        return [Finding.wrong(f"{whose}: the key {integration.key_hint} is gone")]
    return [*await _asked(whose, integration, key, service), *await _heard(whose, integration, service)]


async def _opened(integration: StripeIntegration, service: Service) -> Secret | None:
    """The key; the webhook secrets are only seen to open."""
    async with service.store.control() as transaction:
        key, *_ = [
            await open_secret(
                place, transaction=transaction, master_key=service.master_key, secret_box=service.secret_box
            )
            for place in (integration.key_place, *integration.webhook_secret_places)
        ]
    return key


async def _asked(whose: str, integration: StripeIntegration, key: Secret, service: Service) -> list[Finding]:
    """As it is now; where Stripe cannot be asked, as it was when the key was given."""
    named, client_id = f"{whose}: the key {integration.key_hint}", integration.client_id
    try:
        check = await service.services.stripe.check_key(key, client_id=client_id, at=service.services.clock())
    except StripeKeyRefused:
        return [Finding.wrong(f"{named} is not known to Stripe, or no longer")]
    except (StripeUnavailable, StripeRefused, StripeAnswerUnreadable) as trouble:
        kept = integration.check
        return [
            Finding.wrong(f"{named} could not be tried: {trouble}"),
            *(finding for finding in _capabilities(f"{whose}, as of {_day(kept.at)}", kept)),
        ]
    return [
        Finding.fine(f"{named} is of {check.account or 'a platform that it may not name'}"),
        *_capabilities(whose, check),
    ]


def _capabilities(whose: str, check: KeyCheck) -> list[Finding]:
    findings = []
    for capability in StripeCapability:
        name = capability.value.replace("_", " ")
        needed = check.needed_for(capability)
        match check.verdict(capability):
            case Verdict.WORKS:
                findings.append(Finding.fine(f"{whose}: {name} works"))
            case Verdict.MISSING:
                lacking = [each for each in needed if each.verdict is Verdict.MISSING]
                findings.append(Finding.note(f"{whose}: {name} lacks {', '.join(map(_lacking, lacking))}"))
            case Verdict.UNKNOWN:
                unknown = [each for each in needed if each.verdict is Verdict.UNKNOWN]
                findings.append(Finding.note(f"{whose}: {name} could not be told: {_untold(unknown)}"))
    return findings


def _lacking(tried: TriedAccess) -> str:
    column = " for connected accounts" if tried.whose is Whose.CONNECTED else ""
    said = " or ".join(tried.permissions) or tried.why
    return tried.access.value + column + (f" ({said})" if said else "")


def _untold(unknown: list[TriedAccess]) -> str:
    reasons: dict[str, list[str]] = {}
    for each in unknown:
        reasons.setdefault(each.why or "Stripe does not say", []).append(each.access.value)
    return "; ".join(f"{', '.join(names)}: {why}" for why, names in reasons.items()) or "it was not tried"


async def _heard(whose: str, integration: StripeIntegration, service: Service) -> list[Finding]:
    secrets = len(integration.webhook_secrets)
    if not secrets:
        return [Finding.note(f"{whose}: no webhook secret: what Stripe tells is refused, and only polling is left")]
    latest = await service.services.stripe_inbox.latest(integration.tenant)
    if latest is None:
        words = f"{whose}: {secrets} webhook secrets, and no event that is kept: is the address known to Stripe?"
        return [Finding.note(words)]
    words = f"{whose}: {secrets} webhook secrets, the last event came at {latest:%Y-%m-%d %H:%M:%S}Z"
    recent = service.services.clock() - latest <= HEARD_WITHIN
    return [Finding.fine(words) if recent else Finding.note(f"{words}: that is long ago")]


async def _accounts(service: Service) -> AsyncIterator[Finding]:
    """Those with trouble by name, as many as can be read; the others as a number."""
    connected = troubled = 0
    async for standing in standings(service.store):
        if standing.connection.state is not ConnectionState.CONNECTED:
            continue
        connected += 1
        words = _trouble(standing)
        troubled += words is not None
        if words is not None and troubled <= NAMED_MAX:
            tenant, account = standing.connection.tenant, standing.connection.account
            yield Finding.note(f"stripe, {tenant.partner}, {tenant.mode.value}: {account}: {words}")
    if troubled > NAMED_MAX:
        yield Finding.note(f"stripe: {troubled - NAMED_MAX} more accounts have trouble: `tieout stripe accounts`")
    if connected:
        yield Finding.fine(
            f"stripe: {connected} accounts are connected, {connected - troubled} of them without trouble"
        )


def _trouble(standing: AccountStanding) -> str | None:
    feed, check = standing.feed, standing.check
    if standing.trouble is not None and feed is not None:
        return f"could not be read, {feed.failures} times in a row: {standing.trouble}"
    if check is not None and standing.integrity is Integrity.INCOMPLETE:
        return f"incomplete at {_day(check.at)}: {'; '.join(check.reasons)}"
    if feed is not None and feed.unreadable:
        return f"{len(feed.unreadable)} records cannot be read, {feed.unreadable[0]} the first"
    return None


async def _events(service: Service) -> AsyncIterator[Finding]:
    load = await service.services.stripe_inbox.load()
    for (tenant, reason), count in sorted(load.parked.items(), key=str):
        yield Finding.note(f"stripe, {tenant.partner}, {tenant.mode.value}: {count} events are parked: {reason.value}")
    if load.oldest_waiting is not None and service.services.clock() - load.oldest_waiting > TAKEN_WITHIN:
        yield Finding.wrong(
            f"stripe: {load.waiting} events wait, the oldest since {load.oldest_waiting}: nobody takes them"
        )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
