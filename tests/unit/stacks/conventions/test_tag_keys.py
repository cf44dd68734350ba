"""The keys that a bill is split by."""

from __future__ import annotations

from stacks.conventions import tags
from tests.unit.stacks.given import asked, blueprint


def test_every_tag_that_a_resource_carries_can_split_a_bill_but_its_name() -> None:
    wanted = blueprint(asked(expires_on="2027-01-01"))
    assert set(tags.named(wanted.tags, "silo", "x")) - {"Name"} == set(tags.KEYS)
    assert list(tags.KEYS) == sorted(tags.KEYS)
