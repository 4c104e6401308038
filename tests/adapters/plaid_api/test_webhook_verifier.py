"""Webhooks of a simulated Plaid, verified; and what forgers try."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from adapters.plaid_api.platform import PlaidApiPlatform
from adapters.plaid_api.webhook_token import WebhookToken
from adapters.plaid_api.webhook_verifier import PlaidJwtVerifier
from adapters.simulator.faults import Fault
from adapters.simulator.plaid import item_health
from adapters.simulator.plaid.verification_keys import VerificationKey as SigningKey
from ports.plaid_refusals import PlaidUnavailable
from ports.plaid_webhook_verifier import WebhookForged
from tests.adapters.plaid_api.simulated import keys_of, requests_to
from tests.adapters.simulator.plaid.desk import Desk, listening, open_desk
from tests.ports.plaid_webhook_verifier_contract import BODY, NOON, PlaidWebhookVerifierContract, Signing

KEY_PATH = "/webhook_verification_key/get"


class SimulatedSigning:
    """A verifier that asks a simulated Plaid, which signs."""

    def __init__(self, desk: Desk, verifier: PlaidJwtVerifier) -> None:
        self.desk, self.verifier, self.keys = desk, verifier, keys_of(desk)
        self.seconds = 0.0

    def sign(self, body: bytes, at: datetime, key: SigningKey | None = None) -> str:
        return self.desk.plaid.sender.sign(body, int(at.timestamp()), key)

    def be_down(self) -> None:
        self.desk.plaid.api.faults.add(Fault(kind="server_error", path=KEY_PATH, times=10_000))

    async def verify(self, token: str, body: bytes = BODY, at: datetime = NOON) -> None:
        await self.verifier.verify(self.keys, token=token, body=body, at=at)

    @property
    def asked(self) -> int:
        return self.desk.plaid.api.requests.count(KEY_PATH)


@asynccontextmanager
async def simulated_signing() -> AsyncIterator[SimulatedSigning]:
    async with open_desk(start=int(NOON.timestamp())) as desk, requests_to(desk) as requests:
        signing: SimulatedSigning
        verifier = PlaidJwtVerifier(PlaidApiPlatform(requests), seconds=lambda: signing.seconds)
        signing = SimulatedSigning(desk, verifier)
        yield signing


class TestPlaidJwtVerifier(PlaidWebhookVerifierContract):
    def open_signing(self) -> AbstractAsyncContextManager[Signing]:
        return simulated_signing()


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_webhooks_as_they_are_sent_are_verified() -> None:
    async with simulated_signing() as signing, listening() as listener:
        item = await signing.desk.ready_item(webhook=listener.url)
        item_health.require_login(signing.desk.plaid.simulation.kernel, item)
        await signing.desk.plaid.deliver()
        now = NOON + timedelta(seconds=600)

        for received in listener.received[-1:]:
            await signing.verify(received.token, received.body, now)

        assert listener.codes[-1] == "ERROR"


async def test_a_key_is_asked_for_once_however_many_webhooks_come_at_once() -> None:
    async with simulated_signing() as signing:
        token = signing.sign(BODY, NOON)

        await asyncio.gather(*(signing.verify(token) for _ in range(20)))
        signing.seconds += 3_599
        await signing.verify(token)

        assert signing.asked == 1


async def test_a_rotated_key_signs_and_the_expired_one_no_longer() -> None:
    async with simulated_signing() as signing:
        old = signing.desk.plaid.simulation.keys.current
        await signing.verify(signing.sign(BODY, NOON))
        signing.desk.plaid.simulation.keys.rotate()

        await signing.verify(signing.sign(BODY, NOON))
        signing.seconds += 3_601  # what was known of the old one is old itself
        with pytest.raises(WebhookForged, match="expired"):
            await signing.verify(signing.sign(BODY, NOON, old))

        assert signing.asked == 3


async def test_a_known_key_verifies_while_plaid_cannot_be_asked_and_not_for_ever() -> None:
    async with simulated_signing() as signing:
        token = signing.sign(BODY, NOON)
        await signing.verify(token)
        signing.be_down()

        signing.seconds = 3_601
        await signing.verify(token)
        signing.seconds = 86_401
        with pytest.raises(PlaidUnavailable):
            await signing.verify(token)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES384", "", None, 7])
async def test_every_algorithm_but_es256_is_forged_before_anybody_is_asked(algorithm: object) -> None:
    async with simulated_signing() as signing:
        key = signing.desk.plaid.simulation.keys.current
        claims = {"iat": int(NOON.timestamp()), "request_body_sha256": hashlib.sha256(BODY).hexdigest()}
        signed = f"{packed({'alg': algorithm, 'kid': key.kid, 'typ': 'JWT'})}.{packed(claims)}"
        public = json.dumps(key.as_object()).encode()
        mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
        r, s = decode_dss_signature(key.private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        by_key = r.to_bytes(32, "big") + s.to_bytes(32, "big")

        for signature in (mac, mac + mac, by_key):
            with pytest.raises(WebhookForged, match="algorithm"):
                await signing.verify(f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")

        assert signing.asked == 0


async def test_who_signs_with_a_key_of_his_own_is_a_forger() -> None:
    async with simulated_signing() as signing, open_desk(seed="forger") as forger:
        theirs = forger.plaid.simulation.keys.current
        unknown = theirs.sign(BODY, int(NOON.timestamp()))
        theirs.kid = signing.desk.plaid.simulation.keys.current.kid
        pretended = theirs.sign(BODY, int(NOON.timestamp()))

        with pytest.raises(WebhookForged, match="never had"):
            await signing.verify(unknown)
        with pytest.raises(WebhookForged, match="did not sign"):
            await signing.verify(pretended)


async def test_claims_that_were_changed_are_forged() -> None:
    async with simulated_signing() as signing:
        header, _, signature = signing.sign(BODY, NOON - timedelta(hours=1)).split(".")
        claims = packed({"iat": int(NOON.timestamp()), "request_body_sha256": hashlib.sha256(BODY).hexdigest()})

        with pytest.raises(WebhookForged, match="did not sign"):
            await signing.verify(f"{header}.{claims}.{signature}")


async def test_who_makes_up_names_of_keys_makes_few_be_asked_for() -> None:
    async with simulated_signing() as signing:
        refused: list[type[Exception]] = []
        for number in range(100):
            claims = {"iat": int(NOON.timestamp()), "request_body_sha256": hashlib.sha256(BODY).hexdigest()}
            header = {"alg": "ES256", "kid": f"00000000-0000-4000-8000-{number:012d}"}
            try:
                await signing.verify(f"{packed(header)}.{packed(claims)}.{'A' * 86}")
            except (WebhookForged, PlaidUnavailable) as error:
                refused.append(type(error))

        assert refused == [WebhookForged] * 30 + [PlaidUnavailable] * 70
        assert signing.asked == 30


@given(st.text(max_size=400))
def test_no_text_makes_the_reader_of_tokens_stumble(text: str) -> None:
    with pytest.raises(WebhookForged):
        WebhookToken.of_text(text)


@given(st.binary(max_size=100), st.binary(max_size=100), st.binary(max_size=80))
def test_no_base64_makes_the_reader_of_tokens_stumble(header: bytes, claims: bytes, signature: bytes) -> None:
    parts = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, claims, signature))

    with pytest.raises(WebhookForged):
        WebhookToken.of_text(".".join(parts))
