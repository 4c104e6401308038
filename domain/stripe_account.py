"""A Stripe account that a company has connected: whose it is, and where it stands."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.company import CompanyId
from domain.partner import Tenant

StripeAccountId = NewType("StripeAccountId", str)
"""`acct_…`, as Stripe names it."""

_FORM: Final = re.compile(r"acct_[0-9A-Za-z_]{1,100}", re.ASCII)


class ConnectionState(StrEnum):
    """Whether the account is read."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    """By the partner or the company, here. Its books stay."""
    DEAUTHORISED = "deauthorised"
    """By its owner, at Stripe. Its books stay."""


@attrs.frozen(kw_only=True)
class StripeConnection:
    """One account of one company. It is never another company's, for its books are the first one's."""

    tenant: Tenant
    account: StripeAccountId
    company: CompanyId
    state: ConnectionState = ConnectionState.CONNECTED
    connected: datetime
    """When it first was."""
    changed: datetime
    """When it came to this state."""


def is_stripe_account_id(text: str) -> bool:
    """Whether the text has the form of an account's id. Says nothing of whether there is one."""
    return _FORM.fullmatch(text) is not None
