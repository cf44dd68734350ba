"""How two blueprints differ, in lines."""

from __future__ import annotations

from operations import differences


def test_equal_data_gives_no_lines() -> None:
    assert differences.lines({"a": {"b": [1, 2]}}, {"a": {"b": [1, 2]}}) == ()


def test_lines_are_sorted_and_say_before_and_after() -> None:
    old = {"b": {"size": 1, "gone": "x"}, "a": [1, 2]}
    new = {"b": {"size": 2}, "a": [1, 3], "c": True}
    assert differences.lines(old, new) == (
        "a[1]: 2 -> 3",
        "b.gone: x -> nothing",
        "b.size: 1 -> 2",
        "c: nothing -> True",
    )


def test_what_is_beyond_the_limit_is_counted() -> None:
    new = {f"k{number}": number for number in range(5)}
    assert differences.lines({}, new, limit=2)[-1] == "and 3 more"
