"""Holes in what shared buckets, keys and secrets go by: policies, the boundary, the role's tag."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Site

starter = partial(hole, among=Among.STARTER)
standard = partial(hole, among=Among.STANDARD)

FENCES = ("proof-s3-fences A>B", "proof-s3-fences B>A")
READ = ("s3-read-others A>B", "s3-presigned-others A>B", "s3-copy-from-others A>B", "proof-s3-read A>B")
WRITE = ("s3-write-others A>B", "proof-s3-write A>B")
LIST = ("s3-list-others A>B", "proof-s3-list A>B")


def _document(statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@contextmanager
def _bucket_without(site: Site, output: str, *sids: str) -> Generator[None]:
    s3, bucket = site.aws("s3"), site.a.outputs[output]
    before = site.policy(bucket)["Statement"]
    s3.put_bucket_policy(Bucket=bucket, Policy=_document([each for each in before if each["Sid"] not in sids]))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=_document(before))


@contextmanager
def _role_may(site: Site, actions: list[str], resources: list[str]) -> Generator[None]:
    """A's role gets one policy more."""
    iam, role = site.aws("iam"), site.a.role_name
    opened = {"Effect": "Allow", "Action": actions, "Resource": resources}
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=_document([opened]))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="hole")


@contextmanager
def _boundary_with(site: Site, *more: Any, without: tuple[str, ...] = ()) -> Generator[None]:
    """The boundary of all roles gets statements more, and loses some."""
    iam, arn = site.aws("iam"), site.boundary
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    before = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]
    kept = [each for each in before if each["Sid"] not in without]
    opened = iam.create_policy_version(PolicyArn=arn, PolicyDocument=_document([*kept, *more]), SetAsDefault=True)
    try:
        yield
    finally:
        # the emulator does not know SetDefaultPolicyVersion
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=_document(before), SetAsDefault=True)
        for made in (version, opened["PolicyVersion"]["VersionId"]):
            iam.delete_policy_version(PolicyArn=arn, VersionId=made)


@contextmanager
def _key_policy(site: Site, *more: Any, without: tuple[str, ...] = ()) -> Generator[None]:
    kms, key = site.aws("kms"), site.a.outputs["keyArn"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    kept = [each for each in json.loads(before)["Statement"] if each["Sid"] not in without]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document([*kept, *more]))
    try:
        yield
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def _inside(site: Site) -> list[str]:
    return [f"arn:aws:s3:::{site.b.outputs[name]}/*" for name in ("dataBucket", "backupBucket")]


def _buckets(site: Site) -> list[str]:
    return [f"arn:aws:s3:::{site.b.outputs[name]}" for name in ("dataBucket", "backupBucket")]


def _wide(actions: list[str], resources: list[str]) -> Any:
    return {"Sid": "Hole", "Effect": "Allow", "Action": actions, "Resource": resources}


@starter("proof-s3-fences A>B")
def role_policy_is_wide_alone(site: Site) -> Generator[None]:
    """A role may do everything to the shared bucket: boundary and bucket still hold it to its folder."""
    with _role_may(site, ["s3:*"], [*_inside(site), *_buckets(site)]):
        yield


@starter(*FENCES)
def bucket_policy_is_gone_alone(site: Site) -> Generator[None]:
    """The bucket does not ask for folders any more: role and boundary still do."""
    with _bucket_without(site, "dataBucket", "OwnFolderOnly", "OwnListingOnly"):
        yield


@starter(*FENCES)
def boundary_is_wide_alone(site: Site) -> Generator[None]:
    """The boundary leaves all folders open: role and bucket still hold it."""
    with _boundary_with(site, _wide(["s3:*"], ["*"])):
        yield


@starter(*READ, *WRITE, *FENCES)
def nothing_holds_a_role_to_its_folder(site: Site) -> Generator[None]:
    """Bucket, boundary and role are wide, for objects."""
    wide = ["s3:GetObject*", "s3:PutObject", "s3:DeleteObject"]
    with (
        _bucket_without(site, "dataBucket", "OwnFolderOnly"),
        _boundary_with(site, _wide(wide, _inside(site))),
        _role_may(site, wide, _inside(site)),
    ):
        yield


@starter(*LIST)
def nothing_holds_a_role_to_its_listing(site: Site) -> Generator[None]:
    """Bucket, boundary and role let the whole bucket be listed."""
    with (
        _bucket_without(site, "dataBucket", "OwnListingOnly"),
        _boundary_with(site, _wide(["s3:ListBucket"], _buckets(site))),
        _role_may(site, ["s3:ListBucket"], _buckets(site)),
    ):
        yield


@starter("s3-tls-only A", "s3-tls-only B", levels=(Level.CONFIG,))
def shared_bucket_takes_clear_requests(site: Site) -> Generator[None]:
    """The shared bucket's policy has no word on TLS."""
    with _bucket_without(site, "backupBucket", "TlsOnly"):
        yield


@starter("kms-policy-own A", "kms-policy-own B", "proof-who-can A", "proof-who-can B")
def shared_key_is_left_to_the_account(site: Site) -> Generator[None]:
    """The shared key leaves itself to every policy of the account, without a condition."""
    root = {"AWS": f"arn:aws:iam::{site.account}:root"}
    opened = {"Sid": "Hole", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    with _key_policy(site, opened):
        yield


@starter(
    "kms-use-others A>B",
    "kms-contexts A",
    "proof-kms-use A>B",
    "proof-kms-use B>A",
    "kms-policy-own A",
    "kms-policy-own B",
)
def role_works_in_all_contexts(site: Site) -> Generator[None]:
    """The shared key does not refuse others' contexts, and a role's policy names none."""
    key = site.a.outputs["keyArn"]
    with (
        _key_policy(site, without=("NoOtherContext",)),
        _role_may(site, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [key]),
    ):
        yield


@starter("kms-contexts A", "proof-kms-use A>B")
def role_works_without_a_context(site: Site) -> Generator[None]:
    """A role's policy opens the shared key in every context but others' names: what is sealed for a secret too."""
    with _role_may(site, ["kms:Decrypt", "kms:Encrypt"], [site.a.outputs["keyArn"]]):
        yield


@starter("iam-boundary A", "iam-boundary B", "iam-change-itself A", "proof-iam-itself A")
def role_may_change_its_tags(site: Site) -> Generator[None]:
    """The boundary denies IAM no more, and a role may change its own tags, by which its folder is told."""
    with (
        _boundary_with(site, _wide(["iam:*"], ["*"]), without=("NoIdentities",)),
        _role_may(site, ["iam:TagRole", "iam:UntagRole", "iam:DeleteRolePolicy"], [site.a.role]),
    ):
        yield


@starter("iam-slug-tag A", levels=(Level.CONFIG,))
def role_is_tagged_as_a_neighbour(site: Site) -> Generator[None]:
    """The role's tag `slug` is another tenant's: its own policy alone still keeps it out."""
    iam, role = site.aws("iam"), site.a.role_name
    iam.tag_role(RoleName=role, Tags=[{"Key": "slug", "Value": site.b.slug}])
    yield
    iam.tag_role(RoleName=role, Tags=[{"Key": "slug", "Value": site.a.slug}])


@standard("secret-closed A", "proof-secrets-closed A")
def people_s_secret_is_opened(site: Site) -> Generator[None]:
    """The secret of a tenant's people has no policy, and the workload's role may read it."""
    secrets, arn = site.aws("secretsmanager"), site.a.outputs["databasePeopleSecretArn"]
    before = secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    secrets.delete_resource_policy(SecretId=arn)
    with _role_may(site, ["secretsmanager:GetSecretValue"], [arn]):
        yield
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=before)


@standard("proof-secrets-read A>B")
def people_s_secret_of_a_neighbour_is_opened(site: Site) -> Generator[None]:
    """The secret of a tenant's people has no policy, and another one's role may read it, were it not for its key."""
    secrets, arn = site.aws("secretsmanager"), site.b.outputs["databasePeopleSecretArn"]
    before = secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    secrets.delete_resource_policy(SecretId=arn)
    with _role_may(site, ["secretsmanager:GetSecretValue"], [arn]):
        yield
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=before)


@starter("proof-secrets-closed A", "proof-secrets-read A>B")
def deployer_s_secret_is_opened(site: Site) -> Generator[None]:
    """The deployer's secret names a tenant's role, which its key still keeps out."""
    return _secret_opened(site, f"{site.server(site.a)}-deployer-login")


@standard("proof-secrets-closed A", "proof-secrets-read A>B")
def cache_deployer_s_secret_is_opened(site: Site) -> Generator[None]:
    """The secret of the shared cache's deployer names a tenant's role, which its key still keeps out."""
    return _secret_opened(site, f"{site.cell}-cache-1-deployer-login")


def _secret_opened(site: Site, name: str) -> Generator[None]:
    """A secret of the cell, and the boundary, let A's role read it."""
    secrets = site.aws("secretsmanager")
    before = secrets.get_resource_policy(SecretId=name)["ResourcePolicy"]
    opened = {"Effect": "Allow", "Principal": {"AWS": site.a.role}, "Action": "secretsmanager:GetSecretValue"}
    secrets.put_resource_policy(SecretId=name, ResourcePolicy=_document([{**opened, "Resource": "*"}]))
    with _boundary_with(site, _wide(["secretsmanager:GetSecretValue"], ["*"])):
        yield
    secrets.put_resource_policy(SecretId=name, ResourcePolicy=before)


@starter("net-shared-data A", "net-shared-data B", levels=(Level.CONFIG,))
def group_of_shared_data_lets_others_in(site: Site) -> Generator[None]:
    """The group of shared data lets a range in beside its clients."""
    ec2, rds = site.aws("ec2"), site.aws("rds")
    server = rds.describe_db_instances(DBInstanceIdentifier=site.server(site.a))["DBInstances"][0]
    group = server["VpcSecurityGroups"][0]["VpcSecurityGroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    yield
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


@starter("net-endpoints-private A", "net-endpoints-private B", levels=(Level.CONFIG,))
def shared_server_is_public(site: Site) -> Generator[None]:
    """The shared server has a public address."""
    rds, name = site.aws("rds"), site.server(site.a)
    rds.modify_db_instance(DBInstanceIdentifier=name, PubliclyAccessible=True, ApplyImmediately=True)
    yield
    rds.modify_db_instance(DBInstanceIdentifier=name, PubliclyAccessible=False, ApplyImmediately=True)


@starter("backups-not-shared A", "backups-not-shared B", levels=(Level.CONFIG,))
def snapshot_of_the_shared_server_is_given_away(site: Site) -> Generator[None]:
    """A snapshot of the shared server, with every tenant's data, is shared with another account."""
    rds, name = site.aws("rds"), site.a.named("hole")
    rds.create_db_snapshot(DBInstanceIdentifier=site.server(site.a), DBSnapshotIdentifier=name)
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["210987654321"])
    yield
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)


@standard("shared-models-read-only A", "proof-models-read-only A", levels=(Level.PROOF, Level.LIVE))
def all_models_are_read(site: Site) -> Generator[None]:
    """A role reads and lists every folder of the model cache, not only those that its tenant is given."""
    bucket = f"arn:aws:s3:::{site.a.outputs['sharedModels']['bucket']}"
    with _role_may(site, ["s3:GetObject", "s3:ListBucket"], [bucket, f"{bucket}/*"]):
        yield


@standard("iam-boundary A", "proof-models-read-only A", "proof-s3-fences A>B", levels=(Level.CONFIG, Level.PROOF))
def models_are_written_past_every_fence(site: Site) -> Generator[None]:
    """A role without a boundary may write models, and the bucket has no policy."""
    iam, s3, role = site.aws("iam"), site.aws("s3"), site.a.role_name
    bucket = site.a.outputs["sharedModels"]["bucket"]
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    limit = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    s3.delete_bucket_policy(Bucket=bucket)
    iam.delete_role_permissions_boundary(RoleName=role)
    with _role_may(site, ["s3:PutObject"], [f"arn:aws:s3:::{bucket}/*"]):
        yield
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=limit)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
