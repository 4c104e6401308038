"""What a simulated Stripe holds of an account, as facts: read at the source, without lists, places and events."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.expand import expanded
from adapters.stripe_api.balance_transaction_json import balance_transaction_from_json
from adapters.stripe_api.payout_json import payout_from_json
from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.payout import Payout, PayoutId


def truth_of(book: AccountBook) -> CompanyFacts:
    """All of its payouts and movements, each in the payout whose list has it."""
    payouts = list(book.listing("payout").oldest_first())
    within = {
        item["id"]: PayoutId(payout["id"])
        for payout in payouts
        if payout["automatic"] and payout["reconciliation_status"] == "completed"
        for item in book.items_of(payout["id"]).oldest_first()
    }
    movements = book.listing("balance_transaction").oldest_first()
    return CompanyFacts(
        payouts=tuple(attrs.evolve(payout_from_json(payout), stripe_account=book.id) for payout in payouts),
        balance_transactions=tuple(
            attrs.evolve(
                balance_transaction_from_json(expanded(book, movement, ["source"]), within.get(movement["id"])),
                status=None,
                stripe_account=book.id,
            )
            for movement in movements
        ),
    )


def lines_of(facts: CompanyFacts) -> list[str]:
    """Payouts and movements, one line each, in an order of their own."""
    return sorted(_line(each) for kind in (facts.payouts, facts.balance_transactions) for each in kind)


def hash_of(lines: Iterable[str]) -> str:
    """Of them all."""
    return sha256("\n".join(lines).encode()).hexdigest()


def _line(fact: Payout | BalanceTransaction) -> str:
    said: dict[str, Any] = {field.name: getattr(fact, field.name) for field in attrs.fields(type(fact))}
    return f"{type(fact).__name__} {said}"
