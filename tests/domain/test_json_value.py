import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.json_value import canonical_text, frozen_object

texts = st.text(st.characters(exclude_categories=[]))  # halves of surrogate pairs too
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(texts, values, max_size=4)


@given(objects)
def test_the_canonical_text_is_what_the_standard_library_writes(value: dict[str, Any]) -> None:
    assert canonical_text(frozen_object(value)) == json.dumps(value, sort_keys=True, separators=(",", ":"))


@given(objects)
def test_a_value_read_back_from_its_text_is_the_same(value: dict[str, Any]) -> None:
    frozen = frozen_object(value)

    assert frozen_object(json.loads(canonical_text(frozen))) == frozen


def test_a_frozen_object_does_not_change_with_what_it_was_made_of() -> None:
    original = {"amounts": [1, {"deep": [2]}]}
    frozen = frozen_object(original)

    original["amounts"].append(3)

    assert canonical_text(frozen) == '{"amounts":[1,{"deep":[2]}]}'
    with pytest.raises(TypeError):
        frozen["amounts"] = 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": [0, 1.0]}, r"\$\.a\[1\]: float has no exact JSON"),
        ({"a": {1: 2}}, r"\$\.a: a key is int, not text"),
        ({"a": b"bytes"}, r"\$\.a: bytes has no exact JSON"),
        ([], "an object is wanted, not list"),
    ],
)
def test_what_has_no_exact_json_is_refused_with_its_place(value: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        frozen_object(value)
