from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.providers.aws import tags
from engine.providers.aws.permissions import actions, denials, dependent, needs, reach
from engine.providers.aws.permissions.actions import Called
from engine.providers.aws.rows import ROWS
from engine.providers.aws.table import Handle

BUCKET, ROLE, CLUSTER = "aws:s3/bucket:Bucket", "aws:iam/role:Role", "aws:eks/cluster:Cluster"


def called(type: str) -> set[str]:
    return {one.operation for one in reach.of(ROWS[type])}


def test_what_a_row_calls_is_read_off_its_functions_and_its_data() -> None:
    assert {"CreateBucket", "HeadBucket", "ListObjectVersions", "DeleteObjects"} <= called(BUCKET)
    assert {"CreateRole", "UpdateRole", "PutRolePermissionsBoundary"} <= called(ROLE)


def test_ways_of_tagging_are_part_of_a_row() -> None:
    assert {"GetBucketTagging", "PutBucketTagging", "DeleteBucketTagging"} <= called(BUCKET)
    assert {"TagRole", "UntagRole", "ListRoleTags"} <= called(ROLE)


def test_what_is_held_by_a_closure_is_found() -> None:
    def asking(operation: str) -> Callable[[Handle], object]:
        def ask(handle: Handle) -> object:
            return handle.api.read("iam", operation)

        ask.__module__ = tags.__name__  # only what is the provider's own is walked
        return ask

    assert reach.of(asking("GetUser")) == {Called("iam", "GetUser")}


def test_a_method_s_name_is_not_taken_for_a_function_of_its_module() -> None:
    """`tags.write(…)` on an instance must not lead to the function `write` of the same module, and to every row."""
    found = {one.service for one in needs.calls(())["tags"]}
    assert "wafv2" not in found


def test_an_operation_is_of_the_service_that_stands_beside_it() -> None:
    """ElastiCache and EC2 both have DescribeSnapshots; the audit of tags speaks to both, and asks one of them."""
    found = needs.calls(())["tags"]
    assert Called("elasticache", "DescribeSnapshots") in found
    assert Called("ec2", "DescribeVolumes") in found
    assert Called("ec2", "DescribeSnapshots") not in found


def test_a_row_reaches_nothing_but_its_own_service_and_who_is_asking() -> None:
    strange = {
        (type, one.service)
        for type, row in ROWS.items()
        for one in reach.of(row)
        if one.service not in (row.service, "sts")
    }
    assert strange == set()


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("s3", "HeadBucket", ("s3:ListBucket",)),
        ("s3", "DeleteBucketEncryption", ("s3:PutEncryptionConfiguration",)),
        ("s3", "PutBucketPolicy", ("s3:PutBucketPolicy",)),
        ("elbv2", "CreateRule", ("elasticloadbalancing:CreateRule",)),
        ("resourcegroupstaggingapi", "GetResources", ("tag:GetResources",)),
        ("budgets", "DescribeBudget", ("budgets:ViewBudget",)),
        ("budgets", "CreateSubscriber", ("budgets:ModifyBudget",)),
        ("budgets", "TagResource", ("budgets:TagResource",)),
    ],
)
def test_an_operation_is_asked_by_the_action_that_aws_has_for_it(
    service: str, operation: str, asked: tuple[str, ...]
) -> None:
    assert actions.of(Called(service, operation)) == asked


def test_emptying_a_bucket_needs_the_right_to_delete_versions_that_are_held() -> None:
    assert actions.of(Called("s3", "DeleteObjects")) == (
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
    )


def test_who_asks_for_the_caller_s_identity_needs_nothing() -> None:
    assert "sts:GetCallerIdentity" not in needs.direct(ROWS)


def test_a_dependent_action_is_needed_by_whoever_needs_what_asks_it() -> None:
    every = needs.every([CLUSTER])
    assert every["iam:PassRole"] == every["iam:CreateServiceLinkedRole"] == {CLUSTER}
    assert "iam:PassRole" not in needs.direct([CLUSTER])


def test_dependents_of_what_is_not_needed_are_not_needed() -> None:
    assert dependent.of({"s3:ListBucket"}) == {}
    assert dependent.of({"rds:DeleteDBInstance"}) == {"rds:CreateDBSnapshot": ("rds:DeleteDBInstance",)}


@pytest.mark.parametrize(
    "code", ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"]
)
def test_a_refusal_names_the_action_that_was_missing(code: str) -> None:
    text = "User: arn:aws:sts::1:assumed-role/d/s is not authorized to perform: kms:TagResource on resource: x"
    assert denials.sentence("kms", "CreateKey", code, text).startswith("the deployer lacks kms:TagResource. User:")


def test_where_the_service_names_no_action_the_request_does() -> None:
    assert denials.sentence("s3", "HeadBucket", "403", "Forbidden") == "the deployer lacks s3:ListBucket. Forbidden"


def test_ec2_s_encoded_message_is_left_out() -> None:
    text = "You are not authorized to perform this operation. Encoded authorization failure message: xJ8-_9a"
    said = denials.sentence("ec2", "CreateVpc", "UnauthorizedOperation", text)
    assert said == "the deployer lacks ec2:CreateVpc. You are not authorized to perform this operation."


def test_an_explicit_denial_is_no_lack() -> None:
    text = "User: x is not authorized to perform: s3:DeleteBucket with an explicit deny in a resource-based policy"
    assert denials.sentence("s3", "DeleteBucket", "AccessDenied", text).startswith(
        "s3:DeleteBucket is denied to the deployer."
    )


def test_other_refusals_stay_as_they_are() -> None:
    assert denials.sentence("s3", "CreateBucket", "BucketAlreadyExists", "taken") == "taken"
