"""What partners, keys and sessions promise, whatever they are kept in."""

import asyncio
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from domain.access import (
    ApiKey,
    KeyId,
    PresentedSecret,
    Principal,
    Role,
    SecretKind,
    Session,
    SessionId,
    digest_of,
    key_kind,
    read_secret,
    secret_text,
)
from domain.actor import Actor, ActorKind
from domain.company import CompanyId
from domain.partner import Mode, Partner, PartnerId, Tenant
from ports.transaction import Store
from ports.use_cases.add_partner import add_partner
from ports.use_cases.authenticate import authenticate
from ports.use_cases.begin_session import exchange_session_token, make_session_token
from ports.use_cases.make_api_key import make_api_key
from ports.use_cases.rename_partner import NoSuchPartner, rename_partner
from ports.use_cases.revoke_api_key import LastKey, revoke_api_key
from ports.use_cases.rotate_api_key import NoSuchKey, rotate_api_key

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLATFORM = Partner(id=PartnerId("partner_platform0"), name="Platform")
TEST = Tenant(partner=PLATFORM.id, mode=Mode.TEST)
LIVE = Tenant(partner=PLATFORM.id, mode=Mode.LIVE)
ACME = CompanyId("co_acme0000")
WHO = Actor(kind=ActorKind.PARTNER, id="aaaaaaaaaaaa")


class AccessContract:
    """Subclass it with a `store` fixture for each adapter."""

    async def test_a_partners_key_proves_the_partner_and_its_mode(self, store: Store) -> None:
        key, secret = a_key("a")
        await add_partner(PLATFORM, [key], store=store)

        principal = await authenticate(secret, at=NOON, store=store)

        assert principal == Principal(tenant=TEST, role=Role.PARTNER, id=key.id)

    async def test_nothing_else_proves_it(self, store: Store) -> None:
        key, secret = a_key("a")
        await add_partner(PLATFORM, [key], store=store)
        wrong = [
            attrs.evolve(secret, digest=digest_of("x")),
            attrs.evolve(secret, id="bbbbbbbbbbbb"),
            attrs.evolve(secret, kind=SecretKind.LIVE_KEY),
            attrs.evolve(secret, kind=SecretKind.SESSION),
            attrs.evolve(secret, kind=SecretKind.TOKEN),
        ]

        assert [await authenticate(each, at=NOON, store=store) for each in wrong] == [None] * 5

    async def test_adding_a_partner_again_changes_nothing_and_another_under_its_id_is_refused(
        self, store: Store
    ) -> None:
        await add_partner(PLATFORM, [], store=store)
        await add_partner(PLATFORM, [], store=store)
        key, secret = a_key("a")

        with pytest.raises(ValueError, match=PLATFORM.id):
            await add_partner(attrs.evolve(PLATFORM, name="Somebody else"), [key], store=store)

        assert await authenticate(secret, at=NOON, store=store) is None
        async with store.control() as transaction:
            assert await transaction.partners.all() == [PLATFORM]
            assert await transaction.partners.find(PLATFORM.id) == PLATFORM

    async def test_a_partner_is_renamed_and_its_trails_say_so_once(self, store: Store) -> None:
        key, secret = a_key("a")
        await add_partner(PLATFORM, [key], store=store)
        renamed = attrs.evolve(PLATFORM, name="Platform, Inc.")

        for _ in range(2):
            assert await rename_partner(PLATFORM.id, renamed.name, who=WHO, at=NOON, store=store) == renamed

        with pytest.raises(NoSuchPartner):
            await rename_partner(PartnerId("partner_absent000"), "Nobody", who=WHO, at=NOON, store=store)
        async with store.control() as transaction:
            assert await transaction.partners.all() == [renamed]
        assert await authenticate(secret, at=NOON, store=store) is not None
        for tenant in (TEST, LIVE):
            assert await trail(store, tenant) == [
                ("partner.renamed", PLATFORM.id, '{"after":"Platform, Inc.","before":"Platform"}')
            ]

    async def test_what_becomes_of_keys_is_in_the_trail_of_their_tenant(self, store: Store) -> None:
        (first, _), (second, _), (third, _) = a_key("a"), a_key("b"), a_key("c")
        await add_partner(PLATFORM, [first], store=store)

        await make_api_key(second, who=WHO, at=NOON, store=store)
        await rotate_api_key(first.id, third, old_expires=NOON + HOUR, who=WHO, at=NOON, store=store)
        await rotate_api_key(first.id, a_key("d")[0], old_expires=NOON + 5 * HOUR, who=WHO, at=NOON, store=store)
        for _ in range(2):
            await revoke_api_key(second.id, tenant=TEST, who=WHO, at=NOON, store=store)
        with pytest.raises(NoSuchKey):
            await rotate_api_key(second.id, a_key("e")[0], old_expires=NOON, who=WHO, at=NOON, store=store)

        ends = (NOON + HOUR).isoformat()
        assert await trail(store, TEST) == [
            ("api_key.made", second.id, f'{{"name":"{second.name}"}}'),
            ("api_key.rotated", first.id, f'{{"expires":"{ends}","name":"{third.name}","replaced_by":"{third.id}"}}'),
            ("api_key.rotated", first.id, f'{{"expires":"{ends}","name":"{third.name}","replaced_by":"dddddddddddd"}}'),
            ("api_key.revoked", second.id, "{}"),
        ]
        assert await trail(store, LIVE) == []

    async def test_a_rotated_key_works_until_the_overlap_ends(self, store: Store) -> None:
        (old, old_secret), (new, new_secret) = a_key("a"), a_key("b")
        await add_partner(PLATFORM, [old], store=store)

        await rotate_api_key(old.id, new, old_expires=NOON + HOUR, who=WHO, at=NOON, store=store)

        just_before = NOON + HOUR - timedelta(seconds=1)
        assert await authenticate(old_secret, at=just_before, store=store) is not None
        assert await authenticate(old_secret, at=NOON + HOUR, store=store) is None
        assert await authenticate(new_secret, at=NOON + HOUR, store=store) is not None

    async def test_a_key_is_rotated_only_by_its_own_tenant(self, store: Store) -> None:
        (old, old_secret), (new, new_secret) = a_key("a"), a_key("b", LIVE)
        await add_partner(PLATFORM, [old], store=store)

        with pytest.raises(NoSuchKey):
            await rotate_api_key(old.id, new, old_expires=NOON, who=WHO, at=NOON, store=store)

        assert await authenticate(old_secret, at=NOON, store=store) is not None
        assert await authenticate(new_secret, at=NOON, store=store) is None

    async def test_the_end_of_a_key_never_moves_later(self, store: Store) -> None:
        (old, old_secret), (new, _) = a_key("a"), a_key("b")
        await add_partner(PLATFORM, [old], store=store)
        await rotate_api_key(old.id, new, old_expires=NOON + HOUR, who=WHO, at=NOON, store=store)

        await rotate_api_key(old.id, a_key("c")[0], old_expires=NOON + 5 * HOUR, who=WHO, at=NOON, store=store)

        assert await authenticate(old_secret, at=NOON + 2 * HOUR, store=store) is None

    async def test_a_revoked_key_works_no_more_and_the_last_one_is_not_revoked(self, store: Store) -> None:
        (first, first_secret), (second, second_secret) = a_key("a"), a_key("b")
        await add_partner(PLATFORM, [first, second], store=store)

        await revoke_api_key(first.id, tenant=TEST, who=WHO, at=NOON, store=store)
        with pytest.raises(LastKey):
            await revoke_api_key(second.id, tenant=TEST, who=WHO, at=NOON, store=store)

        assert await authenticate(first_secret, at=NOON, store=store) is None
        assert await authenticate(second_secret, at=NOON, store=store) is not None

    async def test_another_tenants_key_cannot_be_revoked(self, store: Store) -> None:
        (mine, _), (other, other_secret) = a_key("a"), a_key("b", LIVE)
        await add_partner(PLATFORM, [mine, other], store=store)

        with pytest.raises(NoSuchKey):
            await revoke_api_key(other.id, tenant=TEST, who=WHO, at=NOON, store=store)

        assert await authenticate(other_secret, at=NOON, store=store) is not None

    async def test_when_a_key_was_used_is_kept_roughly(self, store: Store) -> None:
        key, secret = a_key("a")
        await add_partner(PLATFORM, [key], store=store)
        for minutes in (0, 1, 2, 7):
            await authenticate(secret, at=NOON + timedelta(minutes=minutes), store=store)

        async with store.control() as transaction:
            (found,) = await transaction.api_keys.of_tenant(TEST)

        assert found == attrs.evolve(key, last_used=NOON + timedelta(minutes=7))

    async def test_a_token_begins_one_session(self, store: Store) -> None:
        session, token = a_session()
        await make_session_token(session, store=store)

        begun = await exchange_session_token(token, session_digest=digest_of("s"), at=NOON, store=store)
        again = await exchange_session_token(token, session_digest=digest_of("t"), at=NOON, store=store)

        assert begun is not None
        assert begun.expires == NOON + HOUR
        assert again is None

    async def test_of_many_exchanges_at_once_one_succeeds(self, store: Store) -> None:
        session, token = a_session()
        await make_session_token(session, store=store)

        begun = await asyncio.gather(
            *(exchange_session_token(token, session_digest=digest_of(f"{i}"), at=NOON, store=store) for i in range(8))
        )

        assert sum(each is not None for each in begun) == 1

    async def test_a_session_proves_a_person_of_one_company_for_an_hour(self, store: Store) -> None:
        session, token = a_session()
        await make_session_token(session, store=store)
        secret = a_secret(SecretKind.SESSION, session.id, "s")
        assert await authenticate(secret, at=NOON, store=store) is None
        await exchange_session_token(token, session_digest=secret.digest, at=NOON, store=store)

        principal = await authenticate(secret, at=NOON, store=store)

        assert principal == Principal(tenant=TEST, role=Role.BOOKKEEPER, id=session.id, company=ACME, person="Ada")
        assert await authenticate(secret, at=NOON + HOUR, store=store) is None

    async def test_an_expired_token_begins_nothing(self, store: Store) -> None:
        session, token = a_session()
        await make_session_token(session, store=store)

        begun = await exchange_session_token(
            token, session_digest=digest_of("s"), at=session.token_expires, store=store
        )

        assert begun is None

    async def test_all_sessions_of_a_company_can_be_ended(self, store: Store) -> None:
        session, token = a_session()
        await make_session_token(session, store=store)
        secret = a_secret(SecretKind.SESSION, session.id, "s")
        await exchange_session_token(token, session_digest=secret.digest, at=NOON, store=store)

        async with store.control() as transaction:
            ended = await transaction.sessions.end_all(ACME, at=NOON)

        assert ended == 1
        assert await authenticate(secret, at=NOON, store=store) is None

    async def test_what_ended_long_ago_is_forgotten(self, store: Store) -> None:
        session, _ = a_session()
        await make_session_token(session, store=store)

        async with store.control() as transaction:
            early = await transaction.sessions.forget_before(session.token_expires)
            late = await transaction.sessions.forget_before(session.token_expires + HOUR)
            found = await transaction.sessions.find(session.id)

        assert (early, late, found) == (0, 1, None)


async def trail(store: Store, tenant: Tenant) -> list[tuple[str, str, str]]:
    """What was done to what, and how, in order."""
    async with store.control() as transaction:
        links = await transaction.partner_trail.log(tenant).links(after=0, limit=100)
    rows = [row for link in links for row in link.rows]
    assert {(row.who_kind, row.who_id) for row in rows} <= {(WHO.kind.value, WHO.id)}
    return [(row.action, row.subject, row.detail) for row in rows]


def a_key(letter: str, tenant: Tenant = TEST) -> tuple[ApiKey, PresentedSecret]:
    secret = a_secret(key_kind(tenant.mode), letter * 12, letter)
    key = ApiKey(
        id=KeyId(secret.id), tenant=tenant, name="server", shown="tie_test_…", digest=secret.digest, created=NOON
    )
    return key, secret


def a_session() -> tuple[Session, PresentedSecret]:
    token = a_secret(SecretKind.TOKEN, "s" * 12, "t")
    session = Session(
        id=SessionId(token.id),
        tenant=TEST,
        company=ACME,
        role=Role.BOOKKEEPER,
        person="Ada",
        token_digest=token.digest,
        token_expires=NOON + timedelta(minutes=10),
    )
    return session, token


def a_secret(kind: SecretKind, id: str, letter: str) -> PresentedSecret:
    secret = read_secret(secret_text(kind, id, letter * 43))
    assert secret is not None
    return secret
