"""Stripe's webhooks on their way: no order is guaranteed, duplicates are possible, and rarely there are two events for
one change (docs.stripe.com/webhooks; documented)."""

from adapters.simulator.delivery_policy import DeliveryPolicy

__all__ = ["DeliveryPolicy"]
