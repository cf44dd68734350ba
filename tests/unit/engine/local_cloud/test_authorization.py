from __future__ import annotations

import pytest

from engine.local_cloud.ministack_side import authorization

PLACE = ("us-east-1", "123456789012")


@pytest.mark.parametrize(
    ("taken", "decided"),
    [
        ("budgets:DescribeBudgets", "budgets:ViewBudget"),
        ("budgets:CreateNotification", "budgets:ModifyBudget"),
        ("budgets:TagResource", "budgets:TagResource"),
        ("s3:CreateBucket", "s3:CreateBucket"),
    ],
)
def test_budgets_are_decided_by_looking_and_changing(taken: str, decided: str) -> None:
    assert authorization.action(taken) == decided


@pytest.mark.parametrize(
    ("service", "path", "members", "arn"),
    [
        ("iam", "/", {"PolicyName": "p"}, "arn:aws:iam::123456789012:policy/p"),
        ("rds", "/", {"DBSubnetGroupName": "g"}, "arn:aws:rds:us-east-1:123456789012:subgrp:g"),
        ("rds", "/", {"ResourceName": "arn:aws:rds:x:y:db:z"}, "arn:aws:rds:x:y:db:z"),
        ("budgets", "/", {"AccountId": "1", "Budget.BudgetName": "b"}, "arn:aws:budgets::123456789012:budget/b"),
        ("budgets", "/", {"AccountId": "1"}, "arn:aws:budgets::1:budget/*"),
        ("backup", "/backup-vaults/v/policy", {}, "arn:aws:backup:us-east-1:123456789012:backup-vault:v"),
        ("backup", "/tags/arn%3Aaws%3Abackup%3Ax", {}, "arn:aws:backup:x"),
        ("monitoring", "/", {"AlarmNames.0": "a"}, "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"),
        ("kms", "/", {"AliasName": "alias/a"}, "arn:aws:kms:us-east-1:123456789012:alias/a"),
        ("ec2", "/", {"PolicyName": "p"}, "*"),
    ],
)
def test_a_request_is_decided_on_the_arn_of_what_it_names(
    service: str, path: str, members: dict[str, str], arn: str
) -> None:
    assert authorization.arn(service, path, members, *PLACE) == arn
