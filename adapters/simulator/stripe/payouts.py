"""Payouts: made by the schedule or asked for, cancelled, failed, reversed. Their life is in `payout_life`."""

from typing import Final

from adapters.simulator.stripe import accounts, payout_life
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import (
    fee_detail,
    keep_out_of_lists,
    listed_in,
    make_payable,
    payable,
    write,
)
from adapters.simulator.stripe.balances import available
from adapters.simulator.stripe.business_day import arrives_on, day_of
from adapters.simulator.stripe.countries import PAYOUT_LEAST, WHOLE_UNIT_PAYOUTS, midnight
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import DAY, JsonObject

_FAILURE_WORDS: Final = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account details on file are probably incorrect.",
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on your bank account.",
    "insufficient_funds": "Your Stripe account has insufficient funds to cover the payout.",
    "invalid_currency": "The bank was unable to process this payout because of its currency.",
}


def pay_out(book: AccountBook, currency: str) -> JsonObject | None:
    """What the schedule does on its day: pays out all that is available, and lists it. None if nothing is to be sent.

    Below the least amount the balance rolls forward; a negative balance is drawn from the bank where that is allowed
    (docs.stripe.com/payouts; documented).
    """
    items = payable(book, currency)
    bank = accounts.bank_account_for(book, currency)
    enabled = book.settings["payments"]["payouts"]["status"] == "enabled"
    if not items or bank is None or book.payouts_paused or not enabled:
        return None
    left = _minimum_balance(book, currency)
    total = sum(item["net"] for item in items) + book.unlisted[currency]
    amount = total - left if total > 0 else total
    rest = amount - int(amount / 100) * 100 if currency in WHOLE_UNIT_PAYOUTS else 0
    amount -= rest
    if (total > 0 and amount <= 0) or not _is_sent(book, currency, amount):
        return None
    if left and total > 0:
        hold = write(book, "payout_minimum_balance_hold", "payout_minimum_balance_hold", -left, currency=currency)
        items.append(hold)
    if rest and book.kernel.switches.rounded_remainder == "as_adjustment":
        items.append(_adjustment(book, currency, -rest))
    payout = _payout_object(book, amount, currency, automatic=True, destination=bank["id"])
    own = _own_movement(book, payout)
    for item in (*items, own):
        listed_in(book, item, payout["id"])
    book.unlisted[currency] = 0
    if left and total > 0:
        write(book, "payout_minimum_balance_release", "payout_minimum_balance_release", left, currency=currency)
    if rest and book.kernel.switches.rounded_remainder == "as_adjustment":
        _adjustment(book, currency, rest)
    elif rest:
        book.unlisted[currency] = rest
    book.add(payout, "payout.created")
    _begin(book, payout)
    return payout


def request(
    book: AccountBook,
    amount: int,
    *,
    currency: str | None = None,
    instant: bool = False,
    destination: str | None = None,
    statement_descriptor: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonObject:
    """A payout that is asked for: manual or instant. Nobody itemises it. Raises Refused.

    The fee of an instant one is on its own movement (docs.stripe.com/payouts/instant-payouts; documented).
    """
    currency = currency or book.currency
    bank = book.find(destination) if destination else accounts.bank_account_for(book, currency)
    fee = amount * book.habits.instant_fee_basis_points // 10_000 if instant else 0
    if bank is None:
        words = f"Sorry, you don't have any external accounts in that currency ({currency})."
        raise Refused(words, code="payouts_not_allowed", param="currency")
    if not book.account["payouts_enabled"]:
        raise Refused("Your account cannot currently make payouts.", code="payouts_not_allowed")
    if available(book, currency) < amount + fee:
        words = "You have insufficient funds in your Stripe account for this transfer."
        raise Refused(words, code="balance_insufficient")
    if currency in WHOLE_UNIT_PAYOUTS and amount % 100:
        raise Refused(f"Payouts in {currency} must be in whole units.", code="invalid_integer", param="amount")
    payout = _payout_object(book, amount, currency, automatic=False, destination=bank["id"], instant=instant)
    payout.update(description=description, metadata=dict(metadata or {}))
    if statement_descriptor:
        payout["statement_descriptor"] = statement_descriptor
    own = _own_movement(book, payout, fee=fee)
    _leave_lists_or_wait(book, own)
    book.add(payout, "payout.created")
    _begin(book, payout)
    return payout


def cancel(book: AccountBook, payout: JsonObject) -> JsonObject:
    """Only one that was asked for and is still pending; its money returns as `payout_cancel`. Raises Refused."""
    if payout["automatic"]:
        raise Refused("Automatic payouts cannot be canceled.", code="payout_not_cancelable")
    if payout["status"] != "pending":
        raise Refused(f"Payouts can only be canceled while pending; this one is {payout['status']}.")
    back = _give_back(book, payout, "payout_cancel")
    return book.change(payout, "payout.canceled", status="canceled", failure_balance_transaction=back["id"])


def fail(book: AccountBook, payout: JsonObject, code: str = "account_closed") -> JsonObject:
    """The bank sends it back, from whatever state, days after `paid` too: seen nine calendar days after arrival.

    The money returns by a movement of its own, and the bank account is disabled (docs.stripe.com/payouts; documented).
    """
    if payout["status"] in ("failed", "canceled"):
        raise Refused(f"This payout is {payout['status']} already.")
    back = _give_back(book, payout, "payout_failure")
    book.change(
        payout,
        "payout.failed",
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code=code,
        failure_message=_FAILURE_WORDS.get(code, "The payout failed."),
    )
    if payout["amount"] > 0 and payout["destination"]:
        accounts.disable_bank_account(book, payout["destination"])
    return payout


def reverse(book: AccountBook, payout: JsonObject, *, metadata: dict[str, str] | None = None) -> JsonObject:
    """Draws a paid payout back: a new one with negative amount (docs.stripe.com/api/payouts/reverse; documented).

    Paid-out American and Canadian payouts to banks, younger than 90 days. Raises Refused.
    """
    old = payout["created"] < book.now - 90 * DAY
    allowed = book.country.code in ("US", "CA") and payout["status"] == "paid" and payout["type"] == "bank_account"
    if not allowed or old or payout["amount"] <= 0 or payout["method"] == "instant" or payout["reversed_by"]:
        raise Refused("This payout cannot be reversed.", code="payout_not_reversible", param="payout")
    back = _payout_object(
        book, -payout["amount"], payout["currency"], automatic=False, destination=payout["destination"]
    )
    back.update(original_payout=payout["id"], metadata=dict(metadata or {}), description=None)
    _own_movement(book, back, drawn=True)
    book.change(payout, "payout.updated", reversed_by=back["id"])
    book.add(back, "payout.created")
    _begin(book, back)
    return back


def _begin(book: AccountBook, payout: JsonObject) -> None:
    """Its life, and how it ends: some fail, days after they were paid, if the account's habits say so."""
    payout_life.begin(book, payout)
    habits, chance = book.habits, book.kernel.chance("failures")
    if payout["amount"] == 0 or chance.random() >= habits.payouts_failing:
        return

    def bounce() -> None:
        if payout["status"] not in ("failed", "canceled"):
            fail(book, payout)
            book.kernel.clock.after(habits.repaired_after_days * DAY, lambda: accounts.repair_bank_account(book))

    book.kernel.clock.at(payout["arrival_date"] + chance.randint(*habits.fails_after_days) * DAY, bounce)


def _minimum_balance(book: AccountBook, currency: str) -> int:
    kept = book.settings["payments"]["payouts"]["minimum_balance_by_currency"] or {}
    return int(kept.get(currency, 0))


def _is_sent(book: AccountBook, currency: str, amount: int) -> bool:
    if amount == 0:
        return book.kernel.switches.zero_payouts == "made"
    if amount < 0:
        return bool(book.settings["payments"]["debit_negative_balances"])
    return amount >= PAYOUT_LEAST.get(currency, 1)


def _payout_object(
    book: AccountBook, amount: int, currency: str, *, automatic: bool, destination: str, instant: bool = False
) -> JsonObject:
    days = book.habits.payout_arrival_days
    return {
        "id": book.kernel.ids.id("po_"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": midnight(day_of(book, book.now)) if instant else arrives_on(book, book.now, days),
        "automatic": automatic,
        "balance_transaction": None,
        "created": book.now,
        "currency": currency,
        "description": "STRIPE PAYOUT" if automatic else None,
        "destination": destination,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": book.livemode,
        "metadata": {},
        "method": "instant" if instant else "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": book.settings["payments"]["payouts"]["statement_descriptor"],
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }


def _own_movement(book: AccountBook, payout: JsonObject, *, fee: int = 0, drawn: bool = False) -> JsonObject:
    """The movement that takes the payout's money out of the balance: the opposite sign, and a fee if it is instant.

    What a reversal draws from the bank is available, and a later payout lists it, when it has arrived.
    """
    fees = [fee_detail(fee, payout["currency"], "stripe_fee", "Instant payout fee")] if fee else []
    at_once = book.kernel.switches.payout_movements == "available_at_once" and not drawn
    own = write(
        book,
        "payout",
        "payout",
        -payout["amount"],
        currency=payout["currency"],
        fees=fees,
        source=payout["id"],
        description="STRIPE PAYOUT",
        available_on=payout["arrival_date"],
        status="available" if at_once else None,
    )
    keep_out_of_lists(book, own)
    payout["balance_transaction"] = own["id"]
    return own


def _leave_lists_or_wait(book: AccountBook, own: JsonObject) -> None:
    """Where a manual payout's movement shows: see `Switches.manual_movements`."""
    if book.kernel.switches.manual_movements == "with_what_they_paid":
        total, paid = own["net"], []
        for item in payable(book, own["currency"]):
            total += item["net"]
            paid.append(item)
            if total == 0:
                for each in paid:
                    keep_out_of_lists(book, each)
                return
    make_payable(book, own)


def _give_back(book: AccountBook, payout: JsonObject, type: str) -> JsonObject:
    own = book.get(payout["balance_transaction"])
    back_with_fee = type == "payout_cancel" or book.kernel.switches.instant_fee_given_back
    fees = [{**detail, "amount": -detail["amount"]} for detail in own["fee_details"]] if back_with_fee else []
    return write(
        book,
        type,
        "payout_reversal",
        payout["amount"],
        currency=payout["currency"],
        fees=fees,
        source=payout["id"],
        description="REFUND FOR PAYOUT (STRIPE PAYOUT)",
    )


def _adjustment(book: AccountBook, currency: str, amount: int) -> JsonObject:
    return write(book, "adjustment", "other_adjustment", amount, currency=currency, description="Rounding of payout")
