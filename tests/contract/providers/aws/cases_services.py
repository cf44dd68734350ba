"""Cases of IAM, RDS and ElastiCache."""

from __future__ import annotations

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import PASSWORD, TRUST, World, policy

_OTHER_TRUST = TRUST.replace("ec2.amazonaws.com", "lambda.amazonaws.com")


def role(world: World, name: str) -> Props:
    """A role with all that a role can have."""
    return {
        "name": name,
        "assumeRolePolicy": TRUST,
        "description": "a role",
        "permissionsBoundary": world.managed_policy(),
        "tags": world.tags(name),
    }


def _inline(world: World, name: str) -> Props:
    return {"name": name, "role": world.role(), "policy": policy("s3:GetObject")}


def _meddle_inline(world: World, live: Live) -> None:
    world.client("iam").put_role_policy(
        RoleName=live.inputs["role"], PolicyName=live.inputs["name"], PolicyDocument=policy("*")
    )


def _put_inline(world: World, role: str) -> str:
    name = world.unique("inline")
    world.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy("s3:GetObject"))
    return name


def _all_inline(world: World, name: str) -> Props:
    """A role with a policy of its own, and one that others have put there before."""
    role = world.role()
    _put_inline(world, role)
    return {"roleName": role, "policyNames": [_put_inline(world, role)]}


def _attach(world: World, role: str) -> str:
    arn = world.managed_policy()
    world.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)
    return arn


def _managed(world: World, name: str) -> Props:
    return {"name": name, "policy": policy("s3:GetObject"), "description": "a policy", "tags": world.tags(name)}


def _meddle_managed(world: World, live: Live) -> None:
    world.client("iam").create_policy_version(PolicyArn=live.id, PolicyDocument=policy("*"), SetAsDefault=True)


def _subnet_group(world: World, name: str) -> Props:
    return {"name": name, "description": "subnets", "subnetIds": world.subnets, "tags": world.tags(name)}


def _rds_parameters(world: World, name: str) -> Props:
    parameters = [
        {"name": "rds.force_ssl", "value": "1"},
        {"name": "work_mem", "value": "8192", "applyMethod": "immediate"},
    ]
    return {"name": name, "family": "postgres16", "parameters": parameters, "tags": world.tags(name)}


def _meddle_rds_parameters(world: World, live: Live) -> None:
    change = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    world.client("rds").modify_db_parameter_group(DBParameterGroupName=live.id, Parameters=[change])


def _database(world: World, name: str) -> Props:
    return {
        "identifier": name,
        "engine": "postgres",
        "engineVersion": "16.4",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "storageType": "gp3",
        "username": "master",
        "manageMasterUserPassword": True,
        "masterUserSecretKmsKeyId": world.key,
        "storageEncrypted": True,
        "kmsKeyId": world.key,
        "dbName": "app",
        "port": 5432,
        "dbSubnetGroupName": world.database_subnets,
        "vpcSecurityGroupIds": [world.group()],
        "backupRetentionPeriod": 7,
        "skipFinalSnapshot": True,
        "applyImmediately": True,
        "copyTagsToSnapshot": True,
        "performanceInsightsEnabled": True,
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "tags": world.tags(name),
    }


def _meddle_database(world: World, live: Live) -> None:
    world.client("rds").modify_db_instance(DBInstanceIdentifier=live.id, BackupRetentionPeriod=1, ApplyImmediately=True)


def _protect_database(world: World, live: Live) -> None:
    world.client("rds").modify_db_instance(DBInstanceIdentifier=live.id, PubliclyAccessible=True)


def _cache_parameters(world: World, name: str) -> Props:
    parameters = [{"name": "maxmemory-policy", "value": "allkeys-lru"}]
    return {"name": name, "family": "valkey8", "parameters": parameters, "tags": world.tags(name)}


def _meddle_cache_parameters(world: World, live: Live) -> None:
    change = {"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}
    world.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName=live.id, ParameterNameValues=[change]
    )


def _user(world: World, name: str) -> Props:
    return {
        "userId": name,
        "userName": name,
        "engine": "valkey",
        "accessString": "on ~a:* +@all -@dangerous",
        "authenticationMode": {"type": "password", "passwords": [PASSWORD]},
        "tags": world.tags(name),
    }


def _meddle_user(world: World, live: Live) -> None:
    world.client("elasticache").modify_user(UserId=live.id, AccessString="on ~* +@all")


def _more_passwords(world: World, live: Live) -> None:
    world.client("elasticache").modify_user(
        UserId=live.id, AuthenticationMode={"Type": "password", "Passwords": [PASSWORD, PASSWORD + "2"]}
    )


def _user_group(world: World, name: str) -> Props:
    users = [world.user("default"), world.user()]
    return {"userGroupId": name, "engine": "valkey", "userIds": users, "tags": world.tags(name)}


def _meddle_user_group(world: World, live: Live) -> None:
    world.client("elasticache").modify_user_group(UserGroupId=live.id, UserIdsToAdd=[world.user()])


def _membership(world: World, name: str) -> Props:
    group = world.make(
        "aws:elasticache/userGroup:UserGroup",
        name,
        userGroupId=world.unique("g"),
        engine="valkey",
        userIds=[world.user("default")],
        tags=world.tags(name),
    )
    return {"userGroupId": group.id, "userId": world.user()}


def _replication_group(world: World, name: str) -> Props:
    users = world.unique("g")
    world.make(
        "aws:elasticache/userGroup:UserGroup",
        users,
        userGroupId=users,
        engine="valkey",
        userIds=[world.user("default")],
        tags=world.tags(users),
    )
    return {
        "replicationGroupId": name,
        "description": "a cache",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.t4g.micro",
        "numCacheClusters": 1,
        "port": 6379,
        "subnetGroupName": world.cache_subnets,
        "securityGroupIds": [world.group()],
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "kmsKeyId": world.key,
        "userGroupIds": [users],
        "applyImmediately": True,
        "tags": world.tags(name),
    }


def _meddle_cache(world: World, live: Live) -> None:
    world.client("elasticache").modify_replication_group(
        ReplicationGroupId=live.id, SnapshotRetentionLimit=9, ApplyImmediately=True
    )


CASES = (
    Case(
        "aws:iam/role:Role",
        role,
        # The emulator takes an empty description for none said: it is changed here, not removed.
        update=lambda world, _: {
            "description": "another",
            "assumeRolePolicy": _OTHER_TRUST,
            "maxSessionDuration": 7200,
            "permissionsBoundary": None,
        },
        replace=lambda world, _: {"path": "/tenants/"},
        drift={
            "assumeRolePolicy": lambda world, live: world.client("iam").update_assume_role_policy(
                RoleName=live.id, PolicyDocument=_OTHER_TRUST
            ),
            "permissionsBoundary": lambda world, live: world.client("iam").delete_role_permissions_boundary(
                RoleName=live.id
            ),
        },
        refused={"managedPolicyArns": []},
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        _inline,
        update=lambda world, _: {"policy": policy("s3:GetObject", "s3:PutObject")},
        replace=lambda world, _: {"role": world.role()},
        drift={"policy": _meddle_inline},
        refused={"policy": "[]"},
    ),
    Case(
        "aws:iam/policy:Policy",
        _managed,
        update=lambda world, _: {"policy": policy("s3:GetObject", "s3:PutObject")},
        replace=lambda world, _: {"description": "another"},
        drift={"policy": _meddle_managed},
        refused={"delayAfterPolicyCreationInMs": 5},
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda world, name: {"role": world.role(), "policyArn": world.managed_policy()},
        update=None,
        replace=lambda world, _: {"policyArn": world.managed_policy()},
        drift={},
        refused={"tags": {}},
    ),
    Case(
        "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
        _all_inline,
        update=lambda world, now: {"policyNames": [*now["policyNames"], _put_inline(world, now["roleName"])]},
        replace=lambda world, _: {"roleName": world.role()},
        drift={"policyNames": lambda world, live: _put_inline(world, live.inputs["roleName"])},
        refused={"policies": []},
        lasts="what a role holds goes with the role",
    ),
    Case(
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        lambda world, name: {"roleName": world.role(), "policyArns": [world.managed_policy()]},
        update=lambda world, _: {"policyArns": [world.managed_policy()]},
        replace=lambda world, _: {"roleName": world.role()},
        drift={"policyArns": lambda world, live: _attach(world, live.inputs["roleName"])},
        refused={"tags": {}},
        lasts="what a role holds goes with the role",
    ),
    Case(
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        lambda world, name: {"roleName": world.role(), "policyArns": []},
        update=None,
        replace=None,
        drift={"policyArns": lambda world, live: _attach(world, live.inputs["roleName"])},
        refused={"tags": {}},
        lasts="what a role holds goes with the role",
        label="-none",
    ),
    Case(
        "aws:rds/subnetGroup:SubnetGroup",
        _subnet_group,
        update=lambda world, _: {"subnetIds": world.more_subnets, "description": "more"},
        replace=lambda world, _: {"name": "another"},
        drift={
            "subnetIds": lambda world, live: world.client("rds").modify_db_subnet_group(
                DBSubnetGroupName=live.id, SubnetIds=world.more_subnets
            )
        },
        refused={"vpcId": "vpc-0"},
    ),
    Case(
        "aws:rds/parameterGroup:ParameterGroup",
        _rds_parameters,
        # The emulator crashes on ResetDBParameterGroup: none is taken away here, a unit test does that.
        update=lambda world, inputs: {"parameters": [*inputs["parameters"], {"name": "log_statement", "value": "ddl"}]},
        replace=lambda world, _: {"family": "postgres17"},
        drift={"parameters": _meddle_rds_parameters},
        refused={"values": {}},
    ),
    Case(
        "aws:rds/instance:Instance",
        _database,
        update=lambda world, _: {
            "allocatedStorage": 30,
            "backupRetentionPeriod": 14,
            "deletionProtection": False,
            "multiAz": True,
            "enabledCloudwatchLogsExports": ["postgresql"],
        },
        replace=lambda world, _: {"dbName": "another"},
        drift={"backupRetentionPeriod": _meddle_database, "publiclyAccessible": _protect_database},
        refused={"replicateSourceDb": "x"},
    ),
    Case(
        "aws:elasticache/subnetGroup:SubnetGroup",
        _subnet_group,
        update=lambda world, _: {"subnetIds": world.more_subnets, "description": "more"},
        replace=lambda world, _: {"name": "another"},
        drift={
            "subnetIds": lambda world, live: world.client("elasticache").modify_cache_subnet_group(
                CacheSubnetGroupName=live.id, SubnetIds=world.more_subnets
            )
        },
        refused={"vpcId": "vpc-0"},
    ),
    Case(
        "aws:elasticache/parameterGroup:ParameterGroup",
        _cache_parameters,
        update=lambda world, _: {
            "parameters": [{"name": "maxmemory-policy", "value": "volatile-lru"}, {"name": "timeout", "value": "60"}]
        },
        replace=lambda world, _: {"family": "valkey7"},
        drift={"parameters": _meddle_cache_parameters},
        refused={"values": {}},
    ),
    Case(
        "aws:elasticache/user:User",
        _user,
        update=lambda world, _: {
            "accessString": "on ~b:* +@read",
            "authenticationMode": {"type": "password", "passwords": [PASSWORD, PASSWORD + "2"]},
        },
        replace=lambda world, _: {"userName": "another"},
        drift={"accessString": _meddle_user, "authenticationMode": _more_passwords},
        refused={"passwordsWo": PASSWORD},
    ),
    Case(
        "aws:elasticache/userGroup:UserGroup",
        _user_group,
        update=lambda world, inputs: {"userIds": [inputs["userIds"][0], world.user()]},
        replace=lambda world, _: {"engine": "redis"},
        drift={"userIds": _meddle_user_group},
        refused={"users": []},
    ),
    Case(
        "aws:elasticache/userGroupAssociation:UserGroupAssociation",
        _membership,
        update=None,
        replace=lambda world, _: {"userId": world.user()},
        drift={},  # all that can happen to it is that it is gone
        refused={"userIds": []},
    ),
    Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        _replication_group,
        update=lambda world, _: {
            "description": "changed",
            "snapshotRetentionLimit": 5,
            "nodeType": "cache.t4g.small",
            "userGroupIds": None,
        },
        replace=lambda world, _: {"transitEncryptionEnabled": False, "userGroupIds": None},
        drift={"snapshotRetentionLimit": _meddle_cache},
        refused={"globalReplicationGroupId": "x"},
    ),
)
