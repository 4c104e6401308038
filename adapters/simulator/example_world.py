"""The example that comes with Tieout: a small American company's second quarter of 2026, as files.

Everything that a bookkeeper meets is in it once: a first payout with nothing before it, a payout that failed and was
sent again, two payouts in one deposit, a payout asked for by hand and an instant one, a deposit of Square's with the
amount of a payout on the same day, a loan from Stripe Capital, two deposits of which only one can be the payout, a
payout that is late and one that is on its way. All else is the company's ordinary business.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from adapters.simulator import banking_calendar
from adapters.simulator.balance_items import ItemsLaw, make_books
from adapters.simulator.bank_voices import (
    Family,
    Speaker,
    SpeakerKind,
    stripe_reference,
    trace_number,
    voice,
)
from adapters.simulator.banking_calendar import Banking
from adapters.simulator.payout_maker import token
from adapters.simulator.world_files import balance_transactions_by_payout_json, bank_csv, payouts_json
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus

EXAMPLE_AS_OF: Final = date(2026, 6, 30)
PAYOUTS_FILE: Final = "stripe-payouts.json"
ITEMS_FILE: Final = "stripe-balance-transactions.json"
BANK_FILE: Final = "chase-checking-4821.csv"
_USD: Final = Currency.of("usd")
_COMPANY: Final = "Harbor Goods LLC"
_STRIPE: Final = Speaker(kind=SpeakerKind.STRIPE, name="STRIPE", payee=_COMPANY)
_CAPITAL: Final = Speaker(kind=SpeakerKind.STRIPE, name="STRIPE CAPITAL", payee=_COMPANY)
_SQUARE: Final = Speaker(
    kind=SpeakerKind.PROCESSOR, name="Square Inc", payee=_COMPANY, entry="SDV-VRFY", company_id="9424300002"
)
_USUAL: Final = (
    ("2026-04-07", 124_518, 0), ("2026-04-10", 98_277, 0), ("2026-04-14", 203_641, 0), ("2026-04-17", 87_902, 1),
    ("2026-04-21", 156_033, 0), ("2026-04-24", 50_000, 0), ("2026-04-28", 231_980, 0), ("2026-05-01", 112_764, 0),
    ("2026-05-08", 174_449, 1), ("2026-05-15", 133_018, 0), ("2026-05-22", 209_355, 3), ("2026-05-29", 141_207, 0),
    ("2026-06-02", 75_000, 0), ("2026-06-09", 188_861, 0), ("2026-06-16", 165_572, 0), ("2026-06-18", 92_043, 1),
)  # fmt: skip
"""Arrival, cents, and banking days after which the bank posts: automatic payouts to which nothing happens."""


def example_files() -> dict[str, bytes]:
    """The files by name: payouts and balance transactions as Stripe's API gives them, and the bank's CSV."""
    facts = example_facts()
    return {
        PAYOUTS_FILE: payouts_json(facts.payouts),
        ITEMS_FILE: balance_transactions_by_payout_json(facts.balance_transactions),
        BANK_FILE: bank_csv(facts.deposits),
    }


def example_facts() -> CompanyFacts:
    """What the files say."""
    return _Example().facts()


class _Example:
    def __init__(self) -> None:
        self.rng = Random("harbor goods, second quarter of 2026")
        self.payouts: list[Payout] = []
        self.lines: list[BankDeposit] = []
        self.account = token(self.rng, "acct_")[:21]
        self.destination = token(self.rng, "ba_")

    def facts(self) -> CompanyFacts:
        """Builds it all, in order of time."""
        first = self._payout("2026-04-03", 389_000)
        self._arrives(first, 0)
        for day, cents, lag in _USUAL:
            self._arrives(self._payout(day, cents), lag)
        self._failed_and_retried()
        self._two_in_one()
        self._instant()
        self._look_alikes()
        self._ambiguous()
        self._payout("2026-06-24", 127_316, trace=False)  # late: nobody has seen it
        self._payout("2026-07-01", 148_830, status=PayoutStatus.IN_TRANSIT, trace=False)
        self._other_business()
        ordinary = tuple(payout for payout in self.payouts if payout.id != first.id)
        books = make_books(ordinary, "harbor goods", ItemsLaw(reserve=0.0))
        return CompanyFacts(
            payouts=tuple(self.payouts),
            balance_transactions=(*self._first_items(first), *books.items, *self._paid_out_by_hand()),
            deposits=tuple(self.lines),
        )

    def _payout(
        self,
        day: str,
        cents: int,
        *,
        status: PayoutStatus = PayoutStatus.PAID,
        automatic: bool = True,
        method: str = "standard",
        trace: bool = True,
    ) -> Payout:
        arrival = date.fromisoformat(day)
        created = banking_calendar.moved(Banking.FEDERAL_RESERVE, arrival, -2 if automatic else -1)
        if method == "instant":
            created = arrival
        moment = datetime(created.year, created.month, created.day, tzinfo=UTC)
        old = arrival + timedelta(days=10) <= EXAMPLE_AS_OF
        failed = status is PayoutStatus.FAILED
        payout = Payout(
            id=PayoutId(token(self.rng, "po_")),
            amount=Money(cents, _USD),
            arrival_date=arrival,
            status=status,
            created=moment + timedelta(seconds=self.rng.randrange(900, 4_000)),
            automatic=automatic,
            method=method,
            stripe_account=self.account,
            destination=self.destination,
            destination_last4="4821",
            trace_id=trace_number(self.rng) if trace and old and not failed else None,
            source_type="card",
            balance_transaction=token(self.rng, "txn_"),
            failure_balance_transaction=token(self.rng, "txn_") if failed else None,
            failure_code="could_not_process" if failed else None,
            reconciliation_status=ReconciliationStatus.COMPLETED if automatic else ReconciliationStatus.NOT_APPLICABLE,
            livemode=True,
        )
        self.payouts.append(payout)
        return payout

    def _arrives(self, payout: Payout, lag: int) -> None:
        day = banking_calendar.moved(Banking.FEDERAL_RESERVE, payout.arrival_date, lag)
        self._line(day, payout.amount.minor_units, _STRIPE, trace=payout.trace_id)

    def _failed_and_retried(self) -> None:
        self._payout("2026-05-05", 184_217, status=PayoutStatus.FAILED)
        self._arrives(self._payout("2026-05-12", 184_217), 0)

    def _two_in_one(self) -> None:
        """The bank books an automatic and a manual payout of one day as one deposit, under a trace of its own."""
        self._payout("2026-05-19", 231_540, trace=False)
        self._payout("2026-05-19", 60_000, automatic=False, trace=False)
        self._line(date(2026, 5, 19), 291_540, _STRIPE)

    def _instant(self) -> None:
        self._arrives(self._payout("2026-05-28", 40_000, automatic=False, method="instant", trace=False), 0)

    def _look_alikes(self) -> None:
        """Square pays exactly what Stripe pays, on the same day; and Stripe Capital pays out a loan."""
        self._line(date(2026, 6, 2), 75_000, _SQUARE)
        self._line(date(2026, 4, 20), 420_000, _CAPITAL)

    def _ambiguous(self) -> None:
        """One payout of $500.00, and two deposits that say the same: the other is somebody else's Stripe account."""
        payout = self._payout("2026-06-11", 50_000, trace=False)
        self._line(payout.arrival_date, 50_000, _STRIPE)
        self._line(date(2026, 6, 12), 50_000, _STRIPE)

    def _other_business(self) -> None:
        def spoken(kind: SpeakerKind, name: str, entry: str) -> Speaker:
            return Speaker(kind=kind, name=name, payee=_COMPANY, entry=entry)

        for month in (4, 5, 6):
            rent = spoken(SpeakerKind.OUTGOING, "Gateway Property Mgmt", "ONLINE PAYMENT")
            self._line(date(2026, month, 1), -285_000, rent)
            for day in (15, 30 if month != 5 else 29):
                payroll = spoken(SpeakerKind.OUTGOING, "GUSTO PAYROLL", "ACH DEBIT")
                self._line(date(2026, month, day), -self.rng.randrange(380_000, 420_000), payroll)
            customer = spoken(SpeakerKind.CUSTOMER, "Ridgeway Dental", "Zelle payment from")
            self._line(date(2026, month, 8), 65_000, customer)
            for day in (6, 20):
                when = banking_calendar.at_or_after(Banking.FEDERAL_RESERVE, date(2026, month, day))
                self._line(when, self.rng.randrange(20_000, 90_000), _SQUARE)
        days = banking_calendar.open_days(Banking.FEDERAL_RESERVE, date(2026, 4, 1), EXAMPLE_AS_OF)
        for shopping_day in self.rng.sample(days, 22):
            shop = self.rng.choice(("AMZN MKTP US", "STAPLES 0113", "DELTA AIR", "SHELL OIL 5744", "COSTCO WHSE 0481"))
            purchase = spoken(SpeakerKind.OUTGOING, shop, "CARD PURCHASE")
            self._line(shopping_day, -self.rng.randrange(900, 24_000), purchase)

    def _line(self, day: date, cents: int, speaker: Speaker, trace: str | None = None) -> None:
        spoken, rng = voice(Family.CHASE, speaker), self.rng
        text = spoken.template.format(
            ref=stripe_reference(rng),
            trace=trace or trace_number(rng),
            day=day.strftime("%y%m%d"),
            trn=f"{rng.randrange(10**10):010d}",
        )
        self.lines.append(
            BankDeposit(
                id=BankDepositId(f"line {len(self.lines):03d}"),
                account=BankAccountId("4821"),
                amount=Money(cents, _USD),
                date=day,
                text=text,
            )
        )

    def _first_items(self, payout: Payout) -> tuple[BalanceTransaction, ...]:
        """Four invoices of $1,000.00, $25.00 fee each, $10.00 to Stripe Climate: $3,890.00."""
        sent = payout.created or datetime(2026, 4, 1, tzinfo=UTC)

        def item(type_: str, amount: int, fee: int, words: str, prefix: str | None = None) -> BalanceTransaction:
            created = sent - timedelta(hours=self.rng.randrange(2, 40))
            return self._item(type_, amount, fee, words, created, sent.date(), prefix, payout.id)

        own = BalanceTransaction(
            id=BalanceTransactionId(payout.balance_transaction or ""),
            amount=-payout.amount,
            fee=Money(0, _USD),
            net=-payout.amount,
            type="payout",
            reporting_category="payout",
            payout=payout.id,
            source=payout.id,
            created=sent,
            available_on=payout.arrival_date,
            description="STRIPE PAYOUT",
            status="available",
        )
        charges = [
            item("charge", 100_000, 2_500, f"Payment for Invoice HG-{number}", "ch_") for number in range(1001, 1005)
        ]
        return (*charges, item("contribution", -1_000, 0, "Stripe Climate contribution"), own)

    def _paid_out_by_hand(self) -> tuple[BalanceTransaction, ...]:
        """Payments that Stripe lists in no payout: those asked for by hand, and the instant one, drew on them."""
        return tuple(
            self._item(
                "charge",
                amount,
                round(amount * 0.029) + 30,
                f"Payment for Invoice HG-{number}",
                datetime(2026, 5, day, 15, tzinfo=UTC),
                date(2026, 5, day + 2),
                "ch_",
            )
            for number, amount, day in ((1036, 42_000, 13), (1037, 30_000, 14), (1041, 50_000, 25))
        )

    def _item(
        self,
        type_: str,
        amount: int,
        fee: int,
        words: str,
        created: datetime,
        available_on: date,
        prefix: str | None = None,
        payout: PayoutId | None = None,
    ) -> BalanceTransaction:
        return BalanceTransaction(
            id=BalanceTransactionId(token(self.rng, "txn_")),
            amount=Money(amount, _USD),
            fee=Money(fee, _USD),
            net=Money(amount - fee, _USD),
            type=type_,
            reporting_category=type_,
            payout=payout,
            source=token(self.rng, prefix) if prefix else None,
            created=created,
            available_on=available_on,
            description=words,
            status="available",
        )
