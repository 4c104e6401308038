"""Asks a simulated Stripe without a network, for proofs that ask it millions of times: GET requests, and nothing wrong.

What is refused, is refused as over HTTP; keys, limits, versions and faults are not looked at.
"""

from collections.abc import Mapping
from typing import Any, Final

from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.endpoints import ENDPOINTS
from adapters.simulator.stripe.http.expand import expanded
from adapters.simulator.stripe.platform import ApiKey, Platform
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import encoded
from domain.secret import Secret
from ports.stripe_refusals import StripeRefused

_READS: Final = tuple(endpoint for endpoint in ENDPOINTS if endpoint.method == "GET")


class DirectRequests:
    """Takes the place of requests over HTTP, for one platform in test mode."""

    def __init__(self, simulation: Simulation, platform: Platform) -> None:
        self._simulation, self._platform = simulation, platform
        self._key = ApiKey(secret="sk_test_direct", account=platform.id, livemode=False)  # noqa: S106  # nobody looks
        self.asked = 0

    async def send(
        self,
        verb: str,
        path: str,
        *,
        key: Secret,  # noqa: ARG002
        account: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The answer's body. Raises StripeRefused."""
        if verb != "get":
            raise ValueError(f"nothing is changed this way: {verb}")
        self.asked += 1
        endpoint, ids = _found(path)
        values = dict(params or {})
        paths = values.pop("expand", [])
        call = Call(
            simulation=self._simulation,
            platform=self._platform,
            key=self._key,
            book=self._simulation.book(account or self._platform.id),
            path=path,
            ids=ids,
            values=values,
        )
        try:
            return encoded(expanded(call.book, endpoint.answer(call), paths))
        except Refused as refused:
            raise StripeRefused(
                status=refused.status,
                type="invalid_request_error",
                code=refused.code,
                param=refused.param,
                message=str(refused),
                request_id=None,
            ) from refused


def _found(path: str) -> tuple[Endpoint, Mapping[str, str]]:
    for endpoint in _READS:
        match = endpoint.pattern.fullmatch(path)
        if match is not None:
            return endpoint, match.groupdict()
    raise LookupError(path)
