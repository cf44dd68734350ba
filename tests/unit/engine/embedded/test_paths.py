from __future__ import annotations

import pytest

from engine.embedded import paths


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("tags", ("tags",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('tags["x.y"].z', ("tags", "x.y", "z")),
        ("rules[*].port", ("rules", "*", "port")),
    ],
)
def test_paths_are_read_as_pulumi_writes_them(path: str, keys: tuple[str | int, ...]) -> None:
    assert paths.parse(path) == keys


@pytest.mark.parametrize("path", ["a[", "[x]", "a..b"])
def test_a_path_that_cannot_be_read_is_said(path: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        paths.parse(path)


def test_a_pattern_covers_what_stands_at_above_and_below_it() -> None:
    assert paths.covers(("tags",), ("tags", "a"))
    assert paths.covers(("rules", "*", "port"), ("rules", 3, "port"))
    assert not paths.covers(("tags", "a"), ("tags", "b"))


def test_old_values_are_kept_inside_lists_and_added_where_they_went_missing() -> None:
    news = {"rules": [{"port": 1, "to": 1}, {"port": 2}]}
    olds = {"rules": [{"port": 9, "to": 9}], "gone": {"x": 1}}
    kept = paths.keep_old(news, olds, paths.parse("rules[*].port"))
    assert kept == {"rules": [{"port": 9, "to": 1}, {"port": 2}]}
    assert paths.keep_old(kept, olds, ("gone", "x"))["gone"] == {"x": 1}
