from __future__ import annotations

from pathlib import Path

import pytest

from stacks.errors import BadInput
from stacks.inputs import profile, tier
from stacks.inputs.fields import Isolation
from tests.unit.stacks import given


def copied(tmp_path: Path, name: str, version: str, **replaced: str) -> Path:
    text = (given.TIERS / name / "1.yaml").read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / name / f"{version}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_tier_says_how_far_each_kind_is_apart() -> None:
    assert tier.load_version(given.TIERS, "standard", 1).of("database") is Isolation.BRIDGE
    assert tier.load_version(given.TIERS, "starter", 1).of("cache") is Isolation.POOL
    assert tier.load_version(given.TIERS, "enterprise", None).of("cache") is Isolation.SILO


def test_the_newest_version_is_taken_by_number_where_none_is_named(tmp_path: Path) -> None:
    for version in ("1", "2", "10"):
        path = copied(tmp_path, "enterprise", version)
        path.write_text(path.read_text(encoding="utf-8").replace("version: 1\n", f"version: {version}\n", 1))
    assert tier.load_version(tmp_path, "enterprise", None).version == 10
    assert tier.load_version(tmp_path, "enterprise", 2).version == 2


def test_a_tenant_stays_on_the_version_it_was_made_with(tmp_path: Path) -> None:
    for version in ("1", "2"):
        path = copied(tmp_path, "enterprise", version)
        path.write_text(path.read_text(encoding="utf-8").replace("version: 1\n", f"version: {version}\n", 1))
    wanted = given.asked()
    assert tier.of(wanted, tmp_path).version == 2
    assert tier.of(wanted, tmp_path, pinned=1).version == 1
    assert tier.of(given.asked(tier_version=2), tmp_path, pinned=1).version == 2


def test_an_unknown_tier_points_into_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    source = (given.TEMPLATES / "profiles" / "acme.yaml").read_text(encoding="utf-8")
    path.write_text(source.replace("tier: enterprise", "tier: platinum"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        tier.of(profile.load(path), given.TIERS)
    assert str(caught.value.faults[0].where) == f"{path}:4:7"


def test_a_version_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput) as caught:
        tier.load_version(given.TIERS, "enterprise", 7)
    assert caught.value.faults[0].allowed == "1"


def test_a_file_in_the_wrong_place_is_refused(tmp_path: Path) -> None:
    path = copied(tmp_path, "starter", "2")
    path = path.rename(tmp_path / "starter" / "3.yaml")
    with pytest.raises(BadInput) as caught:
        tier.load(path)
    assert [fault.field for fault in caught.value.faults] == ["version"]


def test_a_silo_without_figures_in_a_size_is_refused(tmp_path: Path) -> None:
    path = copied(
        tmp_path,
        "enterprise",
        "1",
        **{"    cache: {node_type: cache.t4g.medium, replicas: 0, snapshot_days: 3}\n": "", "logs: 365": "logs: 42"},
    )
    with pytest.raises(BadInput) as caught:
        tier.load(path)
    found = {(fault.field, fault.nearest) for fault in caught.value.faults}
    assert found == {("sizes.medium", ""), ("retention.logs", "30")}
