"""What a fee is made of, by kind: Stripe's own, the platform's, tax and what is withheld. What is not said is named."""

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from domain.money import Money

NOT_DETAILED: Final = "not_detailed"
"""The kind of what a fee's parts do not come to, and of a fee whose parts are not known."""


@attrs.frozen(kw_only=True)
class FeePart:
    """One part of a fee. Source: Stripe's `fee_details`."""

    kind: str
    """`stripe_fee`, `application_fee`, `tax`, `payment_method_passthrough_fee`, `withheld_tax`; an open set."""
    amount: Money
    """Positive reduces what is paid out, as the fee does; negative is handed back."""
    description: str | None = None
    application: str | None = None
    """The platform that takes an application fee: `ca_…`."""


def in_order(parts: Iterable[FeePart]) -> tuple[FeePart, ...]:
    """In the one order of their own, so that the same parts are the same fact however they are told."""
    return tuple(
        sorted(
            parts,
            key=lambda part: (
                part.kind,
                part.amount.minor_units,
                part.amount.currency.code,
                part.description or "",
                part.application or "",
            ),
        )
    )


def fees_by_kind(fee: Money, parts: tuple[FeePart, ...] | None) -> Mapping[str, Money]:
    """Kind → amount, in the order of the kinds; the amounts add up to the fee.

    A kind that comes to nothing is left out. A part in another currency than the fee cannot be counted in it, and is
    among what is not detailed.
    """
    sums: dict[str, Money] = {}
    rest = fee
    for part in parts or ():
        if part.amount.currency == fee.currency:
            sums[part.kind] = sums[part.kind] + part.amount if part.kind in sums else part.amount
            rest = rest - part.amount
    if rest:
        sums[NOT_DETAILED] = sums[NOT_DETAILED] + rest if NOT_DETAILED in sums else rest
    return {kind: sums[kind] for kind in sorted(sums) if sums[kind]}
