"""Signs a webhook's body as Stripe does: for proofs and benchmarks, which have to play Stripe's part."""

import hmac


def stripe_signature(body: bytes, secret: str, *, seconds: int) -> str:
    """The header `Stripe-Signature`, signed at this unix time under a whole secret, `whsec_` and all."""
    signature = hmac.digest(secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()
    return f"t={seconds},v1={signature}"


def stripe_event_body(id: str, *, account: str = "acct_proof", filling: int = 1_500) -> bytes:
    """An event about as long as Stripe's are, in test mode."""
    return (
        f'{{"id":"{id}","object":"event","account":"{account}","api_version":"2026-10-28.endive","created":1782820800,'
        f'"data":{{"object":{{"id":"po_1","object":"payout","description":"{"x" * filling}"}}}},'
        f'"livemode":false,"pending_webhooks":1,"type":"payout.paid"}}'
    ).encode()
