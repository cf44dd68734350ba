from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stacks.conventions import tags

texts = st.from_regex(tags.VALUE_PATTERN, fullmatch=True)

owned = st.builds(
    tags.Owned,
    tenant=st.just("acme"),
    incarnation=st.integers(1, 10**9),
    tier=st.just("enterprise"),
    tier_version=st.integers(1, 999),
    environment=st.just("local"),
    stack=st.just("local.tabcdefghi"),
    owner=texts,
    cost_center=texts,
    data_classification=st.just("internal"),
    expires_on=st.just("2027-01-31") | st.just(""),
)


@given(owned)
def test_whatever_a_profile_may_say_makes_tags_that_aws_takes(whose: tags.Owned) -> None:
    assert tags.faults(tags.named(tags.of(whose), "silo", "demo-local-tabcdefghi-database")) == ()


@given(owned)
def test_tags_are_sorted_and_have_no_empty_value(whose: tags.Owned) -> None:
    made = tags.named(tags.of(whose), "silo", "name")
    assert list(made) == sorted(made)
    assert all(made.values())


def test_tags_that_aws_would_refuse_are_found() -> None:
    found = tags.faults({"aws:mine": "x", "k" * 129: "x", "key": "v" * 257, "odd": "a#b"})
    assert len(found) == 4
    assert tags.faults({f"key-{number}": "" for number in range(51)}) == ("51 tags are more than 50",)
