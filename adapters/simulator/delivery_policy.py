"""What the network does to webhooks on their way."""

import attrs


@attrs.frozen(kw_only=True)
class DeliveryPolicy:
    """Shares of webhooks to which it happens, drawn from the seed. The default delivers each once, in order.

    Neither Stripe nor Plaid promises an order, both may send a webhook twice (docs.stripe.com/webhooks,
    plaid.com/docs/api/webhooks; documented). That webhooks are not sent at all happened, too.
    """

    never: bool = False
    """No webhook is ever sent."""
    lost: float = 0.0
    """Never attempted."""
    repeated: float = 0.0
    """Sent a second time, though it was acknowledged."""
    twinned: float = 0.0
    """A second webhook for the same change: with an id of its own where webhooks have ids."""
    delay_most: int = 0
    """Seconds, at most, by which each is late."""
    shuffled: bool = False
    """What is due together goes out in any order."""
