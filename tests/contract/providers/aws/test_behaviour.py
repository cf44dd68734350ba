"""What only one or a few rows do, and what happens when a call goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.local_cloud import ApiFault, LocalCloud
from engine.providers.aws import AwsAccess, AwsProvider, Credentials, inventory, snapshots, standing
from engine.providers.port import AnswerLost, Call, Props, ProviderError, Secret
from tests.contract.providers.aws.cases_balancers import redirecting
from tests.contract.providers.aws.world import World, resource

pytestmark = pytest.mark.xdist_group("aws-rows")

DATABASE, BUCKET, GROUP = "aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:ec2/securityGroup:SecurityGroup"
VPC = "aws:ec2/vpc:Vpc"


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
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": world.database_subnets,
        "tags": world.tags(name),
        **more,
    }
    return world.checked(DATABASE, name, inputs)


def test_a_database_says_where_it_is_and_who_keeps_its_password(world: World) -> None:
    name = world.unique("where")
    inputs = database(world, name, skipFinalSnapshot=True)
    made = world.provider.create(resource(DATABASE, name), inputs, Call())
    out = made.outputs
    assert out["endpoint"] == f"{out['address']}:{out['port']}"
    secret = out["masterUserSecrets"][0]["secretArn"]
    answer = world.provider.invoke("aws:secretsmanager/getSecretVersion:getSecretVersion", {"secretId": secret})
    assert isinstance(answer["secretString"], Secret)
    assert json.loads(answer["secretString"].value)["username"] == "master"
    there = world.provider.invoke("aws:rds/getInstance:getInstance", {"dbInstanceIdentifier": name})
    assert there["masterUserSecrets"][0]["secretArn"] == secret
    assert (there["address"], there["port"]) == (out["address"], out["port"])
    world.provider.delete(resource(DATABASE, name), made.id, inputs, out, Call())
    with pytest.raises(ProviderError, match=f"no RDS instance {name}"):
        world.provider.invoke("aws:rds/getInstance:getInstance", {"dbInstanceIdentifier": name})


def test_a_database_leaves_its_final_snapshot_which_a_purge_finds_and_deletes(world: World) -> None:
    name = world.unique("kept")
    inputs = database(world, name, finalSnapshotIdentifier=f"{name}-final-1")
    made = world.provider.create(resource(DATABASE, name), inputs, Call())
    world.provider.delete(resource(DATABASE, name), made.id, inputs, made.outputs, Call())
    assert snapshots.final(world.access, world.region, f"{name}-final") == (f"{name}-final-1",)
    snapshots.delete(world.access, world.region, [f"{name}-final-1"])
    snapshots.delete(world.access, world.region, [f"{name}-final-1"])
    assert snapshots.final(world.access, world.region, f"{name}-final") == ()


def test_what_is_gone_is_told_from_what_is_there_and_the_newest_snapshot_from_the_older(world: World) -> None:
    name, type = world.unique("standing"), DATABASE
    inputs = database(world, name, finalSnapshotIdentifier=f"{name}-2")
    made = world.provider.create(resource(type, name), inputs, Call())
    assert standing.of(world.access, world.region, "database", name)
    rds = world.access.client("rds", world.region)
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-9")
    world.provider.delete(resource(type, name), made.id, inputs, made.outputs, Call())
    assert not standing.of(world.access, world.region, "database", name)
    assert standing.newest(world.access, world.region, "database", name) == f"{name}-2"
    snapshots.delete(world.access, world.region, [f"{name}-2", f"{name}-9"])


def test_a_cache_leaves_its_final_snapshot_which_a_purge_finds_and_deletes(world: World) -> None:
    name = world.unique("kept")
    type = "aws:elasticache/replicationGroup:ReplicationGroup"
    given: Props = {
        "replicationGroupId": name,
        "description": "a cache",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.t4g.micro",
        "numCacheClusters": 1,
        "subnetGroupName": world.cache_subnets,
        "finalSnapshotIdentifier": f"{name}-final-1",
        "tags": world.tags(name),
    }
    inputs = world.checked(type, name, given)
    made = world.provider.create(resource(type, name), inputs, Call())
    world.provider.delete(resource(type, name), made.id, inputs, made.outputs, Call())
    assert snapshots.final(world.access, world.region, f"{name}-final") == (f"{name}-final-1",)
    snapshots.delete(world.access, world.region, [f"{name}-final-1"])
    assert snapshots.final(world.access, world.region, f"{name}-final") == ()


def test_backups_of_gone_databases_are_asked_for_by_prefix_and_never_by_an_empty_one(world: World) -> None:
    assert snapshots.retained(world.access, world.region, world.unique("nobodys")) == ()
    with pytest.raises(ProviderError, match="everybody's"):
        snapshots.retained(world.access, world.region, "")


def test_a_database_without_a_decision_about_its_snapshot_is_not_deleted(world: World) -> None:
    name = world.unique("undecided")
    inputs = database(world, name)
    made = world.provider.create(resource(DATABASE, name), inputs, Call())
    with pytest.raises(ProviderError, match="finalSnapshotIdentifier"):
        world.provider.delete(resource(DATABASE, name), made.id, inputs, made.outputs, Call())
    decided = {**inputs, "skipFinalSnapshot": True}
    world.provider.delete(resource(DATABASE, name), made.id, decided, made.outputs, Call())


def test_a_protected_database_refuses_to_be_deleted(world: World) -> None:
    name = world.unique("protected")
    inputs = database(world, name, deletionProtection=True, skipFinalSnapshot=True)
    made = world.provider.create(resource(DATABASE, name), inputs, Call())
    with pytest.raises(ProviderError, match="rds DeleteDBInstance refused"):
        world.provider.delete(resource(DATABASE, name), made.id, inputs, made.outputs, Call())
    lifted = {**inputs, "deletionProtection": False}
    world.provider.update(resource(DATABASE, name), made.id, inputs, made.outputs, lifted, Call())
    world.provider.delete(resource(DATABASE, name), made.id, lifted, made.outputs, Call())


def test_every_prefix_of_snapshots_but_the_empty_one_may_be_asked_for(world: World) -> None:
    with pytest.raises(ProviderError, match="everybody's"):
        snapshots.final(world.access, world.region, "")


def test_a_bucket_with_versions_is_emptied_only_when_told_so(world: World) -> None:
    name = world.bucket()
    s3 = world.client("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for text in ("one", "two"):
        s3.put_object(Bucket=name, Key="k", Body=text.encode())
    s3.delete_object(Bucket=name, Key="k")
    thing, inputs = resource(BUCKET, name), {"bucket": name, "forceDestroy": False}
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        world.provider.delete(thing, name, inputs, {}, Call())
    world.provider.delete(thing, name, {**inputs, "forceDestroy": True}, {}, Call())
    assert world.provider.read(thing, name, inputs, {}) is None


def test_an_untagged_bucket_is_adopted_when_empty_and_left_alone_when_not(world: World) -> None:
    name = world.unique("crashed")
    world.client("s3").create_bucket(Bucket=name)
    inputs = world.checked(BUCKET, name, {"bucket": name, "tags": world.tags(name)})
    found = world.provider.find(resource(BUCKET, name), inputs)
    assert found is not None
    assert found.id == name
    world.client("s3").put_object(Bucket=name, Key="k", Body=b"somebody's")
    with pytest.raises(ProviderError, match="left alone"):
        world.provider.find(resource(BUCKET, name), inputs)


def test_a_new_security_group_lets_nothing_out(world: World) -> None:
    filters = [{"Name": "group-id", "Values": [world.group()]}]
    assert world.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"] == []


def test_an_interrupted_security_group_is_found_as_it_is_and_closed_by_the_update(world: World) -> None:
    name = world.unique("group")
    inputs = world.checked(GROUP, name, {"vpcId": world.vpc, "tags": world.tags(name)})
    tags = [{"Key": key, "Value": value} for key, value in inputs["tags"].items()]
    made = world.client("ec2").create_security_group(
        GroupName=inputs["name"],
        Description="d",
        VpcId=world.vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
    )
    found = world.provider.find(resource(GROUP, name), inputs)
    assert found is not None
    assert found.id == made["GroupId"]
    filters = [{"Name": "group-id", "Values": [found.id]}]
    rules = world.client("ec2").describe_security_group_rules
    assert len(rules(Filters=filters)["SecurityGroupRules"]) == 1
    assert found.reasons
    world.provider.update(resource(GROUP, name), found.id, found.inputs, found.outputs, inputs, Call())
    assert rules(Filters=filters)["SecurityGroupRules"] == []


def test_what_is_tagged_is_counted_by_its_tags(world: World) -> None:
    name = world.unique("counted")
    made = world.make(VPC, name, cidrBlock="10.40.0.0/16", tags=world.tags(name))
    found = inventory.tagged(world.access, world.region, {"stack": world.stack, "Name": name})
    assert [one.arn for one in found] == [made.outputs["arn"]]
    assert found[0].tags["tenant"] == "acme"


def test_a_refused_create_says_which_call_and_why(world: World, faults: LocalCloud) -> None:
    faults.faults.add(
        ApiFault(service="rds", operation="CreateDBInstance", error="InsufficientDBInstanceCapacity", times=1)
    )
    name = world.unique("refused")
    inputs = database(world, name, skipFinalSnapshot=True)
    with pytest.raises(ProviderError, match=r"^rds CreateDBInstance refused: InsufficientDBInstanceCapacity: ") as told:
        world.provider.create(resource(DATABASE, name), inputs, Call())
    assert not isinstance(told.value, AnswerLost)
    assert world.provider.find(resource(DATABASE, name), inputs) is None


@pytest.mark.parametrize("type", [VPC, BUCKET, GROUP])
def test_a_create_whose_answer_was_lost_is_found_once(world: World, faults: LocalCloud, type: str) -> None:
    name = world.unique("lost")
    given: dict[str, Props] = {
        VPC: {"cidrBlock": "10.41.0.0/16"},
        BUCKET: {"bucket": name},
        GROUP: {"vpcId": world.vpc},
    }
    inputs = world.checked(type, name, {**given[type], "tags": world.tags(name)})
    operation = {VPC: "CreateVpc", BUCKET: "CreateBucket", GROUP: "CreateSecurityGroup"}[type]
    service = "s3" if type == BUCKET else "ec2"
    faults.faults.add(ApiFault(service=service, operation=operation, lose_answer=True, times=1))
    with pytest.raises(AnswerLost):
        world.provider.create(resource(type, name), inputs, Call())
    found = world.provider.find(resource(type, name), inputs)
    assert found is not None
    assert found.inputs.keys() <= inputs.keys()


def test_an_endpoint_that_is_not_there_is_said() -> None:
    access = AwsAccess(default_endpoint="http://127.0.0.1:9", credentials=Credentials("k", "s"))
    provider = AwsProvider(access).configure({"region": "eu-west-1"})
    with pytest.raises(ProviderError, match=r"nothing answers at http://127\.0\.0\.1:9"):
        provider.create(resource(VPC, "v"), {"cidrBlock": "10.0.0.0/16"}, Call())


def test_the_data_sources_answer(world: World) -> None:
    ask = world.provider.invoke
    assert ask("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"].isdigit()
    assert ask("aws:index/getRegion:getRegion", {})["name"] == world.region
    assert ask("aws:index/getPartition:getPartition", {})["partition"] == "aws"
    zones = ask("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
    assert zones["names"] == sorted(zones["names"])
    assert f"{world.region}a" in zones["names"]
    vpc = ask("aws:ec2/getVpc:getVpc", {"tags": {"stack": world.stack, "Name": "vpc"}} if world.vpc else {})
    assert vpc["id"] == world.vpc
    subnets = ask("aws:ec2/getSubnets:getSubnets", {"filters": [{"name": "vpc-id", "values": [world.vpc]}]})
    assert set(world.subnets) <= set(ask("aws:ec2/getSubnets:getSubnets", {"tags": {"stack": world.stack}})["ids"])
    assert subnets["ids"] == sorted(subnets["ids"])


def test_a_zone_is_found_by_its_name_and_only_where_there_is_one(world: World) -> None:
    name = world.unique("zone")
    domain = f"{name}.example"
    zone = world.make("aws:route53/zone:Zone", name, name=domain, tags=world.tags(name)).id
    for asked in ({"name": domain}, {"name": f"{domain}."}, {"zoneId": zone}):
        found = world.provider.invoke("aws:route53/getZone:getZone", asked)
        assert (found["zoneId"], found["name"], found["privateZone"]) == (zone, domain, False)
    for asked in ({"name": f"other.{domain}"}, {"name": domain, "privateZone": True}):
        with pytest.raises(ProviderError, match="0 hosted zones"):
            world.provider.invoke("aws:route53/getZone:getZone", asked)


def test_rules_that_are_made_at_one_time_get_a_place_each(world: World) -> None:
    name = world.unique("rules")
    listener = world.make("aws:lb/listener:Listener", name, **redirecting(world, name)).id
    forbidden = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "403"}}

    def make(number: int) -> str:
        host = {"hostHeader": {"values": [f"t{number}.example"]}}
        inputs = {"listenerArn": listener, "actions": [forbidden], "conditions": [host], "tags": world.tags(name)}
        return world.make("aws:lb/listenerRule:ListenerRule", f"{name}-{number}", **inputs).id

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(8)))
    rules = world.client("elbv2").describe_rules(RuleArns=made)["Rules"]
    assert len({rule["Priority"] for rule in rules}) == len(made)


def test_a_data_source_that_is_not_known_is_refused(world: World) -> None:
    with pytest.raises(ProviderError, match="getAmi"):
        world.provider.invoke("aws:ec2/getAmi:getAmi", {})
    with pytest.raises(ProviderError, match="colour"):
        world.provider.invoke("aws:ec2/getVpc:getVpc", {"colour": "red"})


def test_a_version_that_was_never_put_is_not_found_in_a_new_secret(world: World) -> None:
    """An interrupted create that left nothing is made anew, and not taken for another's."""
    secret = world.secret()
    version = resource("aws:secretsmanager/secretVersion:SecretVersion", "login")
    inputs = world.checked(version.type, "login", {"secretId": secret, "secretString": "hunter2"})
    assert world.provider.find(version, inputs) is None
    created = world.provider.create(version, inputs, Call())
    found = world.provider.find(version, inputs)
    assert found is not None
    assert found.id == created.id
