"""A sequence of values that are made when they are asked for."""

from ports.one_by_one import OneByOne


def test_it_is_the_sequence_of_what_is_made_of_each_source() -> None:
    doubled = OneByOne([1, 2, 3], lambda number: 2 * number)

    assert list(doubled) == [2, 4, 6]
    assert (len(doubled), doubled[1], doubled[1:], 6 in doubled) == (3, 4, [4, 6], True)


def test_a_piece_makes_its_own_values_only() -> None:
    made: list[int] = []

    def noted(number: int) -> int:
        made.append(number)
        return number

    assert OneByOne(range(1_000), noted)[10:12] == [10, 11]

    assert made == [10, 11]
