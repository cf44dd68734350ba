"""The journal's rows: the same answers as a plain list gives, found without looking at the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.embedded.shelf import Shelf
from engine.embedded.snapshot import Row

URNS = tuple(f"urn:pulumi:dev::p::t:i:T::{name}" for name in "abc")


@given(st.lists(st.tuples(st.sampled_from(("add", "remove", "exchange")), st.integers(0, 5), st.sampled_from(URNS))))
def test_a_shelf_holds_what_a_list_of_the_same_rows_holds(steps: list[tuple[str, int, str]]) -> None:
    shelf, plain = Shelf(), list[Row]()
    for verb, at, urn in steps:
        row = Row(urn=urn, type="t:i:T", custom=True)
        if verb == "add":
            shelf.add(row)
            plain.append(row)
        elif at < len(plain) and verb == "remove":
            shelf.remove(plain.pop(at))
        elif at < len(plain):
            shelf.exchange(plain[at], row)
            plain[at] = row
        assert [id(item) for item in shelf] == [id(item) for item in plain]
        for known in URNS:
            assert [id(item) for item in shelf.of(known)] == [id(item) for item in plain if item.urn == known]
