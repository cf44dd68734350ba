from __future__ import annotations

from typing import Any

from stacks.policies import bucket, document, key, workload

ACCOUNT, REGION = "123456789012", "us-east-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo-local-taaaaaaaaa-workload"
PATTERN = "demo-local-t*-workload"


def by_sid(policy: document.Document) -> dict[str, Any]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def own(container: str = "") -> workload.Belongings:
    return workload.Belongings("arn:data", "arn:backups", container, "arn:key", ["arn:one", "arn:two"], "arn:group")


def test_the_account_administers_a_tenant_s_key_and_can_not_use_it() -> None:
    statement = by_sid(key.tenant(ACCOUNT, REGION, ROOT, "/demo/*", ROLE))["AccountAdministers"]
    assert statement["Principal"] == {"AWS": ROOT}
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt", "kms:CreateGrant", "kms:GenerateDataKey"} & set(
        statement["Action"]
    )
    # The key must never be locked out of administration.
    assert {"kms:Put*", "kms:ScheduleKeyDeletion"} <= set(statement["Action"])


def test_the_deployer_uses_a_tenant_s_key_only_through_services() -> None:
    policy = by_sid(key.tenant(ACCOUNT, REGION, "arn:deployer", "/demo/*", ROLE))
    via = policy["DeployerThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert via == [
        "rds.us-east-1.amazonaws.com",
        "elasticache.us-east-1.amazonaws.com",
        "secretsmanager.us-east-1.amazonaws.com",
    ]
    assert policy["DeployerGrantsToServices"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_the_tenant_s_role_is_the_only_one_that_uses_its_key_directly() -> None:
    policy = key.tenant(ACCOUNT, REGION, ROOT, "/demo/*", ROLE)
    unconditioned = [
        statement["Principal"]
        for statement in policy["Statement"]
        if "kms:Decrypt" in statement["Action"] and "Condition" not in statement
    ]
    assert unconditioned == [{"AWS": ROLE}]


def test_an_archived_tenant_s_key_names_no_role_that_is_gone() -> None:
    assert "TenantWorkloads" not in by_sid(key.tenant(ACCOUNT, REGION, ROOT, "/demo/*", None))


def test_logs_use_a_key_for_the_stack_s_groups_only() -> None:
    statement = by_sid(key.shared(ACCOUNT, REGION, ROOT, "/demo/local/sx/*"))["LogGroups"]
    arns = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert arns == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/demo/local/sx/*"


def test_a_bucket_refuses_clear_text_other_keys_and_other_tenants() -> None:
    policy = by_sid(bucket.tenant("b", "arn:key", ACCOUNT, PATTERN, "demo-local-taaaaaaaaa-workload"))
    assert set(policy) == {"TlsOnly", "KmsOnly", "OwnKeyOnly", "NoOtherTenant"}
    assert all(statement["Effect"] == "Deny" for statement in policy.values())
    assert policy["OwnKeyOnly"]["Condition"]["StringNotEquals"] == {
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:key"
    }
    others = policy["NoOtherTenant"]["Condition"]
    assert others["ArnLike"]["aws:PrincipalArn"].endswith(PATTERN)
    assert others["ArnNotEquals"]["aws:PrincipalArn"] == ROLE


def test_an_object_that_names_no_encryption_gets_the_bucket_s_and_is_not_refused() -> None:
    policy = by_sid(bucket.tenant("b", "arn:key", ACCOUNT, PATTERN, "r"))
    for sid in ("KmsOnly", "OwnKeyOnly"):
        assert set(policy[sid]["Condition"]["Null"].values()) == {"false"}


def test_access_logs_are_written_by_s3_for_this_account_only() -> None:
    statement = by_sid(bucket.access_logs("b", ACCOUNT, PATTERN))["LogDelivery"]
    assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_the_workload_role_names_its_own_arns_and_no_pattern_over_tenants() -> None:
    for statement in workload.access(own())["Statement"]:
        assert statement["Effect"] == "Allow"
        assert all(
            arn.startswith(("arn:data", "arn:backups", "arn:key", "arn:one", "arn:two", "arn:group"))
            for arn in statement["Resource"]
        )


def test_backups_can_be_written_and_not_deleted() -> None:
    assert "s3:DeleteObject" not in by_sid(workload.access(own()))["OwnBackups"]["Action"]


def test_a_container_narrows_objects_and_listing() -> None:
    policy = by_sid(workload.access(own("documents")))
    assert policy["OwnObjects"]["Resource"] == ["arn:data/documents/*"]
    assert policy["OwnContainer"]["Condition"] == {"StringLike": {"s3:prefix": ["documents/*", "documents"]}}
    assert policy["OwnBuckets"]["Resource"] == ["arn:backups"]


def test_pods_take_on_the_role_only_from_the_tenant_s_namespace() -> None:
    policy = by_sid(workload.trust(ACCOUNT, "taaaaaaaaa", []))
    assert set(policy) == {"Pods"}
    assert policy["Pods"]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ACCOUNT,
        "aws:RequestTag/kubernetes-namespace": "taaaaaaaaa",
    }
    assert by_sid(workload.trust(ACCOUNT, "t", [ROOT]))["Named"]["Principal"] == {"AWS": [ROOT]}


def test_the_boundary_holds_tenants_to_data_in_one_region() -> None:
    policy = by_sid(workload.boundary(ACCOUNT, REGION, "demo-local"))
    assert policy["DataInTheRegion"]["Condition"] == {"StringEquals": {"aws:RequestedRegion": REGION}}
    assert {"iam:*", "sts:AssumeRole"} <= set(policy["NoIdentities"]["Action"])


def test_the_boundary_allows_all_that_the_role_is_given() -> None:
    allowed = set(by_sid(workload.boundary(ACCOUNT, REGION, "demo-local"))["DataInTheRegion"]["Action"])
    for statement in workload.access(own("documents"))["Statement"]:
        assert set(statement["Action"]) <= allowed


def test_policies_fit_what_iam_and_s3_take() -> None:
    assert len(document.text(workload.boundary(ACCOUNT, REGION, "demo-local"))) <= 6144
    assert len(document.text(workload.trust(ACCOUNT, "taaaaaaaaa", [ROOT]))) <= 2048
    assert len(document.text(key.tenant(ACCOUNT, REGION, ROOT, "/demo/local/taaaaaaaaa/*", ROLE))) <= 32768
