import hashlib
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit_chain import (
    AuditLink,
    ChainFault,
    ChainFaultKind,
    ChainName,
    follow,
    head_after,
    next_link,
    start_of,
)
from domain.audit_checkpoint import AuditCheckpoint, contradictions
from domain.audit_entry import AuditRow
from tests.domain.audit_chains import NOON, chain_of_sizes, entry

ACME = ChainName("co_acme0000")
START = start_of(ACME)

sizes = st.lists(st.integers(1, 3), min_size=1, max_size=6)


@given(sizes)
def test_a_chain_that_nobody_touched_holds(sizes: list[int]) -> None:
    links = chain_of_sizes(START, sizes)

    assert follow(START, links) == (head_after(links[-1]), ())


@given(sizes, st.data())
def test_a_change_of_any_field_of_any_row_is_found_at_its_link(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    place = data.draw(st.integers(0, len(links) - 1))
    row = data.draw(st.integers(0, sizes[place] - 1))
    field = data.draw(st.sampled_from([field.name for field in attrs.fields(AuditRow)]))

    changed = with_rows(links, place, [changed_row(one, field) if n == row else one for n, one in rows(links[place])])

    assert follow(START, changed)[1] == (ChainFault(kind=ChainFaultKind.CHANGED, number=place + 1),)


def changed_row(row: AuditRow, field: str) -> AuditRow:
    value = getattr(row, field)
    if field == "position":
        return attrs.evolve(row, position=value + 1)
    if field == "at":
        return attrs.evolve(row, at=value + timedelta(microseconds=1))
    return attrs.evolve(row, **{field: value + " "})


@given(sizes, st.data())
def test_a_dropped_or_added_row_is_found_at_its_link(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    place = data.draw(st.integers(0, len(links) - 1))
    there = list(links[place].rows)
    added = [*there, AuditRow.of(len(there), entry(99))]

    for tampered in (there[:-1], there[1:], added):
        found = follow(START, with_rows(links, place, tampered))[1]

        assert found == (ChainFault(kind=ChainFaultKind.CHANGED, number=place + 1),)


@given(st.lists(st.integers(2, 3), min_size=1, max_size=4), st.data())
def test_two_rows_swapped_are_found(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    place = data.draw(st.integers(0, len(links) - 1))
    first, second, *rest = links[place].rows
    swapped = [attrs.evolve(second, position=0), attrs.evolve(first, position=1), *rest]

    assert follow(START, with_rows(links, place, swapped))[1] == (
        ChainFault(kind=ChainFaultKind.CHANGED, number=place + 1),
    )


@given(st.lists(st.integers(1, 2), min_size=2, max_size=6), st.data())
def test_rows_swapped_between_two_links_are_found_at_both(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    one, other = data.draw(st.lists(st.integers(0, len(links) - 1), min_size=2, max_size=2, unique=True))

    tampered = with_rows(with_rows(links, one, list(links[other].rows)), other, list(links[one].rows))

    assert {fault.number for fault in follow(START, tampered)[1]} == {one + 1, other + 1}


@given(st.lists(st.integers(1, 2), min_size=2, max_size=6), st.data())
def test_a_link_dropped_from_the_middle_or_the_start_is_found(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    place = data.draw(st.integers(0, len(links) - 2))

    found = follow(START, links[:place] + links[place + 1 :])[1]

    assert found == (ChainFault(kind=ChainFaultKind.LINK_MISSING, number=place + 1),)


@given(sizes, st.data())
def test_a_link_made_to_fit_its_changed_rows_no_longer_joins_the_next(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, [*sizes, 1])
    place = data.draw(st.integers(0, len(links) - 2))
    before = head_after(links[place - 1]) if place else START

    forged = [*links[:place], next_link(before, [entry(99)]), *links[place + 1 :]]

    assert follow(START, forged)[1] == (ChainFault(kind=ChainFaultKind.NOT_JOINED, number=place + 2),)


@given(sizes, st.data())
def test_a_chain_cut_off_or_written_anew_contradicts_its_checkpoint(sizes: list[int], data: st.DataObject) -> None:
    links = chain_of_sizes(START, sizes)
    signed_at = data.draw(st.integers(1, len(links)))
    checkpoint = AuditCheckpoint(chain=ACME, head=head_after(links[signed_at - 1]), at=NOON)
    cut = links[: data.draw(st.integers(0, signed_at - 1))]
    anew = chain_of_sizes(START, [size + 1 for size in sizes])

    assert contradicted(links, checkpoint) == ()
    assert contradicted(cut, checkpoint) == (ChainFault(kind=ChainFaultKind.CUT_OFF, number=signed_at),)
    assert contradicted(anew, checkpoint) == (ChainFault(kind=ChainFaultKind.REWRITTEN, number=signed_at),)


def contradicted(links: list[AuditLink], checkpoint: AuditCheckpoint) -> tuple[ChainFault, ...]:
    head, faults = follow(START, links)
    assert faults == ()
    return contradictions([checkpoint], head=head, hashes={link.number: link.hash for link in links})


def test_the_chain_of_one_company_cannot_be_passed_off_as_anothers() -> None:
    of_another = chain_of_sizes(start_of(ChainName("co_bolt0000")), [1])

    assert follow(START, of_another)[1] == (ChainFault(kind=ChainFaultKind.NOT_JOINED, number=1),)


def test_a_link_that_says_nothing_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        next_link(START, [])


def test_the_hash_of_a_link_is_as_it_is_written_down() -> None:
    """An evidence pack is checked by others' programs: what is hashed never changes silently."""
    (link,) = chain_of_sizes(START, [1])
    parts = [
        b"tieout audit chain 1",
        b"1",
        hashlib.sha256(framed(b"tieout audit chain 1", b"co_acme0000")).digest(),
        b"1",
        b"0",
        b"bookkeeper",
        b"person0@books.example",
        b"match.confirmed",
        b"match_0",
        b"note 0",
        b"2026-06-30T12:00:00.000000+00:00",
        b'{"deposit":"dep_0"}',
    ]

    assert link.hash == hashlib.sha256(framed(*parts)).digest()


def framed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def rows(link: AuditLink) -> list[tuple[int, AuditRow]]:
    return list(enumerate(link.rows))


def with_rows(links: list[AuditLink], place: int, rows: list[AuditRow]) -> list[AuditLink]:
    return [attrs.evolve(link, rows=tuple(rows)) if n == place else link for n, link in enumerate(links)]
