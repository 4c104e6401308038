"""What `tieout stripe accounts` says of each account."""

import asyncio
import json
from datetime import timedelta

import attrs
import pytest

from domain.stripe_account import ConnectionState, StripeAccountId
from domain.stripe_feed import FeedCheck, ListProgress, RecordsCheck, StripeFeed
from entrypoints.command_line import main
from entrypoints.composition.in_memory import in_memory_adapters
from entrypoints.composition.service import opened_service
from entrypoints.settings import Settings
from entrypoints.stripe_command import as_text
from entrypoints.stripe_standing import AccountStanding, Integrity, standings
from ports.stripe_feeds import ItemisationCounts
from ports.transaction import Store
from tests.entrypoints.http.callers import ACME, LIVE, TEST, introduce_everybody
from tests.entrypoints.test_service_commands import MASTER_KEY, environment
from tests.ports.stripe_told import ACCOUNT, NOON, OTHER, connection

__all__ = ["environment"]

READ = ListProgress(marker="x", whole=NOON, recorded=1_234)
NONE_LEFT = ItemisationCounts(waiting=0, done=7, refused=1)
HERE = f"({TEST.partner}, test)"
ALL = RecordsCheck(listed=1_234, missing=0, extra=0, different=0)
CHECK = FeedCheck(account=ACCOUNT, at=NOON, payouts=ALL, transactions=ALL, balances=(), reasons=())


def standing(feed: StripeFeed | None, check: FeedCheck | None = None) -> AccountStanding:
    return AccountStanding(
        connection=connection(ACCOUNT, ACME, tenant=TEST), feed=feed, itemisations=NONE_LEFT, check=check
    )


def test_an_account_that_nobody_has_looked_at_yet() -> None:
    assert as_text(standing(None)).splitlines() == [
        f"acct_acme  {ACME}  {HERE}  connected since 2026-06-30 12:00:00Z",
        "    not looked at yet",
        "    not checked against Stripe yet",
    ]


def test_a_history_that_is_being_read_and_is_in_trouble() -> None:
    feed = StripeFeed(
        account=ACCOUNT,
        begun=NOON,
        payouts=READ,
        transactions=ListProgress(after="txn_9", recorded=88_000),
        reads=900,
        failures=2,
        trouble="Stripe answered 503",
        next_poll=NOON + timedelta(seconds=60),
    )
    waiting = attrs.evolve(standing(feed), itemisations=ItemisationCounts(waiting=3, done=7, refused=0))

    assert as_text(waiting).splitlines()[1:] == [
        "    history is being read since 2026-06-30 12:00:00Z: 1,234 payouts and 88,000 balance transactions, "
        "in 900 requests",
        "    3 payouts still to be listed, 7 are",
        "    TROUBLE, 2 times in a row: Stripe answered 503",
        "    next look at 2026-06-30 12:01:00Z",
        "    not checked against Stripe yet",
    ]
    assert not waiting.is_whole


@pytest.mark.parametrize("reasons", [(), ("1 payouts are missing, 0 extra, 0 different", "the balance differs")])
def test_what_was_proved_of_a_whole_history(reasons: tuple[str, ...]) -> None:
    feed = StripeFeed(account=ACCOUNT, begun=NOON, payouts=READ, transactions=READ, polled=NOON)
    shown = standing(feed, attrs.evolve(CHECK, reasons=reasons))

    lines = as_text(shown).splitlines()
    assert lines[1].startswith("    whole history: 1,234 payouts and 1,234 balance transactions")
    assert lines[2:4] == ["    1 payouts that Stripe does not list", "    up to date at 2026-06-30 12:00:00Z"]
    if reasons:
        assert shown.integrity is Integrity.INCOMPLETE
        assert lines[4:] == ["    INCOMPLETE at 2026-06-30 12:00:00Z:", *(f"      {reason}" for reason in reasons)]
    else:
        assert lines[4:] == ["    complete: proved at 2026-06-30 12:00:00Z"]


def test_of_an_account_that_was_disconnected_trouble_is_none() -> None:
    feed = StripeFeed(account=ACCOUNT, begun=NOON, failures=2, trouble="gone", next_poll=NOON)
    ended = attrs.evolve(
        standing(feed),
        connection=attrs.evolve(
            connection(ACCOUNT, ACME, tenant=TEST),
            state=ConnectionState.DEAUTHORISED,
            changed=NOON + timedelta(hours=1),
        ),
    )

    assert as_text(ended).splitlines()[0].endswith("deauthorised since 2026-06-30 13:00:00Z")
    assert "TROUBLE" not in as_text(ended)
    assert "next look" not in as_text(ended)


async def test_all_accounts_are_found_or_those_that_were_asked_for() -> None:
    store: Store = in_memory_adapters(now=NOON).service.store
    await introduce_everybody(store)
    many = [StripeAccountId(f"acct_{number:04}") for number in range(251)]
    async with store.control() as transaction:
        for account in many:
            await transaction.stripe_accounts.connect(connection(account, ACME, tenant=TEST))
        await transaction.stripe_accounts.connect(connection(OTHER, ACME, tenant=LIVE))

    everything = [each.connection.account async for each in standings(store)]
    live = [each.connection.account async for each in standings(store, mode=LIVE.mode)]
    strangers = [each async for each in standings(store, company=connection(company=ACME).company, mode=LIVE.mode)]

    assert everything == [*many, OTHER]
    assert live == [OTHER]
    assert [each.connection.company for each in strangers] == [ACME]


async def test_the_command_reads_the_store(
    postgres_database: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DATABASE_URL", postgres_database)
    environment.setenv("TIEOUT_MASTER_KEY", MASTER_KEY)
    settings = Settings.from_environment({"DATABASE_URL": postgres_database, "TIEOUT_MASTER_KEY": MASTER_KEY})
    async with opened_service(settings, public_url="http://localhost") as service:
        await introduce_everybody(service.store)
        async with service.store.control() as control:
            await control.stripe_accounts.connect(connection(ACCOUNT, ACME, tenant=TEST))
        async with service.store.company(ACME) as transaction:
            feed = StripeFeed(account=ACCOUNT, begun=NOON, payouts=READ, transactions=READ, polled=NOON, reads=14)
            await transaction.stripe_feeds.put(feed)
            await transaction.feed_checks.record(CHECK)

    capsys.readouterr()
    status = await asyncio.to_thread(main, ["stripe", "accounts", "--json"])
    (line,) = capsys.readouterr().out.splitlines()
    of_nobody = await asyncio.to_thread(main, ["stripe", "accounts", "--company", "co_nobody0000"])

    told = json.loads(line)
    assert (status, of_nobody) == (0, 0)
    assert (told["account"], told["company"], told["mode"], told["state"]) == (ACCOUNT, ACME, "test", "connected")
    assert told["reading"] == {
        "history_read": True,
        "begun": "2026-06-30T12:00:00+00:00",
        "payouts": 1_234,
        "balance_transactions": 1_234,
        "payouts_to_itemise": 0,
        "payouts_itemised": 0,
        "payouts_not_listed": 0,
        "requests": 14,
        "polled": "2026-06-30T12:00:00+00:00",
        "next": None,
        "trouble": None,
        "failures": 0,
        "unreadable": [],
    }
    assert told["integrity"] == {"verdict": "complete", "checked": "2026-06-30T12:00:00+00:00", "reasons": []}
    assert capsys.readouterr().out == ""
