"""Holes in KMS, Secrets Manager and IAM."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from operations.isolation.model import Level
from tests.local.holes import hole
from tests.local.holes.site import Site


def _document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


KEY = ("kms-use-others A>B", "kms-policy-own B", "proof-kms-use A>B")


@contextmanager
def key_opened(site: Site) -> Generator[None]:
    """B's key may be used by A's role."""
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    opened = {"Effect": "Allow", "Principal": {"AWS": site.a.role}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document(*json.loads(before)["Statement"], opened))
    try:
        yield
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


@contextmanager
def _secret_opened(site: Site) -> Generator[None]:
    secrets, arn = site.aws("secretsmanager"), site.b.outputs["databaseSecretArn"]
    before = secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    opened = {
        "Effect": "Allow",
        "Principal": {"AWS": site.a.role},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=_document(opened))
    try:
        yield
    finally:
        secrets.put_resource_policy(SecretId=arn, ResourcePolicy=before)


@hole(*KEY)
def key_policy_names_another_tenant(site: Site) -> Generator[None]:
    with key_opened(site):
        yield


@hole("kms-use-others A>B", "kms-policy-own B", "proof-kms-use A>B", "proof-who-can B")
def key_policy_names_everybody(site: Site) -> Generator[None]:
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    opened = {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document(*json.loads(before)["Statement"], opened))
    yield
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


@hole("proof-who-can B")
def key_policy_names_a_role_of_nobody_s(site: Site) -> Generator[None]:
    """A key's policy names a role of the account that is neither the tenant's nor one of those that work for it."""
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    auditor = {"AWS": f"arn:aws:iam::{site.account}:role/auditor"}
    opened = {"Sid": "Hole", "Effect": "Allow", "Principal": auditor, "Action": "kms:Decrypt", "Resource": "*"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document(*json.loads(before)["Statement"], opened))
    yield
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


@hole("kms-key-kept B")
def key_not_rotated(site: Site) -> Generator[None]:
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    kms.disable_key_rotation(KeyId=key)
    yield
    kms.enable_key_rotation(KeyId=key)


@hole("proof-secrets-read A>B")
def secret_policy_opened(site: Site) -> Generator[None]:
    """A secret's policy names another tenant's role, which its key still keeps out."""
    with _secret_opened(site):
        yield


@hole("secret-read-others A>B", "proof-secrets-read A>B", *KEY)
def secret_and_its_key_opened(site: Site) -> Generator[None]:
    """A secret's policy and its key's name another tenant's role."""
    with _secret_opened(site), key_opened(site):
        yield


@hole("iam-boundary A")
def boundary_detached(site: Site) -> Generator[None]:
    iam, role = site.aws("iam"), site.a.role_name
    before = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    iam.delete_role_permissions_boundary(RoleName=role)
    yield
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=before)


@hole("iam-boundary A", "iam-change-itself A", "proof-iam-itself A")
def role_may_change_itself(site: Site) -> Generator[None]:
    iam, role = site.aws("iam"), site.a.role_name
    before = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    iam.delete_role_permissions_boundary(RoleName=role)
    opened = {"Effect": "Allow", "Action": "iam:*", "Resource": site.a.role}
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=_document(opened))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="hole")
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=before)


@contextmanager
def _beyond_its_boundary(site: Site, *actions: str) -> Generator[None]:
    """A's role may do this to everything, and its boundary is gone."""
    iam, role = site.aws("iam"), site.a.role_name
    before = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    iam.delete_role_permissions_boundary(RoleName=role)
    opened = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=_document(opened))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="hole")
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=before)


@hole("iam-boundary A", "proof-data-logins A")
def role_logs_in_by_iam(site: Site) -> Generator[None]:
    """A role without its boundary may log in to databases as any of their users."""
    with _beyond_its_boundary(site, "rds-db:connect"):
        yield


@hole("iam-boundary A", "proof-backups-restore A")
def role_restores_snapshots(site: Site) -> Generator[None]:
    """A role without its boundary may restore any snapshot into an instance."""
    with _beyond_its_boundary(site, "rds:RestoreDBInstanceFromDBSnapshot"):
        yield


@hole("iam-boundary A", "proof-iam-itself A", levels=(Level.CONFIG, Level.PROOF))
def role_makes_roles(site: Site) -> Generator[None]:
    """A role without its boundary may make roles that have none either."""
    with _beyond_its_boundary(site, "iam:CreateRole"):
        yield


@hole("logs-read-others A>B")
def role_reads_others_logs(site: Site) -> Generator[None]:
    iam, role = site.aws("iam"), site.a.role_name
    opened = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="hole", PolicyDocument=_document(opened))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="hole")


@hole("iam-trust-own B")
def trust_names_another_tenant(site: Site) -> Generator[None]:
    iam, role = site.aws("iam"), site.b.role_name
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    opened = {"Effect": "Allow", "Principal": {"AWS": site.a.role}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=_document(*before["Statement"], opened))
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@hole("iam-trust-own B")
def trust_takes_any_account_s_service(site: Site) -> Generator[None]:
    iam, role = site.aws("iam"), site.b.role_name
    before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    opened = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=_document(*before["Statement"], opened))
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@hole("kms-grants-own B")
def key_is_granted_to_another_tenant(site: Site) -> Generator[None]:
    """A grant on the key names another tenant's role; the emulator only lists it, on AWS it opens the key."""
    kms, key = site.aws("kms"), site.b.outputs["keyArn"]
    grant = kms.create_grant(KeyId=key, GranteePrincipal=site.a.role, Operations=["Decrypt", "Encrypt"])["GrantId"]
    yield
    kms.revoke_grant(KeyId=key, GrantId=grant)
