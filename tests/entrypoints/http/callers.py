"""Who calls the service in the tests: two partners, their keys in both modes, and people of one company.

`PLATFORM` is the partner whose company `ACME` the tests ask about; all else is somebody else's.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.access import ApiKey, KeyId, Role, SecretKind, Session, SessionId, digest_of, key_kind, secret_text
from domain.company import Company, CompanyId, CompanyStatus
from domain.money import Currency
from domain.partner import Mode, Partner, PartnerId, Tenant
from ports.transaction import Store

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)

PLATFORM: Final = PartnerId("partner_platform0")
RIVAL: Final = PartnerId("partner_rival0000")
TEST: Final = Tenant(partner=PLATFORM, mode=Mode.TEST)
LIVE: Final = Tenant(partner=PLATFORM, mode=Mode.LIVE)
RIVALS: Final = Tenant(partner=RIVAL, mode=Mode.TEST)

ACME: Final = CompanyId("co_acme0000")
SISTER: Final = CompanyId("co_sister00")
"""Another company of the same partner."""
ARCHIVED: Final = CompanyId("co_archived")
LIVE_ACME: Final = CompanyId("co_acmelive")
RIVALS_COMPANY: Final = CompanyId("co_rivals00")
ABSENT: Final = CompanyId("co_absent00")


def secret_of(kind: SecretKind, letter: str) -> str:
    """A secret that the tests know."""
    return secret_text(kind, letter * 12, letter * 43)


PARTNERS_KEY: Final = secret_of(SecretKind.TEST_KEY, "a")
SECOND_KEY: Final = secret_of(SecretKind.TEST_KEY, "b")
LIVE_KEY: Final = secret_of(SecretKind.LIVE_KEY, "c")
RIVALS_KEY: Final = secret_of(SecretKind.TEST_KEY, "d")
EXPIRED_KEY: Final = secret_of(SecretKind.TEST_KEY, "e")
REVOKED_KEY: Final = secret_of(SecretKind.TEST_KEY, "f")
OWNERS_SESSION: Final = secret_of(SecretKind.SESSION, "g")
BOOKKEEPERS_SESSION: Final = secret_of(SecretKind.SESSION, "h")
EXPIRED_SESSION: Final = secret_of(SecretKind.SESSION, "i")
REVOKED_SESSION: Final = secret_of(SecretKind.SESSION, "j")
UNSPENT_TOKEN: Final = secret_of(SecretKind.TOKEN, "k")
WRONG_SECRET: Final = secret_text(SecretKind.TEST_KEY, "a" * 12, "z" * 43)
"""A known id with another secret."""


def company(id: CompanyId, tenant: Tenant, status: CompanyStatus = CompanyStatus.ACTIVE) -> Company:
    """A company of this tenant."""
    return Company(
        id=id,
        tenant=tenant,
        external_id=f"ext-{id}",
        name=f"Company {id}",
        time_zone="America/New_York",
        currency=Currency.of("usd"),
        books_start=date(2026, 1, 1),
        status=status,
        created=NOON - HOUR,
        updated=NOON - HOUR,
    )


async def introduce_everybody(store: Store) -> None:
    """Partners, companies, keys and sessions, recorded."""
    async with store.control() as transaction:
        await transaction.partners.add(Partner(id=PLATFORM, name="Platform"))
        await transaction.partners.add(Partner(id=RIVAL, name="Rival"))
        for key in (
            _key(PARTNERS_KEY, TEST),
            _key(SECOND_KEY, TEST),
            _key(LIVE_KEY, LIVE),
            _key(RIVALS_KEY, RIVALS),
            _key(EXPIRED_KEY, TEST, expires=NOON - HOUR),
            _key(REVOKED_KEY, TEST, revoked=NOON - HOUR),
        ):
            await transaction.api_keys.add(key)
        for each in (
            company(ACME, TEST),
            company(SISTER, TEST),
            company(ARCHIVED, TEST, CompanyStatus.ARCHIVED),
            company(LIVE_ACME, LIVE),
            company(RIVALS_COMPANY, RIVALS),
        ):
            await transaction.companies.add(each)
        for session in (
            _session(OWNERS_SESSION, Role.OWNER),
            _session(BOOKKEEPERS_SESSION, Role.BOOKKEEPER),
            _session(EXPIRED_SESSION, Role.BOOKKEEPER, expires=NOON),
            _session(REVOKED_SESSION, Role.BOOKKEEPER, revoked=NOON - HOUR),
            _session(UNSPENT_TOKEN, Role.OWNER),
        ):
            await transaction.sessions.add(session)


def id_of(secret: str) -> str:
    """The id inside a secret: twelve letters before the last 43."""
    return secret[-55:-43]


def _key(secret: str, tenant: Tenant, expires: datetime | None = None, revoked: datetime | None = None) -> ApiKey:
    return ApiKey(
        id=KeyId(id_of(secret)),
        tenant=tenant,
        name="server",
        shown=f"{key_kind(tenant.mode).value}_{id_of(secret)}",
        digest=digest_of(secret),
        created=NOON - 10 * HOUR,
        expires=expires,
        revoked=revoked,
    )


def _session(secret: str, role: Role, expires: datetime = NOON + HOUR / 2, revoked: datetime | None = None) -> Session:
    begun = secret.startswith(SecretKind.SESSION.value)
    return Session(
        id=SessionId(id_of(secret)),
        tenant=TEST,
        company=ACME,
        role=role,
        person=f"{role.value}@acme.example",
        token_digest=digest_of(secret if not begun else secret_of(SecretKind.TOKEN, id_of(secret)[0])),
        token_expires=NOON + HOUR / 6,
        session_digest=digest_of(secret) if begun else None,
        expires=expires if begun else None,
        revoked=revoked,
    )
