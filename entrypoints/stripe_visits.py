"""What connecting needs, out of what the HTTP edge is given."""

from entrypoints.http.services import Services
from ports.use_cases.begin_stripe_authorization import StripeVisits
from ports.use_cases.platform_key import PlatformKeys


def platform_keys(services: Services) -> PlatformKeys:
    """Partners' keys, to be opened."""
    return PlatformKeys(store=services.store, master_key=services.master_key, secret_box=services.secret_box)


def stripe_visits(services: Services) -> StripeVisits:
    """Users' visits to Stripe."""
    return StripeVisits(
        store=services.store,
        stripe=services.stripe_connect,
        onboarding=services.stripe_onboarding,
        keys=platform_keys(services),
        public_url=services.public_url,
        random_secret=services.random_secret,
    )
