from __future__ import annotations

import json
from typing import Any

import pytest

from stacks.policies import deployer
from stacks.policies.deployer import Scope
from stacks.policies.document import document

SCOPE = Scope("123456789012", ("eu-central-1", "us-east-1"), "org-env-", "/org/env/")
ACTIONS = ("iam:CreateRole", "iam:PassRole", "kms:CreateGrant", "s3:ListAllMyBuckets", "s3:PutBucketPolicy")


def by_action(*actions: str, scope: Scope = SCOPE) -> dict[str, Any]:
    made = deployer.statements(actions, scope)
    return {action: statement for statement in made for action in statement["Action"]}


def test_what_has_a_fixed_name_is_allowed_by_its_beginning() -> None:
    made = by_action("s3:PutBucketPolicy", "iam:CreateRole", "logs:CreateLogGroup", "rds:CreateDBInstance")
    assert made["s3:PutBucketPolicy"]["Resource"] == ["arn:aws:s3:::org-env-*"]
    assert "arn:aws:iam::123456789012:role/org-env-*" in made["iam:CreateRole"]["Resource"]
    assert made["logs:CreateLogGroup"]["Resource"] == ["arn:aws:logs:*:123456789012:log-group:/org/env/*"]
    assert "arn:aws:rds:*:123456789012:db:org-env-*" in made["rds:CreateDBInstance"]["Resource"]


def test_services_with_regions_are_allowed_in_those_of_the_environment() -> None:
    made = by_action("ec2:CreateVpc", "iam:CreateRole", "route53:CreateHostedZone")
    regions = {"StringEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}
    assert made["ec2:CreateVpc"]["Condition"] == regions
    assert "Condition" not in made["iam:CreateRole"]
    assert "Condition" not in made["route53:CreateHostedZone"]


def test_a_role_is_handed_to_named_services_only() -> None:
    passed = by_action("iam:PassRole")["iam:PassRole"]
    assert "eks.amazonaws.com" in passed["Condition"]["StringEquals"]["iam:PassedToService"]
    assert "*" not in passed["Resource"]


def test_keys_are_worked_with_through_services_only() -> None:
    made = by_action("kms:Decrypt", "kms:CreateGrant", "kms:DescribeKey")
    assert "rds.us-east-1.amazonaws.com" in made["kms:Decrypt"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert made["kms:CreateGrant"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    assert "kms:ViaService" not in json.dumps(made["kms:DescribeKey"])


def test_what_is_adopted_is_allowed_by_its_own_name() -> None:
    scope = Scope("1" * 12, ("us-east-1",), "org-env-", "/org/env/", clusters=("theirs",), roles=("arn:their-role",))
    made = by_action("eks:CreateAddon", "iam:PassRole", scope=scope)
    assert f"arn:aws:eks:*:{'1' * 12}:cluster/theirs" in made["eks:CreateAddon"]["Resource"]
    assert "arn:their-role" in made["iam:PassRole"]["Resource"]


def test_an_action_that_no_rule_knows_is_no_silent_gap() -> None:
    with pytest.raises(KeyError, match="lambda:Invoke"):
        deployer.statements(["lambda:Invoke"], SCOPE)


def test_parts_keep_within_the_limit_and_allow_the_same_together() -> None:
    actions = [*ACTIONS, *(f"ec2:Describe{number}Things" for number in range(300))]
    made = deployer.parts(deployer.statements(actions, SCOPE), 2000)
    assert max(deployer.size(part) for part in made) <= 2000
    assert sorted(action for part in made for each in part["Statement"] for action in each["Action"]) == sorted(actions)
    for part in made:
        sids = [each["Sid"] for each in part["Statement"]]
        assert len(sids) == len(set(sids))


def test_an_action_is_taken_away_and_nothing_else() -> None:
    whole = document(*deployer.statements(ACTIONS, SCOPE))
    less = deployer.without(whole, "s3:ListAllMyBuckets")
    left = [action for each in less["Statement"] for action in each["Action"]]
    assert sorted(left) == sorted(set(ACTIONS) - {"s3:ListAllMyBuckets"})
    assert all(each["Action"] for each in less["Statement"])


def test_white_space_is_not_counted() -> None:
    assert deployer.size({"Version": "2012-10-17", "Statement": []}) == len('{"Statement":[],"Version":"2012-10-17"}')
