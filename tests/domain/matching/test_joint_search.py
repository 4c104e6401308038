"""The joint search, against every packing of pairs and groups there is."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching.evidence import Evidence
from domain.matching.finding import Finding, Hypothesis
from domain.matching.group_losses import HOPELESS_MILLINATS
from domain.matching.joint_search import NODES_MAX, compare_with_pairs, search
from domain.matching.model import AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import line_record, payout_record
from domain.reconciliation_match import EvidenceItem, MatchKind
from tests.domain.matching.written_facts import line, payout

EVIDENCE = Evidence(
    ModelSnapshot(), Horizon(as_of=date(2026, 9, 30), payouts_from=None, payouts_to=None, covered={}), {}
)
PAYOUTS = [payout_record(payout(f"po_{number}", 100)) for number in range(4)]
LINES = [line_record(line(f"line_{number}", 100), learned=False) for number in range(4)]
SHAPES = [
    (rows, columns)
    for payouts, lines in ((2, 1), (3, 1), (1, 2), (1, 3), (2, 2))
    for rows in combinations(range(4), payouts)
    for columns in combinations(range(4), lines)
]
Found = dict[tuple[tuple[str, ...], tuple[str, ...]], int]


def hypothesis_of(rows: Sequence[int], columns: Sequence[int], weight: int) -> Hypothesis:
    kind = MatchKind.ONE_TO_ONE if len(rows) == len(columns) == 1 else MatchKind.COMBINED
    items = (EvidenceItem(feature="drawn", level="at random", millinats=weight),)
    return Hypothesis(kind, [PAYOUTS[i] for i in rows], [LINES[j] for j in columns], items)


@st.composite
def proposals(draw: st.DrawFn, groups_max: int = 5) -> tuple[list[Hypothesis], list[Hypothesis]]:
    """Pairs and groups of few records, with weights that often tie."""
    weights = draw(st.sampled_from([st.integers(1, 5), st.integers(1, 30_000), st.sampled_from([9_000, 14_000])]))
    edges = draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=9))
    shapes = draw(st.lists(st.sampled_from(SHAPES), unique=True, max_size=groups_max))
    pairs = [hypothesis_of([i], [j], draw(weights)) for i, j in sorted(edges)]
    return pairs, [hypothesis_of(rows, columns, 2 * draw(weights)) for rows, columns in shapes]


def names(of: Hypothesis | Finding) -> frozenset[str]:
    return frozenset(p.id for p in of.payouts) | frozenset(each.id for each in of.lines)


def greatest_total(hypotheses: Sequence[Hypothesis], used: frozenset[str] = frozenset()) -> int:
    """By trying every set of hypotheses that uses no record twice."""
    if not hypotheses:
        return 0
    first, rest = hypotheses[0], hypotheses[1:]
    best = greatest_total(rest, used)
    if not names(first) & used:
        best = max(best, first.weight + greatest_total(rest, used | names(first)))
    return best


def margins(found: Sequence[Finding]) -> Found:
    return {each.sort_key: each.margin for each in found}


@given(proposals())
@settings(max_examples=200)
def test_the_search_chooses_the_best_packing_and_each_margin_is_the_loss_without_it(
    proposed: tuple[list[Hypothesis], list[Hypothesis]],
) -> None:
    everything = [*proposed[0], *proposed[1]]
    best = greatest_total(everything)

    found = search(*proposed, EVIDENCE)

    assert sum(each.weight for each in found) == best
    assert sum(len(names(each)) for each in found) == len(frozenset[str]().union(*map(names, found)))
    losses = {h.sort_key: best - greatest_total([o for o in everything if o is not h]) for h in everything}
    assert margins(found) == {each.sort_key: losses[each.sort_key] for each in found}


@given(proposals(groups_max=1))
@settings(max_examples=200)
def test_a_group_that_need_not_be_searched_loses_to_the_pairs_and_by_no_less_than_is_said(
    proposed: tuple[list[Hypothesis], list[Hypothesis]],
) -> None:
    pairs, groups = proposed
    best_pairs = greatest_total(pairs)

    to_search, near = compare_with_pairs(pairs, groups)

    said = {group.sort_key: loss for group, loss in near}
    for group in groups:
        loss = best_pairs - group.weight - greatest_total(pairs, names(group))
        if group not in to_search:
            assert loss > 0
            assert 0 < said.get(group.sort_key, HOPELESS_MILLINATS) <= loss


def test_two_groups_that_win_only_together_are_searched() -> None:
    pairs = [hypothesis_of([0], [0], 10_000), hypothesis_of([1], [1], 10_000)]
    groups = [hypothesis_of([0, 2], [1], 12_000), hypothesis_of([1, 3], [0], 12_000)]

    to_search, near = compare_with_pairs(pairs, groups)

    assert greatest_total([*pairs, *groups]) == 24_000
    assert (len(to_search), len(near)) == (2, 0)


@given(proposals(), st.data())
@settings(max_examples=100)
def test_the_order_of_proposals_changes_no_finding(
    proposed: tuple[list[Hypothesis], list[Hypothesis]], data: st.DataObject
) -> None:
    pairs, groups = (data.draw(st.permutations(each)) for each in proposed)

    found, found_again = search(*proposed, EVIDENCE), search(pairs, groups, EVIDENCE)

    assert margins(found_again) == margins(found)


def test_every_rival_shares_a_record_and_the_nearest_is_worth_what_the_margin_says() -> None:
    pairs = [hypothesis_of([0], [0], 12_000), hypothesis_of([1], [1], 3_000)]
    group = hypothesis_of([0, 1], [0], 10_000)

    (first, second) = search(pairs, [group], EVIDENCE)

    assert (first.weight, first.margin, [rival.millinats for rival in first.rivals]) == (12_000, 5_000, [7_000])
    assert (second.weight, second.margin, [rival.millinats for rival in second.rivals]) == (3_000, 3_000, [0])


def test_pairs_that_nothing_tells_apart_are_one_set_whatever_made_them_be_searched_together() -> None:
    known = AccountHistory(lags={"standard": (0, 0, 60, *[0] * 10)})
    evidence = Evidence(ModelSnapshot(accounts={LINES[0].account: known}), EVIDENCE.horizon, {})
    pairs = [hypothesis_of([i], [j], 14_000) for i in (0, 1) for j in (0, 1)]
    late = hypothesis_of([2], [2], 3_000)
    between = hypothesis_of([2], [1], 2_000)

    found = search([*pairs, late, between], [], evidence)

    of_set, of_late = sorted(found, key=lambda each: len(each.payouts), reverse=True)
    assert (of_set.kind, of_set.automatic) == (MatchKind.INTERCHANGEABLE, True)
    assert names(of_set) == {"po_0", "po_1", "line_0", "line_1"}
    assert (of_late.kind, names(of_late)) == (MatchKind.ONE_TO_ONE, frozenset({"po_2", "line_2"}))


def test_a_search_beyond_its_bound_leaves_all_its_records_for_review_and_says_so() -> None:
    payouts = [payout_record(payout(f"po_{number}", 100)) for number in range(40)]
    lines = [line_record(line(f"line_{number}", 100), learned=False) for number in range(20)]
    items = (EvidenceItem(feature="drawn", level="all alike", millinats=9_000),)
    groups = [
        Hypothesis(MatchKind.COMBINED, (payouts[2 * j + i], payouts[(2 * j + i + 1) % 40]), (lines[j],), items)
        for j in range(20)
        for i in range(2)
    ]

    (found,) = search([], groups, EVIDENCE)

    assert (len(found.payouts), len(found.lines), found.automatic) == (40, 20, False)
    assert found.review == f"too many combinations fit: search bound of {NODES_MAX:,} nodes reached"


def test_three_pairs_of_unequal_amounts_that_win_only_together_are_searched() -> None:
    pairs = [hypothesis_of([i], [j], 10_000) for i, j in ((0, 1), (1, 2))]
    fees = [hypothesis_of([i], [i], 8_000) for i in range(3)]

    to_search, near = compare_with_pairs(pairs, [], fees)

    assert greatest_total([*pairs, *fees]) == 24_000
    assert (len(to_search), len(near)) == (3, 0)


@given(proposals(groups_max=0), st.sets(st.integers(0, 8)))
@settings(max_examples=200)
def test_a_pair_of_unequal_amounts_that_need_not_be_searched_loses_by_no_less_than_is_said(
    proposed: tuple[list[Hypothesis], list[Hypothesis]], which: set[int]
) -> None:
    fees = [pair for number, pair in enumerate(proposed[0]) if number in which]
    pairs = [pair for number, pair in enumerate(proposed[0]) if number not in which]

    to_search, near = compare_with_pairs(pairs, [], fees)

    said = {fee.sort_key: loss for fee, loss in near}
    for fee in fees:
        if fee not in to_search:
            loss = greatest_total(proposed[0]) - fee.weight - greatest_total(proposed[0], names(fee))
            assert 0 <= said.get(fee.sort_key, HOPELESS_MILLINATS) <= loss or loss >= HOPELESS_MILLINATS
