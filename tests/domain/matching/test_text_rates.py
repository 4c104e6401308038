"""How rare a text is among others' lines, and what a statement descriptor says, from what one account shows."""

from domain.matching.descriptor import TextForm, TextKey
from domain.matching.model import AccountHistory
from domain.matching.records import line_record, payout_record
from domain.matching.survey import Survey
from domain.matching.text_evidence import says_more_than_others, weigh_text
from tests.domain.matching.written_facts import line, match_of, outcomes_of, payout, reconcile, weekday

PLAIN = TextKey.of(TextForm.GENERIC, "")
OURS = {"ba_1": {PLAIN: 20}}
NAMED = "HARBOR GOODS WEE Harbor Goo {} HARBOR GOODS INC"
OTHERS = "TEKMETRIC PAYMEN Tekmetric {} HARBOR GOODS INC"


def test_an_account_that_shows_a_common_text_for_nobody_else_soon_tells_that_it_is_rare_there() -> None:
    first_days, months, used_by_others = (
        weigh_text(each, "ba_1", PLAIN, debit=False, learned=False).millinats
        for each in (
            AccountHistory(texts=OURS, banking_days=2),
            AccountHistory(texts=OURS, banking_days=80),
            AccountHistory(texts=OURS, banking_days=80, other_texts={PLAIN: 24}),
        )
    )

    assert months > first_days + 2_000
    assert used_by_others < 1_500


def test_what_others_deposit_says_nothing_about_debits() -> None:
    history = AccountHistory(texts=OURS, banking_days=80, other_texts={PLAIN: 25}, other_debits={PLAIN: 1})

    credit = weigh_text(history, "ba_1", PLAIN, debit=False, learned=False)
    debit = weigh_text(history, "ba_1", PLAIN, debit=True, learned=False)

    assert debit.millinats > credit.millinats + 2_000


def test_a_plain_debit_is_told_from_customers_plain_deposits() -> None:
    payouts = [payout(f"po_{n}", 123_457 + 7_919 * n, weekday(2 * n)) for n in range(24)]
    lines = [line(f"line_{n}", 123_457 + 7_919 * n, weekday(2 * n), "DEPOSIT") for n in range(24)]
    customers = [line(f"of_customer_{n}", 31_001 + 641 * n, weekday(n), "DEPOSIT") for n in range(48)]
    negative, pulled = payout("po_negative", -5_000, weekday(31)), line("pulled", -5_000, weekday(32), "DEPOSIT")

    found = reconcile([*payouts, negative], [*lines, *customers, pulled])

    assert outcomes_of(found, ["po_negative", "pulled"]) == ["matched", "matched"]


def test_pairs_that_are_judged_together_are_all_credits_or_all_debits() -> None:
    payouts = [payout_record(payout(f"po_{minor}", minor)) for minor in (123_457, 131_376, -12_347)]
    lines = [line_record(line(f"line_{minor}", minor), False) for minor in (123_457, 131_376, -12_347)]

    survey = Survey({("usd", p.minor): [p] for p in payouts}, {("usd", each.minor): [each] for each in lines}, {})

    assert sorted(len(pairs) for pairs in survey.settled.values()) == [1, 2]


def test_words_that_all_payers_print_are_no_descriptor() -> None:
    tekmetric = TextKey.of(TextForm.STRIPE_PLATFORM, "GOODS HARBOR PAYMEN TEKMETRIC")
    weekly = TextKey.of(TextForm.STRIPE_PLATFORM, "GOO GOODS HARBOR WEE")
    history = AccountHistory(texts={"ba_1": {weekly: 30}}, other_texts={tekmetric: 20})

    says = [says_more_than_others(history, TextKey.of(TextForm.STRIPE, names)) for names in ("GOODS HARBOR", "SPECIAL")]

    assert says == [False, True]


def test_a_line_with_the_companys_name_but_not_the_usual_descriptor_is_not_matched() -> None:
    """The payout never came; the line is another Stripe account's, and its text holds the start of the descriptor."""
    count, lost = 30, 17
    payouts = [
        payout(f"po_{n}", 123_457 + 7_919 * n, weekday(2 * n), descriptor="Harbor Goods Weekly Pay")
        for n in range(count)
    ]
    lines = [
        line(f"line_{n}", 123_457 + 7_919 * n, weekday(2 * n), NAMED.format(f"ST-A{n:02}B3C4D5E6F7"))
        for n in range(count)
        if n != lost
    ]
    lines += [
        line(f"other_{n}", 31_001 + 641 * n, weekday(3 * n), OTHERS.format(f"ST-Z{n:02}Y3X4W5V6U7")) for n in range(20)
    ]
    amount = 123_457 + 7_919 * lost
    stranger = line("stranger", amount, weekday(2 * lost), "STRIPE TRANSFER ST-G5Z8L3Q8D2T9 HARBOR GOODS INC")

    found = reconcile(payouts, [*lines, stranger])

    assert outcomes_of(found, ["stranger"]) == ["needs_review"]
    assert all(item.level != "bears_the_payouts_descriptor" for item in match_of(found, "stranger").evidence)
