"""What is given is put together without the solver, and means what the solver would have made of it."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from operations.isolation.proof import language, logic, pattern
from operations.isolation.proof.logic import FALSE, TRUE, Formula, z3
from operations.isolation.proof.texts import Chosen

A, B = z3.Bool("a"), z3.Bool("b")
LEAVES = st.sampled_from(["TRUE", "FALSE", "a", "b"])
SHAPES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["both", "either"]), st.lists(inner, max_size=3)),
        st.tuples(st.just("opposite"), st.tuples(inner)),
        st.tuples(st.just("chosen"), st.tuples(inner, inner, inner)),
    ),
    max_leaves=8,
)
Shape = str | tuple[str, list["Shape"]]


def built(shape: Shape) -> Formula:
    """With the pieces that fold what is given."""
    if isinstance(shape, str):
        return {"TRUE": TRUE, "FALSE": FALSE, "a": A, "b": B}[shape]
    parts = [built(each) for each in shape[1]]
    match shape[0]:
        case "both":
            return logic.both(parts)
        case "either":
            return logic.either(parts)
        case "opposite":
            return logic.opposite(*parts)
        case _:
            return logic.chosen(*parts)


def true(shape: Shape, a: bool, b: bool) -> bool:
    """By Python."""
    if isinstance(shape, str):
        return {"TRUE": True, "FALSE": False, "a": a, "b": b}[shape]
    parts = [true(each, a, b) for each in shape[1]]
    match shape[0]:
        case "both":
            return all(parts)
        case "either":
            return any(parts)
        case "opposite":
            return not parts[0]
        case _:
            return parts[1] if parts[0] else parts[2]


@settings(max_examples=200, deadline=None)
@given(shape=SHAPES)
def test_a_formula_that_is_folded_is_true_where_it_was(shape: Shape) -> None:
    formula = built(shape)
    for a, b in itertools.product((False, True), repeat=2):
        value = z3.simplify(z3.substitute(formula, (A, z3.BoolVal(a)), (B, z3.BoolVal(b))))
        assert z3.is_true(value) is true(shape, a, b)


@settings(max_examples=50, deadline=None)
@given(shape=SHAPES)
def test_what_decides_is_known_by_identity(shape: Shape) -> None:
    formula = built(shape)
    assert logic.both([formula, FALSE]) is FALSE
    assert logic.either([formula, TRUE]) is TRUE
    assert logic.both([TRUE, formula, TRUE]) is formula
    assert logic.either([FALSE, formula]) is formula


def glob(text: str) -> language.Language:
    return language.fitting(pattern.parse(text, variables=False))


def test_where_all_that_a_text_may_be_belongs_or_none_there_is_nothing_to_choose() -> None:
    text = Chosen("resource", (glob("arn:x/acme/*"), glob("arn:x/acme-backup/*")))
    assert text.belongs(glob("arn:x/*")) is TRUE
    assert text.belongs(glob("arn:x/globex/*")) is FALSE
    assert not text.facts
    assert text.bounds() is TRUE
    text.belongs(glob("arn:x/acme/*"))
    assert len(text.facts) == 1


def test_what_is_given_holds_where_the_text_is_compared_too() -> None:
    text = Chosen("resource", (glob("a*"),))
    solver = z3.Solver()
    solver.add(text.belongs(glob("*")), logic.opposite(text.belongs(glob("b*"))), text.term == logic.literal("ab"))
    solver.add(text.bounds())
    assert solver.check() == z3.sat
    solver.add(text.belongs(glob("*c")))
    solver.add(text.bounds())
    assert solver.check() == z3.unsat
