from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from engine.providers.aws import naming
from engine.providers.aws.rows import ROWS
from engine.providers.aws.table import Name
from engine.providers.port import UNKNOWN

NAMES = st.from_regex(r"[a-z][a-zA-Z0-9-]{0,79}", fullmatch=True)
RULES = st.sampled_from([row.name for row in ROWS.values() if row.name])
SEEDS = st.binary(min_size=1, max_size=32)
BUCKET = Name("bucket", 63, "bucketPrefix", lower=True)


@given(RULES, NAMES, SEEDS)
def test_a_made_up_name_fits_its_service_and_keeps_its_suffix(rule: Name, name: str, seed: bytes) -> None:
    made = naming.generate(rule, name, None, seed)
    assert len(made) <= rule.longest
    assert re.search(r"[0-9a-f]{7}$", made)
    assert not rule.lower or made == made.lower()


@given(RULES, NAMES, SEEDS)
def test_the_same_seed_makes_the_same_name(rule: Name, name: str, seed: bytes) -> None:
    assert naming.generate(rule, name, None, seed) == naming.generate(rule, name, None, seed)


@given(NAMES, st.lists(SEEDS, min_size=2, max_size=20, unique=True))
def test_other_seeds_make_other_names(name: str, seeds: list[bytes]) -> None:
    assert len({naming.generate(BUCKET, name, None, seed) for seed in seeds}) == len(seeds)


def test_the_name_it_has_is_kept() -> None:
    assert naming.settle(BUCKET, "data", {"bucket": "data-1234567"}, {}, b"new") == "data-1234567"


def test_a_given_name_wins() -> None:
    assert naming.settle(BUCKET, "data", {"bucket": "data-1234567"}, {"bucket": "mine"}, b"") == "mine"


def test_a_changed_prefix_makes_a_new_name() -> None:
    settled = naming.settle(BUCKET, "data", {"bucket": "old-1234567"}, {"bucketPrefix": "new-"}, b"s")
    assert re.fullmatch(r"new-[0-9a-f]{7}", settled)


def test_a_name_with_an_unknown_prefix_is_unknown() -> None:
    assert naming.settle(BUCKET, "data", None, {"bucketPrefix": UNKNOWN}, b"s") is UNKNOWN


@given(NAMES, SEEDS)
def test_a_made_up_name_is_told_from_a_given_one(name: str, seed: bytes) -> None:
    rule = Name("name", 512)
    assert naming.made_up(rule, name, naming.generate(rule, name, None, seed))
    assert not naming.made_up(rule, name, f"acme-{name}")
