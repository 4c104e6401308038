"""What goes wrong between Stripe and whoever asks it.

`lock_timeout` is a 429 without the rate limit's header (docs.stripe.com/rate-limits; documented).
"""

from adapters.simulator.faults import Fault, FaultKind, Faults

__all__ = ["Fault", "FaultKind", "Faults"]
