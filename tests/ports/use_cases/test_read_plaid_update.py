"""However a feed's lines change and however its pages fall, who reads update after update ends with what stands."""

from datetime import date

import attrs
from hypothesis import given
from hypothesis import strategies as st

from adapters.in_memory.plaid_feed import InMemoryPlaidFeed
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.money import Currency, Money
from domain.secret import Secret
from ports.plaid_feed import FeedLines, PlaidSource
from ports.use_cases.read_plaid_update import read_plaid_update
from tests.ports.plaid_feed_contract import keys

USD = Currency.of("usd")
SOURCE = PlaidSource(keys=keys(), access_token=Secret("access"), item="item")
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "modify", "remove", "read"]), st.integers(0, 4), st.integers(1, 9)), max_size=40
)


def line(number: int, cents: int) -> BankDeposit:
    return BankDeposit(
        id=BankDepositId(f"line-{number}"),
        account=BankAccountId("acc"),
        amount=Money(cents, USD),
        date=date(2026, 3, 2),
        text="STRIPE",
    )


@attrs.define
class Kept:
    """What was taken from updates: added and modified put in, then removed taken out."""

    lines: dict[BankDepositId, BankDeposit] = attrs.Factory(dict)
    cursor: str | None = None

    def take(self, update: FeedLines) -> None:
        for each in (*update.added, *update.modified):
            self.lines[each.id] = each
        for id in update.removed:
            self.lines.pop(id, None)
        ids = [each.id for each in (*update.added, *update.modified)] + list(update.removed)
        assert len(set(ids)) == len(ids), "a line is told once, as it is in the end"
        self.cursor = update.cursor


@given(steps=STEPS, page_lines=st.integers(1, 3))
async def test_any_changes_and_any_pages_end_in_what_stands(steps: list[tuple[str, int, int]], page_lines: int) -> None:
    feed, kept, standing = InMemoryPlaidFeed(page_lines=page_lines), Kept(), dict[BankDepositId, BankDeposit]()
    for step, number, cents in steps:
        changed = line(number, cents)
        match step:
            case "add" if changed.id not in standing:
                feed.add(changed)
                standing[changed.id] = changed
            case "modify" if changed.id in standing:
                feed.modify(changed)
                standing[changed.id] = changed
            case "remove" if changed.id in standing:
                feed.remove(changed.id)
                del standing[changed.id]
            case "read":
                kept.take(await read_plaid_update(feed=feed, source=SOURCE, cursor=kept.cursor))
            case _:
                continue
    kept.take(await read_plaid_update(feed=feed, source=SOURCE, cursor=kept.cursor))
    fresh = Kept()
    fresh.take(await read_plaid_update(feed=feed, source=SOURCE, cursor=None))

    assert kept.lines == fresh.lines == standing
