"""What a line's text says: whom it names, against what this account's deposits from the same origin usually say."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from domain.matching.descriptor import TextForm, TextKey
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import HISTORY_MIN, TEXT_PRIOR_PPM, TEXT_RATE_DAYS, TEXT_RATE_PPM, AccountHistory

AMOUNT_MILLINATS: Final = (0, 4_600, 5_700, 7_300, 8_500, 9_200, 9_500)
"""What an equal amount says, by its significant digits: $5,000.00 has one and says little, $4,237.82 has six."""
AMOUNT_CAP_DOUBTFUL: Final = 3_000
"""… and at most this where the text speaks for somebody else: look-alikes do not choose their amounts at random."""
AMOUNT_CAP_UNKNOWN: Final = 7_000
LINES_WORTH: Final = 1
"""How many lines of others the prior of a text's rate is worth at most: rates differ by far from account to account."""


class Text(NamedTuple):
    """What a line's text says about one origin of payouts."""

    millinats: int
    level: str
    amount_cap: int


def weigh_text(history: AccountHistory, origin: str, key: TextKey, debit: bool, learned: bool) -> Text:
    """What this text says on a credit, or on a debit; `learned`: the model has counted this line itself."""
    form = key.form
    seen = history.texts.get(origin, {})
    own = 1 if learned and seen.get(key, 0) else 0
    count, total = seen.get(key, 0) - own, sum(seen.values()) - own
    rate = text_rate(history, key, TEXT_RATE_PPM[form], debit, LINES_WORTH)
    full = AMOUNT_MILLINATS[-1]
    if count > 0 and _is_established(seen, key, count, total):
        likelihood = (count * PPM + 2 * TEXT_PRIOR_PPM[form]) // (total + 2)
        return Text(log_ratio(likelihood, rate), "usual_for_this_account", full)
    if form is not TextForm.GENERIC:
        rate = text_rate(history, key, TEXT_RATE_PPM[form], debit)
    foreign = form in (TextForm.PROCESSOR, TextForm.STRIPE_PRODUCT)
    if total >= HISTORY_MIN or (total > 0 and _names_others(seen, key, own)):
        once = sum(1 for each in seen.values() if each == 1) - (1 if own and seen[key] == 1 else 0)
        varied = once >= HISTORY_MIN and once * 5 >= total and not foreign
        if varied:  # Good and Turing's estimate of a text not seen yet
            likelihood = max(1, once * TEXT_PRIOR_PPM[form] // (total + 1))
            return Text(log_ratio(likelihood, rate), "new_among_many_texts", full)
        likelihood = max(1, 20_000 * TEXT_PRIOR_PPM[form] // PPM // (total + 1))
        rate = text_rate(history, key, 10 * TEXT_RATE_PPM[form], debit)
        return Text(log_ratio(likelihood, rate), "unlike_this_accounts_deposits", AMOUNT_CAP_DOUBTFUL)
    if foreign or form is TextForm.STRIPE_PLATFORM:
        return Text(log_ratio(TEXT_PRIOR_PPM[form], 2 * rate), form.value, AMOUNT_CAP_DOUBTFUL)
    cap = AMOUNT_CAP_UNKNOWN if form is TextForm.OTHER else full
    return Text(log_ratio(TEXT_PRIOR_PPM[form], rate), form.value, cap)


def text_rate(
    history: AccountHistory, key: TextKey, prior_ppm: int, debit: bool, worth_lines: int | None = None
) -> int:
    """Lines of this text that payouts do not explain, of one sign, per banking day in parts per million.

    The prior is worth TEXT_RATE_DAYS, but no more than `worth_lines` lines: where a sort of text is common somewhere,
    an account that never showed this one soon tells that it is rare here.
    """
    debits = history.other_debits.get(key, 0)
    others = debits if debit else history.other_texts.get(key, 0) - debits
    prior = TEXT_RATE_DAYS * prior_ppm
    if worth_lines is None or prior <= worth_lines * PPM:
        return max(1, (others * PPM + prior) // (history.banking_days + TEXT_RATE_DAYS))
    # the same in thousandths of a day, since the prior may be worth less than a day
    days = history.banking_days * 1_000 + worth_lines * PPM * 1_000 // prior_ppm
    return max(1, (others + worth_lines) * PPM * 1_000 // days)


def says_more_than_others(history: AccountHistory, key: TextKey) -> bool:
    """Some of its words stand in no other text of this account.

    Where a statement descriptor is like the company's own name, all who pay the company print as much of it.
    """
    others = {*history.other_texts, *(each for texts in history.texts.values() for each in texts)} - {key}
    words = {word for each in others for word in each.names.split()}
    return not words.issuperset(key.names.split())


def _names_others(seen: Mapping[TextKey, int], key: TextKey, own: int) -> bool:
    """It has names, and shares none with any deposit recognised so far, which all have names too."""
    names = set(key.names.split())
    others = [each for each, count in seen.items() if count - (own if each == key else 0) > 0]
    return bool(names) and all(each.names and names.isdisjoint(each.names.split()) for each in others)


def _is_established(seen: Mapping[TextKey, int], key: TextKey, count: int, total: int) -> bool:
    """A text that came with recognised deposits is this account's own if it is common, or names nobody else.

    A few deposits with another name may be somebody else's that took the place of payouts that never came.
    """
    if 3 * count >= total or (count >= 5 and 10 * count >= total):
        return True
    main = max(seen, key=lambda each: (seen[each], each))
    if key.form is not main.form and key.form is not TextForm.GENERIC:
        return False
    return set(key.names.split()) <= set(main.names.split())
