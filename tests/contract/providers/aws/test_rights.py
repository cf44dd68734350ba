"""A sample of the campaign over the deployer's policy: one action of every service, taken away and missed."""

from __future__ import annotations

import pytest

from engine.local_cloud import LocalCloud
from engine.providers.port import ProviderError
from tests.contract.providers.aws import cases_rights, rights
from tests.contract.providers.aws.deployers import Deployer, everywhere
from tests.contract.providers.aws.world import World

pytestmark = pytest.mark.xdist_group("aws-rows")

SAMPLE = {
    "acm:ListTagsForCertificate": "acm-certificate",
    "apigateway:PATCH": "apigateway-usagePlan",
    "autoscaling:PutScheduledUpdateGroupAction": "autoscaling-schedule-once",
    "backup:GetBackupPlan": "backup-plan",
    "budgets:ModifyBudget": "budgets-budget",
    "cloudtrail:StartLogging": "cloudtrail-trail-advanced",
    "cloudwatch:DeleteDashboards": "cloudwatch-dashboard",
    "ec2:DeleteTags": "ec2-internetGateway",
    "eks:DescribeAccessEntry": "eks-accessEntry",
    "elasticache:ModifyUser": "elasticache-user",
    "elasticloadbalancing:ModifyTargetGroupAttributes": "lb-targetGroup",
    "iam:DeletePolicyVersion": "iam-policy",
    "kms:UntagResource": "kms-key-delegating",
    "logs:PutRetentionPolicy": "cloudwatch-logGroup",
    "rds:DescribeDBParameters": "rds-parameterGroup",
    "route53:ChangeResourceRecordSets": "route53-record-text",
    "s3:DeleteObjectVersion": "s3-bucket-full",
    "s3:ListBucket": "s3-bucket",
    "secretsmanager:UntagResource": "secretsmanager-secret",
    "sns:Unsubscribe": "sns-topicSubscription",
    "sqs:UntagQueue": "sqs-queue",
    "tag:GetResources": "part-tags",
    "wafv2:ListWebACLs": "wafv2-webAcl-json",
}
"""An action, and a trial of the campaign that asks for it."""


@pytest.fixture(scope="module")
def deployer(world: World, local_cloud: LocalCloud) -> Deployer:
    return Deployer(world.access, world.region, everywhere(cases_rights.ACCOUNT, world.region))


@pytest.mark.parametrize("action", sorted(SAMPLE))
def test_with_the_policy_it_works_and_without_one_action_it_fails_and_names_it(
    world: World, deployer: Deployer, action: str
) -> None:
    (trial,) = (trial for trial in rights.TRIALS if trial.id == SAMPLE[action])
    assert action in trial.uses(world, deployer)
    deployer.lose(action)
    try:
        with pytest.raises(ProviderError) as told:
            trial.run(world, deployer)
    finally:
        deployer.give(*deployer.documents)
    assert action in str(told.value)


def test_the_sample_has_an_action_of_every_service_that_the_tool_speaks_to() -> None:
    services = {action.partition(":")[0] for action in rights.decided(rights.directly())}
    assert {action.partition(":")[0] for action in SAMPLE} == services
