"""Stripe events, accounts and platforms for the contracts."""

from datetime import UTC, datetime, timedelta
from typing import Final

from domain.company import CompanyId
from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_account import StripeAccountId, StripeConnection
from domain.stripe_event import ParkReason, StripeEvent, StripeEventId
from domain.stripe_integration import StripeIntegration, WebhookSecret
from domain.stripe_key_check import KeyCheck, StripeAccess, TriedAccess, Verdict, Whose

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
TEST: Final = Tenant(partner=PartnerId("partner_one00000"), mode=Mode.TEST)
LIVE: Final = Tenant(partner=PartnerId("partner_one00000"), mode=Mode.LIVE)
RIVALS: Final = Tenant(partner=PartnerId("partner_two00000"), mode=Mode.TEST)
ACCOUNT, OTHER = StripeAccountId("acct_acme"), StripeAccountId("acct_bolt")


def told(
    id: str,
    *,
    tenant: Tenant = TEST,
    account: StripeAccountId | None = ACCOUNT,
    minutes: float = 0,
    parked: ParkReason | None = None,
    body: bytes = b'{"id": "\\u0000"}\xc3\xa4\x00',
) -> StripeEvent:
    """An event that arrived so many minutes after noon."""
    return StripeEvent(
        tenant=tenant,
        id=StripeEventId(id),
        account=account,
        type="payout.paid",
        received=NOON + minutes * MINUTE,
        parked=parked,
        body=body,
    )


def connection(
    account: StripeAccountId = ACCOUNT, company: CompanyId = ACME, *, tenant: Tenant = TEST, minutes: float = 0
) -> StripeConnection:
    """An account connected so many minutes after noon."""
    at = NOON + minutes * MINUTE
    return StripeConnection(tenant=tenant, account=account, company=company, connected=at, changed=at)


def integration(tenant: Tenant = TEST, *, revision: str = "first") -> StripeIntegration:
    """A platform with something in every field."""
    return StripeIntegration(
        tenant=tenant,
        revision=revision,
        client_id="ca_1",
        key_hint="rk_test_…wxyz",
        check=KeyCheck(
            account=StripeAccountId("acct_platform"),
            tried=(
                TriedAccess(access=StripeAccess.PAYOUTS, whose=Whose.CONNECTED),
                TriedAccess(
                    access=StripeAccess.EVENTS,
                    whose=Whose.PLATFORM,
                    verdict=Verdict.MISSING,
                    permissions=("rak_event_read",),
                ),
                TriedAccess(
                    access=StripeAccess.CLIENT_ID, whose=Whose.PLATFORM, verdict=Verdict.UNKNOWN, why="not told"
                ),
            ),
            at=NOON,
        ),
        webhook_secrets=(
            WebhookSecret(id="b", hint="whsec_…1234", added=NOON),
            WebhookSecret(id="a", hint="whsec_…5678", added=NOON + MINUTE),
        ),
        created=NOON,
        updated=NOON + MINUTE,
    )
