"""The fake keeps the contract of the port too."""

from datetime import date

from adapters.in_memory.facts_reader import InMemoryFactsReader
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from domain.money import Currency, Money
from ports.facts_reader import FactsRead
from tests.ports.facts_reader_contract import FactsReaderContract

ACCOUNT = BankAccount(id=BankAccountId("a1"), feed="bank")
LINES = tuple(
    BankDeposit(
        id=BankDepositId(id_),
        account=ACCOUNT.id,
        amount=Money(100, Currency.of("usd")),
        date=date(2026, 6, 1),
        text="STRIPE",
    )
    for id_ in ("d1", "d2")
)


class TestInMemoryFactsReader(FactsReaderContract):
    reader = InMemoryFactsReader({"input": FactsRead(kind="told", records=2, accounts=(ACCOUNT,), deposits=LINES)})
    good = b"anything"
    told_by_content = False
