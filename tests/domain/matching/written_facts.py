"""Short ways to write one company's payouts and bank lines in tests."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import reconcile_deposits
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from domain.reconciliation_match import ReconciliationMatch
from domain.reconciliation_outcome import Reconciliation

MONDAY = date(2026, 9, 14)
"""No bank of ours rests in the four weeks from here."""
STRIPE_TEXT = "STRIPE TRANSFER"


def day(number: int) -> date:
    """The so-manieth day from a Monday; 0 … 4 and 7 … 11 are banking days."""
    return MONDAY + timedelta(days=number)


def weekday(number: int) -> date:
    """The so-manieth weekday from a Monday."""
    return MONDAY + timedelta(days=number // 5 * 7 + number % 5)


def payout(
    id: str,
    minor_units: int,
    on: date = MONDAY,
    *,
    currency: str = "usd",
    status: PayoutStatus = PayoutStatus.PAID,
    stripe_account: str | None = None,
    destination: str | None = None,
    last4: str | None = None,
    trace: str | None = None,
    method: str = "standard",
    descriptor: str | None = None,
) -> Payout:
    """A payout that Stripe expects at the bank on this day."""
    return Payout(
        id=PayoutId(id),
        amount=Money(minor_units, Currency.of(currency)),
        arrival_date=on,
        status=status,
        method=method,
        stripe_account=stripe_account,
        destination=destination,
        destination_last4=last4,
        trace_id=trace,
        statement_descriptor=descriptor,
    )


def line(
    id: str,
    minor_units: int,
    on: date = MONDAY,
    text: str = STRIPE_TEXT,
    *,
    currency: str = "usd",
    account: str = "checking",
    status: BankDepositStatus = BankDepositStatus.POSTED,
) -> BankDeposit:
    """A bank line of this day."""
    return BankDeposit(
        id=BankDepositId(id),
        account=BankAccountId(account),
        amount=Money(minor_units, Currency.of(currency)),
        date=on,
        text=text,
        status=status,
    )


def account(
    id: str = "checking",
    *,
    feed: str = "statement",
    institution: str | None = "First Bank",
    name: str | None = "Business Checking",
    mask: str | None = None,
    currency: str | None = "usd",
    covered: tuple[date, date] | None = None,
    persistent_id: str | None = None,
) -> BankAccount:
    """A bank account as one feed shows it."""
    return BankAccount(
        id=BankAccountId(id),
        feed=feed,
        institution=institution,
        name=name,
        mask=mask,
        persistent_id=persistent_id,
        currency=Currency.of(currency) if currency else None,
        covered_from=covered[0] if covered else None,
        covered_to=covered[1] if covered else None,
    )


def facts(
    payouts: Iterable[Payout], lines: Iterable[BankDeposit], accounts: Iterable[BankAccount] = ()
) -> CompanyFacts:
    """One company's facts; without accounts its checking account is known by its lines alone."""
    return CompanyFacts(payouts=tuple(payouts), deposits=tuple(lines), accounts=tuple(accounts))


def reconcile(
    payouts: Iterable[Payout],
    lines: Iterable[BankDeposit],
    accounts: Iterable[BankAccount] = (),
    as_of: date = MONDAY + timedelta(days=120),
) -> Reconciliation:
    """What the engine makes of these facts, long after."""
    return reconcile_deposits(facts(payouts, lines, accounts), as_of=as_of)


def history(
    count: int, *, lag: int = 0, text: str = STRIPE_TEXT, traced: bool = False, first: int = -60
) -> tuple[list[Payout], list[BankDeposit]]:
    """Payouts of distinctive amounts, one every second weekday, each with its deposit `lag` weekdays later."""
    payouts, lines = [], []
    for i in range(count):
        trace = f"0910000{i:08d}"
        payouts.append(
            payout(f"po_old_{i}", 123_457 + 7_919 * i, weekday(first + 2 * i), trace=trace if traced else None)
        )
        words = f"{text} TRACE#:{trace}" if traced else text
        lines.append(line(f"line_old_{i}", 123_457 + 7_919 * i, weekday(first + 2 * i + lag), words))
    return payouts, lines


def match_of(found: Reconciliation, id: str) -> ReconciliationMatch:
    """The one match that this record is in."""
    (match,) = [match for match in found.matches if id in match.payouts or id in match.deposits]
    return match


def outcomes(found: Reconciliation) -> dict[str, str]:
    """Each record's outcome, by id."""
    return {
        **{each.payout: each.outcome.value for each in found.payouts},
        **{each.deposit: each.outcome.value for each in found.deposits},
    }


def outcomes_of(found: Reconciliation, ids: Sequence[str]) -> list[str]:
    """These records' outcomes."""
    by_id = outcomes(found)
    return [by_id[each] for each in ids]
