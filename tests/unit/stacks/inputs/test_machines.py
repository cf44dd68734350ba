from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.errors import BadInput
from stacks.inputs import classes, machines, profile, regions

HEAD = """\
apiVersion: tenant/v1
tenant: acme
tier: enterprise
size: small
region: {region}
owner: someone@example.com
cost_center: CC-1
data_classification: internal
"""


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """Faults of a profile with these keys, as a person reads them."""

    def read(keys: str, region: str) -> list[str]:
        path = tmp_path / "p.yaml"
        path.write_text(HEAD.format(region=region) + keys)
        with pytest.raises(BadInput) as error:
            profile.load(path)
        return [str(fault).replace(str(path), "p.yaml") for fault in error.value.faults]

    return read


@pytest.mark.parametrize("instance_type", sorted(machines.KNOWN))
def test_every_type_that_a_profile_may_name_is_known(instance_type: str) -> None:
    found = machines.machine(instance_type)
    assert found.vcpus >= 2
    assert (found.gpus > 0) == (instance_type in classes.GPU)
    elsewhere = machines.regions_of(instance_type)
    assert elsewhere is None or set(elsewhere) <= set(regions.ALL)
    assert (elsewhere is None) == (instance_type in classes.NODE)


def test_a_gpu_family_that_the_region_has_not_is_told_with_those_that_it_has(
    told: Callable[[str, str], list[str]],
) -> None:
    (fault,) = told("gpu: {instance_types: [p4d.24xlarge]}\n", "eu-west-3")
    assert "p.yaml:9:24: gpu.instance_types[0]: `p4d.24xlarge` is not offered in `eu-west-3`" in fault
    assert "in eu-west-3: g4dn, g5, g6, gr6, p6-b200" in fault


def test_a_type_that_does_not_exist_gets_the_nearest_that_does(told: Callable[[str, str], list[str]]) -> None:
    (fault,) = told("gpu: {instance_types: [p4d.xlarge]}\n", "us-east-1")
    assert "Did you mean p4d.24xlarge?" in fault


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("gpu: {instance_types: [g5.xlarge, g5g.xlarge]}\n", "another architecture than `g5.xlarge`"),
        ("nodes: {instance_types: [m7g.large, m7i.large]}\n", "another architecture than `m7g.large`"),
        ("gpu: {instance_types: [g5.xlarge], nodes: {min: 3, max: 2}}\n", "3 is more than `max`, 2"),
        ("cluster: {version: \"1.35\"}\n", "the cell's cluster has the environment's version"),
        ("cluster: {dedicated: true, version: \"1.12\"}\n", "there is no version of Kubernetes on EKS `1.12`"),
        ("cluster: {dedicated: true, version: 1.35}\n", "without quotes is a number"),
        ("network: {dedicated: true}\n", "do not reach data in an own VPC"),
        ("gpu: {instance_types: [g5.xlarge], hours: {start: \"8:00\", end: \"20:00\"}}\n", "gpu.hours.start"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_a_sentence(told: Callable[[str, str], list[str]], keys: str, said: str) -> None:
    (fault,) = told(keys, "us-east-1")
    assert said in fault
