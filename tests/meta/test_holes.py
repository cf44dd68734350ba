"""Holes name assertions that there are, each can be told in a sentence, and the page of them is fresh."""

from __future__ import annotations

import re

from operations.isolation import catalogue
from tests import holes_page
from tests.local import holes

_RESULT = re.compile(r"([a-z0-9-]+) (A|B|A>B|B>A)")


def test_holes_name_assertions_that_there_are_in_their_own_form() -> None:
    pairwise = {entry.assertion.id: entry.assertion.pairwise for entry in catalogue.entries()}
    for hole in holes.every():
        for result in hole.breaks | hole.unproven:
            found = _RESULT.fullmatch(result)
            assert found, f"{hole.id}: {result}"
            assert pairwise[found[1]] == (">" in found[2]), f"{hole.id}: {result}"


def test_every_hole_is_seen_by_something_at_the_levels_that_are_asked() -> None:
    levels = {entry.assertion.id: entry.assertion.level for entry in catalogue.entries()}
    for hole in holes.every():
        assert hole.breaks | hole.unproven, hole.id
        asked = {levels[result.split()[0]] for result in hole.breaks | hole.unproven}
        assert not hole.levels or asked <= set(hole.levels), hole.id


def test_a_hole_is_told_in_a_sentence() -> None:
    for hole in holes.every():
        assert re.fullmatch(r"[A-Z&~].*\.", hole.told), hole.told
        assert "|" not in hole.told


def test_the_page_of_holes_is_fresh() -> None:
    fresh = holes_page.FILE.read_text(encoding="utf-8") == holes_page.text()
    assert fresh, "run: python -m tests.holes_page"
