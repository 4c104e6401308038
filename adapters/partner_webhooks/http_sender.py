"""Sends webhooks by aiohttp."""

import ssl
import time
from datetime import timedelta
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from standardwebhooks import Webhook

from adapters.partner_webhooks.public_sockets import ForbiddenAddress, PublicResolver, public_sockets
from domain.webhook_delivery import Answer, FailureKind, failure_of
from ports.webhook_sender import OutgoingWebhook

READ_MAX: Final = 1_024
"""Bytes of an answer that are read; whatever follows is not."""
SHOWN_MAX: Final = 200
"""Characters of it that are kept."""
_NO_COOKIES: Final = aiohttp.DummyCookieJar


class HttpWebhookSender:
    """Keeps the promises of `ports.webhook_sender.WebhookSender`. Used inside `async with`."""

    def __init__(
        self,
        *,
        loopback_allowed: bool = False,
        timeout: timedelta = timedelta(seconds=15),
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        connections_max: int = 100,
    ) -> None:
        """`loopback_allowed` and `tls` are for tests and development: the first lets it talk to this machine.

        More at once than `connections_max` wait for each other, and their time runs: whoever calls keeps below it.
        """
        self._loopback_allowed = loopback_allowed
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._resolver = resolver
        self._tls = tls
        self._connections_max = connections_max
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "HttpWebhookSender":
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(self._resolver, loopback_allowed=self._loopback_allowed),
            socket_factory=public_sockets(loopback_allowed=self._loopback_allowed),
            use_dns_cache=False,
            limit=self._connections_max,
            ssl=self._tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=_NO_COOKIES(),
            auto_decompress=False,  # nobody inflates a bomb in here
            trust_env=False,  # a proxy would connect to addresses that we never see
            headers={"User-Agent": "Tieout-Webhooks/1", "Content-Type": "application/json"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, webhook: OutgoingWebhook) -> Answer:
        """One POST."""
        if self._session is None:
            raise RuntimeError("the sender is used inside `async with`")
        began = time.monotonic()
        status, beginning, failure = await self._attempt(self._session, webhook)
        took = timedelta(seconds=time.monotonic() - began)
        return Answer(failure=failure, status=status, beginning=beginning, took=took)

    async def _attempt(
        self, session: aiohttp.ClientSession, webhook: OutgoingWebhook
    ) -> tuple[int | None, str, FailureKind | None]:
        try:
            async with session.post(
                webhook.url, data=webhook.body, headers=_headers(webhook), allow_redirects=False
            ) as response:
                beginning = await _beginning(response)
                return response.status, beginning, failure_of(response.status)
        except TimeoutError:
            return None, "", FailureKind.TIMED_OUT
        except aiohttp.InvalidURL:
            return None, "", FailureKind.UNUSABLE_URL
        except aiohttp.ClientConnectorDNSError as error:
            forbidden = isinstance(error.os_error, ForbiddenAddress)
            return None, "", FailureKind.FORBIDDEN_ADDRESS if forbidden else FailureKind.NO_SUCH_HOST
        except aiohttp.ClientSSLError:
            return None, "", FailureKind.NOT_TRUSTED
        except aiohttp.ClientConnectorError as error:
            forbidden = isinstance(error.os_error, ForbiddenAddress)
            return None, "", FailureKind.FORBIDDEN_ADDRESS if forbidden else FailureKind.NOT_CONNECTED
        except (aiohttp.ClientError, OSError, ValueError):
            # ValueError: what some servers send is no HTTP, and not every parser says so politely.
            return None, "", FailureKind.CUT_OFF


def _headers(webhook: OutgoingWebhook) -> dict[str, str]:
    body = webhook.body.decode()
    signatures = (Webhook(secret.reveal().decode()).sign(webhook.id, webhook.at, body) for secret in webhook.secrets)
    return {
        "webhook-id": webhook.id,
        "webhook-timestamp": str(int(webhook.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """The status alone decides: an answer whose body is cut, or never ends, is an answer all the same."""
    try:
        read = await response.content.read(READ_MAX)
    except (aiohttp.ClientError, OSError, ValueError):
        read = b""
    if not response.content.at_eof():
        response.close()  # rather than read on, to keep the connection
    shown = read.decode("utf-8", "replace")[:SHOWN_MAX]
    return "".join(character if character.isprintable() else " " for character in shown)
