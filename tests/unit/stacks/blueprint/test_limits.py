from __future__ import annotations

from pathlib import Path

from stacks.blueprint import limits, placement, resolve
from stacks.blueprint.limits import How, Limit
from stacks.inputs import tier
from stacks.resources.namespace.spec import NamespaceSpec
from tests.unit.stacks.given import KEY, TIERS, asked, blueprint, local


def of(name: str) -> dict[str, Limit]:
    wanted = tier.load_version(TIERS, name, 1)
    profile = asked(tier=name)
    facts = placement.place(profile, wanted, local(), (), KEY, 1)
    return {limit.name: limit for limit in limits.of(resolve.tenant(profile, wanted, local(), facts))}


def test_pods_are_refused_beyond_what_the_namespace_has() -> None:
    made = blueprint(asked())
    held = {limit.name: limit for limit in limits.of(made)}
    assert (held["cpu"].value, held["cpu"].how) == (made.of(NamespaceSpec).cpu, How.ENFORCED)


def test_objects_are_alarmed_in_an_own_bucket_and_as_they_are_measured_in_a_folder() -> None:
    assert of("enterprise")["objects"].how is How.ALARMED
    folder = of("standard")["objects"]
    assert folder.how is How.ALARMED
    assert "tenant usage record" in folder.by


def test_connections_are_limited_where_the_instance_is_shared() -> None:
    assert of("standard")["database connections"].value == 10
    assert "database connections" not in of("enterprise")
    assert of("enterprise")["database disk"].how is How.ENFORCED


def test_nothing_is_called_enforced_that_nobody_counts() -> None:
    for name in ("api calls", "concurrent research"):
        assert of("enterprise")[name].how is How.RECORDED


def test_gpu_hours_are_held_only_as_far_as_samples_are_taken() -> None:
    held = of("enterprise")["gpu hours"]
    assert (held.how, "approximate" in held.by) == (How.GATED, True)


def test_what_is_enforced_stands_first() -> None:
    ways = [list(How).index(limit.how) for limit in of("starter").values()]
    assert ways == sorted(ways)


def test_what_members_are_held_to_is_told_with_who_holds_them_to_it() -> None:
    share = {"cpu": 1, "memory_gb": 4, "pods": 5}
    asks = [
        {"id": "ada", "namespace": share, "quotas": {"storage_gb": 5}},
        {"id": "bob", "quotas": {"api_calls_daily": 0}},
        {"id": "cyd"},
    ]
    found = [each for each in limits.of(blueprint(asked(members=asks))) if each.member]
    told = [(each.member, each.name, each.value, each.how) for each in found]
    assert ("ada", "cpu", 1, How.ENFORCED) in told
    assert ("ada", "objects", 5, How.RECORDED) in told
    assert [each for each in told if each[0] != "ada"] == [("bob", "api calls", 0, How.RECORDED)]


def test_a_statement_s_timeout_is_called_what_it_is() -> None:
    assert of("standard")["statement"].how is How.DEFAULT


def test_the_reference_page_says_of_each_how_it_is_held() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/limits.md").read_text(encoding="utf-8")
    rows = {tuple(cell.strip() for cell in line.split("|")[1:-1])[:2] for line in page.splitlines() if line[:1] == "|"}
    asks = [{"id": "ada", "namespace": {"cpu": 1, "memory_gb": 4, "pods": 5}, "quotas": {"storage_gb": 5}}]
    for name in ("enterprise", "standard", "starter"):
        for each in of(name).values():
            assert (each.name, each.how.value) in rows
    for each in limits.of(blueprint(asked(members=asks))):
        assert (f"{each.name}, of a member" if each.member else each.name, each.how.value) in rows
