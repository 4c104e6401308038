"""Payouts of one company, by its law: every kind, in every state that the day of looking leaves them in."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

import attrs

from adapters.simulator import banking_calendar
from adapters.simulator.bank_voices import trace_number
from adapters.simulator.laws import CompanyLaw, StripeAccountLaw
from adapters.simulator.world import MadePayout
from domain.money import Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KINDS: Final = ("manual", "instant", "negative", "zero", "failed", "retried", "canceled", "reversed", "elsewhere")
FAILURE_DAYS: Final = 4
"""The longest time, in banking days, after which Stripe still lets a payout fail here."""


def token(rng: Random, prefix: str) -> str:
    """An id in Stripe's form."""
    return prefix + "1" + "".join(rng.choices(_ALPHABET, k=23))


def last_day(law: CompanyLaw) -> date:
    """The day of looking, `as_of`."""
    return law.first_day + timedelta(days=law.days + law.tail)


def make_payouts(law: CompanyLaw, rng: Random) -> list[MadePayout]:
    """All payouts that exist on the day of looking."""
    made: list[MadePayout] = []
    for index, account in enumerate(law.stripe_accounts):
        made.extend(_AccountMaker(law, index, account, rng).make())
    return made[: law.payouts_max]


class _AccountMaker:
    """The payouts of one Stripe account."""

    def __init__(self, law: CompanyLaw, index: int, account: StripeAccountLaw, rng: Random) -> None:
        self.law, self.index, self.account, self.rng = law, index, account, rng
        self.bank = law.banks[account.bank]
        self.as_of = last_day(law)
        self.id = token(rng, "acct_")[:21]
        self.destination = token(rng, "ba_")
        self.elsewhere = token(rng, "ba_")
        self.made: list[MadePayout] = []

    def make(self) -> list[MadePayout]:
        law, account, rng = self.law, self.account, self.rng
        last = law.first_day + timedelta(days=law.days)
        days = banking_calendar.open_days(self.bank.banking, law.first_day, last)[:: account.every]
        for day in days:
            if len(self.made) * len(law.stripe_accounts) >= law.payouts_max:
                break
            count = rng.choices(range(1, len(account.at_once) + 1), account.at_once)[0]
            same = account.amounts.sample(rng) if rng.random() < account.same_at_once else None
            for _ in range(count):
                self._one(day, same or account.amounts.sample(rng))
        return self.made

    def _one(self, day: date, amount: int) -> None:
        kinds, rng = self.account.kinds, self.rng
        shares = [getattr(kinds, kind) for kind in _KINDS]
        kind = rng.choices((*_KINDS, "automatic"), (*shares, max(0.0, 1 - sum(shares))))[0]
        if kind in ("failed", "retried", "reversed") and not self._settled(day):
            kind = "automatic"
        match kind:
            case "failed":
                self._add(day, amount, status=PayoutStatus.FAILED)
            case "retried":
                self._add(day, amount, status=PayoutStatus.FAILED)
                again = banking_calendar.moved(self.bank.banking, day, FAILURE_DAYS + rng.randint(1, 3))
                self._add(again, amount)
            case "reversed":
                self._reversed(day, amount)
            case "canceled":
                self._add(day, amount, status=PayoutStatus.CANCELED, automatic=False)
            case "zero":
                self._add(day, 0)
            case "negative":
                self._add(day, -max(1, amount // 10))
            case "manual":
                self._add(day, amount, automatic=False)
            case "instant":
                self._add(day, amount, automatic=False, method="instant")
            case "elsewhere":
                self._add(day, amount, elsewhere=True)
            case _:
                self._add(day, amount)

    def _settled(self, day: date) -> bool:
        """Whatever happens to a payout that fails has happened, and shows, by the day of looking."""
        days = self.bank.lag.longest + self.bank.return_lag.longest + FAILURE_DAYS + 4
        end = self.as_of - timedelta(days=self.bank.cut_end)
        start = self.law.first_day + timedelta(days=self.bank.cut_start + 10 if self.bank.cut_start else 0)
        return start <= day and banking_calendar.moved(self.bank.banking, day, max(days, 1)) < end

    def _reversed(self, day: date, amount: int) -> None:
        self._add(day, amount)
        original = self.made.pop()
        back = banking_calendar.moved(self.bank.banking, day, self.rng.randint(2, 5))
        self._add(back, -amount, original=original.payout.id, automatic=False)
        reversal = self.made[-1]
        payout = attrs.evolve(original.payout, reversed_by=reversal.payout.id)
        self.made.append(attrs.evolve(original, payout=payout))

    def _add(
        self,
        arrival: date,
        amount: int,
        *,
        status: PayoutStatus | None = None,
        automatic: bool = True,
        method: str = "standard",
        elsewhere: bool = False,
        original: PayoutId | None = None,
    ) -> None:
        rng, account, as_of = self.rng, self.account, self.as_of
        lead = 0 if method == "instant" else 2 if automatic else 1
        created_day = banking_calendar.moved(self.bank.banking, arrival, -lead) if lead else arrival
        created = datetime(created_day.year, created_day.month, created_day.day, tzinfo=UTC)
        created += timedelta(seconds=rng.randrange(300, 80_000))
        trace = trace_number(rng)
        told = rng.random() < account.trace_supported and arrival + timedelta(days=account.trace_days) <= as_of
        if status is None:
            status = PayoutStatus.PAID if arrival <= as_of else PayoutStatus.IN_TRANSIT
        failed = status is PayoutStatus.FAILED
        payout = Payout(
            id=PayoutId(token(rng, "po_")),
            amount=Money(amount, account.currency),
            arrival_date=arrival,
            status=status,
            created=created,
            automatic=automatic,
            method=method,
            stripe_account=self.id,
            destination=(self.elsewhere if elsewhere else self.destination) if account.destination_known else None,
            destination_last4=("0001" if elsewhere else account_mask(self.account.bank))
            if account.destination_known
            else None,
            trace_id=trace if told else None,
            statement_descriptor=account.descriptor if account.payout_descriptors else None,
            source_type="card",
            balance_transaction=token(rng, "txn_"),
            failure_balance_transaction=token(rng, "txn_") if failed or status is PayoutStatus.CANCELED else None,
            failure_code="account_closed" if failed else None,
            original_payout=original,
            reconciliation_status=ReconciliationStatus.COMPLETED if automatic else ReconciliationStatus.NOT_APPLICABLE,
            livemode=True,
        )
        if created_day <= as_of:
            self.made.append(
                MadePayout(payout=payout, account=self.index, law=account, true_trace=trace, elsewhere=elsewhere)
            )


def account_mask(bank: int) -> str:
    """The last four digits of a company's so-manieth bank account."""
    return f"{4821 + 1117 * bank:04d}"[-4:]
