"""What each thing that happens writes into the balance: type, category, gross, fee, net, source and words."""

from collections.abc import Callable

import pytest

from adapters.simulator.stripe import charges, disputes, other_movements, refunds, topups
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.wire import DAY, JsonObject
from tests.adapters.simulator.stripe.shop import open_shop

Row = tuple[str, str, int, int, str | None, str | None]


def row(item: JsonObject) -> Row:
    """The movement without its ids: of the source only the kind."""
    source = item["source"].partition("_")[0] if item["source"] else None
    words = " ".join(word for word in (item["description"] or "").split() if "_" not in word) or None
    return item["type"], item["reporting_category"], item["amount"], item["fee"], source, words


def sold(book: AccountBook, amount: int = 5_000) -> JsonObject:
    return charges.charge(book, amount, description="A chair")


def bounced(book: AccountBook) -> None:
    refunds.fail(book, refunds.refund(book, sold(book), 1_000))


def won(book: AccountBook) -> None:
    disputes.win(book, disputes.open_dispute(book, sold(book)))


def asked_and_escalated(book: AccountBook) -> None:
    disputes.escalate(book, disputes.open_dispute(book, sold(book), inquiry=True))


def debit_returned(book: AccountBook) -> None:
    charges.return_payment(book, charges.charge(book, 3_000, method="us_bank_account"))


def debit_refunded(book: AccountBook) -> None:
    refunds.refund(book, charges.charge(book, 3_000, method="us_bank_account"))


CHARGE: Row = ("charge", "charge", 5_000, 175, "ch", "A chair")
DEBIT: Row = ("payment", "charge", 3_000, 24, "py", None)


@pytest.mark.parametrize(
    ("happens", "rows"),
    [
        (sold, [CHARGE]),
        (
            bounced,
            [
                CHARGE,
                ("refund", "refund", -1_000, 0, "re", "REFUND FOR CHARGE (A chair)"),
                ("refund_failure", "refund_failure", 1_000, 0, "re", "REFUND FAILURE"),
            ],
        ),
        (
            won,
            [
                CHARGE,
                ("adjustment", "dispute", -5_000, 1_500, "du", "Chargeback withdrawal for"),
                ("adjustment", "dispute_reversal", 5_000, 0, "du", "Chargeback reversal for"),
            ],
        ),
        (
            asked_and_escalated,
            [CHARGE, ("adjustment", "dispute", -5_000, 1_500, "du", "Chargeback withdrawal for")],
        ),
        (lambda book: disputes.open_dispute(book, sold(book), inquiry=True), [CHARGE]),
        (
            debit_returned,
            [DEBIT, ("payment_failure_refund", "charge_failure", -3_000, 0, "py", "PAYMENT FAILURE REFUND")],
        ),
        (debit_refunded, [DEBIT, ("payment_refund", "refund", -3_000, 0, "pyr", "REFUND FOR PAYMENT")]),
        (lambda book: charges.charge(book, 900, capture=False), []),
        (lambda book: charges.fail(book, 900), []),
        (
            lambda book: other_movements.stripe_fee(book, 50),
            [("stripe_fee", "fee", -50, 0, None, "Radar (2026-03-02): Standard")],
        ),
        (lambda book: other_movements.tax(book, 9), [("tax_fee", "tax", -9, 0, None, "VAT on Stripe fees")]),
        (
            lambda book: other_movements.contribution(book, 10),
            [("contribution", "contribution", -10, 0, None, "Stripe Climate")],
        ),
        (
            lambda book: other_movements.hold_reserve(book, 70, kind="reserved_funds"),
            [("reserved_funds", "risk_reserved_funds", -70, 0, None, "Risk reserve")],
        ),
        (
            lambda book: other_movements.repay_capital(book, 70),
            [("anticipation_repayment", "anticipation_repayment", -70, 0, None, "Stripe Capital repayment")],
        ),
        (
            lambda book: other_movements.unheard_of(book, "quantum_levy", "quantum", 100, fee=3),
            [("quantum_levy", "quantum", 100, 3, None, "quantum levy")],
        ),
    ],
)
async def test_each_thing_that_happens_writes_its_own_rows(
    happens: Callable[[AccountBook], object], rows: list[Row]
) -> None:
    async with open_shop() as shop:
        happens(shop.account)

        movements = (await shop.every("/v1/balance_transactions"))[::-1]

        assert [row(item) for item in movements] == rows
        assert all(item["net"] == item["amount"] - item["fee"] for item in movements)


async def test_a_topup_is_in_the_balance_when_it_has_succeeded_and_may_be_reversed() -> None:
    async with open_shop() as shop:
        topup = topups.top_up(shop.account, 9_000)
        before = await shop.every("/v1/balance_transactions")
        await shop.stripe.advance(3 * DAY)
        topups.reverse(shop.account, topup)

        after = (await shop.every("/v1/balance_transactions"))[::-1]

        assert before == []
        assert [row(item)[:5] for item in after] == [
            ("topup", "topup", 9_000, 0, "tu"),
            ("topup_reversal", "topup_reversal", -9_000, 0, "tu"),
        ]


async def test_where_fees_are_taxed_the_tax_is_a_part_of_the_fee() -> None:
    async with open_shop(habits=AccountHabits(country="DE", fee_tax_basis_points=2_300)) as shop:
        charges.charge(shop.account, 50_000, fee=725, application_fee=100)

        (movement,) = await shop.every("/v1/balance_transactions")

        assert [(part["type"], part["amount"], part["description"]) for part in movement["fee_details"]] == [
            ("application_fee", 100, "Application fee"),
            ("stripe_fee", 725, "Stripe processing fees"),
            ("tax", 166, "VAT"),
        ]
        assert movement["fee"] == 991


async def test_the_platform_gives_its_fee_back_with_a_refund() -> None:
    async with open_shop() as shop:
        charge = charges.charge(shop.account, 10_000, application_fee=1_000)

        refunded = await shop.tell("/v1/refunds", charge=charge["id"], amount=5_000, refund_application_fee=True)

        own = (await shop.client.v1.balance_transactions.list_async()).data
        (fee,) = (await shop.client.v1.application_fees.list_async()).data
        assert refunded["amount"] == 5_000
        assert [(item.type, item.reporting_category, item.net) for item in own] == [
            ("application_fee_refund", "platform_earning_refund", -500),
            ("application_fee", "platform_earning", 1_000),
        ]
        assert (fee.amount_refunded, fee.refunded) == (500, False)
        assert (await shop.ask(f"/v1/charges/{charge['id']}"))["amount_refunded"] == 5_000
