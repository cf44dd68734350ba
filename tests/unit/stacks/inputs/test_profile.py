from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from inline_snapshot import external_file

from stacks.errors import BadInput, Fault
from stacks.inputs import profile

GOOD = """\
apiVersion: tenant/v1
tenant: acme
tier: enterprise
size: small
region: us-east-1
owner: someone@example.com
cost_center: CC-1
data_classification: internal
"""
TIERS = ("enterprise", "standard", "starter")


def faults_of(tmp_path: Path, text: str) -> tuple[Fault, ...]:
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        profile.load(path, TIERS)
    return caught.value.faults


def told(tmp_path: Path, text: str) -> list[str]:
    return [str(fault).replace(f"{tmp_path}/", "") for fault in faults_of(tmp_path, text)]


def test_a_profile_is_read_with_the_place_of_each_field(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD + "database:\n  storage_gb: 200\n", encoding="utf-8")
    read = profile.load(path, TIERS)
    assert (read.tenant, read.database.storage_gb, read.tier_version) == ("acme", 200, None)
    assert str(read.where("database", "storage_gb")) == f"{path}:10:15"


def test_all_faults_of_a_file_are_told_at_once_with_place_field_allowed_and_nearest(tmp_path: Path) -> None:
    wrong = """\
apiVersion: tenant/v2
tenant: Acme--X
tier: enterprize
size: huge
region: eu-west-2
residency: [eu]
owner: x
owner: y
cost_center:
data_clasification: internal
quotas: {gpu_hours: 4, storage_gb: -1}
database: {instance_class: db.m7g.larg, storage_gb: "200", size: small}
gpu: {instance_types: [p4d.xlarge]}
members:
  - id: bob
    quota: {}
"""
    assert "\n".join(told(tmp_path, wrong)) + "\n" == external_file("golden/faults.txt")


def test_a_source_s_gpu_type_that_does_not_exist_names_the_nearest_that_does(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD + "gpu: {instance_types: [p4d.xlarge]}\n")
    assert (fault.field, fault.nearest) == ("gpu.instance_types[0]", "p4d.24xlarge")


@pytest.mark.parametrize(
    ("line", "field", "nearest"),
    [
        ("database: {instance_class: db.m7g.larg}", "database.instance_class", "db.m7g.large"),
        ("cache: {node_type: cache.t4g.large}", "cache.node_type", "cache.t4g.small"),
        ("databse: {storage_gb: 200}", "databse", "database"),
        ("database: {storage: 200}", "database.storage", "storage_gb"),
        ("compliance: [socks2]", "compliance[0]", "soc2"),
    ],
)
def test_the_nearest_valid_value_is_offered(tmp_path: Path, line: str, field: str, nearest: str) -> None:
    (fault,) = faults_of(tmp_path, GOOD + line + "\n")
    assert fault.where is not None
    assert (fault.where.line, fault.field, fault.nearest) == (9, field, nearest)


def test_london_is_not_in_the_european_union(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD.replace("us-east-1", "eu-west-2") + "residency: [eu]\n")
    assert fault.field == "region"
    assert "outside the residency `eu`" in fault.why
    assert "eu-west-1" in fault.allowed


@dataclass(frozen=True)
class Misplaced:
    """A region that will not do, and what is offered where the environment has HERE."""

    id: str
    region: str
    residency: str
    allowed: str
    nearest: str
    why: str


HERE = ("eu-central-1", "us-east-1")
MISPLACED = [
    Misplaced("outside", "ap-south-1", "us", "us-east-1", "us-east-1", "is outside the residency `us`"),
    Misplaced("near, and not here", "eu-west-2", "eu", "eu-central-1", "eu-central-1", "is outside"),
    Misplaced("nowhere", "us-east-1", "jp", "", "", "`jp`, in which the environment has no region"),
    Misplaced("mistyped", "us-eest-2", "us", "eu-central-1, us-east-1", "us-east-1", "there is no region `us-eest-2`"),
]


@pytest.mark.parametrize("case", MISPLACED, ids=lambda case: case.id)
def test_only_the_environments_regions_are_offered(tmp_path: Path, case: Misplaced) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(GOOD.replace("us-east-1", case.region) + f"residency: [{case.residency}]\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        profile.load(path, TIERS, HERE)
    (fault,) = caught.value.faults
    assert (fault.field, fault.allowed, fault.nearest) == ("region", case.allowed, case.nearest)
    assert case.why in fault.why


@pytest.mark.parametrize("tenant", ["ACME", "shared", "a--b", "x" * 31, "ab", "-ab", "caf\u00e9"])
def test_ids_that_would_not_do_are_refused_at_their_place(tmp_path: Path, tenant: str) -> None:
    (fault,) = faults_of(tmp_path, GOOD.replace("tenant: acme", f'tenant: "{tenant}"'))
    assert (fault.field, fault.where and fault.where.line) == ("tenant", 2)


def test_an_unknown_tier_names_those_that_there_are(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD.replace("enterprise", "entreprise"))
    assert (fault.field, fault.allowed, fault.nearest) == ("tier", "enterprise, standard, starter", "enterprise")


def test_what_is_not_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD + "quotas: {storage_gb: 1\n")
    assert fault.where is not None
    assert fault.where.line == 10


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text\n"])
def test_a_file_without_keys_is_told_what_it_lacks(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(tmp_path, text)
    assert "apiVersion: tenant/v1" in fault.allowed


@pytest.mark.parametrize(
    "text",
    ["quotas: &all {storage_gb: *all}\n", "residency: " + "[" * 2000 + "]" * 2000],
    ids=["holds itself", "never ends"],
)
def test_what_holds_itself_or_never_ends_is_a_fault_of_the_file(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(tmp_path, GOOD + text)
    assert "nested without end" in fault.why


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        profile.load(tmp_path / "none.yaml")


def test_a_profile_is_found_by_its_id_and_not_by_its_file_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD.replace("tenant: acme", "tenant: globex"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("not: [yaml", encoding="utf-8")
    assert profile.find(tmp_path, "acme") == tmp_path / "b.yaml"


def test_an_id_without_a_profile_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadInput, match="Did you mean acme"):
        profile.find(tmp_path, "acmee")


def test_two_profiles_for_one_id_are_refused_with_both_places(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        profile.find(tmp_path, "acme")
    assert [str(fault.where) for fault in caught.value.faults] == [f"{tmp_path}/a.yaml:2:9", f"{tmp_path}/b.yaml:2:9"]


def test_faults_are_sorted_by_their_place(tmp_path: Path) -> None:
    lines = [fault.where.line for fault in faults_of(tmp_path, "size: x\nregion: y\ntenant: Z\n") if fault.where]
    assert lines == sorted(lines)


def test_no_nearest_size_is_made_up(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD.replace("size: small", "size: gigantic"))
    assert (fault.nearest, fault.allowed) == ("", "small, medium, large, enterprise")


def test_what_is_left_of_a_profile_is_read_without_what_is_wrong_in_it(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    plain = "apiVersion: tenant/v1\ntenant: acme\ntier: starter\nsize: small\nregion: us-east-1\nowner: a@example.com\n"
    rest = f"{plain}cost_center: CC-1\ndata_classification: internal\ncache: {{replicas: 1}}\n"
    file.write_text(rest + "backups: {days: 3}\nno_such_key: 1\nmembers: [{id: ada}, {id: 7}]\n", encoding="utf-8")
    left = profile.remainder(file)
    assert left is not None
    assert (left.tenant, left.cache.replicas, left.backups.days, left.members) == ("acme", 1, None, [])
    file.write_text("tenant: acme\n", encoding="utf-8")
    assert profile.remainder(file) is None


def test_who_is_in_no_profile_of_a_folder_is_known_however_ids_are_written(tmp_path: Path) -> None:
    for name, text in {
        "a": "tenant: acme # of old\n",
        "b": '"tenant": "globex"\n',
        "c": "tenant: 'initech'\n",
        "d": "- no\n",
        "e": "owner: x\n# tenant: hooli\nname: {tenant: hooli}\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert profile.unnamed(tmp_path, ["acme", "globex", "hooli", "initech"]) == ("hooli",)
