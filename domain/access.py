"""Who may ask: partners by their keys, people of a company by their sessions. Secrets are known by their hash only.

A bearer secret is `prefix_{id}{secret}`: the id finds the row, the hash of the whole proves it. The secret is 32 random
bytes, so that a plain SHA-256 is enough: there is nothing to guess.
"""

import hashlib
import hmac
import re
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.company import CompanyId
from domain.partner import Mode, Tenant

KeyId = NewType("KeyId", str)
SessionId = NewType("SessionId", str)

ID_LENGTH: Final = 12
SECRET_BYTES: Final = 32
_FORM: Final = re.compile(r"(tie_test|tie_live|tie_token|tie_session)_([0-9a-z]{12})([0-9A-Za-z_-]{43})", re.ASCII)


class Role(StrEnum):
    """What a caller is to the data."""

    PARTNER = "partner"
    """The partner's own server, by a secret key: everything of its companies in that mode."""
    OWNER = "owner"
    """The owner of one company."""
    BOOKKEEPER = "bookkeeper"
    """Works one company's books."""


@attrs.frozen(kw_only=True)
class Principal:
    """Somebody who has proved who they are."""

    tenant: Tenant
    role: Role
    id: str
    """The key's or the session's id: what the audit trail names."""
    company: CompanyId | None = None
    """The only company that a session may see; None for a partner's key."""
    person: str = ""
    """Who the partner says is behind a session."""

    @property
    def who(self) -> str:
        """For the record of a decision: the person where one is known, else the key."""
        return f"{self.role.value}:{self.person or self.id}"

    def may_see(self, company: CompanyId) -> bool:
        """A session sees its own company, a key those of its tenant (which the store knows)."""
        return self.company is None or self.company == company


@attrs.frozen(kw_only=True)
class ApiKey:
    """A partner's secret key, without the secret."""

    id: KeyId
    tenant: Tenant
    name: str
    shown: str
    """Its beginning, by which people tell keys apart."""
    digest: bytes = attrs.field(repr=False)
    created: datetime
    expires: datetime | None = None
    """Set when it is rotated: until then the old and the new one both work."""
    revoked: datetime | None = None
    last_used: datetime | None = None
    """To the nearest few minutes."""

    def works_at(self, at: datetime) -> bool:
        """It is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or at < self.expires)


@attrs.frozen(kw_only=True)
class Session:
    """A person's access to one company: first a token that is exchanged once, then a session of an hour at most."""

    id: SessionId
    tenant: Tenant
    company: CompanyId
    role: Role
    person: str
    token_digest: bytes = attrs.field(repr=False)
    token_expires: datetime
    session_digest: bytes | None = attrs.field(default=None, repr=False)
    expires: datetime | None = None
    """When the session ends; None before the token is exchanged."""
    revoked: datetime | None = None

    def works_at(self, at: datetime) -> bool:
        """It has begun and not ended."""
        return self.revoked is None and self.expires is not None and at < self.expires


class SecretKind(StrEnum):
    """What a bearer secret is, by its prefix."""

    TEST_KEY = "tie_test"
    LIVE_KEY = "tie_live"
    TOKEN = "tie_token"  # noqa: S105  # a prefix, not a secret
    SESSION = "tie_session"


@attrs.frozen(kw_only=True)
class PresentedSecret:
    """A secret as a caller presents it: well formed, not yet proved."""

    kind: SecretKind
    id: str
    digest: bytes = attrs.field(repr=False)

    def proves(self, digest: bytes | None) -> bool:
        """It is the one that this hash was made of. Takes the same time whatever differs."""
        return digest is not None and hmac.compare_digest(self.digest, digest)


def key_kind(mode: Mode) -> SecretKind:
    """The prefix of a key of this mode."""
    return SecretKind.TEST_KEY if mode is Mode.TEST else SecretKind.LIVE_KEY


def secret_text(kind: SecretKind, id: str, secret: str) -> str:
    """The whole secret, to be shown once."""
    text = f"{kind.value}_{id}{secret}"
    if _FORM.fullmatch(text) is None:
        raise ValueError("an id or secret of the wrong form")
    return text


def read_secret(text: str) -> PresentedSecret | None:
    """What is presented, or None if it cannot be a secret of ours."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return PresentedSecret(kind=SecretKind(found[1]), id=found[2], digest=digest_of(text))


def digest_of(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("ascii")).digest()
