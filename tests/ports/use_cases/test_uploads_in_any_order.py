"""Statements and interim reports of some days, uploaded in any order, any number of times, in any format."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.in_memory.store import InMemoryStore
from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.mt940_reader import Mt940Reader
from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.money import Currency, Money
from ports.facts_reader import FactsReader, InputFile
from ports.use_cases.upload_statement import UploadedStatement, upload_statement
from tests.ports.use_cases.companies_told import ACME, NOON, TENANT, WHO, facts_in, store_with
from tests.strategies.bank_statements import MadeLine, MadeStatement, camt053, mt940

EUR = Currency.of("eur")
FIRST = date(2026, 6, 1)


def readers(_: str | None) -> tuple[FactsReader, ...]:
    return Mt940Reader(), CamtReader()


@attrs.frozen
class Upload:
    """One file of one day."""

    day: int
    shown: int | None
    """An interim report shows so many of the day's lines; None: the statement."""
    write: Callable[[MadeStatement], bytes] = mt940
    in_other_words: bool = False
    """The interim report says of its lines what the statement does not."""
    later: bool = False
    """The interim report was made on the next day, so that what it shows was booked for good."""

    def content(self, days: Sequence[MadeStatement]) -> bytes:
        statement = days[self.day]
        if self.shown is None:
            return self.write(statement)
        lines = statement.lines[: self.shown]
        if self.in_other_words:
            lines = tuple(attrs.evolve(line, text="SOON", reference="") for line in lines)
        made_on = statement.closed_on + timedelta(days=int(self.later))
        return camt053(attrs.evolve(statement, lines=lines), report=True, made_on=made_on)


@st.composite
def some_days(draw: st.DrawFn) -> list[MadeStatement]:
    """Statements that follow one another; equal lines on one day are likely."""
    statements, opening = list[MadeStatement](), Money(draw(st.integers(-500, 500)), EUR)
    for number in range(draw(st.integers(1, 4))):
        lines = tuple(
            MadeLine(
                amount=Money(draw(st.sampled_from([100, 200, -100])), EUR),
                day=FIRST + timedelta(days=number),
                text=draw(st.sampled_from(["STRIPE", "RENT"])),
                reference=draw(st.sampled_from(["", f"R{number}{place}"])),
            )
            for place in range(draw(st.integers(0, 3)))
        )
        statement = MadeStatement(
            account="DE89370400440532013000",
            number=number + 1,
            opening=opening,
            opened_on=FIRST + timedelta(days=number - 1),
            closed_on=FIRST + timedelta(days=number),
            lines=lines,
        )
        statements.append(statement)
        opening = statement.closing
    return statements


@st.composite
def some_uploads(draw: st.DrawFn, days: int) -> list[Upload]:
    """Files of these days in any order; of some days only interim reports, or nothing."""
    upload = st.builds(
        Upload,
        st.integers(0, days - 1),
        st.none() | st.integers(0, 3),
        st.sampled_from([mt940, camt053]),
        st.booleans(),
        st.booleans(),
    )
    return draw(st.lists(upload, min_size=1, max_size=8))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
async def test_what_is_booked_depends_only_on_which_statements_came(data: st.DataObject) -> None:
    days = data.draw(some_days())
    uploads = data.draw(some_uploads(len(days)))
    store = await store_with()

    for each in uploads:
        await told(store, each.content(days))
    again = await told(store, uploads[-1].content(days))

    shown = {
        day: max((_booked(each, days) for each in uploads if each.day == day), default=0) for day in range(len(days))
    }
    closed = {each.day for each in uploads if each.shown is None}
    found = (await facts_in(store)).deposits
    booked = Counter(_money(line) for line in found if line.status is BankDepositStatus.POSTED)
    assert booked == Counter((line.day, line.amount) for day in shown for line in days[day].lines[: shown[day]])
    pending = {line.date for line in found if line.status is BankDepositStatus.PENDING}
    assert pending.isdisjoint(days[day].closed_on for day in closed)
    assert (again.new, again.changed) == (0, 0)


def _booked(upload: Upload, days: Sequence[MadeStatement]) -> int:
    """How many of its day's lines the file shows as booked for good."""
    if upload.shown is None:
        return len(days[upload.day].lines)
    return min(upload.shown, len(days[upload.day].lines)) if upload.later else 0


async def told(store: InMemoryStore, content: bytes) -> UploadedStatement:
    return await upload_statement(
        InputFile(name="file", content=content),
        account=None,
        columns=None,
        readers=readers,
        company=ACME.id,
        tenant=TENANT,
        who=WHO,
        at=NOON,
        store=store,
    )


def _money(line: BankDeposit) -> tuple[date, Money]:
    return line.date, line.amount
