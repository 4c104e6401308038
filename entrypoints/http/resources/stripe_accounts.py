"""The Stripe accounts of a company: how they are connected, and where they stand."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import attrs

from domain.actor import acting
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from domain.stripe_authorization import RETURN_URL_MAX, ConnectMethod, ConnectScope
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import NoBody, NoQuery, PageBody, TextBounds
from entrypoints.stripe_visits import platform_keys, stripe_visits
from ports.master_key import MasterKeyUnknown
from ports.stripe_accounts import AccountOfAnotherCompany
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.transaction import Store
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.begin_stripe_authorization import Visit, begin_stripe_authorization
from ports.use_cases.connect_stripe_account import NoSuchAccount, connect_stripe_account
from ports.use_cases.disconnect_stripe_account import disconnect_stripe_account
from ports.use_cases.platform_key import NoPlatformKey

AccountId = Annotated[str, TextBounds(105, pattern=r"^acct_[0-9A-Za-z_]{1,100}$", example="acct_1EXAMPLE00000000")]
ReturnUrl = Annotated[str, TextBounds(RETURN_URL_MAX, example="https://partner.example/stripe/connected")]
State = Annotated[str, TextBounds(500, shortest=0, pattern=r"^[ -~]*$", example="your-session-4711")]
Prefilled = Annotated[str, TextBounds(200, example="owner@acme.example")]
Country = Annotated[str, TextBounds(2, shortest=2, pattern=r"^[A-Z]{2}$", example="US")]
NO_INTEGRATION: Final = (NoPlatformKey, MasterKeyUnknown)


class Landing(StrEnum):
    """What a user without a session at Stripe sees first."""

    LOGIN = "login"
    REGISTER = "register"


@attrs.frozen(kw_only=True)
class Prefill:
    """What Stripe's form holds already."""

    email: Prefilled | None = None
    business_name: Prefilled | None = None
    country: Country | None = None
    url: Prefilled | None = None
    first_name: Prefilled | None = None
    last_name: Prefilled | None = None


@attrs.frozen(kw_only=True)
class BeginAuthorization:
    """`return_url` is your page where the visit ends, with `result`, `account` or `error`, and your `state` again.

    `oauth` connects an account that the user has; `read_write` is needed to send invoices. `account_link` is for an
    account that your platform makes: a new one, unless `account` names one that it made before.
    """

    return_url: ReturnUrl
    state: State = ""
    method: ConnectMethod = ConnectMethod.OAUTH
    scope: ConnectScope = ConnectScope.READ_ONLY
    landing: Landing | None = None
    prefill: Prefill | None = None
    account: AccountId | None = None


@attrs.frozen(kw_only=True)
class AuthorizationBody:
    """Send the user to `url`, once, before `expires_at`. `account` is the one that an account link completes."""

    url: str
    expires_at: datetime
    account: str | None


@attrs.frozen(kw_only=True)
class ConnectAccount:
    """An account that your platform may act for already, or your platform's own."""

    account: AccountId


@attrs.frozen(kw_only=True)
class ReadingBody:
    """How far the account has been read. `history_read`: to its end, once; what is proved, `/feed_integrity` says.

    `trouble` is why the last try failed; it is tried again at `next`. `without_sources`: why Stripe does not say which
    charge and payment each movement belongs to, and `without_invoices`, why it does not show the account's invoices;
    both are asked again now and then.
    """

    history_read: bool
    payouts: int
    balance_transactions: int
    invoices: int
    payouts_to_itemise: int
    polled: datetime | None
    next: datetime | None
    trouble: str | None
    without_sources: str | None
    without_invoices: str | None


@attrs.frozen(kw_only=True)
class StripeAccountBody:
    """An account, and since when it is in its state. `reading` is null until it is first looked at."""

    account: str
    state: ConnectionState
    connected: datetime
    changed: datetime
    reading: ReadingBody | None

    @classmethod
    async def of(cls, connection: StripeConnection, store: Store) -> "StripeAccountBody":
        """As it is shown."""
        async with store.snapshot(connection.company) as transaction:
            feed = await transaction.stripe_feeds.find(connection.account)
            waiting = (await transaction.stripe_itemisations.counts(connection.account)).waiting
        reading = None
        if feed is not None:
            reading = ReadingBody(
                history_read=feed.is_whole and not waiting,
                payouts=feed.payouts.recorded,
                balance_transactions=feed.transactions.recorded,
                invoices=feed.invoices.invoices.recorded,
                payouts_to_itemise=waiting,
                polled=feed.polled,
                next=feed.next_poll,
                trouble=feed.trouble,
                without_sources=feed.without_sources,
                without_invoices=feed.invoices.refused,
            )
        return cls(
            reading=reading,
            account=connection.account,
            state=connection.state,
            connected=connection.connected,
            changed=connection.changed,
        )


@attrs.frozen(kw_only=True)
class DisconnectAccount:
    """`deauthorize=true`: your platform lets the account go at Stripe, too."""

    deauthorize: bool = False


async def begin_stripe_visit(call: Call[NoQuery, BeginAuthorization]) -> AuthorizationBody:
    """One address for one visit of one user, on behalf of this company. Its state is good for 15 minutes, once."""
    body = call.body
    prefill = {} if body.prefill is None else attrs.asdict(body.prefill)
    begun = await begin_stripe_authorization(
        Visit(
            method=body.method,
            return_url=body.return_url,
            state=body.state,
            scope=body.scope,
            landing=None if body.landing is None else body.landing.value,
            prefill=tuple((name, value) for name, value in prefill.items() if value is not None),
            account=None if body.account is None else StripeAccountId(body.account),
            country=prefill.get("country"),
            email=prefill.get("email"),
        ),
        company=call.company,
        who=acting(call.principal),
        at=call.at,
        visits=stripe_visits(call.services),
    )
    return AuthorizationBody(url=begun.url, expires_at=begun.expires, account=begun.account)


async def add_stripe_account(call: Call[NoQuery, ConnectAccount]) -> StripeAccountBody:
    """Stripe is asked whether your platform may act for it in this mode. An account is one company's, for good."""
    connection = await connect_stripe_account(
        StripeAccountId(call.body.account),
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
        stripe=call.services.stripe_connect,
        keys=platform_keys(call.services),
    )
    return await StripeAccountBody.of(connection, call.services.store)


async def list_stripe_accounts(call: Call[NoQuery, NoBody]) -> PageBody[StripeAccountBody]:
    """All that the company has or had, in order of their ids."""
    async with call.services.store.control() as transaction:
        connections = await transaction.stripe_accounts.of_company(call.company.id)
    bodies = [await StripeAccountBody.of(each, call.services.store) for each in connections]
    return PageBody(data=tuple(bodies), has_more=False)


async def read_stripe_account(call: Call[NoQuery, NoBody]) -> StripeAccountBody:
    """One of them."""
    return await StripeAccountBody.of(await _its_account(call), call.services.store)


async def _its_account(call: Call[NoQuery, NoBody]) -> StripeConnection:
    account = StripeAccountId(call.path["stripe_account"])
    async with call.services.store.control() as transaction:
        found = await transaction.stripe_accounts.find(call.principal.tenant, account)
    if found is None or found.company != call.company.id:
        raise NoSuchAccount(account)
    return found


async def remove_stripe_account(call: Call[DisconnectAccount, NoBody]) -> StripeAccountBody:
    """It is no longer read. What was read stays, and connected again, it goes on from there."""
    connection = await disconnect_stripe_account(
        StripeAccountId(call.path["stripe_account"]),
        deauthorize=call.query.deauthorize,
        company=call.company.id,
        tenant=call.principal.tenant,
        who=acting(call.principal),
        at=call.at,
        store=call.services.store,
        stripe=call.services.stripe_connect,
        keys=platform_keys(call.services),
    )
    return await StripeAccountBody.of(connection, call.services.store)


_TAG: Final = "Stripe"
_OF_STRIPE: Final = (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
_ACCOUNTS: Final = "/v1/companies/{company}/stripe/accounts"

ROUTES = (
    Route(
        method="POST",
        path="/v1/companies/{company}/stripe/authorizations",
        handler=begin_stripe_visit,
        summary="Begin a user's visit to Stripe",
        tag=_TAG,
        may=PARTNERS,
        body=BeginAuthorization,
        example={"return_url": "https://partner.example/stripe/connected", "state": "your-session-4711"},
        answer=AuthorizationBody,
        status=201,
        refusals=(
            *_OF_STRIPE,
            *NO_INTEGRATION,
            FieldsRefused,
            NoSuchCompany,
            CompanyIsArchived,
            AccountOfAnotherCompany,
        ),
    ),
    Route(
        method="POST",
        path=_ACCOUNTS,
        handler=add_stripe_account,
        summary="Connect a Stripe account",
        tag=_TAG,
        may=PARTNERS,
        body=ConnectAccount,
        answer=StripeAccountBody,
        refusals=(*_OF_STRIPE, *NO_INTEGRATION, NoSuchCompany, CompanyIsArchived, AccountOfAnotherCompany),
    ),
    Route(
        method="GET",
        path=_ACCOUNTS,
        handler=list_stripe_accounts,
        summary="List a company's Stripe accounts",
        tag=_TAG,
        answer=PageBody[StripeAccountBody],
    ),
    Route(
        method="GET",
        path=f"{_ACCOUNTS}/{{stripe_account}}",
        handler=read_stripe_account,
        summary="Read a company's Stripe account",
        tag=_TAG,
        answer=StripeAccountBody,
        refusals=(NoSuchAccount,),
    ),
    Route(
        method="DELETE",
        path=f"{_ACCOUNTS}/{{stripe_account}}",
        handler=remove_stripe_account,
        summary="Disconnect a Stripe account",
        tag=_TAG,
        may=PARTNERS,
        query=DisconnectAccount,
        answer=StripeAccountBody,
        refusals=(*_OF_STRIPE, *NO_INTEGRATION, FieldsRefused, NoSuchAccount),
    ),
)
