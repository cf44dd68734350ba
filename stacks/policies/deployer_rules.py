"""On what each action of the deployer may be done, and under which condition. Data; the first rule that fits counts.

Which actions take an ARN at all is from the Service Authorization Reference, and a test holds the rules against it: an
action on an ARN that its service does not know is never allowed by AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Bound(Enum):
    """A condition. REGION: asked in the environment's regions; the others are told where they are made."""

    NONE = auto()
    REGION = auto()
    PASSED = auto()
    LINKED = auto()
    THROUGH_SERVICE = auto()
    GRANT = auto()
    LAUNCH = auto()
    METRICS = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """`actions` is a pattern of whole actions, `resources` are templates of ARNs, nothing for everything."""

    sid: str
    actions: str
    resources: tuple[str, ...] = ()
    bound: Bound = Bound.REGION


def _of(service: str, *names: str) -> tuple[str, ...]:
    """ARNs of one service in every region; the condition bounds the regions."""
    return tuple(f"arn:{{p}}:{service}:*:{{account}}:{name}" for name in names)


def _gateway(*paths: str) -> tuple[str, ...]:
    """ARNs of API Gateway, which name no account; tags of a thing are at the thing's own ARN, encoded for a URL."""
    start = "arn:{p}:apigateway:*::/"
    tagged = "tags/arn%3A{p}%3Aapigateway%3A*%3A%3A%2F"
    return tuple(f"{start}{each}" for path in paths for each in (path, f"{path}/*", f"{tagged}{path}%2F*"))


# the flow logs' role takes an auto-name
_ROLES: Final = ("arn:{p}:iam::{account}:role/{name}*", "arn:{p}:iam::{account}:role/{flow}*")
_EKS: Final = ("cluster/{cluster}", "nodegroup/{cluster}/*", "addon/{cluster}/*", "access-entry/{cluster}/*")

RULES: Final = (
    Rule("PassRoles", "iam:PassRole", (*_ROLES, "{roles}"), Bound.PASSED),
    Rule(
        "ServicesOwnRoles",
        "iam:CreateServiceLinkedRole",
        ("arn:{p}:iam::{account}:role/aws-service-role/*",),
        Bound.LINKED,
    ),
    Rule("ListIdentities", "iam:List(Roles|Policies)", bound=Bound.NONE),
    Rule(
        "Policies",
        r"iam:((Create|Delete|Get|Tag|Untag)Policy|\w+PolicyVersions?|ListPolicyTags)",
        ("arn:{p}:iam::{account}:policy/{name}*",),
        Bound.NONE,
    ),
    Rule("Roles", r"iam:\w+", _ROLES, Bound.NONE),
    Rule("ListBuckets", "s3:ListAllMyBuckets", bound=Bound.NONE),
    Rule(
        "Objects",
        r"s3:(BypassGovernanceRetention|DeleteObject(Version)?|GetObjectRetention)",
        ("arn:{p}:s3:::{name}*/*",),
        Bound.NONE,
    ),
    Rule("Buckets", r"s3:\w+", ("arn:{p}:s3:::{name}*",), Bound.NONE),
    # RDS keeps master passwords in secrets of its own names: made for it, and read to log in
    Rule(
        "SecretsAndLogins",
        "secretsmanager:(CreateSecret|DescribeSecret|GetSecretValue|TagResource)",
        _of("secretsmanager", "secret:{name}*", "secret:rds!db-*"),
    ),
    Rule("Secrets", r"secretsmanager:\w+", _of("secretsmanager", "secret:{name}*")),
    Rule("MakeKeys", "kms:(CreateKey|ListAliases|ListKeys)"),
    Rule("KeysForServices", "kms:CreateGrant", _of("kms", "key/*"), Bound.GRANT),
    Rule(
        "KeysThroughServices", "kms:(Decrypt|GenerateDataKey|RetireGrant)", _of("kms", "key/*"), Bound.THROUGH_SERVICE
    ),
    Rule("KeyAliases", r"kms:\w+Alias", _of("kms", "alias/{name}*", "key/*")),
    Rule("Keys", r"kms:\w+", _of("kms", "key/*")),
    Rule("LaunchNodes", "ec2:RunInstances", bound=Bound.LAUNCH),
    Rule("Network", r"ec2:\w+"),
    Rule("LookAtDatabases", r"rds:(Describe\w+|ListTagsForResource)"),
    Rule(
        "Databases",
        r"rds:\w+",
        # groups take auto-names
        _of(
            "rds",
            "db:{name}*",
            "snapshot:{name}*",
            "subgrp:{database}*",
            "pg:{database}*",
            "pg:default*",
            "og:default*",
            "auto-backup:*",
        ),
    ),
    Rule("LookAtCaches", r"elasticache:(Describe\w+|ListTagsForResource)"),
    Rule(
        "Caches",
        r"elasticache:\w+",
        _of(
            "elasticache",
            "replicationgroup:{name}*",
            "cluster:{name}*",
            "snapshot:{name}*",
            "user:{name}*",
            "usergroup:{name}*",
            "subnetgroup:{cache}*",
            "parametergroup:{cache}*",
            "parametergroup:default*",
        ),
    ),
    # quotas are counted over every cluster of the account
    Rule("EveryCluster", "eks:(CreateCluster|ListClusters|ListNodegroups|DescribeNodegroup)"),
    Rule("Clusters", r"eks:\w+", _of("eks", *_EKS, "podidentityassociation/{cluster}/*")),
    Rule("LookAtLogs", "logs:DescribeLogGroups"),
    Rule("Logs", r"logs:\w+", _of("logs", "log-group:{path}*")),
    Rule("Subscriptions", "sns:(GetSubscriptionAttributes|SetSubscriptionAttributes|Unsubscribe)"),
    Rule("Topics", r"sns:\w+", _of("sns", "{name}*")),
    Rule("Queues", r"sqs:\w+", _of("sqs", "{name}*")),
    Rule("TellSizes", "cloudwatch:PutMetricData", bound=Bound.METRICS),
    Rule("LookAtAlarms", "cloudwatch:DescribeAlarms"),
    Rule(
        "Alarms",
        r"cloudwatch:\w+",
        ("arn:{p}:cloudwatch:*:{account}:alarm:{name}*", "arn:{p}:cloudwatch::{account}:dashboard/{name}*"),
    ),
    Rule("StoreBackups", "backup-storage:MountCapsule"),
    Rule("ListBackups", "backup:List(BackupVaults|BackupPlans)"),
    Rule(
        "Backups",
        r"backup:\w+",
        (
            *_of("backup", "backup-vault:{name}*", "backup-plan:*", "recovery-point:*"),
            "arn:{p}:rds:*:{account}:snapshot:awsbackup:*",
        ),
    ),
    Rule("LookAtBudgets", "budgets:ViewBudget", ("arn:{p}:budgets::{account}:budget/*",), Bound.NONE),
    Rule("Budgets", r"budgets:\w+", ("arn:{p}:budgets::{account}:budget/{name}*",), Bound.NONE),
    Rule("UsagePlans", r"apigateway:\w+", _gateway("usageplans", "apikeys")),
    Rule("Trails", r"cloudtrail:\w+", _of("cloudtrail", "trail/{name}*")),
    Rule("LookAtSchedules", r"autoscaling:Describe\w+"),
    # a node group's Auto Scaling group is called by EKS: `eks-<node group>-<id>`
    Rule(
        "Schedules",
        r"autoscaling:\w+",
        _of("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-{name}*"),
    ),
    Rule("Edge", r"(acm|elasticloadbalancing|wafv2|tag):\w+"),
    Rule(
        "Names",
        r"route53:(ChangeResourceRecordSets|DeleteHostedZone|UpdateHostedZoneComment)",
        ("{zones}",),
        Bound.NONE,
    ),
    # services that are one for all regions, or are asked in a region that no tenant is in
    Rule("Account", r"(ce|route53|servicequotas):\w+", bound=Bound.NONE),
)
