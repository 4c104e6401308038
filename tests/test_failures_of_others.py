"""What went wrong for others, by number: each has tests that say so in their first words, or a reason why not."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
FAILURES: Final = {
    1: "deduplicated before the work, which failed",
    2: "an error swallowed and answered with 200",
    3: "4xx for our own missing data",
    4: "an older event overwrote a newer one; an update came before its creation",
    5: "a tie within one second",
    6: "an endpoint without a pinned version",
    7: "deadlocks of unsorted upserts",
    8: "429 in the first reading, marked complete",
    9: "the provider called inside a webhook's request",
    10: "Stripe made no events at all",
    11: "movements bear no reference to their payout",
    12: "manual payouts cannot be broken down",
    13: "a payout's list stopped at the first hundred",
    14: "a payout is not the sum of its lines",
    15: "paid, then failed, days later",
    16: "day boundaries",
    18: "two syncs at once inserted twice",
    21: "pages that moved under the cursor; an empty answer taken for the end",
    23: "a queue table bloated under a long snapshot",
    25: "a monitor blind between two steps",
    26: "an OAuth code redeemed twice",
    27: "a body that is not UTF-8; a signature of the future",
    28: "errors that leak out of the SDK",
}
ELSEWHERE: Final = {
    **dict.fromkeys((17, 19, 20, 22), "Plaid's, which is not read yet"),
    24: "nothing is read from replicas",
}
_NAMED: Final = re.compile(r"Failures? ((?:\d+|, | and )+)")


def test_every_failure_of_others_has_a_test_that_bears_its_number() -> None:
    tests = named_by_number()

    assert {*FAILURES, *ELSEWHERE} == set(range(1, 29))
    assert set(tests) == set(FAILURES), {number: tests.get(number) for number in set(tests) ^ set(FAILURES)}


def named_by_number() -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for named in _NAMED.findall(ast.get_docstring(node) or ""):
                    for number in re.findall(r"\d+", named):
                        found[int(number)].append(f"{path.relative_to(TESTS)}::{node.name}")
    return dict(found)
