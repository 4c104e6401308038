"""An independent look at an account's invoices: all are listed anew and compared with what is here, in many turns."""

from datetime import datetime
from typing import Final

import attrs

from domain.invoice import InvoiceId

SUSPECTS_MAX: Final = 500
"""So many are asked for one by one; of more, something is wrong in any case."""
UNREADABLE_MAX: Final = 20


@attrs.frozen(kw_only=True)
class InvoiceCheckUnderWay:
    """As far as they were listed: those that were made before it began."""

    begun: datetime
    after: str | None = None
    """The list goes on after this one."""
    ended: bool = False
    listed: int = 0
    suspected: int = 0
    """Not here, or not like this, when they were listed."""
    suspects: tuple[InvoiceId, ...] = ()
    unreadable: tuple[str, ...] = ()
    """With the reason; the first few."""
    unread: int = 0
    reads: int = 0

    def taking(
        self, listed: int, suspects: tuple[InvoiceId, ...], unreadable: tuple[str, ...], after: str | None
    ) -> "InvoiceCheckUnderWay":
        """With one page more; `after`: where the list goes on, None at its end."""
        return attrs.evolve(
            self,
            after=after,
            ended=after is None,
            listed=self.listed + listed + len(unreadable),
            suspected=self.suspected + len(suspects),
            suspects=(*self.suspects, *suspects)[:SUSPECTS_MAX],
            unreadable=(*self.unreadable, *unreadable)[:UNREADABLE_MAX],
            unread=self.unread + len(unreadable),
        )


@attrs.frozen(kw_only=True)
class InvoicesChecked:
    """What the last check found, as numbers."""

    at: datetime
    listed: int
    missing: int
    """Listed by Stripe, and not here."""
    extra: int
    """Here, and not listed by Stripe."""
    different: int
    unreadable: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they are not proved to be complete; none: they are."""
        numbers = (
            (f"{self.missing} invoices are missing, {self.extra} extra, {self.different} different",)
            if self.missing or self.extra or self.different
            else ()
        )
        return (*numbers, *(f"unreadable: {each}" for each in self.unreadable))
