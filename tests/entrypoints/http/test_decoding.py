"""What is decoded is what was sent, and nothing that is not of the type gets through."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entrypoints.http.decoding import body_from, query_from
from entrypoints.http.encoding import json_bytes
from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.wire_types import ListBounds, MoneyBody, NumberBounds, TextBounds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class Part:
    name: Annotated[str, TextBounds(20)]
    amount: MoneyBody


@attrs.frozen(kw_only=True)
class Whole:
    number: Annotated[int, NumberBounds(-5, 10**6)]
    flag: bool
    colour: Colour
    day: date
    moment: datetime
    parts: Annotated[tuple[Part, ...], ListBounds(3)]
    note: Annotated[str, TextBounds(10, shortest=0)] | None = None


@attrs.frozen(kw_only=True)
class Query:
    number: Annotated[int, NumberBounds(1, 250)] = 100
    flag: bool = False
    colour: Colour | None = None
    day: date | None = None
    text: Annotated[str, TextBounds(10)] | None = None


VALID: Mapping[str, Any] = {
    "number": 7,
    "flag": True,
    "colour": "red",
    "day": "2026-06-30",
    "moment": "2026-06-30T12:00:00Z",
    "parts": [{"name": "one", "amount": {"minor_units": -12, "currency": "usd"}}],
    "note": None,
}

storable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
moments = st.integers(10**11, 7 * 10**15).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))
parts = st.builds(
    Part,
    name=st.text(storable, min_size=1, max_size=20),
    amount=st.builds(
        MoneyBody, minor_units=st.integers(-(10**15), 10**15), currency=st.sampled_from(["usd", "jpy", "kwd"])
    ),
)
wholes = st.builds(
    Whole,
    number=st.integers(-5, 10**6),
    flag=st.booleans(),
    colour=st.sampled_from(Colour),
    day=st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    moment=moments,
    parts=st.lists(parts, max_size=3).map(tuple),
    note=st.none() | st.text(storable, max_size=10),
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def problem_of(body: object) -> Problem | None:
    try:
        body_from(json.dumps(body).encode("utf-8", "surrogatepass"), Whole)
    except Problem as problem:
        return problem
    return None


def pointers_of(body: object) -> list[str | None]:
    problem = problem_of(body)
    return [] if problem is None else [each.pointer for each in problem.errors]


@given(whole=wholes)
def test_what_is_encoded_is_decoded_to_the_same(whole: Whole) -> None:
    assert body_from(json_bytes(whole), Whole) == whole


@given(body=anything)
def test_nothing_but_a_problem_comes_of_anything(body: object) -> None:
    problem = problem_of(body)

    assert problem is not None
    assert problem.kind in (ProblemKind.INVALID_FIELDS, ProblemKind.MALFORMED_REQUEST)


@given(content=st.binary(max_size=60))
@example(content=b'{"number":' + b"1" * 5_000 + b"}")
@example(content=b"[" * 50_000)
def test_nothing_but_a_problem_comes_of_any_bytes(content: bytes) -> None:
    with pytest.raises(Problem) as raised:
        body_from(content, Whole)

    assert json_bytes(raised.value.as_json("req_1"))


@given(name=st.sampled_from(sorted(VALID)), value=anything)
def test_a_field_is_taken_only_as_what_it_is(name: str, value: Any) -> None:
    if problem_of({**VALID, name: value}) is None:
        kinds = {"number": int, "flag": bool, "colour": str, "day": str, "moment": str, "parts": list}
        assert type(value) is kinds.get(name, type(value))
        assert not (isinstance(value, float) and not math.isfinite(value))


@given(number=st.integers())
def test_a_number_is_taken_within_its_bounds(number: int) -> None:
    assert (pointers_of({**VALID, "number": number}) == []) == (-5 <= number <= 10**6)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"number": 12.0}, "/number"),
        ({"number": True}, "/number"),
        ({"number": "12"}, "/number"),
        ({"flag": 1}, "/flag"),
        ({"flag": "true"}, "/flag"),
        ({"colour": "green"}, "/colour"),
        ({"colour": "RED"}, "/colour"),
        ({"colour": ["red"]}, "/colour"),
        ({"day": "2026-02-30"}, "/day"),
        ({"day": "20260630"}, "/day"),
        ({"day": "2026-06-3\u0660"}, "/day"),
        ({"day": "2026-06-30T00:00:00Z"}, "/day"),
        ({"moment": "2026-06-30T12:00:00"}, "/moment"),
        ({"moment": "2026-06-30 12:00:00Z"}, "/moment"),
        ({"moment": "2026-06-30T25:00:00Z"}, "/moment"),
        ({"moment": "2026-06-30T12:00:00+25:00"}, "/moment"),
        ({"moment": 1_782_820_800}, "/moment"),
        ({"note": "x" * 11}, "/note"),
        ({"note": "\x00"}, "/note"),
        ({"note": "\ud800"}, "/note"),
        ({"parts": {}}, "/parts"),
        ({"parts": [None] * 4}, "/parts"),
        ({"parts": [None]}, "/parts/0"),
        ({"parts": [{"name": "", "amount": {"minor_units": 1, "currency": "usd"}}]}, "/parts/0/name"),
        ({"parts": [{"name": "x", "amount": {"minor_units": 1.5, "currency": "usd"}}]}, "/parts/0/amount/minor_units"),
        ({"parts": [{"name": "x", "amount": {"minor_units": 1, "currency": "xxx"}}]}, "/parts/0/amount/currency"),
        ({"parts": [{"name": "x", "amount": {"minor_units": 1, "currency": "USD"}}]}, "/parts/0/amount/currency"),
        ({"parts": [{"name": "x", "amount": {"minor_units": 1}}]}, "/parts/0/amount/currency"),
        ({"parts": [{"name": "x", "amount": 12}]}, "/parts/0/amount"),
        ({"a~/b": 1}, "/a~0~1b"),
    ],
    ids=str,
)
def test_an_error_is_pointed_at(change: Mapping[str, Any], pointer: str) -> None:
    assert pointers_of({**VALID, **change}) == [pointer]


def test_all_errors_are_told_at_once() -> None:
    body = {
        **{name: value for name, value in VALID.items() if name != "flag"},
        "number": "7",
        "extra": 1,
        "parts": [{"name": 1}, {"name": "x", "amount": {"minor_units": 1, "currency": "usd"}, "extra": 2}],
    }

    assert sorted(map(str, pointers_of(body))) == [
        "/extra",
        "/flag",
        "/number",
        "/parts/0/amount",
        "/parts/0/name",
        "/parts/1/extra",
    ]


@given(moment=moments, minutes=st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_whatever_the_offset_it_is_written_with(moment: datetime, minutes: int) -> None:
    written = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()

    assert body_from(json.dumps({**VALID, "moment": written}).encode(), Whole).moment == moment


@pytest.mark.parametrize(
    ("pairs", "parameters"),
    [
        ([("number", "1"), ("number", "1")], ["number"]),
        ([("number", "251")], ["number"]),
        ([("number", "0")], ["number"]),
        ([("number", " 1")], ["number"]),
        ([("number", "+1")], ["number"]),
        ([("number", "1_0")], ["number"]),
        ([("number", "1.0")], ["number"]),
        ([("number", "\u0661")], ["number"]),
        ([("number", "")], ["number"]),
        ([("flag", "True")], ["flag"]),
        ([("flag", "1")], ["flag"]),
        ([("colour", "")], ["colour"]),
        ([("day", "2026-6-30")], ["day"]),
        ([("text", "\x00")], ["text"]),
        ([("text", "")], ["text"]),
        ([("other", "1"), ("day", "x")], ["day", "other"]),
    ],
    ids=str,
)
def test_a_parameter_that_is_wrong_is_named(pairs: list[tuple[str, str]], parameters: list[str]) -> None:
    with pytest.raises(Problem) as raised:
        query_from(pairs, Query)

    assert raised.value.kind is ProblemKind.INVALID_PARAMETERS
    assert sorted(str(each.parameter) for each in raised.value.errors) == parameters


def test_parameters_are_decoded() -> None:
    pairs = [("number", "250"), ("flag", "true"), ("colour", "blue"), ("day", "2026-06-30"), ("text", "caf\xe9")]

    assert query_from(pairs, Query) == Query(
        number=250, flag=True, colour=Colour.BLUE, day=date(2026, 6, 30), text="caf\xe9"
    )
