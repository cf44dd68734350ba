from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

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
    assert told(tmp_path, wrong) == snapshot(['p.yaml:1:1: data_classification: the key is missing.', 'p.yaml:1:13: apiVersion: `tenant/v2` is not known. Allowed: tenant/v1. Did you mean tenant/v1?', 'p.yaml:2:9: tenant: upper case is not allowed; two hyphens in a row are not allowed. Allowed: 3-30 of a-z, 0-9 and single hyphens, a letter first, a letter or digit last. Did you mean acme-x?', 'p.yaml:3:7: tier: there is no tier `enterprize`. Allowed: enterprise, standard, starter. Did you mean enterprise?', 'p.yaml:4:7: size: `huge` is not known. Allowed: small, medium, large, enterprise.', 'p.yaml:5:9: region: `eu-west-2` is outside the residency `eu`. Allowed: eu-central-1, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-3. Did you mean eu-west-3?', 'p.yaml:8:1: owner: the key stands twice. Allowed: once.', 'p.yaml:9:1: cost_center: nothing will not do. Allowed: text.', 'p.yaml:10:1: data_clasification: there is no such key. Allowed: apiVersion, tenant, tier, tier_version, size, region, residency, owner, cost_center, data_classification, compliance, expires_on, quotas, enabled_tools, data_locations, network, database, cache, gpu, members. Did you mean data_classification?', 'p.yaml:11:10: quotas.gpu_hours: there is no such key. Allowed: gpu_hours_monthly, storage_gb, api_calls_daily, concurrent_research. Did you mean gpu_hours_monthly?', 'p.yaml:11:36: quotas.storage_gb: `-1` will not do. Allowed: greater than or equal to 0.', 'p.yaml:12:28: database.instance_class: `size` and `instance_class` both say how large it is. Allowed: one of them.', 'p.yaml:12:28: database.instance_class: there is no RDS instance class `db.m7g.larg`. Allowed: a class of RDS for PostgreSQL, e.g. db.m7g.large. Did you mean db.m7g.large?', 'p.yaml:12:53: database.storage_gb: the text "200" will not do. Allowed: a whole number, without quotes.', 'p.yaml:13:24: gpu.instance_types[0]: there is no GPU instance type `p4d.xlarge`. Allowed: an EC2 type with a GPU, e.g. g5.2xlarge. Did you mean p4d.24xlarge?', 'p.yaml:16:5: members[0].quota: there is no such key. Allowed: id, name, quotas, enabled_tools, data_locations. Did you mean quotas?'])


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
