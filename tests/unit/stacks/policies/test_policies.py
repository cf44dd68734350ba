from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from stacks.policies import bucket, document, endpoint, key, workload

ACCOUNT, REGION = "123456789012", "us-east-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo-local-taaaaaaaaa-workload"
PATTERN = "demo-local-t*-workload"


def by_sid(policy: document.Document) -> dict[str, Any]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


ENCRYPTION = "s3:x-amz-server-side-encryption"
NAMED_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
DEPLOYER, BREAK_GLASS = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("deployer", "break-glass"))


def refusals(policy: document.Document, action: str, context: Mapping[str, str]) -> list[str]:
    """Sids of the statements that refuse a request, as IAM evaluates the operators that our policies use."""
    return [
        statement["Sid"]
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny"
        and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and all(_holds(*each, context) for each in _conditions(statement))
    ]


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for operator, keys in statement.get("Condition", {}).items():
        for name, wanted in keys.items():
            yield operator, name, [wanted] if isinstance(wanted, str) else wanted


def _holds(operator: str, name: str, wanted: list[str], context: Mapping[str, str]) -> bool:
    found = context.get(name)
    if operator == "Null":
        return wanted == [str(found is None).lower()]
    if operator in {"StringNotEquals", "ArnNotEquals"}:
        return found not in wanted
    return found is not None and any(fnmatchcase(found, pattern) for pattern in wanted)


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
        "eks.us-east-1.amazonaws.com",
        "backup.us-east-1.amazonaws.com",
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
    policy = by_sid(bucket.tenant("b", "arn:key", ACCOUNT, PATTERN, ["demo-local-taaaaaaaaa-workload"]))
    assert set(policy) == {"TlsOnly", "KmsOnly", "OwnKeyOnly", "NamedKeyOnly", "NoOtherTenant"}
    assert all(statement["Effect"] == "Deny" for statement in policy.values())
    assert policy["OwnKeyOnly"]["Condition"]["StringNotEquals"] == {
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:key"
    }
    others = policy["NoOtherTenant"]["Condition"]
    assert others["ArnLike"]["aws:PrincipalArn"].endswith(PATTERN)
    assert others["ArnNotEquals"]["aws:PrincipalArn"] == [ROLE]


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        pytest.param({}, [], id="no encryption named: the bucket's default"),
        pytest.param({ENCRYPTION: "aws:kms", NAMED_KEY: "arn:key"}, [], id="the own key"),
        pytest.param({NAMED_KEY: "arn:key"}, [], id="the own key alone"),
        pytest.param({ENCRYPTION: "aws:kms"}, ["NamedKeyOnly"], id="kms without a key: the account's aws/s3"),
        pytest.param({ENCRYPTION: "aws:kms", NAMED_KEY: "arn:other"}, ["OwnKeyOnly"], id="another key"),
        pytest.param({ENCRYPTION: "AES256"}, ["KmsOnly"], id="S3's own encryption"),
        pytest.param({ENCRYPTION: "aws:kms:dsse"}, ["KmsOnly"], id="two layers"),
    ],
)
def test_objects_go_in_under_the_bucket_s_key_only(request_: dict[str, str], refused: list[str]) -> None:
    context = {**request_, "aws:SecureTransport": "true", "aws:PrincipalArn": ROLE}
    own_bucket = bucket.tenant("b", "arn:key", ACCOUNT, PATTERN, [ROLE.rsplit("/", 1)[1]])
    assert refusals(own_bucket, "s3:PutObject", context) == refused


AUDIT = bucket.audit("b", "arn:key", ACCOUNT, PATTERN, bucket.Keepers(DEPLOYER, BREAK_GLASS))
SEALED = bucket.audit("b", "arn:key", ACCOUNT, PATTERN, bucket.Keepers(DEPLOYER, ""))


@pytest.mark.parametrize("action", ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"])
def test_audit_records_are_deleted_early_by_the_break_glass_role_or_by_nobody(action: str) -> None:
    for principal in (DEPLOYER, ROOT, f"arn:aws:iam::{ACCOUNT}:user/admin"):
        context = {"aws:PrincipalArn": principal, "aws:SecureTransport": "true"}
        assert refusals(AUDIT, action, context) == refusals(SEALED, action, context) == ["KeepRecords"]
    context = {"aws:PrincipalArn": BREAK_GLASS, "aws:SecureTransport": "true"}
    assert refusals(AUDIT, action, context) == []
    assert refusals(SEALED, action, context) == ["KeepRecords"]


@pytest.mark.parametrize(
    "action",
    [
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutLifecycleConfiguration",
    ],
)
def test_what_protects_audit_records_is_changed_by_the_stack_s_deployer_only(action: str) -> None:
    secure = {"aws:SecureTransport": "true"}
    assert refusals(SEALED, action, {**secure, "aws:PrincipalArn": DEPLOYER}) == []
    assert refusals(AUDIT, action, {**secure, "aws:PrincipalArn": BREAK_GLASS}) == []
    for principal in (ROOT, BREAK_GLASS):
        assert refusals(SEALED, action, {**secure, "aws:PrincipalArn": principal}) == ["KeepRules"]
    assert refusals(AUDIT, "s3:PutObject", {**secure, "aws:PrincipalArn": DEPLOYER}) == []


@pytest.mark.parametrize(
    ("break_glass", "purged", "who", "refused"),
    [
        ("", False, DEPLOYER, ["KeepModels"]),
        (BREAK_GLASS, False, DEPLOYER, ["KeepModels"]),
        (BREAK_GLASS, False, BREAK_GLASS, []),
        ("", True, DEPLOYER, []),
        ("", True, ROLE, ["KeepModels"]),
    ],
)
def test_a_lock_is_got_around_by_the_break_glass_role_or_in_a_purge_and_by_nobody_else(
    break_glass: str, purged: bool, who: str, refused: list[str]
) -> None:
    keepers = bucket.Keepers(DEPLOYER, break_glass)
    own_role = ROLE.rpartition("/")[2]
    policy = bucket.models("models", "arn:key", ACCOUNT, PATTERN, [own_role], keepers=keepers, purged=purged)
    asked = {"aws:PrincipalArn": who}
    assert refusals(policy, "s3:BypassGovernanceRetention", asked) == refused
    assert refusals(policy, "s3:DeleteObjectVersion", asked) == []  # what is locked no longer may go
    rules = [] if who in (DEPLOYER, break_glass) else ["KeepRules"]
    assert refusals(policy, "s3:PutBucketPolicy", asked) == rules


def test_the_workload_role_adds_and_reads_models_and_deletes_only_what_is_locked_no_longer() -> None:
    assert "OwnModels" not in by_sid(workload.access(own()))
    given = by_sid(workload.access(replace(own(), model_bucket="arn:models")))
    assert given["OwnModels"]["Resource"] == ["arn:models/*"]
    actions = set(given["OwnModels"]["Action"])
    assert "s3:DeleteObjectVersion" in actions
    assert not {"s3:DeleteObject", "s3:BypassGovernanceRetention"} & actions


def test_the_trail_s_digests_are_under_s3_s_own_key_and_nobody_else_s_objects_are() -> None:
    policy = bucket.audit("audit", "arn:key", ACCOUNT, PATTERN, bucket.Keepers(DEPLOYER, ""))
    digest = {ENCRYPTION: "AES256", "aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}
    assert refusals(policy, "s3:PutObject", digest) == []
    for stranger in ({ENCRYPTION: "AES256"}, {**digest, "aws:PrincipalServiceName": "logging.s3.amazonaws.com"}):
        assert refusals(policy, "s3:PutObject", stranger) == ["KmsOnly"]


def test_an_interface_endpoint_takes_this_account_s_principals_only() -> None:
    (statement,) = endpoint.own_account(ACCOUNT)["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Allow", {"AWS": "*"})
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


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
    policy = by_sid(workload.trust(ACCOUNT, workload.Pods("taaaaaaaaa"), []))
    assert set(policy) == {"Pods"}
    assert policy["Pods"]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ACCOUNT,
        "aws:RequestTag/kubernetes-namespace": "taaaaaaaaa",
    }
    named = by_sid(workload.trust(ACCOUNT, workload.Pods("t"), [ROOT]))["Named"]
    assert named["Principal"] == {"AWS": [ROOT]}


def test_the_same_namespace_in_another_cluster_does_not_get_the_role() -> None:
    cluster = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/research"
    policy = by_sid(workload.trust(ACCOUNT, workload.Pods("taaaaaaaaa", [cluster]), []))
    assert policy["Pods"]["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"] == [cluster]


def boundary() -> dict[str, Any]:
    return by_sid(workload.boundary(ACCOUNT, REGION, "demo", "local", ["cell-objects", "cell-backups"]))


def test_the_boundary_holds_tenants_to_data_in_one_region() -> None:
    policy = boundary()
    allowed = [statement for statement in policy.values() if statement["Effect"] == "Allow"]
    assert len(allowed) == 8
    for statement in allowed:
        if statement["Sid"] != "Members":
            assert statement["Condition"]["StringEquals"] == {"aws:RequestedRegion": REGION}
    assert "iam:*" in policy["NoIdentities"]["Action"]


def test_the_boundary_lets_a_tenant_become_its_own_members_and_nobody_else() -> None:
    policy, own_members = (
        boundary(),
        f"arn:aws:iam::{ACCOUNT}:role/demo-local-${{aws:PrincipalTag/slug}}-member-workload",
    )
    assert policy["Members"]["Resource"] == [own_members]
    assert (policy["NoOthers"]["Effect"], policy["NoOthers"]["NotResource"]) == ("Deny", [own_members])
    assert "Resource" not in policy["NoOthers"]
    assert set(policy["NoOthers"]["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    assert "OwnMembers" not in by_sid(workload.access(own()))
    acting = by_sid(workload.access(replace(own(), member_role="arn:members")))["OwnMembers"]
    assert acting["Resource"] == ["arn:members"]


def test_a_member_is_acted_for_by_the_tenant_s_services_only_and_by_no_other_tag() -> None:
    (statement,) = workload.member_trust(ROLE)["Statement"]
    assert statement["Principal"] == {"AWS": ROLE}
    keys = statement["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"]
    assert keys[0] == "member"
    assert all(key.startswith(("eks-", "kubernetes-")) for key in keys[1:])
    assert statement["Condition"]["StringLike"] == {"aws:RequestTag/member": "m????????"}


def test_a_member_s_folder_and_secret_are_those_that_its_session_names() -> None:
    prefix = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:demo-local-taaaaaaaaa-"
    membership = workload.Membership("arn:data", "taaaaaaaaa/members", prefix, "arn:key", REGION)
    policy = by_sid(workload.member_access(membership))
    member = "${aws:PrincipalTag/member}"
    assert policy["OwnObjects"]["Resource"] == [f"arn:data/taaaaaaaaa/members/{member}/*"]
    assert policy["OwnSecret"]["Resource"] == [f"{prefix}{member}-login-??????"]
    listing = policy["OwnFolder"]["Condition"]["StringLike"]["s3:prefix"]
    assert listing == [f"taaaaaaaaa/members/{member}/*", f"taaaaaaaaa/members/{member}"]
    for sid in ("OwnKeyOfObjects", "OwnKeyOfSecrets"):
        assert "kms:ViaService" in policy[sid]["Condition"]["StringEquals"]


def test_who_left_is_refused_everything_by_name_and_the_longest_list_fits() -> None:
    membership = workload.Membership("arn:data", "taaaaaaaaa/members", "arn:secret:", "arn:key", REGION)
    assert "NobodyWhoLeft" not in by_sid(workload.member_access(membership))
    held = by_sid(workload.member_access(replace(membership, left=["mbbbbbbbb", "maaaaaaaa"])))["NobodyWhoLeft"]
    assert (held["Effect"], held["Action"], held["Resource"]) == ("Deny", ["*"], "*")
    assert held["Condition"] == {"StringEquals": {"aws:PrincipalTag/member": ["maaaaaaaa", "mbbbbbbbb"]}}
    # names of the longest: 63 characters of a bucket, 2048 of an ARN are never reached by what naming.py makes
    longest = replace(
        membership,
        bucket=f"arn:aws:s3:::{'b' * 63}",
        folder=f"taaaaaaaaa/{'c' * 63}/members",
        secrets=f"arn:aws:secretsmanager:ap-northeast-1:{ACCOUNT}:secret:{'s' * 64}",
        key=f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/{'k' * 36}",
        left=[f"m{number:08d}" for number in range(workload.MOST_LEFT)],
    )
    assert len(document.text(workload.member_access(longest))) < 10_240


PUBLISHER = f"arn:aws:iam::{ACCOUNT}:role/publisher"


@pytest.mark.parametrize(
    ("action", "who", "refused"),
    [
        ("s3:PutObject", ROLE, ["OnlyPublishersWrite"]),
        ("s3:PutObject", ROOT, ["OnlyPublishersWrite"]),
        ("s3:PutObject", PUBLISHER, []),
        ("s3:DeleteObject", ROLE, ["OnlyPublishersWrite"]),
        ("s3:GetObject", ROLE, []),
    ],
)
def test_models_that_all_read_are_written_by_publishers_alone(action: str, who: str, refused: list[str]) -> None:
    policy = bucket.published("models", "arn:key", ACCOUNT, PATTERN, [PUBLISHER])
    reading = by_sid(policy)["TenantsOnlyRead"]
    assert reading["NotAction"] == ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
    assert "Action" not in reading
    named = [each for each in policy["Statement"] if "Action" in each]
    asked = {"aws:PrincipalArn": who, "aws:SecureTransport": "true"}
    assert refusals({**policy, "Statement": named}, action, asked) == refused


def test_a_role_reads_the_folders_of_models_that_it_is_given() -> None:
    models = workload.Models("arn:models", "arn:cell-key", ["llama-3", "whisper"])
    policy = by_sid(workload.access(replace(own(), region=REGION, reads=models)))
    assert policy["SharedModels"]["Action"] == ["s3:GetObject"]
    assert policy["SharedModels"]["Resource"] == ["arn:models/llama-3/*", "arn:models/whisper/*"]
    assert policy["SharedModelKey"]["Condition"]["StringEquals"]["kms:EncryptionContext:aws:s3:arn"] == "arn:models"
    assert "SharedModels" not in by_sid(workload.access(own()))
    assert "Models" not in boundary()
    limits = by_sid(workload.boundary(ACCOUNT, REGION, "demo", "local", (), "cell-models"))
    assert limits["Models"]["Action"] == ["s3:GetObject", "s3:ListBucket"]


def test_publishers_use_the_cell_s_key_through_s3_only() -> None:
    without = key.data(ACCOUNT, REGION, DEPLOYER, "/demo/*", PATTERN)
    assert "Publishers" not in by_sid(without)
    policy = by_sid(key.data(ACCOUNT, REGION, DEPLOYER, "/demo/*", PATTERN, (), [PUBLISHER]))
    condition = policy["Publishers"]["Condition"]
    assert condition["ArnEquals"] == {"aws:PrincipalArn": [PUBLISHER]}
    assert condition["StringEquals"]["kms:ViaService"] == f"s3.{REGION}.amazonaws.com"


def test_members_reach_a_tenant_s_key_through_objects_and_secrets_only() -> None:
    assert "TenantMembers" not in by_sid(key.tenant(ACCOUNT, REGION, ROOT, "/demo/*", ROLE))
    policy = by_sid(key.tenant(ACCOUNT, REGION, ROOT, "/demo/*", ROLE, member_role="arn:members"))
    via = policy["TenantMembers"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert via == [f"s3.{REGION}.amazonaws.com", f"secretsmanager.{REGION}.amazonaws.com"]
    assert "kms:Encrypt" not in policy["TenantMembers"]["Action"]


@pytest.mark.parametrize(
    ("sid", "inside", "outside"),
    [
        ("Objects", "arn:aws:s3:::demo-local-taaaaaaaaa-data/key", "arn:aws:s3:::acmeco-prod-taaaaaaaaa-data/key"),
        ("Objects", "arn:aws:s3:::demo-local-taaaaaaaaa-backups", "arn:aws:s3:::demo-local-saaaaaaaaa-audit"),
        (
            "Secrets",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:demo-local-taaaaaaaaa-database-login-AbCdEf",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:billing-AbCdEf",
        ),
        (
            "Logs",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/demo/local/taaaaaaaaa/workload:*",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/demo/local/saaaaaaaaa/audit:*",
        ),
        ("Keys", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", f"arn:aws:kms:{REGION}:999999999999:key/1"),
    ],
)
def test_the_boundary_ends_at_the_environment_s_tenants(sid: str, inside: str, outside: str) -> None:
    patterns = boundary()[sid]["Resource"]
    assert any(fnmatchcase(inside, pattern) for pattern in patterns)
    assert not any(fnmatchcase(outside, pattern) for pattern in patterns)


@pytest.mark.parametrize("role", ["audit", "access-logs"])
def test_no_tenant_reaches_the_cell_s_buckets_whatever_it_is_given(role: str) -> None:
    shared = boundary()["NoRecords"]
    assert (shared["Effect"], shared["Action"]) == ("Deny", ["s3:*"])
    for arn in (f"arn:aws:s3:::demo-local-saaaaaaaaa-{role}", f"arn:aws:s3:::demo-local-saaaaaaaaa-{role}/key"):
        assert any(fnmatchcase(arn, pattern) for pattern in shared["Resource"])


def test_the_boundary_allows_all_that_the_role_is_given() -> None:
    allowed = {action for each in boundary().values() if each["Effect"] == "Allow" for action in each["Action"]}
    for statement in workload.access(own("documents"))["Statement"]:
        assert set(statement["Action"]) <= allowed


def test_policies_fit_what_iam_and_s3_take() -> None:
    assert len(document.text(workload.boundary(ACCOUNT, REGION, "demo", "local"))) <= 6144
    assert len(document.text(workload.trust(ACCOUNT, workload.Pods("taaaaaaaaa", [ROLE]), [ROOT]))) <= 2048
    assert len(document.text(key.tenant(ACCOUNT, REGION, ROOT, "/demo/local/taaaaaaaaa/*", ROLE))) <= 32768


def folder(container: str = "taaaaaaaaa", context: str = "taaaaaaaaa") -> workload.Belongings:
    return replace(own(container), backup_container="taaaaaaaaa", context=context, region=REGION)


def test_in_a_shared_bucket_the_role_lists_reads_and_writes_within_its_folders() -> None:
    policy = by_sid(workload.access(folder("taaaaaaaaa/documents")))
    assert policy["OwnObjects"]["Resource"] == ["arn:data/taaaaaaaaa/documents/*"]
    assert policy["OwnBackups"]["Resource"] == ["arn:backups/taaaaaaaaa/*"]
    assert policy["OwnBackupContainer"]["Condition"] == {"StringLike": {"s3:prefix": ["taaaaaaaaa/*", "taaaaaaaaa"]}}
    assert "OwnBuckets" not in policy
    assert policy["OwnLocation"]["Action"] == ["s3:GetBucketLocation"]


def test_a_shared_key_is_used_in_the_tenant_s_contexts_only() -> None:
    policy = by_sid(workload.access(folder()))
    assert "OwnKey" not in policy
    for sid in ("OwnContext", "OwnKeyOfObjects", "OwnKeyOfSecrets"):
        assert any("EncryptionContext" in key for key in policy[sid]["Condition"]["StringEquals"])
    assert policy["OwnContext"]["Condition"] == {"StringEquals": {"kms:EncryptionContext:tenant": "taaaaaaaaa"}}
    assert policy["OwnKeyOfSecrets"]["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == [
        "arn:one",
        "arn:two",
    ]


def test_a_shared_bucket_refuses_every_role_outside_of_the_folder_that_its_tag_names() -> None:
    policy = by_sid(bucket.folders("cell-objects", ACCOUNT, PATTERN))
    elsewhere = policy["OwnFolderOnly"]
    assert (elsewhere["Effect"], elsewhere["NotResource"]) == (
        "Deny",
        ["arn:aws:s3:::cell-objects/${aws:PrincipalTag/slug}/*"],
    )
    assert "Resource" not in elsewhere
    listing = policy["OwnListingOnly"]["Condition"]["StringNotLike"]["s3:prefix"]
    assert listing == ["${aws:PrincipalTag/slug}/*", "${aws:PrincipalTag/slug}"]
    assert policy["TlsOnly"]["Effect"] == "Deny"


def test_a_shared_key_leaves_it_to_each_workload_s_policy_and_to_nobody_else_s() -> None:
    policy = by_sid(key.data(ACCOUNT, REGION, DEPLOYER, "/demo/local/t*", PATTERN))
    given = policy["WorkloadsByTheirPolicies"]
    assert given["Principal"] == {"AWS": ROOT}
    assert given["Condition"]["ArnLike"] == {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{PATTERN}"}
    assert policy["NoOtherContext"]["Effect"] == "Deny"
    users = {sid for sid, each in policy.items() if "kms:Decrypt" in each["Action"] and each["Effect"] == "Allow"}
    assert users == {"WorkloadsByTheirPolicies", "LogGroups", "DeployerThroughServices"}


def test_no_workload_reads_what_people_log_in_with() -> None:
    (statement,) = workload.people(ACCOUNT, PATTERN)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["secretsmanager:*"])
    assert "ArnNotEquals" not in statement["Condition"]


def test_policies_of_what_is_shared_are_within_aws_s_limits() -> None:
    assert len(document.text(workload.access(folder()))) <= 10240
    assert len(document.text(bucket.folders("x" * 63, ACCOUNT, PATTERN))) <= 20480
    assert len(document.text(key.data(ACCOUNT, REGION, ROOT, "/demo/local/t*", PATTERN, [ROLE]))) <= 32768


def test_no_wildcard_of_the_boundary_stands_before_a_folder() -> None:
    """`*` fits slashes too: `…-s*-objects/<slug>/` would reach `…-backups/<other>/-objects/<slug>/`."""
    for pattern in boundary()["Folders"]["Resource"]:
        assert "*" not in pattern.removesuffix("*")
    assert "Folders" not in by_sid(workload.boundary(ACCOUNT, REGION, "demo", "local"))
