"""What tells a company's cases apart, in order: so that a page of them reads what it shows, and not the history."""

from typing import Protocol

from domain.payment_case import CaseKind


class CaseKeys(Protocol):
    """Part of a company's transaction (`transaction.case_keys`); current facts only."""

    async def after(self, kind: CaseKind, key: str | None, *, limit: int) -> tuple[str, ...]:
        """Keys of this kind after this one, in the order of their characters; at most `limit`.

        Of payouts that came back: every payout that failed, was canceled, or whose money was given back. Of those
        reversed: every payout that names another. Holds have no keys (ValueError).
        """
        ...
