"""What the suite of rows leaves out and a deployer's rights need: lives that call the rest, and bare requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from engine.providers.aws import AwsAccess, inventory, labels, locks, quotas, snapshots
from engine.providers.port import Call, Props, ProviderError
from stacks.resources.quotas import QUOTAS
from tests.contract.providers.aws import cases_services
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.watching import watched
from tests.contract.providers.aws.world import World, resource

ACCOUNT: Final = "123456789012"


def _delegating(sid: str) -> str:
    """A key policy that leaves it to IAM who of the account may do what."""
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _key(world: World, name: str) -> Props:
    policy = _delegating("first")
    return {"description": "a key", "enableKeyRotation": True, "policy": policy, "tags": world.tags(name)}


def _filled(world: World, live: Live) -> None:
    """Somebody puts objects into the bucket; a change of nothing puts nothing right."""
    for key in ("one", "two"):
        world.client("s3").put_object(Bucket=live.id, Key=key, Body=b"here")


def _attached(world: World, live: Live) -> None:
    iam = world.client("iam")
    iam.attach_role_policy(RoleName=live.id, PolicyArn=world.managed_policy())
    iam.put_role_policy(RoleName=live.id, PolicyName="inline", PolicyDocument=_delegating("x").replace("kms:*", "s3:*"))


CASES: Final = (
    Case(
        "aws:kms/key:Key",
        _key,
        update=lambda world, _: {
            "description": "changed",
            "enableKeyRotation": False,
            "isEnabled": False,
            "policy": _delegating("second"),
        },
        replace=None,
        drift={
            "isEnabled": lambda world, live: world.client("kms").disable_key(KeyId=live.id),
            "enableKeyRotation": lambda world, live: world.client("kms").disable_key_rotation(KeyId=live.id),
        },
        refused={},
        label="-delegating",
    ),
    Case(
        "aws:s3/bucket:Bucket",
        lambda world, name: {
            "bucket": name,
            "objectLockEnabled": True,
            "forceDestroy": True,
            "tags": world.tags(name),
        },
        update=None,
        replace=None,
        drift={"": _filled},
        refused={},
        label="-full",
    ),
    Case(
        "aws:iam/role:Role",
        lambda world, name: {**cases_services.role(world, name), "forceDetachPolicies": True},
        update=None,
        replace=None,
        drift={"": _attached},
        refused={},
        label="-attached",
    ),
    Case(
        "aws:backup/vault:Vault",
        lambda world, name: {"name": name, "forceDestroy": True, "tags": world.tags(name)},
        update=None,
        replace=None,
        drift={},
        refused={},
        label="-emptied",
    ),
)


def _count(world: World, access: AwsAccess) -> None:
    for key in QUOTAS:
        quotas.used(access, world.region, key)


def _list(world: World, access: AwsAccess) -> None:
    """Everything that carries tags, with one of each kind that is listed by its name."""
    world.role()
    world.managed_policy()
    inventory.tagged(access, world.region, {})
    inventory.unseen(access, world.region, "")


def _label(world: World, access: AwsAccess) -> None:
    """By the tagging API, which the emulator does for some services only: who may ask is decided before that."""
    arn = f"arn:aws:elasticfilesystem:{world.region}:{ACCOUNT}:file-system/fs-0"
    old, new = {"old": "1"}, {"new": "1"}
    for before, after in ((old, {}), ({}, new)):
        try:
            labels.write_by_arn(access, world.region, arn, before, after, lambda: None)
        except ProviderError as error:
            if "lacks" in str(error):
                raise


def _ask(world: World, access: AwsAccess) -> None:
    program = watched(access, world.region)
    program.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {})
    program.invoke("aws:ec2/getVpc:getVpc", {"id": world.vpc})
    program.invoke("aws:eks/getCluster:getCluster", {"name": world.cluster})


def _purge(world: World, access: AwsAccess) -> None:
    """The final snapshots of a database and a cache, left by root."""
    name = world.unique("kept")
    kept = {"finalSnapshotIdentifier": f"{name}-final"}
    database: Props = {
        "identifier": name,
        "engine": "postgres",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "username": "master",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": world.database_subnets,
    }
    cache: Props = {
        "replicationGroupId": name,
        "description": "a cache",
        "engine": "valkey",
        "nodeType": "cache.t4g.micro",
        "numCacheClusters": 1,
        "subnetGroupName": world.cache_subnets,
    }
    made = (("aws:rds/instance:Instance", database), ("aws:elasticache/replicationGroup:ReplicationGroup", cache))
    for type, given in made:
        inputs = world.checked(type, name, {**given, **kept, "tags": world.tags(name)})
        created = world.provider.create(resource(type, name), inputs, Call())
        world.provider.delete(resource(type, name), created.id, inputs, created.outputs, Call())
    found = snapshots.final(access, world.region, name)
    assert found
    snapshots.retained(access, world.region, name)
    snapshots.delete(access, world.region, found)


def _locked(world: World, access: AwsAccess) -> None:
    """A bucket of root's with one object that is locked for a day, and one that is not."""
    bucket, s3 = world.unique("locked"), world.client("s3")
    end = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    free = s3.put_object(Bucket=bucket, Key="free", Body=b"here")["VersionId"]
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": end}
    held = s3.put_object(Bucket=bucket, Key="held", Body=b"here", **lock)["VersionId"]
    try:
        assert locks.until(access, world.region, bucket) == end
    finally:
        s3.delete_object(Bucket=bucket, Key="held", VersionId=held, BypassGovernanceRetention=True)
        s3.delete_object(Bucket=bucket, Key="free", VersionId=free)
        s3.delete_bucket(Bucket=bucket)
    assert locks.until(access, world.region, bucket) is None


PARTS: Final[Mapping[str, tuple[Callable[[World, AwsAccess], None], ...]]] = {
    "data sources": (_ask,),
    "purge": (_purge, _locked),
    "quotas": (_count,),
    "tags": (_list, _label),
}
"""What calls AWS beside rows, by the names that the permissions have for it."""


class Asked(NamedTuple):
    """A request that names nothing that is there: IAM decides before the service looks."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


_GROUP: Final = {"ReplicationGroupId": "none", "NewReplicaCount": 1, "ApplyImmediately": True}
_POINT: Final = f"arn:aws:backup:us-east-1:{ACCOUNT}:recovery-point:none"

ASKED: Final[Mapping[str, Asked]] = {
    "backup:DeleteRecoveryPoint": Asked(
        "backup", "DeleteRecoveryPoint", {"BackupVaultName": "none", "RecoveryPointArn": _POINT}
    ),
    "backup:ListBackupVaults": Asked("backup", "ListBackupVaults", {}),
    "eks:UpdateClusterVersion": Asked("eks", "UpdateClusterVersion", {"name": "none", "version": "1.36"}),
    "eks:UpdateNodegroupVersion": Asked(
        "eks", "UpdateNodegroupVersion", {"clusterName": "none", "nodegroupName": "none"}
    ),
    "elasticache:DecreaseReplicaCount": Asked("elasticache", "DecreaseReplicaCount", _GROUP),
    "elasticache:IncreaseReplicaCount": Asked("elasticache", "IncreaseReplicaCount", _GROUP),
    "elasticache:ResetCacheParameterGroup": Asked(
        "elasticache",
        "ResetCacheParameterGroup",
        {"CacheParameterGroupName": "none", "ResetAllParameters": True, "ParameterNameValues": []},
    ),
    "elasticloadbalancing:SetIpAddressType": Asked(
        "elbv2", "SetIpAddressType", {"LoadBalancerArn": "none", "IpAddressType": "ipv4"}
    ),
    "logs:AssociateKmsKey": Asked("logs", "AssociateKmsKey", {"logGroupName": "none", "kmsKeyId": "none"}),
    "logs:DisassociateKmsKey": Asked("logs", "DisassociateKmsKey", {"logGroupName": "none"}),
    "rds:DeleteDBInstanceAutomatedBackup": Asked("rds", "DeleteDBInstanceAutomatedBackup", {"DbiResourceId": "none"}),
    "rds:ResetDBParameterGroup": Asked(
        "rds", "ResetDBParameterGroup", {"DBParameterGroupName": "none", "ResetAllParameters": True}
    ),
}
"""Actions whose operations the emulators lack, or that only a rare turn of a row asks: the turn is a unit test's."""
