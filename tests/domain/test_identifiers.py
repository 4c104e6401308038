"""Ids that are kept for good: they must never come out otherwise."""

from domain.identifiers import derived_id, is_typed_id


def test_an_id_is_a_function_of_the_parts_alone_and_stays_what_it_was() -> None:
    assert derived_id("dep", "a", "bc") == "dep_h6x2dtzpdgt4ceu35mqm6cmd64"


def test_parts_are_kept_apart() -> None:
    assert len({derived_id("dep", *parts) for parts in (("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""))}) == 4


def test_any_text_makes_a_well_formed_id() -> None:
    assert all(is_typed_id(derived_id("match", text), "match") for text in ("", "É", "\ud800", "x" * 1_000))
