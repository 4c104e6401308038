"""A company: a partner's customer, whose deposits and payouts are tied together. Companies share nothing."""

from datetime import date, datetime
from enum import StrEnum
from typing import NewType

import attrs

from domain.money import Currency
from domain.partner import Tenant

CompanyId = NewType("CompanyId", str)


class CompanyStatus(StrEnum):
    """Where a company stands."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    """Kept to be read; takes no new facts. The step before it is forgotten for good."""


@attrs.frozen(kw_only=True)
class Company:
    """One company of one partner, in one mode."""

    id: CompanyId
    tenant: Tenant
    external_id: str
    """The partner's own id of it; unique for the partner and mode."""
    name: str
    time_zone: str
    """IANA name, such as `Europe/Paris`: in this zone a day begins for the company."""
    currency: Currency
    """The currency of its books."""
    books_start: date | None = None
    """The first day of its books; None: with its first fact."""
    status: CompanyStatus = CompanyStatus.ACTIVE
    created: datetime
    updated: datetime
