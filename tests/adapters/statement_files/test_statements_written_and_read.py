"""Statements made up, written in each format, and read again: the same lines; damage never goes unnoticed."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.statement_files.bai2_reader import Bai2Reader
from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.mt940_reader import Mt940Reader
from ports.facts_reader import FactsRead, FactsReader, InputFile, UnreadableFile
from tests.strategies.bank_statements import MadeStatement, bai2, camt053, made_statements, mt940

Writer = Callable[[MadeStatement], bytes]
FORMATS: list[tuple[FactsReader, Writer]] = [(CamtReader(), camt053), (Mt940Reader(), mt940), (Bai2Reader(), bai2)]
each_format = pytest.mark.parametrize(("reader", "write"), FORMATS, ids=["camt", "mt940", "bai2"])


def read(reader: FactsReader, content: bytes) -> FactsRead:
    file = InputFile(name="june", content=content)
    assert reader.recognises(file)
    return reader.read(file)


@each_format
@given(made=made_statements())
def test_what_the_bank_wrote_is_what_is_read(reader: FactsReader, write: Writer, made: MadeStatement) -> None:
    got = read(reader, write(made))

    assert [line.amount for line in got.deposits] == [line.amount for line in made.lines]
    if write is not bai2:
        assert [line.date for line in got.deposits] == [line.day for line in made.lines]
    for line, written in zip(got.deposits, made.lines, strict=True):
        assert "".join(written.text.split()) in "".join(line.text.split())
        assert line.id.startswith(f"{written.reference}/" if written.reference else "june:")
    assert len({line.id for line in got.deposits}) == len(made.lines)
    assert got.breaks == ()
    (statement,) = got.statements
    assert (statement.opening, statement.closing) == (made.opening, made.closing)
    assert statement.last_day == made.closed_on
    assert statement.number in (str(made.number), f"{made.number}/1", None)


@given(made=made_statements(lines_min=1))
def test_xml_without_line_ends_is_read_line_by_line(made: MadeStatement) -> None:
    got = read(CamtReader(), camt053(made, line_ends=False))

    assert [line.amount for line in got.deposits] == [line.amount for line in made.lines]
    assert len({line.id for line in got.deposits}) == len(made.lines)


@given(made=made_statements(), line_end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_end_will_do(made: MadeStatement, line_end: str) -> None:
    got = read(Mt940Reader(), mt940(made, line_end=line_end))

    assert [line.amount for line in got.deposits] == [line.amount for line in made.lines]
    assert got.breaks == ()


@each_format
@settings(max_examples=120)
@given(made=made_statements(lines_min=1, codes=("eur",)), data=st.data())
def test_a_file_that_was_cut_off_is_refused_or_says_so(
    reader: FactsReader, write: Writer, made: MadeStatement, data: st.DataObject
) -> None:
    whole = write(made)
    got = cut(reader, whole[: data.draw(st.integers(1, len(whole.rstrip()) - 1))])

    if got is not None and got.breaks == ():
        assert [line.amount for line in got.deposits] == [line.amount for line in made.lines]


@each_format
@settings(max_examples=120)
@given(made=made_statements(lines_min=1, codes=("eur",)), data=st.data())
def test_a_file_that_lost_some_lines_of_text_is_refused_or_says_so(
    reader: FactsReader, write: Writer, made: MadeStatement, data: st.DataObject
) -> None:
    written = write(made).split(b"\n")
    start = data.draw(st.integers(0, len(written) - 1))
    end = data.draw(st.integers(start + 1, min(start + 4, len(written))))
    got = cut(reader, b"\n".join(written[:start] + written[end:]))

    if got is not None and got.breaks == ():
        # All that can be lost unseen are lines of a text, or all lines with all balances: then nothing is left.
        same = [line.amount for line in got.deposits] == [line.amount for line in made.lines]
        assert same or sum_of(got) == sum(line.amount.minor_units for line in made.lines)


@each_format
@settings(max_examples=120)
@given(made=made_statements(lines_min=1, codes=("eur",)), data=st.data())
def test_a_changed_amount_is_noticed(
    reader: FactsReader, write: Writer, made: MadeStatement, data: st.DataObject
) -> None:
    """One digit is another."""
    content = bytearray(write(made))
    digits = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    place = data.draw(st.sampled_from(digits))
    content[place] = ord("1") if content[place] != ord("1") else ord("2")
    got = cut(reader, bytes(content))

    if got is not None and got.breaks == ():
        assert [line.amount for line in got.deposits] == [line.amount for line in made.lines]


def cut(reader: FactsReader, content: bytes) -> FactsRead | None:
    file = InputFile(name="june", content=content)
    if not reader.recognises(file):
        return None
    try:
        return reader.read(file)
    except UnreadableFile:
        return None


def sum_of(got: FactsRead) -> int:
    return sum(line.amount.minor_units for line in got.deposits)
