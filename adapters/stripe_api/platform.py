"""What a platform's key may do, asked of Stripe. Source: API version 2026-10-28; docs.stripe.com/keys."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Final, TypeVar

import attrs
import msgspec

from adapters.stripe_api.permission_questions import CONTROL, QUESTIONS, Question
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.secret import Secret
from domain.stripe_account import StripeAccountId, is_stripe_account_id
from domain.stripe_integration import is_restricted
from domain.stripe_key_check import KeyCheck, StripeAccess, TriedAccess, Verdict, Whose, all_accesses
from ports.stripe_refusals import StripeAccountGone, StripeAnswerUnreadable, StripePermissionMissing, StripeRefused

T = TypeVar("T")
_AT_ONCE: Final = 4
_NO_SAMPLE: Final = "no account is connected that it could be tried with"
_ORDER_UNKNOWN: Final = "Stripe refused what was tried before it said whether the key may"
_NO_CLIENT_ID: Final = "no client id is kept"
_NOT_CONNECTED: Final = "not connected"


class _Account(msgspec.Struct):
    id: str


class _Accounts(msgspec.Struct):
    data: list[_Account]


class _Answer(msgspec.Struct):
    """What every answer has."""

    object: str


class StripeApiPlatform:
    """Keeps the promises of `ports.stripe_platform.StripePlatform`."""

    def __init__(self, requests: StripeRequests) -> None:
        self._requests = requests

    async def check_key(self, key: Secret, *, client_id: str | None, at: datetime) -> KeyCheck:
        """The first question alone: a key that is refused there is not tried twenty times."""
        account, own = await self._own_account(key)
        sample, accounts = await self._a_connected_account(key)
        known = {(each.access, each.whose): each for each in (own, accounts)}
        asking = _Asking(
            requests=self._requests,
            key=key,
            client_id=client_id,
            sample=sample,
            permissions_first=not is_restricted(key) or await self._permissions_first(key),
        )
        few = asyncio.Semaphore(_AT_ONCE)

        async def tried(access: StripeAccess, whose: Whose) -> TriedAccess:
            async with few:
                return known.get((access, whose)) or await asking.tried(access, whose)

        tasks = [asyncio.ensure_future(tried(access, whose)) for access, whose in all_accesses()]
        try:
            found = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return KeyCheck(account=account, tried=tuple(found), at=at)

    async def _own_account(self, key: Secret) -> tuple[StripeAccountId | None, TriedAccess]:
        seen = TriedAccess(access=StripeAccess.ACCOUNT, whose=Whose.PLATFORM)
        try:
            body = await _asked(self._requests, key, QUESTIONS[StripeAccess.ACCOUNT])
        except StripePermissionMissing as refusal:
            return None, _missing(seen, refusal)
        found = _decoded(body, _Account, "Stripe's account is no JSON object with an id").id
        if not is_stripe_account_id(found):
            raise StripeAnswerUnreadable("the id of Stripe's account is none")
        return StripeAccountId(found), seen

    async def _a_connected_account(self, key: Secret) -> tuple[StripeAccountId | None, TriedAccess]:
        """One to try the key's other column with; None if there is none, or the key may not list them."""
        seen = TriedAccess(access=StripeAccess.CONNECTED_ACCOUNTS, whose=Whose.PLATFORM)
        try:
            body = await _asked(self._requests, key, QUESTIONS[StripeAccess.CONNECTED_ACCOUNTS])
        except StripePermissionMissing as refusal:
            return None, _missing(seen, refusal)
        except StripeRefused as refusal:  # of a platform that has not signed up for Connect, say
            return None, _unknown(seen, refusal.message)
        listed = _decoded(body, _Accounts, "Stripe's answer of /v1/accounts is no list of accounts").data
        ids = [each.id for each in listed if is_stripe_account_id(each.id)]
        return (StripeAccountId(ids[0]) if ids else None), seen

    async def _permissions_first(self, key: Secret) -> bool:
        try:
            await _asked(self._requests, key, CONTROL)
        except StripePermissionMissing:
            return True
        except StripeRefused:
            return False
        return False


@attrs.frozen(kw_only=True)
class _Asking:
    """One check."""

    requests: StripeRequests
    key: Secret = attrs.field(repr=False)
    client_id: str | None
    sample: StripeAccountId | None
    permissions_first: bool

    async def tried(self, access: StripeAccess, whose: Whose) -> TriedAccess:
        seen, question = TriedAccess(access=access, whose=whose), QUESTIONS[access]
        if access is StripeAccess.CLIENT_ID:
            if self.client_id is None:
                return attrs.evolve(seen, verdict=Verdict.MISSING, why=_NO_CLIENT_ID)
            question = attrs.evolve(question, params={**question.params, "client_id": self.client_id})
        if whose is Whose.CONNECTED and self.sample is None:
            return _unknown(seen, _NO_SAMPLE) if is_restricted(self.key) else seen
        account = self.sample if whose is Whose.CONNECTED else None
        try:
            body = await _asked(self.requests, self.key, question, account)
        except StripePermissionMissing as refusal:
            return _missing(seen, refusal)
        except StripeAccountGone as refusal:
            return _unknown(seen, str(refusal))
        except StripeRefused as refusal:
            return self._refused(seen, refusal)
        _decoded(body, _Answer, f"Stripe's answer of {question.path} is no JSON object of its kind")
        return seen

    def _refused(self, seen: TriedAccess, refusal: StripeRefused) -> TriedAccess:
        if seen.access is StripeAccess.OAUTH_CODES:
            return _codes(seen, refusal)
        if seen.access is StripeAccess.CLIENT_ID:
            return _client(seen, refusal)
        if QUESTIONS[seen.access].verb == "get" or refusal.status == HTTPStatus.FORBIDDEN:
            # Of an account that lets the platform only read, say: it says nothing of the key.
            return _unknown(seen, refusal.message)
        return seen if self.permissions_first else _unknown(seen, _ORDER_UNKNOWN)


def _codes(seen: TriedAccess, refusal: StripeRefused) -> TriedAccess:
    """That there is no such code is said only to who may redeem one."""
    if refusal.code == "invalid_grant":
        return seen
    if refusal.code == "invalid_client":
        return attrs.evolve(seen, verdict=Verdict.MISSING, why=refusal.message)
    return _unknown(seen, refusal.message)


def _client(seen: TriedAccess, refusal: StripeRefused) -> TriedAccess:
    """Stripe's code is the same for a client id that is another platform's and for an account that is not connected:
    its words tell one from the other, and are documented nowhere."""
    if refusal.code == "invalid_client" and _NOT_CONNECTED in refusal.message:
        return seen
    if refusal.code == "invalid_client" and "client" in refusal.message:
        return attrs.evolve(seen, verdict=Verdict.MISSING, why=refusal.message)
    return _unknown(seen, refusal.message)


def _missing(seen: TriedAccess, refusal: StripePermissionMissing) -> TriedAccess:
    return attrs.evolve(seen, verdict=Verdict.MISSING, permissions=refusal.permissions)


def _unknown(seen: TriedAccess, why: str) -> TriedAccess:
    return attrs.evolve(seen, verdict=Verdict.UNKNOWN, why=why)


async def _asked(
    requests: StripeRequests, key: Secret, question: Question, account: StripeAccountId | None = None
) -> bytes:
    return await requests.send(
        question.verb, question.path, key=key, account=account, params=question.params, address=question.address
    )


def _decoded(body: bytes, type_: type[T], words: str) -> T:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, ValueError) as error:
        raise StripeAnswerUnreadable(words) from error
