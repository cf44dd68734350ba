"""Cases of KMS, S3, logs, secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Drift, Live
from tests.contract.providers.aws.world import World


def _key_policy(*more: str) -> str:
    actions = {"root": "kms:*", **dict.fromkeys(more, "kms:Decrypt")}
    statements = [
        {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
        for sid, action in actions.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _key(world: World, name: str) -> Props:
    return {
        "description": "a key",
        "enableKeyRotation": True,
        "deletionWindowInDays": 7,
        "policy": _key_policy(),
        "tags": world.tags(name),
    }


def _alias(world: World, name: str) -> Props:
    return {"name": f"alias/{name}", "targetKeyId": world.key}


def _bucket(world: World, name: str) -> Props:
    return {"bucket": name, "forceDestroy": True, "tags": world.tags(name)}


def _setting(value: Props) -> Callable[[World, str], Props]:
    return lambda world, name: {"bucket": world.bucket(), **value}


def _other_bucket(world: World, _: Props) -> Props:
    return {"bucket": world.bucket()}


def _s3(operation: str, **parameters: Any) -> Drift:
    return lambda world, live: getattr(world.client("s3"), operation)(Bucket=live.id, **parameters)


def _encryption(world: World, name: str) -> Props:
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": world.key}
    return {
        "bucket": world.bucket(),
        "rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}],
    }


_AES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
_EXPIRY = {"id": "old", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}
_RULES = [
    {**_EXPIRY, "filter": {"prefix": "logs/"}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
    {"id": "cold", "status": "Enabled", "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}]},
    {
        "id": "tagged",
        "status": "Enabled",
        "filter": {"and": {"prefix": "t/", "tags": {"kind": "scratch", "team": "x"}}},
        "expiration": {"days": 3},
    },
]
_ONE_RULE = {"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]}


def _bucket_policy(bucket: str, *actions: str) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _with_policy(world: World, name: str) -> Props:
    bucket = world.bucket()
    return {"bucket": bucket, "policy": _bucket_policy(bucket, "s3:GetObject")}


def _meddle_policy(world: World, live: Live) -> None:
    world.client("s3").put_bucket_policy(Bucket=live.id, Policy=_bucket_policy(live.id, "s3:ListBucket"))


def _locked(world: World, name: str) -> Props:
    rule = {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}
    return {"bucket": world.bucket(objectLockEnabled=True), "rule": rule}


def _log_group(world: World, name: str) -> Props:
    return {"name": f"/tenant/{name}", "retentionInDays": 30, "kmsKeyId": world.key, "tags": world.tags(name)}


def _secret(world: World, name: str) -> Props:
    return {
        "name": name,
        "description": "a secret",
        "kmsKeyId": world.key,
        "recoveryWindowInDays": 0,
        "tags": world.tags(name),
    }


def _new_version(world: World, live: Live) -> None:
    world.client("secretsmanager").put_secret_value(SecretId=live.inputs["secretId"], SecretString="meddled")


def _secret_policy(action: str) -> str:
    principal = {"AWS": "arn:aws:iam::123456789012:user/x"}
    statement = {"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_READ, _DELETE = "secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret"

CASES = (
    Case(
        "aws:kms/key:Key",
        _key,
        update=lambda world, _: {
            "description": None,
            "enableKeyRotation": False,
            "policy": _key_policy("more"),
        },
        replace=lambda world, _: {"customerMasterKeySpec": "RSA_2048"},
        drift={
            "description": lambda world, live: world.client("kms").update_key_description(
                KeyId=live.id, Description="meddled"
            ),
            "enableKeyRotation": lambda world, live: world.client("kms").disable_key_rotation(KeyId=live.id),
            "isEnabled": lambda world, live: world.client("kms").disable_key(KeyId=live.id),
            "policy": lambda world, live: world.client("kms").put_key_policy(
                KeyId=live.id, PolicyName="default", Policy=_key_policy("evil")
            ),
        },
        refused={"customKeyStoreId": "cks-0"},
    ),
    Case(
        "aws:kms/alias:Alias",
        _alias,
        update=lambda world, _: {"targetKeyId": world.other_key},
        replace=lambda world, _: {"name": "alias/another"},
        drift={
            "targetKeyId": lambda world, live: world.client("kms").update_alias(
                AliasName=live.id, TargetKeyId=world.other_key
            )
        },
        refused={"name": "alias/aws/rds"},
        foreign=lambda world, inputs: {**inputs, "targetKeyId": world.other_key},
    ),
    Case(
        "aws:s3/bucket:Bucket",
        _bucket,
        update=lambda world, _: {"forceDestroy": False},
        replace=lambda world, _: {"objectLockEnabled": True},
        drift={},
        refused={"versioning": {"enabled": True}},
    ),
    Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        _setting({"versioningConfiguration": {"status": "Enabled"}}),
        update=lambda world, _: {"versioningConfiguration": {"status": "Suspended"}},
        replace=_other_bucket,
        drift={
            "versioningConfiguration": _s3("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})
        },
        refused={"mfa": "x"},
        lasts="versioning can be suspended, not unset",
    ),
    Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        _setting({"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True}),
        update=lambda world, _: {"restrictPublicBuckets": True, "blockPublicAcls": None},
        replace=_other_bucket,
        drift={
            "blockPublicPolicy": _s3(
                "put_public_access_block",
                PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True},
            )
        },
        refused={"everything": True},
    ),
    Case(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        _setting({"rule": {"objectOwnership": "BucketOwnerEnforced"}}),
        update=lambda world, _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        replace=_other_bucket,
        drift={
            "rule": _s3(
                "put_bucket_ownership_controls", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
            )
        },
        refused={"rules": []},
    ),
    Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        _encryption,
        update=lambda world, _: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        replace=_other_bucket,
        drift={"rules": _s3("put_bucket_encryption", ServerSideEncryptionConfiguration=_AES)},
        refused={"expectedBucketOwner": "123456789012"},
        lasts="S3 encrypts every bucket, with its own keys at least",
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _setting({"rules": _RULES}),
        update=lambda world, _: {"rules": _RULES[:1]},
        replace=_other_bucket,
        drift={"rules": _s3("put_bucket_lifecycle_configuration", LifecycleConfiguration=_ONE_RULE)},
        refused={"expectedBucketOwner": "123456789012"},
    ),
    Case(
        "aws:s3/bucketLogging:BucketLogging",
        lambda world, name: {"bucket": world.bucket(), "targetBucket": world.bucket(), "targetPrefix": "a/"},
        update=lambda world, _: {"targetPrefix": "b/"},
        replace=_other_bucket,
        drift={
            "targetPrefix": lambda world, live: world.client("s3").put_bucket_logging(
                Bucket=live.id,
                BucketLoggingStatus={
                    "LoggingEnabled": {"TargetBucket": live.inputs["targetBucket"], "TargetPrefix": "meddled/"}
                },
            )
        },
        refused={"targetGrants": []},
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        _with_policy,
        update=lambda world, inputs: {"policy": _bucket_policy(inputs["bucket"], "s3:GetObject", "s3:PutObject")},
        replace=_other_bucket,
        drift={"policy": _meddle_policy},
        refused={"policy": "not json"},
    ),
    Case(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        _locked,
        update=lambda world, _: {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 2}}},
        replace=lambda world, _: {"bucket": world.bucket(objectLockEnabled=True)},
        drift={"rule": _s3("put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})},
        refused={"token": "x"},
        lasts="object lock can't be switched off",
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        _log_group,
        # The emulator has no AssociateKmsKey: the key is given at the create, and stays.
        update=lambda world, _: {"retentionInDays": None},
        replace=lambda world, _: {"logGroupClass": "INFREQUENT_ACCESS"},
        drift={
            "retentionInDays": lambda world, live: world.client("logs").delete_retention_policy(logGroupName=live.id)
        },
        refused={"deletionProtectionEnabled": True},
    ),
    Case(
        "aws:secretsmanager/secret:Secret",
        _secret,
        update=lambda world, _: {"description": None, "kmsKeyId": world.other_key},
        replace=lambda world, _: {"name": "another"},
        drift={
            "description": lambda world, live: world.client("secretsmanager").update_secret(
                SecretId=live.id, Description="meddled"
            )
        },
        refused={"recoveryWindowInDays": 3},
    ),
    Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda world, name: {"secretId": world.secret(), "secretString": '{"password": "first"}'},
        update=None,
        replace=lambda world, _: {"secretString": '{"password": "second"}'},
        drift={"versionStages": _new_version},
        refused={"secretStringWo": "x"},
        foreign=lambda world, inputs: {**inputs, "secretString": "another"},
        lasts="the current version goes with its secret",
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda world, name: {"secretArn": world.secret(), "policy": _secret_policy(_READ)},
        update=lambda world, _: {"policy": _secret_policy(_DELETE)},
        replace=lambda world, _: {"secretArn": world.secret()},
        drift={
            "policy": lambda world, live: world.client("secretsmanager").put_resource_policy(
                SecretId=live.id, ResourcePolicy=_secret_policy(_DELETE)
            )
        },
        refused={"policy": "{"},
    ),
)
