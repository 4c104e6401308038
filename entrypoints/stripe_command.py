"""`tieout stripe accounts`: how far each connected account has been read, and what was proved of it."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime

from domain.company import CompanyId
from domain.partner import Mode, PartnerId
from domain.stripe_account import ConnectionState
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.composition.service import data_folder, has_database, opened_service
from entrypoints.settings import Settings
from entrypoints.stripe_standing import AccountStanding, standings

_LINE = "    "


def run_stripe_accounts(
    settings: Settings,
    *,
    partner: str | None,
    mode: Mode | None,
    company: str | None,
    as_json: bool,
    say: Callable[[str], None] = print,
) -> int:
    """Some lines for each account, or one line of JSON for each. Raises CannotStart."""
    if not has_database(settings):
        raise CannotStart(f"there is no database in {data_folder(settings)}: is TIEOUT_DATA_DIR that of your service?")
    return asyncio.run(_say_all(settings, partner, mode, company, _as_json if as_json else as_text, say))


async def _say_all(
    settings: Settings,
    partner: str | None,
    mode: Mode | None,
    company: str | None,
    shown: Callable[[AccountStanding], str],
    say: Callable[[str], None],
) -> int:
    async with opened_service(settings, public_url="http://localhost") as service:
        async for standing in standings(
            service.store,
            partner=None if partner is None else PartnerId(partner),
            mode=mode,
            company=None if company is None else CompanyId(company),
        ):
            say(shown(standing))
    return 0


def _as_json(standing: AccountStanding) -> str:
    return json.dumps(standing.as_json(), ensure_ascii=False)


def as_text(standing: AccountStanding) -> str:
    """For people."""
    connection = standing.connection
    tenant = connection.tenant
    since = connection.connected if connection.state is ConnectionState.CONNECTED else connection.changed
    head = (
        f"{connection.account}  {connection.company}  ({tenant.partner}, {tenant.mode.value})  "
        f"{connection.state.value} since {_moment(since)}"
    )
    return "\n".join([head, *(f"{_LINE}{line}" for line in (*_reading(standing), *_proof(standing)))])


def _reading(standing: AccountStanding) -> list[str]:
    feed = standing.feed
    if feed is None:
        return ["not looked at yet"]
    counts = standing.itemisations
    how_far = "whole history" if standing.is_whole else f"history is being read since {_moment(feed.begun)}"
    lines = [
        f"{how_far}: {feed.payouts.recorded:,} payouts and {feed.transactions.recorded:,} balance transactions, "
        f"in {feed.reads:,} requests"
    ]
    if counts.waiting:
        lines.append(f"{counts.waiting:,} payouts still to be listed, {counts.done:,} are")
    if counts.refused:
        lines.append(f"{counts.refused:,} payouts that Stripe does not list")
    if feed.polled is not None:
        lines.append(f"up to date at {_moment(feed.polled)}")
    if standing.trouble is not None:
        lines.append(f"TROUBLE, {feed.failures} times in a row: {standing.trouble}")
    if feed.next_poll is not None and standing.connection.state is ConnectionState.CONNECTED:
        lines.append(f"next look at {_moment(feed.next_poll)}")
    return lines


def _proof(standing: AccountStanding) -> list[str]:
    check = standing.check
    if check is None:
        return ["not checked against Stripe yet"]
    if check.is_complete:
        return [f"complete: proved at {_moment(check.at)}"]
    return [f"INCOMPLETE at {_moment(check.at)}:", *(f"  {reason}" for reason in check.reasons)]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"
