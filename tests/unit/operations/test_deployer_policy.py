from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from operations import deployer_policy, permissions_page
from operations.settings import PACKAGED
from stacks.inputs import environment
from stacks.inputs.environment import Domain, Environment
from stacks.policies import deployer
from stacks.policies.document import Document


def given(name: str = "local") -> Environment:
    return environment.load(PACKAGED / "environments" / f"{name}.yaml")


def actions(*documents: Document) -> Iterator[str]:
    for document in documents:
        for statement in document["Statement"]:
            yield from statement["Action"]


def test_each_part_is_a_managed_policy_and_a_role_holds_them_all() -> None:
    for name in ("local", "aws.example"):
        made = deployer_policy.of(given(name))
        assert max(deployer.size(part) for part in made.parts.values()) <= deployer_policy.MANAGED_POLICY
        assert len(made.parts) <= 10  # managed policies of a role: IAM quotas


def test_the_parts_say_together_what_the_whole_says() -> None:
    made = deployer_policy.of(given())
    assert sorted(actions(*made.parts.values())) == sorted(actions(made.whole))


def test_nothing_is_allowed_on_whole_services() -> None:
    assert [action for action in actions(deployer_policy.of(given()).whole) if "*" in action] == []


def test_what_no_program_declares_needs_no_right() -> None:
    assert "aws:iam/role:Role" in deployer_policy.types()
    declared = {type.split(":")[1].partition("/")[0] for type in deployer_policy.types()}
    assert {"s3", "rds", "eks"} <= declared
    allowed = set(actions(deployer_policy.of(given()).whole))
    assert not {action for action in allowed if action.startswith("lambda:")}


def test_copies_of_backups_may_go_to_a_region_more() -> None:
    (keys,) = [
        each for each in deployer_policy.of(given(), ["eu-west-1"]).whole["Statement"] if each["Sid"] == "MakeKeys"
    ]
    assert keys["Condition"]["StringEquals"]["aws:RequestedRegion"] == ["eu-central-1", "eu-west-1", "us-east-1"]


def test_only_what_is_not_called_itself_is_dependent() -> None:
    dependent = deployer_policy.of(given()).dependent
    assert "iam:PassRole" in dependent
    assert "s3:PutBucketVersioning" not in dependent


def test_the_page_of_permissions_is_fresh() -> None:
    hint = "run: python -m operations.permissions_page"
    assert permissions_page.FILE.read_text(encoding="utf-8") == permissions_page.text(), hint


def test_what_the_local_cloud_has_no_service_for_is_told_as_not_shown() -> None:
    assert not permissions_page.shown("servicequotas:GetServiceQuota")
    assert not permissions_page.shown("ce:UpdateCostAllocationTagsStatus")
    assert permissions_page.shown("tag:GetResources")
    assert permissions_page.shown("elasticloadbalancing:CreateRule")


@pytest.mark.parametrize(("zone", "arn"), [("Z1", "Z1"), (None, "*")])
def test_names_are_changed_in_the_domain_s_own_zone(zone: str | None, arn: str) -> None:
    chosen = given().model_copy(update={"domain": Domain(name="apps.example.com", zone_id=zone)})
    (statement,) = [each for each in deployer_policy.of(chosen).whole["Statement"] if each["Sid"] == "Names"]
    assert statement["Resource"] == [f"arn:aws:route53:::hostedzone/{arn}"]


def test_the_deployer_can_not_rewrite_its_own_policies() -> None:
    made = deployer_policy.of(given())
    mine = [f"arn:aws:iam::123456789012:policy/{name}" for name in made.parts]
    for statement in made.whole["Statement"]:
        if any(action.startswith("iam:") and "Policy" in action for action in statement["Action"]):
            patterns = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            reached = [arn for arn in mine if any(fnmatchcase(arn, pattern) for pattern in patterns)]
            assert not reached or not _CHANGING & set(statement["Action"])


_CHANGING = {"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:CreatePolicy"}
