"""Breaks of statements as a company's, on every store: opened by what is uploaded, resolved by what puts it right."""

from datetime import UTC, date, datetime

from domain.actor import Actor, ActorKind
from domain.company import Company, CompanyId
from domain.money import Currency, Money
from domain.partner import Mode, PartnerId, Tenant
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.work import ClaimedWork
from ports.facts_reader import InputFile
from ports.reconciliation_lists import BreaksWanted
from ports.transaction import Store
from ports.use_cases.prove_company import prove_company
from ports.use_cases.reconcile_company import reconcile_company
from ports.use_cases.upload_statement import upload_statement
from ports.work_list import WorkList
from tests.ports.use_cases.test_upload_with_balances import FRIDAY, MONDAY, TUESDAY, readers
from tests.strategies.bank_statements import MadeLine, MadeStatement, mt940

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME = CompanyId("co_acme0000")
TENANT = Tenant(partner=PartnerId("partner_platform0"), mode=Mode.TEST)
WHO = Actor(kind=ActorKind.PARTNER, id="key_00000001")


class StatementBreaksContract:
    """Subclass it with fixtures `store` and `work_list` for each adapter."""

    async def test_a_gap_is_open_until_the_missing_statement_comes(self, store: Store, work_list: WorkList) -> None:
        books = await Books.opened(store, work_list)
        await books.upload(mt940(FRIDAY))
        assert await books.breaks() == []

        await books.upload(mt940(TUESDAY))
        (gap,) = await books.breaks()
        questions = await books.open_breaks()
        await books.upload(mt940(MONDAY))

        assert gap.kind is BreakKind.STATEMENT_GAP
        assert gap.where.startswith("bank_")
        assert gap.reason.endswith("what lies between them is missing (june.sta:line 1)")
        assert questions == 1
        assert await books.breaks() == []
        assert await books.open_breaks() == 0

    async def test_a_statement_that_does_not_add_up_is_open_until_it_comes_whole(
        self, store: Store, work_list: WorkList
    ) -> None:
        books = await Books.opened(store, work_list)
        whole = mt940(MONDAY)
        half = whole[: whole.index(b":61:")] + whole[whole.rindex(b":61:") :]

        await books.upload(half)
        (broken,) = await books.breaks()
        await books.upload(whole)

        assert broken.kind is BreakKind.STATEMENT_DOES_NOT_ADD_UP
        assert await books.breaks() == []

    async def test_an_overlap_is_said_and_leaves_no_question(self, store: Store, work_list: WorkList) -> None:
        books = await Books.opened(store, work_list)
        eur = Currency.of("eur")
        week = MadeStatement(
            account=FRIDAY.account, number=77, opening=FRIDAY.opening, opened_on=FRIDAY.opened_on,
            closed_on=date(2026, 6, 9),
            lines=(*FRIDAY.lines, MadeLine(amount=Money(1, eur), day=date(2026, 6, 9), text="NEW", reference="N1")),
        )  # fmt: skip

        await books.upload(mt940(FRIDAY))
        await books.upload(mt940(week))

        assert [each.kind for each in await books.breaks()] == [BreakKind.STATEMENT_OVERLAP]
        assert await books.open_breaks() == 0


class Books:
    """One company, brought up to date after each upload."""

    def __init__(self, store: Store, work_list: WorkList) -> None:
        self.store = store
        self.work_list = work_list

    @classmethod
    async def opened(cls, store: Store, work_list: WorkList) -> "Books":
        company = Company(
            id=ACME, tenant=TENANT, external_id="cust_1", name="Acme", time_zone="UTC",
            currency=Currency.of("eur"), created=NOON, updated=NOON,
        )  # fmt: skip
        async with store.control() as transaction:
            await transaction.companies.add(company)
        return cls(store, work_list)

    async def upload(self, content: bytes) -> None:
        await upload_statement(
            InputFile(name="june.sta", content=content), account=None, columns=None, readers=readers, company=ACME,
            tenant=TENANT, who=WHO, at=NOON, store=self.store,
        )  # fmt: skip
        claimed = await self.work_list.claim("w", at=NOON, until=NOON.replace(hour=13))
        assert isinstance(claimed, ClaimedWork)
        await reconcile_company(claimed, at=NOON, store=self.store)

    async def breaks(self) -> list[ReconciliationBreak]:
        async with self.store.snapshot(ACME) as snapshot:
            page = await snapshot.reconciliation_lists.breaks(BreaksWanted(), after=None, limit=100)
        return [each.found for each in page.records]

    async def open_breaks(self) -> int:
        return (await prove_company(ACME, as_of=NOON.date(), store=self.store)).questions.breaks
