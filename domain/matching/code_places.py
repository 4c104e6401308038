"""Where a bank's texts bear a code, and the code happens to have no digit, it is still a code and no name.

`Direct Credit STRIPE TRF 6BOJMSVD` and `Direct Credit STRIPE TRF YCKGHAPN` are one text of one bank. Which places bear
codes is learned from the texts that an account's lines have in common.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Final

from domain.bank_deposit import BankAccountId
from domain.matching.descriptor import TextForm, TextKey, words_of
from domain.matching.records import LineRecord

COMMON_FROM: Final = 3
"""So many lines must bear a text before its places of codes are taken to be known."""
CODE_LENGTH_MIN: Final = 5
_CODE: Final = "#"

Shapes = Mapping[str, TextKey]
"""A text with its codes blanked → the form and names that it is read as."""


def learn_shapes(lines: Iterable[LineRecord]) -> dict[BankAccountId, dict[str, TextKey]]:
    """Per account, the shapes with codes of texts that are common there and speak of Stripe."""
    by_text: dict[tuple[BankAccountId, TextKey], list[LineRecord]] = defaultdict(list)
    for line in lines:
        if line.has_codes:
            by_text[line.account, line.text_key].append(line)
    shapes: dict[BankAccountId, dict[str, TextKey]] = {}
    for (account, key), found in sorted(by_text.items(), key=lambda each: each[0]):
        if len(found) >= COMMON_FROM and key.form in (TextForm.STRIPE, TextForm.STRIPE_PLATFORM):
            for line in nsmallest(2 * COMMON_FROM, found, key=lambda line: line.id):
                shapes.setdefault(account, {}).setdefault(_shape(line.line.text), key)
    return shapes


def read_with_shapes(lines: Sequence[LineRecord], shapes: Mapping[BankAccountId, Shapes]) -> None:
    """Read again the lines that differ from a common text of their account only by a word in the place of a code."""
    known = {account: set(each.values()) for account, each in shapes.items()}
    split = {account: [(shape.split(), key) for shape, key in sorted(each.items())] for account, each in shapes.items()}
    for line in lines:
        of_account = split.get(line.account)
        if of_account is None or line.text_key in known[line.account]:
            continue
        if line.text_key.form not in (TextForm.STRIPE, TextForm.STRIPE_PLATFORM):
            continue
        words = _shape(line.line.text).split()
        for shape, key in of_account:
            if len(shape) == len(words) and all(map(_fits, shape, words)):
                line.text_key = key
                break


def _shape(text: str) -> str:
    return " ".join(word if word.isalpha() else _CODE for word in words_of(text))


def _fits(place: str, word: str) -> bool:
    return place == word or (place == _CODE and len(word) >= CODE_LENGTH_MIN)
