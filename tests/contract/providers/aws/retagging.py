"""Tags changed behind the provider's back, each service in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.providers.aws.world import World

KEY, VALUE = "tenant", "mallory"
_PAIR = [{"Key": KEY, "Value": VALUE}]


def _ec2(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("ec2").create_tags(Resources=[id], Tags=_PAIR)


def _kms(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("kms").tag_resource(KeyId=id, Tags=[{"TagKey": KEY, "TagValue": VALUE}])


def _s3(world: World, id: str, outputs: dict[str, Any]) -> None:
    tags = [{"Key": key, "Value": value} for key, value in {**outputs["tags"], KEY: VALUE}.items()]
    world.client("s3").put_bucket_tagging(Bucket=id, Tagging={"TagSet": tags})


def _logs(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("logs").tag_resource(resourceArn=outputs["arn"], tags={KEY: VALUE})


def _iam(world: World, id: str, outputs: dict[str, Any]) -> None:
    if id.startswith("arn:"):
        world.client("iam").tag_policy(PolicyArn=id, Tags=_PAIR)
    else:
        world.client("iam").tag_role(RoleName=id, Tags=_PAIR)


def _rds(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("rds").add_tags_to_resource(ResourceName=outputs["arn"], Tags=_PAIR)


def _elasticache(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("elasticache").add_tags_to_resource(ResourceName=outputs["arn"], Tags=_PAIR)


def _secrets(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("secretsmanager").tag_resource(SecretId=id, Tags=_PAIR)


def _eks(world: World, id: str, outputs: dict[str, Any]) -> None:
    arn = next(outputs[name] for name in ("arn", "accessEntryArn", "associationArn") if name in outputs)
    world.client("eks").tag_resource(resourceArn=arn, tags={KEY: VALUE})


def _sns(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("sns").tag_resource(ResourceArn=id, Tags=_PAIR)


def _sqs(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("sqs").tag_queue(QueueUrl=id, Tags={KEY: VALUE})


def _cloudwatch(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("cloudwatch").tag_resource(ResourceARN=outputs["arn"], Tags=_PAIR)


def _budgets(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("budgets").tag_resource(ResourceARN=outputs["arn"], ResourceTags=_PAIR)


def _backup(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("backup").tag_resource(ResourceArn=outputs["arn"], Tags={KEY: VALUE})


def _cloudtrail(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("cloudtrail").add_tags(ResourceId=id, TagsList=_PAIR)


def _route53(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=id, AddTags=_PAIR)


def _acm(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("acm").add_tags_to_certificate(CertificateArn=id, Tags=_PAIR)


def _elbv2(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("elbv2").add_tags(ResourceArns=[id], Tags=_PAIR)


def _wafv2(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("wafv2").tag_resource(ResourceARN=outputs["arn"], Tags=_PAIR)


def _apigateway(world: World, id: str, outputs: dict[str, Any]) -> None:
    world.client("apigateway").tag_resource(resourceArn=outputs["arn"], tags={KEY: VALUE})


BY_SERVICE: dict[str, Callable[[World, str, dict[str, Any]], None]] = {
    "ec2": _ec2,
    "kms": _kms,
    "s3": _s3,
    "eks": _eks,
    "logs": _logs,
    "iam": _iam,
    "rds": _rds,
    "elasticache": _elasticache,
    "secretsmanager": _secrets,
    "sns": _sns,
    "sqs": _sqs,
    "cloudwatch": _cloudwatch,
    "budgets": _budgets,
    "backup": _backup,
    "cloudtrail": _cloudtrail,
    "route53": _route53,
    "acm": _acm,
    "elbv2": _elbv2,
    "wafv2": _wafv2,
    "apigateway": _apigateway,
}
