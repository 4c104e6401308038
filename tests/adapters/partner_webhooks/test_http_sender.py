import asyncio
import base64
import gzip
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import WebhookVerificationError

from adapters.partner_webhooks.http_sender import HttpWebhookSender
from adapters.partner_webhooks.public_sockets import ForbiddenAddress, public_sockets
from domain.secret import Secret
from domain.webhook_delivery import FailureKind
from ports.webhook_sender import OutgoingWebhook
from tests.adapters.partner_webhooks.receiver import Received, listening, speaking

OLD, NEW = ("whsec_" + base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


def webhook(url: str) -> OutgoingWebhook:
    return OutgoingWebhook(
        url=url,
        id="evt_acme0000000000000001",
        at=datetime.now(UTC),
        body='{"note":"überwiesen"}'.encode(),
        secrets=(Secret(NEW), Secret(OLD)),
    )


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[HttpWebhookSender]:
    async with HttpWebhookSender(loopback_allowed=True, timeout=timedelta(milliseconds=700)) as sender:
        yield sender


@pytest_asyncio.fixture
async def strict_sender() -> AsyncIterator[HttpWebhookSender]:
    async with HttpWebhookSender(timeout=timedelta(seconds=5)) as sender:
        yield sender


async def test_a_receiver_verifies_what_it_is_sent_with_either_secret(sender: HttpWebhookSender) -> None:
    async with listening() as receiver:
        sent = webhook(receiver.url)
        answer = await sender.send(sent)

    (received,) = receiver.received
    assert (answer.failure, answer.status) == (None, 204)
    assert received.verified(OLD) == received.verified(NEW) == {"note": "überwiesen"}
    with pytest.raises(WebhookVerificationError):
        received.verified("whsec_" + base64.b64encode(bytes(32)).decode())
    assert received.headers["webhook-id"] == sent.id
    assert received.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (202, None),
        (400, FailureKind.REFUSED),
        (410, FailureKind.REFUSED),
        (500, FailureKind.REFUSED),
        (503, FailureKind.REFUSED),
    ],
)
async def test_the_status_alone_decides(sender: HttpWebhookSender, status: int, failure: FailureKind | None) -> None:
    async def say(_: Received) -> web.StreamResponse:
        return web.Response(status=status, text="what\nit\x00said " + "x" * 5_000)

    async with listening(say) as receiver:
        answer = await sender.send(webhook(receiver.url))

    assert (answer.failure, answer.status, answer.gone) == (failure, status, status == 410)
    assert answer.beginning == ("what it said " + "x" * 5_000)[:200]


async def test_a_redirect_is_not_followed_wherever_it_leads(sender: HttpWebhookSender) -> None:
    async def redirect(received: Received) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(f"http://127.0.0.1:{received.request.url.port}/inside")

    async with listening(redirect) as receiver:
        answer = await sender.send(webhook(receiver.url))

    assert (answer.failure, answer.status) == (FailureKind.REDIRECTED, 307)
    assert [received.path for received in receiver.received] == ["/hooks"]


async def test_a_receiver_that_says_nothing_is_given_up_on(sender: HttpWebhookSender) -> None:
    async def hang(_: Received) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with listening(hang, shutdown_timeout=0.01) as receiver:
        answer = await sender.send(webhook(receiver.url))

    assert (answer.failure, answer.status) == (FailureKind.TIMED_OUT, None)


async def test_a_body_without_end_is_not_read_to_its_end(sender: HttpWebhookSender) -> None:
    written = 0

    async def stream(received: Received) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(received.request)
        try:
            while True:
                await response.write(b"x" * 65_536)
                written += 65_536
        except ConnectionError:
            return response

    async with listening(stream) as receiver:
        answer = await sender.send(webhook(receiver.url))

    assert (answer.failure, answer.status, answer.beginning) == (None, 200, "x" * 200)
    assert written < 50_000_000


@pytest.mark.parametrize(
    ("raw", "failure", "status"),
    [
        (b"", FailureKind.CUT_OFF, None),
        (b"HTTP/1.1 200 O", FailureKind.CUT_OFF, None),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FailureKind.CUT_OFF, None),
        (b"HTTP/1.1 9999 \r\n\r\n", FailureKind.CUT_OFF, None),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n", FailureKind.CUT_OFF, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", None, 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", FailureKind.CUT_OFF, None),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf", None, 200),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\n", FailureKind.REFUSED, 503),
    ],
)
async def test_whatever_a_server_says_before_it_hangs_up_is_an_answer(
    sender: HttpWebhookSender, raw: bytes, failure: FailureKind | None, status: int | None
) -> None:
    async with speaking(raw) as url:
        answer = await sender.send(webhook(url))

    assert (answer.failure, answer.status) == (failure, status)


async def test_a_packed_answer_is_not_unpacked(sender: HttpWebhookSender) -> None:
    async def pack(_: Received) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"a bomb " * 1_000_000), headers={"Content-Encoding": "gzip"})

    async with listening(pack) as receiver:
        answer = await sender.send(webhook(receiver.url))

    assert answer.failure is None
    assert "a bomb" not in answer.beginning


async def test_a_port_where_nobody_listens_is_not_connected(sender: HttpWebhookSender) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = await sender.send(webhook(f"http://127.0.0.1:{unused.getsockname()[1]}/"))

    assert answer.failure is FailureKind.NOT_CONNECTED


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "10.0.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "224.0.0.1",
        "192.0.2.1",
    ],
)
async def test_nothing_is_sent_into_a_private_network_however_it_is_written(
    strict_sender: HttpWebhookSender, host: str
) -> None:
    async with listening() as receiver:
        answer = await strict_sender.send(webhook(f"http://{host}:{receiver.port}/"))

    assert answer.failure in {FailureKind.FORBIDDEN_ADDRESS, FailureKind.UNUSABLE_URL, FailureKind.NO_SUCH_HOST}
    assert receiver.received == []


class FixedResolver(AbstractResolver):
    """A DNS that leads every name to these addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, _family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("::ffff:127.0.0.1",),
        ("169.254.169.254",),
        ("192.31.196.1", "127.0.0.1"),  # the first is public, and serves nobody (RFC 7535)
    ],
)
async def test_a_name_that_leads_into_a_private_network_is_refused(addresses: tuple[str, ...]) -> None:
    async with listening() as receiver, HttpWebhookSender(resolver=FixedResolver(*addresses)) as sender:
        answer = await sender.send(webhook(f"http://hooks.example:{receiver.port}/"))

    assert answer.failure is FailureKind.FORBIDDEN_ADDRESS
    assert receiver.received == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "0.0.0.0"])
def test_no_socket_is_made_for_a_private_address_whatever_name_led_there(address: str) -> None:
    """A name that is resolved twice may lead elsewhere the second time: a socket's address does not change."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(ForbiddenAddress):
        public_sockets(loopback_allowed=False)((family, socket.SOCK_STREAM, 0, "", (address, 443)))


async def test_a_name_that_does_not_exist_is_said_to_be_so(strict_sender: HttpWebhookSender) -> None:
    answer = await strict_sender.send(webhook("https://no-such-host.invalid/"))

    assert answer.failure is FailureKind.NO_SUCH_HOST


@pytest.mark.parametrize(("name", "failure"), [("hooks.example", None), ("other.example", FailureKind.NOT_TRUSTED)])
async def test_the_certificate_must_be_for_the_name_that_the_partner_gave(
    tmp_path: Path, name: str, failure: FailureKind | None
) -> None:
    served, trusted = certificate_for(name, tmp_path)
    resolver = FixedResolver("127.0.0.1")

    async with (
        listening(ssl=served) as receiver,
        HttpWebhookSender(loopback_allowed=True, resolver=resolver, tls=trusted) as sender,
    ):
        answer = await sender.send(webhook(f"https://hooks.example:{receiver.port}/"))

    assert answer.failure is failure
    assert len(receiver.received) == (failure is None)


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of this name shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    both.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(both)
    return served, ssl.create_default_context(cafile=str(both))


def test_nothing_prints_what_is_sent() -> None:
    shown = repr(attrs.evolve(webhook("https://hooks.example/"), body=b"canary"))

    assert "canary" not in shown
    assert NEW not in shown
