"""Calls that were accepted and then failed: never called nothing, and put right by the next run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.local_cloud import ApiFault, LocalCloud
from engine.providers.port import UNSETTLED, AnswerLost, Call, Created, Found, PartlyDone, Props, ProviderError, Secret
from tests.contract.providers.aws.world import PASSWORD, World, resource

pytestmark = pytest.mark.xdist_group("aws-rows")

DATABASE, GROUP = "aws:rds/instance:Instance", "aws:ec2/securityGroup:SecurityGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture
def faults(local_cloud: LocalCloud) -> Iterator[LocalCloud]:
    yield local_cloud
    local_cloud.faults.clear()


def database(world: World, name: str, **more: object) -> Props:
    inputs: Props = {
        "identifier": name,
        "engine": "postgres",
        "engineVersion": "16.4",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "username": "master",
        "password": PASSWORD,
        "dbSubnetGroupName": world.database_subnets,
        "skipFinalSnapshot": True,
        "applyImmediately": True,
        "tags": world.tags(name),
        **more,
    }
    return world.checked(DATABASE, name, inputs)


def opened(outputs: Props) -> Props:
    return {key: value.value if isinstance(value, Secret) else value for key, value in outputs.items()}


def read(world: World, id: str, inputs: Props, outputs: Props) -> Found:
    found = world.provider.read(resource(DATABASE, id), id, inputs, opened(outputs))
    assert found is not None
    return found


def remove(world: World, id: str, inputs: Props, outputs: Props) -> None:
    world.provider.delete(resource(DATABASE, id), id, inputs, opened(outputs), Call())


def live(world: World, id: str) -> Any:
    return world.client("rds").describe_db_instances(DBInstanceIdentifier=id)["DBInstances"][0]


@pytest.fixture
def made(world: World) -> Iterator[tuple[str, Props, Created]]:
    name = world.unique("half")
    inputs = database(world, name)
    created = world.provider.create(resource(DATABASE, name), inputs, Call())
    yield name, inputs, created
    remove(world, name, inputs, created.outputs)


Made = tuple[str, Props, Created]


def refuse(faults: LocalCloud, operation: str) -> None:
    faults.faults.add(ApiFault(service="rds", operation=operation, error="AccessDenied", times=0))


def update(world: World, name: str, olds: Props, outputs: Props, news: Props) -> Props:
    return world.provider.update(resource(DATABASE, name), name, olds, opened(outputs), news, Call(timeout=60))


@pytest.mark.parametrize("later", ["DescribeDBInstances", "AddTagsToResource"])
def test_an_update_that_failed_after_its_first_change_is_looked_at_and_repeated(
    world: World, faults: LocalCloud, made: Made, later: str
) -> None:
    name, inputs, created = made
    news = {**inputs, "backupRetentionPeriod": 3, "tags": {**inputs["tags"], "tenant": "other"}}
    refuse(faults, later)
    with pytest.raises(AnswerLost, match="ModifyDBInstance accepted, then: .*AccessDenied"):
        update(world, name, inputs, created.outputs, news)
    faults.faults.clear()
    assert live(world, name)["BackupRetentionPeriod"] == 3
    found = read(world, name, inputs, created.outputs)
    assert found.inputs != inputs
    outputs = update(world, name, found.inputs, found.outputs, news)
    assert read(world, name, news, outputs).inputs == news


def test_an_update_that_failed_after_its_first_change_is_taken_back(
    world: World, faults: LocalCloud, made: Made
) -> None:
    name, inputs, created = made
    refuse(faults, "DescribeDBInstances")
    with pytest.raises(AnswerLost):
        update(world, name, inputs, created.outputs, {**inputs, "backupRetentionPeriod": 3})
    faults.faults.clear()
    found = read(world, name, inputs, created.outputs)
    assert world.provider.diff(resource(DATABASE, name), name, found.inputs, opened(found.outputs), inputs).changes
    outputs = update(world, name, found.inputs, found.outputs, inputs)
    assert read(world, name, inputs, outputs).inputs == inputs
    assert live(world, name)["BackupRetentionPeriod"] == 0


def test_an_update_whose_first_call_is_refused_came_to_nothing(world: World, faults: LocalCloud, made: Made) -> None:
    name, inputs, created = made
    refuse(faults, "ModifyDBInstance")
    with pytest.raises(ProviderError, match=r"^rds ModifyDBInstance refused") as told:
        update(world, name, inputs, created.outputs, {**inputs, "backupRetentionPeriod": 3})
    assert not isinstance(told.value, AnswerLost | PartlyDone)


@pytest.mark.parametrize("asked_next", ["the same", "the old one"])
@pytest.mark.parametrize(
    "fault",
    [
        ApiFault(service="rds", operation="DescribeDBInstances", error="AccessDenied", times=0),
        ApiFault(service="rds", operation="ModifyDBInstance", lose_answer=True, times=0),
    ],
    ids=["not-looked-at", "answer-lost"],
)
def test_a_password_that_may_not_have_arrived_is_sent_again(
    world: World, faults: LocalCloud, made: Made, fault: ApiFault, asked_next: str
) -> None:
    name, inputs, created = made
    news = {**inputs, "password": PASSWORD + "-2"}
    faults.faults.add(fault)
    with pytest.raises(PartlyDone) as told:
        update(world, name, inputs, created.outputs, news)
    faults.faults.clear()
    assert told.value.outputs[UNSETTLED] == ["password"]
    assert PASSWORD not in [value for value in told.value.outputs.values() if not isinstance(value, Secret)]
    refreshed = read(world, name, news, told.value.outputs)
    assert refreshed.reasons
    wanted = news if asked_next == "the same" else inputs
    again = world.provider.diff(resource(DATABASE, name), name, refreshed.inputs, opened(refreshed.outputs), wanted)
    assert [change.path for change in again.changes] == ["password"]
    refuse(faults, "ModifyDBInstance")
    with pytest.raises(ProviderError, match="ModifyDBInstance refused"):  # sent again, also without a refresh
        update(world, name, news, told.value.outputs, wanted)
    faults.faults.clear()
    outputs = update(world, name, news, told.value.outputs, wanted)
    assert UNSETTLED not in outputs
    assert read(world, name, wanted, outputs).reasons == ()


def test_a_create_that_was_not_waited_for_is_found_at_once_and_finished_by_an_update(
    world: World, faults: LocalCloud
) -> None:
    name = world.unique("slow")
    inputs = database(world, name, performanceInsightsEnabled=True)
    faults.faults.add(ApiFault(service="rds", operation="CreateDBInstance", creating=4, times=1))
    with pytest.raises(PartlyDone) as told:
        world.provider.create(resource(DATABASE, name), inputs, Call(timeout=0.5))
    found = world.provider.find(resource(DATABASE, name), inputs)
    assert found is not None
    assert found.reasons == ("it is still being made",)
    assert found.inputs == inputs
    assert live(world, name)["DBInstanceStatus"] == "creating"
    assert read(world, name, inputs, told.value.outputs).reasons == found.reasons
    outputs = update(world, name, found.inputs, found.outputs, inputs)
    assert outputs["status"] == "available"
    assert outputs["endpoint"]
    assert read(world, name, inputs, outputs).inputs == inputs
    remove(world, name, inputs, outputs)


def test_what_a_create_had_still_to_set_is_set_by_an_update_without_any_difference(
    world: World, faults: LocalCloud
) -> None:
    name, type = world.unique("vpc"), "aws:ec2/vpc:Vpc"
    inputs = world.checked(
        type, name, {"cidrBlock": "10.42.0.0/16", "enableDnsHostnames": True, "tags": world.tags(name)}
    )
    faults.faults.add(ApiFault(service="ec2", operation="ModifyVpcAttribute", error="UnauthorizedOperation", times=1))
    with pytest.raises(PartlyDone) as told:
        world.provider.create(resource(type, name), inputs, Call())
    outputs = world.provider.update(resource(type, name), told.value.id, inputs, told.value.outputs, inputs, Call())
    assert outputs["enableDnsHostnames"] is True
    found = world.provider.read(resource(type, name), told.value.id, inputs, outputs)
    assert found is not None
    assert found.inputs == inputs


def test_a_gateway_that_was_made_and_not_attached_is_attached_by_the_next_run(world: World, faults: LocalCloud) -> None:
    name, type = world.unique("igw"), "aws:ec2/internetGateway:InternetGateway"
    vpc = world.make("aws:ec2/vpc:Vpc", world.unique("vpc"), cidrBlock="10.43.0.0/16", tags=world.tags(name)).id
    inputs = world.checked(type, name, {"vpcId": vpc, "tags": world.tags(name)})
    faults.faults.add(ApiFault(service="ec2", operation="AttachInternetGateway", error="UnauthorizedOperation"))
    with pytest.raises(PartlyDone) as told:
        world.provider.create(resource(type, name), inputs, Call())
    outputs = world.provider.update(resource(type, name), told.value.id, inputs, told.value.outputs, inputs, Call())
    assert outputs["vpcId"] == vpc
    found = world.provider.read(resource(type, name), told.value.id, inputs, outputs)
    assert found is not None
    assert found.inputs == inputs


def test_a_delete_that_was_accepted_and_whose_end_was_not_seen_is_lost_not_refused(
    world: World, faults: LocalCloud
) -> None:
    name = world.unique("going")
    inputs = database(world, name)
    made = world.provider.create(resource(DATABASE, name), inputs, Call())
    refuse(faults, "DescribeDBInstances")
    with pytest.raises(AnswerLost, match="DeleteDBInstance accepted, then"):
        remove(world, name, inputs, made.outputs)
    faults.faults.clear()
    remove(world, name, inputs, made.outputs)
    assert world.provider.read(resource(DATABASE, name), name, inputs, {}) is None


def egress(world: World, group: str) -> list[Any]:
    filters = [{"Name": "group-id", "Values": [group]}]
    return world.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]


def test_a_group_that_was_made_and_not_closed_is_closed_by_the_update_that_follows(
    world: World, faults: LocalCloud
) -> None:
    name = world.unique("open")
    inputs = world.checked(GROUP, name, {"vpcId": world.vpc, "tags": world.tags(name)})
    faults.faults.add(
        ApiFault(service="ec2", operation="RevokeSecurityGroupEgress", error="UnauthorizedOperation", times=1)
    )
    with pytest.raises(PartlyDone) as told:
        world.provider.create(resource(GROUP, name), inputs, Call())
    id = told.value.id
    assert len(egress(world, id)) == 1
    refreshed = world.provider.read(resource(GROUP, name), id, inputs, told.value.outputs)
    assert refreshed is not None
    assert refreshed.reasons
    outputs = world.provider.update(resource(GROUP, name), id, refreshed.inputs, refreshed.outputs, inputs, Call())
    assert egress(world, id) == []
    assert UNSETTLED not in outputs


def test_an_update_of_a_group_leaves_the_open_rule_that_the_program_declares(world: World) -> None:
    name = world.unique("wide")
    inputs = world.checked(GROUP, name, {"vpcId": world.vpc, "tags": world.tags(name)})
    made = world.provider.create(resource(GROUP, name), inputs, Call())
    world.make(
        EGRESS,
        name,
        securityGroupId=made.id,
        ipProtocol="-1",
        cidrIpv4="0.0.0.0/0",
        tags=world.tags(name),
    )
    news = {**inputs, "tags": {**inputs["tags"], "tenant": "other"}}
    world.provider.update(resource(GROUP, name), made.id, inputs, made.outputs, news, Call())
    assert len(egress(world, made.id)) == 1
