"""What goes over Stripe's wire: objects as Stripe writes them in JSON.

The simulator keeps them in this form, so that what it keeps is what it answers.
"""

from typing import Final

from adapters.simulator.wire import DAY, HOUR, MINUTE, JsonObject, copied, encoded

__all__ = ["API_VERSION", "DAY", "HOUR", "MINUTE", "JsonObject", "copied", "encoded", "list_object"]

API_VERSION: Final = "2026-10-28.endive"
"""The version whose shapes everything has, pinned by stripe-python 16.1.0 (seen)."""


def list_object(data: list[JsonObject], url: str, *, has_more: bool = False) -> JsonObject:
    """A list as Stripe writes it. There is no total (docs.stripe.com/api/pagination; documented)."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
