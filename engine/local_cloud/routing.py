"""Which service is served by what. One emulator a service; everything that is not here is refused."""

from __future__ import annotations

from dataclasses import dataclass

from engine.local_cloud.home import Settings

MOTO, MINISTACK = "moto", "ministack"


@dataclass(frozen=True, slots=True)
class Service:
    """A service by botocore's name; `signing` and `variable` are its names in signatures and in AWS_ENDPOINT_URL_…"""

    name: str
    emulator: str
    signing: str = ""
    variable: str = ""


SERVICES = (
    Service("acm", MOTO),
    Service("apigateway", MINISTACK, variable="API_GATEWAY"),
    Service("autoscaling", MOTO, variable="AUTO_SCALING"),
    Service("backup", MINISTACK),
    Service("budgets", MINISTACK),
    Service("cloudtrail", MINISTACK),
    Service("cloudwatch", MINISTACK, signing="monitoring"),
    Service("dynamodb", MINISTACK),
    Service("ec2", MOTO),
    Service("eks", MINISTACK),
    Service("elasticache", MINISTACK),
    Service("elbv2", MOTO, signing="elasticloadbalancing", variable="ELASTIC_LOAD_BALANCING_V2"),
    Service("events", MINISTACK, variable="EVENTBRIDGE"),
    Service("iam", MINISTACK),
    Service("kms", MINISTACK),
    Service("logs", MINISTACK, variable="CLOUDWATCH_LOGS"),
    Service("organizations", MOTO),
    Service("rds", MOTO),
    Service("resourcegroupstaggingapi", MOTO, signing="tagging", variable="RESOURCE_GROUPS_TAGGING_API"),
    Service("route53", MOTO, variable="ROUTE_53"),
    Service("s3", MINISTACK),
    Service("s3control", MINISTACK, signing="s3", variable="S3_CONTROL"),
    Service("secretsmanager", MINISTACK, variable="SECRETS_MANAGER"),
    Service("sns", MINISTACK),
    Service("sqs", MINISTACK),
    Service("ssm", MINISTACK),
    Service("sts", MINISTACK),
    Service("wafv2", MOTO),
)
BY_NAME = {service.name: service for service in SERVICES}


def endpoints(settings: Settings) -> dict[str, str]:
    """Endpoint by botocore's service name."""
    by_emulator = {MOTO: settings.moto, MINISTACK: settings.ministack}
    return {service.name: by_emulator[service.emulator] for service in SERVICES}


def variable(service: str) -> str:
    """The environment variable that tells AWS's own tools where the service is."""
    return f"AWS_ENDPOINT_URL_{BY_NAME[service].variable or service.upper()}"


def service_of(signing_name: str) -> str:
    """botocore's name of the service that a request was signed for; S3 where S3 and S3 Control share one."""
    found = (service.name for service in SERVICES if (service.signing or service.name) == signing_name)
    return next(found, signing_name)
