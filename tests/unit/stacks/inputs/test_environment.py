from __future__ import annotations

from pathlib import Path

import pytest

from stacks.errors import BadInput
from stacks.inputs import environment
from tests.unit.stacks import given

LOCAL = (given.TEMPLATES / "environments" / "local.yaml").read_text(encoding="utf-8")
REAL = (given.TEMPLATES / "environments" / "aws.example.yaml").read_text(encoding="utf-8")


def faults_of(tmp_path: Path, text: str) -> set[tuple[str, str]]:
    path = tmp_path / "e.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        environment.load(path)
    return {(fault.field, fault.why) for fault in caught.value.faults}


def test_the_local_environment_needs_no_account_and_no_pulumi() -> None:
    read = given.local()
    assert (read.target, read.engine, read.nat) == ("local", "embedded", "none")
    assert read.deployer == "arn:aws:iam::123456789012:root"
    assert read.cell("us-east-1", 1) is not None
    assert read.cell("us-east-1", 2) is None
    assert read.region("ap-south-1") is None


def test_a_vpc_may_be_adopted_by_its_id() -> None:
    read = environment.load(given.TEMPLATES / "environments" / "aws.example.yaml")
    cell = read.cell("eu-central-1", 2)
    assert cell is not None
    assert cell.adopt is not None
    assert cell.adopt.vpc_id == "vpc-0123456789abcdef0"


def test_the_embedded_engine_is_refused_on_a_real_account(tmp_path: Path) -> None:
    found = faults_of(tmp_path, REAL.replace("engine: pulumi", "engine: embedded"))
    assert [field for field, _ in found] == ["engine"]


def test_a_real_account_without_a_deployer_s_role_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "prod.yaml"
    path.write_text("".join(line for line in REAL.splitlines(True) if "deployer_role" not in line), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        environment.load(path)
    (fault,) = caught.value.faults
    assert "deployer_role" in fault.why
    assert fault.where is not None
    assert (fault.where.file, REAL.splitlines()[fault.where.line - 1]) == (str(path), "target: aws")


def test_ranges_that_overlap_are_refused(tmp_path: Path) -> None:
    found = faults_of(tmp_path, LOCAL.replace("10.16.0.0/16", "10.0.0.0/16"))
    assert found == {("regions[1].cells[0].cidr", "`10.0.0.0/16` overlaps 10.0.0.0/16")}


@pytest.mark.parametrize("cidr", ["10.0.0.0/20", "8.8.0.0/16", "10.0.0.1/16", "ten"])
def test_a_cell_is_a_private_16(tmp_path: Path, cidr: str) -> None:
    found = faults_of(tmp_path, LOCAL.replace("10.16.0.0/16", cidr))
    assert {field for field, _ in found} == {"regions[1].cells[0].cidr"}


def test_an_account_without_quotes_is_told_to_have_them(tmp_path: Path) -> None:
    found = faults_of(tmp_path, LOCAL.replace('"123456789012"', "123456789012"))
    assert found == {("account", "an account is text, a number may lose its zeros")}


def test_an_id_that_yaml_takes_for_a_number_is_told_to_have_quotes(tmp_path: Path) -> None:
    place = "    own_vpcs: 10.64.0.0/13\n"
    path = tmp_path / "e.yaml"
    path.write_text(LOCAL.replace(place, f"{place}    api: {{rest_api: 641461e3, stage: live}}\n"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        environment.load(path)
    (fault,) = caught.value.faults
    assert (fault.field, fault.allowed) == ("regions[0].api.rest_api", "text, so in quotes")


def test_a_default_region_must_be_one_of_the_regions(tmp_path: Path) -> None:
    found = faults_of(tmp_path, LOCAL.replace("default_region: us-east-1", "default_region: us-east-2"))
    assert found == {("default_region", "`us-east-2` is not among the regions")}


def test_a_backend_in_a_bucket_needs_its_url(tmp_path: Path) -> None:
    found = faults_of(tmp_path, LOCAL.replace("backend: {kind: file}", "backend: {kind: s3}"))
    assert found == {("backend.kind", "`s3` needs `url`")}


def test_a_cell_number_stands_once(tmp_path: Path) -> None:
    twice = "- {number: 1, cidr: 10.0.0.0/16}\n      - {number: 1, cidr: 10.1.0.0/16}"
    found = faults_of(tmp_path, LOCAL.replace("- {number: 1, cidr: 10.0.0.0/16}", twice))
    assert found == {("regions[0].cells[1].number", "cell 1 stands twice")}


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ("[pg_tables]", "belongs to PostgreSQL"),
        ("[public]", "belongs to PostgreSQL"),
        ("[app]", "the name of another schema"),
        ("[tabcdefghi]", "the name of another schema"),
        ("[tabcdefghi_mabcde]", "the name of another schema"),
        ("[Rates]", "will not do"),
        ('["rates, more"]', "will not do"),
        ("[rates, rates]", "`rates` stands twice"),
    ],
)
def test_reference_tables_are_in_schemas_that_nobody_else_has(tmp_path: Path, names: str, why: str) -> None:
    ((field, told),) = faults_of(tmp_path, LOCAL.replace("reference: [reference]", f"reference: {names}"))
    assert field == f"shared.data.databases.reference[{names.count('rates, rates')}]"
    assert why in told


def test_a_domain_of_a_real_account_names_its_zone(tmp_path: Path) -> None:
    ((field, why),) = faults_of(tmp_path, REAL.replace(", zone_id: Z0123456789ABCDEFGHIJ", ""))
    assert (field, "hosted zone" in why) == ("domain", True)
    assert environment.load(given.TEMPLATES / "environments" / "aws.example.yaml").domain is not None
