"""An account that no longer lets the platform read it: verified with Stripe before anything is ended."""

from datetime import datetime

from domain.actor import ENGINE
from domain.company import Company
from domain.stripe_account import ConnectionState
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_refusals import StripeAccountGone
from ports.use_cases.connect_stripe_account import end_connection
from ports.use_cases.read_stripe_account import StripeReading


async def is_gone_for_good(source: FeedAccount, *, company: Company, at: datetime, reading: StripeReading) -> bool:
    """True: its connection is ended, its books stay, and the partner is told. Raises what `StripeConnect` does."""
    try:
        await reading.connect.standing(source.account, key=source.key, is_own=source.is_own)
    except StripeAccountGone:
        await end_connection(
            source.account,
            ConnectionState.DEAUTHORISED,
            company=company.id,
            tenant=company.tenant,
            who=ENGINE,
            at=at,
            store=reading.store,
            reason="the account no longer lets the platform read it",
        )
        return True
    return False
