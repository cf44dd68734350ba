"""One text for each way to fit patterns, and one action for each way in which policies tell them apart."""

from __future__ import annotations

import fnmatch
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.isolation.proof import language, pattern
from operations.isolation.proof.actions import expand
from operations.isolation.proof.language import Language, TooMany
from operations.isolation.proof.policy import Choice

ALL = language.fitting(pattern.parse("*", variables=False))
GLOBS = st.text(alphabet="ab*?", max_size=5)
SHORT = ["".join(each) for size in range(6) for each in itertools.product("abc", repeat=size)]


def glob(text: str) -> Language:
    return language.fitting(pattern.parse(text, variables=False))


def choice(*names: str, negated: bool = False) -> Choice:
    return Choice(tuple(pattern.parse(each, variables=False) for each in names), negated)


@settings(max_examples=100, deadline=None)
@given(st.lists(GLOBS, min_size=1, max_size=3))
def test_every_short_text_fits_as_one_of_the_ways_and_each_way_has_its_text(globs: list[str]) -> None:
    ways = language.ways(tuple(glob(each) for each in globs), (ALL,))
    expected = {tuple(fnmatch.fnmatchcase(text, each) for each in globs) for text in SHORT}
    assert expected <= set(ways)
    for way, text in ways.items():
        assert way == tuple(fnmatch.fnmatchcase(text, each) for each in globs)


def test_ways_are_looked_for_among_the_texts_that_are_asked_for() -> None:
    assert set(language.ways((glob("a*"), glob("*b")), (glob("ab?"),))) == {(True, True), (True, False)}
    assert language.ways((), (glob("xa"),)) == {(): "xa"}


def test_wildcards_of_an_arns_part_stay_in_it() -> None:
    inside = language.fitting(pattern.parse("a:*:?", variables=False), beyond=":")
    assert language.accepts(inside, "a:bc:d")
    assert not language.accepts(inside, "a:b:c:d")
    assert not language.accepts(inside, "a:b::")


def test_too_many_ways_are_said() -> None:
    rows = tuple(glob(f"*{first}*{second}*") for first, second in itertools.permutations("abcdef", 2))
    with pytest.raises(TooMany):
        language.ways(rows, (ALL,))


def test_an_action_stands_for_itself_and_a_pattern_for_all_that_policies_tell_apart() -> None:
    policies = [choice("iam:PutRolePolicy"), choice("iam:Put*", "s3:*"), choice("iam:*", negated=True)]
    assert expand("iam:PutUserPolicy", policies) == ("iam:PutUserPolicy",)
    names = expand("iam:*", policies)
    assert "iam:PutRolePolicy" in names
    assert len(names) == 3
    assert all(each.lower().startswith("iam:") for each in names)
    assert expand("kms:*", policies) == ("kms:",)
