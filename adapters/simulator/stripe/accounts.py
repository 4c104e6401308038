"""The account itself, its external accounts and its balance settings."""

from typing import TYPE_CHECKING

from adapters.simulator.stripe.wire import JsonObject

if TYPE_CHECKING:
    from adapters.simulator.stripe.account_book import AccountBook


def account_object(book: "AccountBook") -> JsonObject:
    """A standard account as the API shows it (docs.stripe.com/api/accounts/object; the SDK's fields, seen)."""
    habits, ready = book.habits, book.habits.onboarded
    capability = "active" if ready else "inactive"
    due = [] if ready else ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
    requirements = {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": None if ready else "requirements.past_due",
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due),
        "pending_verification": [],
    }
    return {
        "id": book.id,
        "object": "account",
        "business_profile": {"mcc": None, "name": habits.name, "url": None},
        "business_type": "company" if ready else None,
        "capabilities": {"card_payments": capability, "transfers": capability},
        "charges_enabled": ready,
        "controller": {"type": "account"},
        "country": book.country.code,
        "created": book.now,
        "default_currency": book.currency,
        "details_submitted": ready,
        "email": habits.email,
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{book.id}/external_accounts",
        },
        "future_requirements": {**requirements, "currently_due": [], "eventually_due": [], "past_due": []},
        "metadata": {},
        "payouts_enabled": ready,
        "requirements": requirements,
        "settings": {
            "dashboard": {"display_name": habits.name, "timezone": "Etc/UTC"},
            "payouts": {
                "debit_negative_balances": True,
                "schedule": {"delay_days": book.country.delay_days, "interval": "daily"},
                "statement_descriptor": None,
            },
        },
        "tos_acceptance": {"date": book.now if ready else None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def balance_settings(book: "AccountBook") -> JsonObject:
    """How the account is paid out (docs.stripe.com/api/balance-settings; documented)."""
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": True,
            "payouts": {
                "automatic_transfer_rules_by_currency": None,
                "minimum_balance_by_currency": None,
                "schedule": {"interval": "daily", "monthly_payout_days": [], "weekly_payout_days": []},
                "statement_descriptor": None,
                "status": "enabled" if book.habits.onboarded else "disabled",
            },
            "settlement_timing": {
                "delay_days": book.country.delay_days,
                "delay_days_override": None,
                "start_of_day": {"hour": 0, "minutes": 0, "timezone": "Etc/UTC"},
            },
        },
    }


def add_bank_account(
    book: "AccountBook", *, currency: str | None = None, last4: str | None = None, id: str | None = None
) -> JsonObject:
    """Adds a bank account to pay out to. It is the default of its currency."""
    bank: JsonObject = {
        "id": id or book.kernel.ids.id("ba_"),
        "object": "bank_account",
        "account": book.id,
        "account_holder_name": book.habits.name,
        "account_holder_type": "company",
        "account_type": None,
        "available_payout_methods": ["standard", "instant"],
        "bank_name": book.country.bank_name,
        "country": book.country.code,
        "currency": currency or book.currency,
        "default_for_currency": True,
        "fingerprint": book.kernel.ids.letters(16),
        "last4": last4 or book.habits.bank_last4,
        "metadata": {},
        "routing_number": "110000000",
        "status": "new",
    }
    for other in book.collection("bank_account").oldest_first():
        if other["currency"] == bank["currency"]:
            other["default_for_currency"] = False
    listed = book.account["external_accounts"]["data"]
    listed.append(bank)
    return book.add(bank, "account.external_account.created")


def bank_account_for(book: "AccountBook", currency: str) -> JsonObject | None:
    """The bank account that payouts of this currency go to."""
    for bank in book.collection("bank_account").newest_first():
        if bank["currency"] == currency and bank["default_for_currency"]:
            return bank
    return None


def disable_bank_account(book: "AccountBook", id: str) -> None:
    """After a failed payout (docs.stripe.com/payouts, payout failures; documented): no more payouts until set right."""
    book.payouts_paused = True
    bank = book.find(id)
    if bank is not None:
        book.change(bank, "account.external_account.updated", status="errored")


def repair_bank_account(book: "AccountBook") -> None:
    """The owner sets the bank account right; payouts go on with the next one on schedule."""
    book.payouts_paused = False
    for bank in book.collection("bank_account").oldest_first():
        if bank["status"] == "errored":
            book.change(bank, "account.external_account.updated", status="new")


def complete_onboarding(book: "AccountBook") -> None:
    """The user has told Stripe all that it wants to know: charges and payouts are enabled."""
    book.settings["payments"]["payouts"]["status"] = "enabled"
    nothing_due: JsonObject = {"currently_due": [], "eventually_due": [], "past_due": [], "disabled_reason": None}
    book.change(
        book.account,
        "account.updated",
        business_type="company",
        details_submitted=True,
        charges_enabled=True,
        payouts_enabled=True,
        capabilities={"card_payments": "active", "transfers": "active"},
        requirements={**book.account["requirements"], **nothing_due},
    )


def set_schedule(
    book: "AccountBook",
    interval: str,
    *,
    weekly_payout_days: list[str] | None = None,
    monthly_payout_days: list[int] | None = None,
) -> None:
    """Changes when payouts are made (docs.stripe.com/connect/manage-payout-schedule; documented)."""
    payouts = book.settings["payments"]["payouts"]
    payouts["schedule"] = {
        "interval": interval,
        "monthly_payout_days": monthly_payout_days or [],
        "weekly_payout_days": weekly_payout_days or [],
    }
    book.account["settings"]["payouts"]["schedule"]["interval"] = interval
    book.emit("balance_settings.updated", book.settings)


def set_start_of_day(book: "AccountBook", hour: int, minutes: int, timezone: str) -> None:
    """When the account's days begin (docs.stripe.com/connect/customized-start-of-day; documented)."""
    timing = book.settings["payments"]["settlement_timing"]
    timing["start_of_day"] = {"hour": hour, "minutes": minutes, "timezone": timezone}
    book.emit("balance_settings.updated", book.settings)


def set_minimum_balance(book: "AccountBook", by_currency: dict[str, int] | None) -> None:
    """What payouts leave in the balance, per currency."""
    book.settings["payments"]["payouts"]["minimum_balance_by_currency"] = by_currency
    book.emit("balance_settings.updated", book.settings)


def set_debits(book: "AccountBook", allowed: bool) -> None:
    """Whether Stripe may draw a negative balance from the bank."""
    book.settings["payments"]["debit_negative_balances"] = allowed
    book.account["settings"]["payouts"]["debit_negative_balances"] = allowed
    book.emit("balance_settings.updated", book.settings)
