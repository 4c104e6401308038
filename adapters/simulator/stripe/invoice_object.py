"""The invoice as an object: its fields, its lines, and their sums (docs.stripe.com/api/invoices/object; documented)."""

from typing import Final

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import JsonObject, list_object

LINES_SHOWN: Final = 10


def invoice_object(book: AccountBook, customer: JsonObject, currency: str, collection_method: str) -> JsonObject:
    """An empty draft."""
    id = book.kernel.ids.id("in_")
    return {
        "id": id,
        "object": "invoice",
        "account_country": book.country.code,
        "account_name": book.habits.name,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "status": None},
        "billing_reason": "manual",
        "collection_method": collection_method,
        "created": book.now,
        "currency": currency,
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "latest_revision": None,
        "lines": list_object([], f"/v1/invoices/{id}/lines"),
        "livemode": book.livemode,
        "metadata": {},
        "number": None,
        "on_behalf_of": None,
        "parent": None,
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "period_end": book.now,
        "period_start": book.now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": customer["balance"],
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": 0,
        "subtotal_excluding_tax": 0,
        "total": 0,
        "total_discount_amounts": [],
        "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": book.now,
    }


def invoice_item(
    book: AccountBook, invoice: JsonObject, amount: int, description: str | None, quantity: int
) -> JsonObject:
    """What a line is made of."""
    return {
        "id": book.kernel.ids.id("ii_"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "date": book.now,
        "description": description,
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": book.livemode,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": book.now, "start": book.now},
        "proration": False,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
    }


def line_object(
    book: AccountBook, invoice: JsonObject, item: JsonObject, tax_basis_points: int, *, tax_inclusive: bool
) -> JsonObject:
    """A line, with its tax: on top of its amount, or in it."""
    amount = item["amount"]
    divisor = 10_000 + tax_basis_points if tax_inclusive else 10_000
    tax = amount * tax_basis_points // divisor
    taxes = []
    if tax_basis_points:
        taxes.append(
            {
                "amount": tax,
                "tax_behavior": "inclusive" if tax_inclusive else "exclusive",
                "tax_rate_details": {"tax_rate": f"txr_{tax_basis_points}"},
                "taxability_reason": "standard_rated",
                "taxable_amount": amount - tax if tax_inclusive else amount,
                "type": "tax_rate_details",
            }
        )
    return {
        "id": book.kernel.ids.id("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": item["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": book.livemode,
        "metadata": {},
        "parent": {"invoice_item_details": {"invoice_item": item["id"]}, "type": "invoice_item_details"},
        "period": item["period"],
        "pretax_credit_amounts": [],
        "quantity": item["quantity"],
        "quantity_decimal": item["quantity_decimal"],
        "subtotal": amount,
        "taxes": taxes,
    }


def add_up(invoice: JsonObject, lines: list[JsonObject]) -> None:
    """Totals from the lines. `total` holds all tax, `total_excluding_tax` none.

    Of many lines the invoice shows ten, and says that there are more (docs.stripe.com/api/invoices/object; documented).
    """
    invoice["lines"].update(data=lines[:LINES_SHOWN], has_more=len(lines) > LINES_SHOWN)
    taxes = [tax for line in lines for tax in line["taxes"]]
    inclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    subtotal = sum(line["amount"] for line in lines)
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - inclusive,
        total=subtotal + exclusive,
        total_excluding_tax=subtotal - inclusive,
        total_taxes=_by_rate(taxes),
        amount_due=max(0, subtotal + exclusive),
        amount_remaining=max(0, subtotal + exclusive),
    )


def _by_rate(taxes: list[JsonObject]) -> list[JsonObject]:
    sums: dict[tuple[str, str], JsonObject] = {}
    for tax in taxes:
        key = tax["tax_rate_details"]["tax_rate"], tax["tax_behavior"]
        if key not in sums:
            sums[key] = dict(tax)
        else:
            for field in ("amount", "taxable_amount"):
                sums[key][field] += tax[field]
    return list(sums.values())
