"""Whatever banks do and whenever a client looks, who follows the rules ends with the bank's own lines."""

import base64
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapters.simulator.clock import Clock
from adapters.simulator.plaid import item_health, item_updates
from adapters.simulator.plaid.bank import BankHabits
from adapters.simulator.plaid.bank_account import BankAccount, BankLine
from adapters.simulator.plaid.cursor import Cursor, UnknownCursor
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.plaid.transactions_sync import sync
from adapters.simulator.wire import DAY
from tests.adapters.simulator.plaid.desk import MONDAY, TODAY, USD, usd

SWITCHES = st.builds(
    Switches,
    history=st.sampled_from(["as_it_stands", "as_it_happened"]),
    mutation=st.sampled_from(["any_change", "seen_lines"]),
    pending_removed=st.sampled_from(["before_posted", "after_posted"]),
    returning_line=st.sampled_from(["new_id", "same_id"]),
    renamed_account=st.sampled_from(["same_id", "new_id"]),
    number_form=st.sampled_from(["shortest", "two_decimals"]),
)
HABITS = st.builds(BankHabits, shows_pending=st.booleans(), links_pending=st.booleans())


class Follower:
    """A client that keeps the rules: pages count when the last one is there, and a mutation begins anew."""

    def __init__(self, simulation: Simulation, item: Item) -> None:
        self.simulation, self.item = simulation, item
        self.cursor = ""
        self.pages: list[tuple[str, dict[str, object]]] = []
        self.lines: dict[str, tuple[str, bytes, bool]] = {}

    def read_page(self, count: int) -> bool:
        """One more page; True if it was the last."""
        cursor = self.pages[-1][0] if self.pages else self.cursor
        try:
            page = sync(
                self.simulation.kernel, self.item, cursor=cursor, count=count, account_id=None, with_original=False
            )
        except Refused as refusal:
            if refusal.code != "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION" or not self.pages:
                raise  # the first page of an update never breaks off
            self.pages.clear()
            return False
        assert sum(len(page[name]) for name in ("added", "modified", "removed")) <= count
        self.pages.append((page["next_cursor"], page))
        if page["has_more"]:
            return False
        self._keep()
        return True

    def _keep(self) -> None:
        for _, page in self.pages:
            added, modified, removed = (list(page[name]) for name in ("added", "modified", "removed"))  # type: ignore[call-overload]
            ids = [each["transaction_id"] for each in (*added, *modified, *removed)]
            assert len(set(ids)) == len(ids), "a line stands once on a page"
            for line in (*added, *modified):
                self.lines[line["transaction_id"]] = line["date"], bytes(line["amount"]), line["pending"]
            for gone in removed:
                self.lines.pop(gone["transaction_id"], None)
        self.cursor = self.pages[-1][0]
        self.pages.clear()


class BankAndClient(RuleBasedStateMachine):
    """Banks act, Plaid looks, a client reads page by page, in any order."""

    @initialize(switches=SWITCHES, habits=HABITS)
    def begin(self, switches: Switches, habits: BankHabits) -> None:
        self.simulation = Simulation(seed="law", start=MONDAY, switches=switches)
        self.account = BankAccount(name="Checking", mask="4821", currency=USD, opening=usd(0))
        self.rng = Random("law")
        self.removed: list[BankLine] = []
        bank = self.simulation.open_bank(habits=habits)
        bank.add_login("owner", self.account)
        self.item = self.simulation.link.open_item(
            self.simulation.open_client(), "sandbox", bank, bank.logins["owner"], [self.account]
        )
        self.simulation.advance_silently(600)
        self.follower = Follower(self.simulation, self.item)

    def some(self, *, pending: bool | None = None) -> BankLine | None:
        lines = [line for line in self.account.lines.values() if pending in (None, line.is_pending)]
        return self.rng.choice(lines) if lines else None

    @rule(cents=st.integers(-(10**6), 10**6), pending=st.booleans())
    def post(self, cents: int, pending: bool) -> None:
        self.account.post(usd(cents), TODAY, "STRIPE TRANSFER", pending=pending)

    @rule(change=st.integers(0, 500))
    def settle(self, change: int) -> None:
        if line := self.some(pending=True):
            self.account.settle(line, TODAY, amount=usd(line.amount.minor_units + change))

    @rule(change=st.integers(1, 500))
    def correct(self, change: int) -> None:
        if line := self.some():
            self.account.correct(line, amount=usd(line.amount.minor_units + change))

    @rule()
    def take_back(self) -> None:
        if line := self.some():
            self.account.take_back(line)
            self.removed.append(line)

    @rule()
    def bring_back(self) -> None:
        if self.removed:
            self.account.bring_back(self.removed.pop())

    @rule(name=st.sampled_from(["Checking", "Premier", "Plus"]))
    def rename(self, name: str) -> None:
        self.account.name = name

    @rule()
    def look(self) -> None:
        item_updates.look(self.simulation.kernel, self.item)

    @rule()
    def break_and_repair(self) -> None:
        item_health.require_login(self.simulation.kernel, self.item)
        item_health.repair(self.simulation.kernel, self.item)

    @rule(count=st.sampled_from([1, 2, 5, 500]))
    def read(self, count: int) -> None:
        self.follower.read_page(count)

    @invariant()
    def whoever_reads_to_the_end_has_what_stands(self) -> None:
        if not hasattr(self, "follower"):
            return
        late = Follower(self.simulation, self.item)
        while not late.read_page(3):
            pass
        standing = {each.transaction_id for each in self.item.standing()}
        assert set(late.lines) == standing

    def teardown(self) -> None:
        if not hasattr(self, "follower"):
            return
        item_updates.look(self.simulation.kernel, self.item)
        while not self.follower.read_page(2):
            pass
        fresh = Follower(self.simulation, self.item)
        while not fresh.read_page(500):
            pass
        shows_pending = self.item.bank.habits.shows_pending
        shown = [line for line in self.account.lines.values() if shows_pending or not line.is_pending]
        assert self.follower.lines == fresh.lines
        assert len(fresh.lines) == len(shown)
        told = sum(Decimal(amount.decode()) for _, amount, _ in fresh.lines.values())
        assert -told * 100 == sum(line.amount.minor_units for line in shown)


BankAndClient.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBankAndClient = BankAndClient.TestCase


@given(st.text(max_size=300))
def test_no_text_makes_a_cursor_stumble(text: str) -> None:
    try:
        Cursor.of_text(text)
    except UnknownCursor:
        return
    raise AssertionError("nobody gave this cursor")


@given(st.binary(max_size=180))
def test_no_base64_makes_a_cursor_stumble(plain: bytes) -> None:
    try:
        cursor = Cursor.of_text(base64.b64encode(plain).decode())
    except UnknownCursor:
        return
    assert 0 <= cursor.start <= cursor.next <= cursor.end


@given(start=st.integers(0, 10**9), more=st.integers(0, 10**9), rest=st.integers(0, 10**9), account=st.booleans())
def test_a_cursor_comes_back_as_it_went(start: int, more: int, rest: int, account: bool) -> None:
    stream = "a" * 37 + ("/" + "b" * 37 if account else "")
    cursor = Cursor(stream=stream, start=start, next=start + more, end=start + more + rest)

    assert Cursor.of_text(cursor.text()) == cursor
    assert len(cursor.text()) <= 256


@given(st.lists(st.integers(0, 5 * DAY), max_size=20))
def test_time_goes_on_whatever_is_planned(moments: list[int]) -> None:
    clock, seen = Clock(0), list[int]()
    for moment in moments:
        clock.at(moment, lambda: seen.append(clock.now))

    clock.run_until(5 * DAY)

    assert seen == sorted(moments)
