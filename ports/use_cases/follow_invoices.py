"""Tells partners of invoices when something is other than it was told last: the invoice itself, or where its money is.

It runs in the transaction that made it so, whatever that was: an invoice that was read or sent, a movement of the
balance, a payout, a match. All of them hold the company's invoices before they look for any, so that of two that
change the same invoice's way at once the second sees what the first did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from domain.balance_transaction import BalanceTransaction
from domain.company_event import CompanyEvent, EventType
from domain.invoice import InvoiceId
from domain.invoice_facts import InvoiceFacts
from domain.invoice_trail import InvoiceTrail, PayoutPlace, charge_of, follow
from domain.payout import PayoutId
from ports.facts import OfPayments, RecordedFacts, WithIds
from ports.invoice_standings import InvoiceStanding
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import MatchesWanted, PayoutOutcomesWanted
from ports.reconciliation_record import RecordedChanges
from ports.transaction import CompanyTransaction

AT_ONCE: Final = 200
"""Payouts or invoices that are looked at together: memory stays flat, however many there are."""
T = TypeVar("T")


async def trails_of(facts: InvoiceFacts, transaction: CompanyTransaction) -> tuple[InvoiceTrail, ...]:
    """Where the money of these invoices is, by all that is known."""
    intents = {each.payment_intent for each in facts.payments if each.payment_intent is not None}
    charges = {each.charge for each in facts.payments if each.charge is not None}
    movements: tuple[BalanceTransaction, ...] = ()
    if intents or charges:
        wanted = OfPayments(payment_intents=tuple(sorted(intents)), charges=tuple(sorted(charges)))
        movements = (await transaction.facts.load(wanted)).balance_transactions
    payouts = {each.payout for each in movements if each.payout is not None}
    return follow(facts.whole(), movements, await _places(payouts, transaction))


async def _places(ids: Collection[PayoutId], transaction: CompanyTransaction) -> Mapping[PayoutId, PayoutPlace]:
    places: dict[PayoutId, PayoutPlace] = {}
    for some in _pieces(sorted(ids)):
        payouts = (await transaction.facts.load(WithIds(ids=some))).payouts
        lists = transaction.reconciliation_lists
        outcomes = {
            each.outcome.payout: each
            for each in (await lists.payout_outcomes(PayoutOutcomesWanted(ids=some), limit=PAGE_MAX)).records
        }
        matches = tuple(sorted({each.match for each in outcomes.values() if each.match is not None}))
        found = (await lists.matches(MatchesWanted(ids=matches), limit=PAGE_MAX)).records if matches else ()
        match_of = {each.id: each.match for each in found}
        for payout in payouts:
            outcome = outcomes.get(payout.id)
            match = None if outcome is None or outcome.match is None else match_of.get(outcome.match)
            places[payout.id] = PayoutPlace(
                payout=payout,
                outcome=None if outcome is None else outcome.outcome.outcome,
                match=None if outcome is None else outcome.match,
                match_status=None if match is None else match.status,
                deposits=() if match is None else tuple(sorted(match.deposits)),
            )
    return places


async def follow_invoices(ids: Collection[InvoiceId], *, at: datetime, transaction: CompanyTransaction) -> None:
    """Those that are other than partners were told last are told, each once. An invoice not known yet is left out."""
    if not ids:
        return
    await transaction.invoices.hold()
    for some in _pieces(sorted(ids)):
        before = await transaction.invoice_standings.find(some)
        was = {id: kept.standing for id, kept in before.items()}
        now = [_standing(trail) for trail in await trails_of(await transaction.invoices.load(some), transaction)]
        await transaction.invoice_standings.put([each for each in now if each != was.get(each.invoice)], at=at)
        news = [each for each in now if each.invoice not in was or each.told != was[each.invoice].told]
        await transaction.outbox.append(
            [CompanyEvent(type=EventType.INVOICE_UPDATED, data=each.told, at=at) for each in news]
        )


def _standing(trail: InvoiceTrail) -> InvoiceStanding:
    invoice = trail.whole.invoice
    return InvoiceStanding(
        invoice=invoice.id,
        account=invoice.account,
        status=invoice.status,
        customer=invoice.customer.id,
        created=invoice.created,
        told=trail.told(),
        open_payments=tuple(each.payment.id for each in trail.payments if each.payment.is_open),
    )


async def follow_facts(recorded: RecordedFacts, *, at: datetime, transaction: CompanyTransaction) -> None:
    """Movements and payouts that were recorded: the invoices whose money they are."""
    movements = (*recorded.new.balance_transactions, *recorded.changed.balance_transactions, *recorded.retracted)
    payouts = tuple(each.id for each in recorded.changed.payouts)
    if not (movements or payouts):
        return
    await transaction.invoices.hold()
    if not await transaction.invoice_standings.any():
        return
    ids = await _paid_by(movements, transaction)
    for some in _pieces(sorted(payouts)):
        ids |= set(await transaction.invoices.in_payouts(some))
    await follow_invoices(ids, at=at, transaction=transaction)


async def follow_matches(changes: RecordedChanges, *, at: datetime, transaction: CompanyTransaction) -> None:
    """Payouts of which something else is said now: the invoices whose money they carry."""
    payouts = {each.standing.outcome.payout for each in changes.payouts}
    payouts |= {payout for each in changes.matches for payout in each.match.payouts}
    payouts |= {payout for each in changes.ended for payout in each.payouts}
    if not payouts or not await transaction.stripe_feeds.all():
        return
    await transaction.invoices.hold()
    if not await transaction.invoice_standings.any():
        return
    for some in _pieces(sorted(payouts)):
        await follow_invoices(await transaction.invoices.in_payouts(some), at=at, transaction=transaction)


async def _paid_by(movements: Iterable[BalanceTransaction], transaction: CompanyTransaction) -> set[InvoiceId]:
    names = {name for movement in movements for name in charge_of(movement)}
    found = await transaction.invoices.paid_by(sorted(names)) if names else {}
    return {invoice for invoices in found.values() for invoice in invoices}


async def invoices_of_movements(
    movements: Iterable[BalanceTransaction], transaction: CompanyTransaction
) -> Mapping[str, tuple[InvoiceId, ...]]:
    """By the ids of movements of payments of invoices, refunds and disputes of them among these: which ones."""
    names = {each.id: {each.payment_intent, each.charge} - {None} for each in movements}
    wanted = sorted({name for each in names.values() for name in each if name is not None})
    found = await transaction.invoices.paid_by(wanted) if wanted else {}
    paid = {id: {invoice for name in each for invoice in found.get(name or "", ())} for id, each in names.items()}
    return {id: tuple(sorted(invoices)) for id, invoices in paid.items() if invoices}


def _pieces(items: list[T]) -> Iterator[tuple[T, ...]]:
    left = iter(items)
    while piece := tuple(islice(left, AT_ONCE)):
        yield piece
