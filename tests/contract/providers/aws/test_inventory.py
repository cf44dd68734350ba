"""What carries tags: listings of what the tagging API does not see, and tags put right service by service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from engine.local_cloud import LocalCloud
from engine.providers.aws import billing, inventory, labels
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.labels import Labelled
from engine.providers.port import Created, ProviderError
from tests.contract.providers.aws import cases_balancers, cases_edge, cases_nodes
from tests.contract.providers.aws.case import Case
from tests.contract.providers.aws.world import TRUST, World

ADDRESS, ROLE, POLICY = "aws:ec2/eip:Eip", "aws:iam/role:Role", "aws:iam/policy:Policy"
SUBNETS, PARAMETERS = "aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup"
ZONE = "aws:route53/zone:Zone"
BUCKET, ENDPOINT = "aws:s3/bucket:Bucket", "aws:ec2/vpcEndpoint:VpcEndpoint"


@dataclass(frozen=True)
class Made:
    """A resource of the test, as a state would have it."""

    type: str
    created: Created
    world: World

    @property
    def arn(self) -> str:
        return str(self.created.outputs["arn"])

    @property
    def labelled(self) -> Labelled:
        inputs = {"tags": self.created.outputs.get("tags")}
        return Labelled(self.type, self.created.id, inputs, self.created.outputs, self.world.region)

    @property
    def tags(self) -> dict[str, str]:
        return dict(labels.read(self.world.access, self.labelled) or {})


def make(world: World, type: str, stem: str, **inputs: Any) -> Made:
    name = world.unique(stem)
    return Made(type, world.make(type, name, tags=world.tags(name), **inputs), world)


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "address": (ADDRESS, {"domain": "vpc"}),
    "role": (ROLE, {"assumeRolePolicy": TRUST}),
    "parameters": (PARAMETERS, {"family": "postgres16"}),
    "bucket": (BUCKET, {}),
    "zone": (ZONE, {"name": "listed.example"}),
}


@pytest.mark.parametrize("stem", ["address", "parameters", "zone"])
def test_what_the_tagging_api_does_not_see_is_listed_with_its_tags(world: World, stem: str) -> None:
    type, inputs = CASES[stem]
    made = make(world, type, stem, **inputs)
    found = {one.arn: one.tags for one in inventory.unseen(world.access, world.region, "nothing-")}
    assert found[made.arn] == made.tags
    assert found[made.arn]["stack"] == world.stack


def test_a_listener_s_default_rule_stops_no_listing(world: World) -> None:
    name = world.unique("listener")
    listener = world.make("aws:lb/listener:Listener", name, **cases_balancers.redirecting(world, name)).id
    pages = world.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate
    for kinds in ([], ["elasticloadbalancing"]):
        found = [
            each["ResourceARN"] for page in pages(ResourceTypeFilters=kinds) for each in page["ResourceTagMappingList"]
        ]
        assert listener in found
        assert not [arn for arn in found if "listener-rule/" in arn and arn.startswith(listener)]


def test_roles_are_listed_by_the_start_of_their_names_only(world: World) -> None:
    made = make(world, ROLE, "role", assumeRolePolicy=TRUST)
    start = made.created.id[:12]
    assert made.arn in {one.arn for one in inventory.unseen(world.access, world.region, start)}
    assert not [one for one in inventory.unseen(world.access, world.region, "nothing-") if ":role/" in one.arn]


def test_what_carries_no_tags_is_listed_too(world: World) -> None:
    address = world.client("ec2").allocate_address(Domain="vpc")["AllocationId"]
    found = {one.arn.rpartition("/")[2]: one for one in inventory.unseen(world.access, world.region, "nothing-")}
    assert found[address].tags == {}


@pytest.mark.parametrize("stem", sorted(CASES))
def test_tags_are_put_right_by_the_service_s_own_call(world: World, stem: str) -> None:
    type, inputs = CASES[stem]
    made = make(world, type, stem, **inputs)
    right = made.tags
    fenced: list[int] = []
    broken = {key: value for key, value in right.items() if key != "tenant"} | {"Tenant": "acme", "Name": "other"}
    labels.write(world.access, made.labelled, right, broken, lambda: fenced.append(1))
    assert made.tags == broken
    labels.write(world.access, made.labelled, broken, right, lambda: fenced.append(1))
    assert made.tags == right
    assert fenced


@pytest.mark.parametrize("stem", ["address", "role", "parameters", "zone"])
def test_what_stands_in_no_state_is_put_right_by_its_arn(world: World, stem: str) -> None:
    type, inputs = CASES[stem]
    made = make(world, type, stem, **inputs)
    right, odd = made.tags, {"Tenant": "acme"}
    labels.write_by_arn(world.access, world.region, made.arn, right, odd, lambda: None)
    assert made.tags == odd
    labels.write_by_arn(world.access, world.region, made.arn, odd, right, lambda: None)
    assert made.tags == right


def test_a_lost_lease_stops_it_before_anything_is_sent(world: World) -> None:
    made = make(world, ADDRESS, "address", domain="vpc")

    def lost() -> None:
        raise ProviderError("lost")

    with pytest.raises(ProviderError, match="lost"):
        labels.write(world.access, made.labelled, made.tags, {}, lost)
    assert made.tags["stack"] == world.stack


def test_what_is_gone_has_no_tags_at_all(world: World) -> None:
    made = make(world, ADDRESS, "address", domain="vpc")
    world.client("ec2").release_address(AllocationId=made.created.id)
    assert labels.read(world.access, made.labelled) is None


def test_types_say_whether_they_can_carry_tags() -> None:
    assert labels.can_carry(BUCKET) is True
    assert labels.can_carry("aws:s3/bucketPolicy:BucketPolicy") is False
    assert labels.can_carry("aws:unheard/of:Thing") is None


def test_disks_and_interfaces_are_listed_with_the_node_that_they_belong_to(world: World) -> None:
    ec2 = world.client("ec2")
    node = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=world.subnets[0])["Instances"][0][
        "InstanceId"
    ]
    listed = inventory.unseen(world.access, world.region, "nothing-")
    found = [one for one in listed if one.parent.endswith(f":instance/{node}")]
    ec2.terminate_instances(InstanceIds=[node])
    assert sorted(one.arn.rpartition(":")[2].partition("/")[0] for one in found) == ["network-interface", "volume"]
    assert [one.tags for one in found] == [{}, {}]


def test_listing_many_tagged_things_does_not_stop_the_cloud_from_changing(world: World) -> None:
    ec2 = world.client("ec2")
    for _ in range(60):  # more than a page of the tagging API
        ec2.create_security_group(
            GroupName=world.unique("many"),
            Description="d",
            VpcId=world.vpc,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": [{"Key": "many", "Value": "yes"}]}],
        )
    assert len(inventory.tagged(world.access, world.region, {"many": "yes"})) == 60
    make(world, ADDRESS, "address", domain="vpc")


@pytest.mark.parametrize(
    "case",
    [case for case in (*cases_nodes.CASES, *cases_balancers.CASES, *cases_edge.CASES) if labels.can_carry(case.type)],
    ids=lambda case: case.type.rpartition(":")[2] + case.label,
)
def test_what_stands_before_and_under_the_tenants_is_listed_with_its_tags(world: World, case: Case) -> None:
    name = world.unique("listed")
    arn = world.make(case.type, name, **case.inputs(world, name)).outputs["arn"]
    by_api = inventory.tagged(world.access, world.region, {"Name": name, "stack": world.stack})
    by_service = inventory.unseen(world.access, world.region, "nothing-")
    found = {one.arn: one.tags for one in (*by_api, *by_service)}
    assert found[arn] == world.tags(name)


def test_cost_explorer_is_not_in_the_local_cloud_and_says_so(world: World, local_cloud: LocalCloud) -> None:
    with pytest.raises(CloudRefused, match="ce is not in the local cloud"):
        billing.activate(local_cloud.access(), ["tenant"])
