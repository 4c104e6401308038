"""Signs webhooks as Stripe does, for tests: by hand, so that every part can be wrong, and with the official signers."""

import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
import stripe

ACCOUNT_SECRET: Final = "whsec_OFTHEACCOUNT00000000000000"
CONNECT_SECRET: Final = "whsec_OFCONNECTEDACCOUNTS0000000"

_NODE: Final = """
const found = require("stripe");
const Stripe = found.default || found;
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(new Stripe("sk_test_none").webhooks.generateTestHeaderString(given));
"""


def v1(body: bytes, secret: str, seconds: int | str) -> str:
    """The signature of scheme v1."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def signed(body: bytes, at: datetime, *secrets: str) -> str:
    """The header, signed at this moment under each of these secrets."""
    seconds = int(at.timestamp())
    return ",".join((f"t={seconds}", *(f"v1={v1(body, secret, seconds)}" for secret in secrets)))


def by_the_official_sdk(body: bytes, secret: str, at: datetime) -> str:
    """stripe-python's own signer."""
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=int(at.timestamp())))


def by_stripe_node(body: bytes, secret: str, at: datetime) -> str:
    """stripe-node's signer, where node finds it (NODE_PATH names the folder of its modules)."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    given = {"payload": body.decode(), "secret": secret, "timestamp": int(at.timestamp())}
    run = subprocess.run([node, "-e", _NODE], input=json.dumps(given), capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("node finds no stripe-node: install it with npm, and name its node_modules in NODE_PATH")
    return run.stdout


SIGNERS: Final[dict[str, Callable[[bytes, str, datetime], str]]] = {
    "by hand": lambda body, secret, at: signed(body, at, secret),
    "stripe-python": by_the_official_sdk,
    "stripe-node": by_stripe_node,
}


def event(id: str = "evt_1", **fields: Any) -> bytes:
    """An event's body, as Stripe sends it."""
    usual = {
        "id": id,
        "object": "event",
        "account": "acct_acme",
        "api_version": "2026-10-28.endive",
        "created": 1782820800,
        "data": {"object": {"id": "po_1", "object": "payout", "amount": 1200, "description": "Größe € \u0000"}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "payout.paid",
    }
    given = {name: value for name, value in {**usual, **fields}.items() if value is not ...}
    return json.dumps(given, ensure_ascii=False, indent=2).encode()
