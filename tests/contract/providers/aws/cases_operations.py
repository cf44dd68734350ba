"""Cases of what watches over the rest: messages, alarms, budgets, backups, trails."""

from __future__ import annotations

import json

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _topic_policy(topic: str, *actions: str) -> str:
    statement = {
        "Sid": "alarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": list(actions),
        "Resource": topic,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _topic(world: World, name: str) -> Props:
    return {
        "name": name,
        "displayName": "alarms",
        "kmsMasterKeyId": world.key,
        "sqsSuccessFeedbackSampleRate": 10,
        "tags": world.tags(name),
    }


def _rename(world: World, live: Live) -> None:
    world.client("sns").set_topic_attributes(TopicArn=live.id, AttributeName="DisplayName", AttributeValue="other")


def _decrypt(world: World, live: Live) -> None:
    world.client("sns").set_topic_attributes(TopicArn=live.id, AttributeName="KmsMasterKeyId", AttributeValue="")


def _policy(world: World, name: str) -> Props:
    topic = world.topic()
    return {"arn": topic, "policy": _topic_policy(topic, "sns:Publish")}


def _open_topic(world: World, live: Live) -> None:
    policy = _topic_policy(live.id, "sns:Publish", "sns:Subscribe")
    world.client("sns").set_topic_attributes(TopicArn=live.id, AttributeName="Policy", AttributeValue=policy)


def _another_topic(world: World, _: Props) -> Props:
    topic = world.topic()
    return {"arn": topic, "policy": _topic_policy(topic, "sns:Publish")}


def _subscription(world: World, name: str) -> Props:
    return {
        "topic": world.topic(),
        "protocol": "sqs",
        "endpoint": world.queue(),
        "filterPolicy": '{"tenant": ["acme"]}',
        "redrivePolicy": json.dumps({"deadLetterTargetArn": world.queue()}),
    }


def _subscribe_to_all(world: World, live: Live) -> None:
    world.client("sns").set_subscription_attributes(
        SubscriptionArn=live.id, AttributeName="FilterPolicy", AttributeValue="{}"
    )


def _subscribe_raw(world: World, live: Live) -> None:
    world.client("sns").set_subscription_attributes(
        SubscriptionArn=live.id, AttributeName="RawMessageDelivery", AttributeValue="true"
    )


def _alarm(world: World, name: str) -> Props:
    return {
        "name": name,
        "alarmDescription": "the disk is nearly full",
        "metricName": "FreeStorageSpace",
        "namespace": "AWS/RDS",
        "dimensions": {"DBInstanceIdentifier": "acme"},
        "statistic": "Minimum",
        "period": 300,
        "evaluationPeriods": 3,
        "datapointsToAlarm": 2,
        "threshold": 2.5e9,
        "comparisonOperator": "LessThanThreshold",
        "treatMissingData": "breaching",
        "alarmActions": [world.topic()],
        "tags": world.tags(name),
    }


def _put_alarm(world: World, live: Live, **change: object) -> None:
    client = world.client("cloudwatch")
    found = client.describe_alarms(AlarmNames=[live.id])["MetricAlarms"][0]
    kept = ("AlarmName", "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm")
    more = ("AlarmDescription", "Threshold", "ComparisonOperator", "TreatMissingData", "AlarmActions", "Dimensions")
    client.put_metric_alarm(**{**{member: found[member] for member in (*kept, *more)}, **change})


def _silence(world: World, live: Live) -> None:
    world.client("cloudwatch").disable_alarm_actions(AlarmNames=[live.id])


def _errors(metric: str, id: str) -> Props:
    of = {"namespace": "AWS/ApplicationELB", "metricName": metric, "dimensions": {"LoadBalancer": "app/acme/1"}}
    return {"id": id, "metric": {**of, "period": 60, "stat": "Sum"}}


def _share_of_errors(world: World, name: str) -> Props:
    share = {"id": "share", "expression": "100 * errors / requests", "label": "errors", "returnData": True}
    return {
        "name": name,
        "metricQueries": [_errors("HTTPCode_Target_5XX_Count", "errors"), _errors("RequestCount", "requests"), share],
        "evaluationPeriods": 5,
        "threshold": 5,
        "comparisonOperator": "GreaterThanThreshold",
        "tags": world.tags(name),
    }


def _look_elsewhere(world: World, live: Live) -> None:
    metric = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount"}
    query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": True}
    how = {"EvaluationPeriods": 5, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold"}
    world.client("cloudwatch").put_metric_alarm(AlarmName=live.id, Metrics=[query], **how)


def _dashboard_body(title: str) -> str:
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {"markdown": title}}
    return json.dumps({"widgets": [widget], "start": "-PT6H"}, indent=1)


def _redraw(world: World, live: Live) -> None:
    world.client("cloudwatch").put_dashboard(DashboardName=live.id, DashboardBody=_dashboard_body("mallory"))


def _budget(world: World, name: str) -> Props:
    return {
        "name": name,
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "100",
        "limitUnit": "USD",
        "timePeriodStart": "2026-01-01_00:00",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:tenant$acme"]}],
        "costTypes": {"includeCredit": False},
        "notifications": [
            {
                "comparisonOperator": "GREATER_THAN",
                "notificationType": "ACTUAL",
                "threshold": 80,
                "thresholdType": "PERCENTAGE",
                "subscriberEmailAddresses": ["ops@example.org", "money@example.org"],
            },
            {
                "comparisonOperator": "GREATER_THAN",
                "notificationType": "FORECASTED",
                "threshold": 100,
                "thresholdType": "PERCENTAGE",
                "subscriberSnsTopicArns": [world.topic()],
            },
        ],
        "tags": world.tags(name),
    }


def _of_budget(live: Live) -> Props:
    account, _, name = live.id.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _spend_more(world: World, live: Live) -> None:
    client, of = world.client("budgets"), _of_budget(live)
    found = client.describe_budget(**of)["Budget"]
    kept = {key: found[key] for key in ("BudgetName", "BudgetType", "TimeUnit", "TimePeriod", "CostFilters")}
    more = {"BudgetLimit": {"Amount": "9000.0", "Unit": "USD"}, "CostTypes": {"IncludeCredit": True}}
    client.update_budget(AccountId=of["AccountId"], NewBudget={**kept, **more})


def _hush(world: World, live: Live) -> None:
    client, of = world.client("budgets"), _of_budget(live)
    for one in client.describe_notifications_for_budget(**of)["Notifications"]:
        one.pop("NotificationState")
        if one["NotificationType"] == "FORECASTED":
            client.delete_notification(**of, Notification=one)
        else:
            mail = {"SubscriptionType": "EMAIL", "Address": "ops@example.org"}
            client.delete_subscriber(**of, Notification=one, Subscriber=mail)


def _other_notifications(world: World, inputs: Props) -> Props:
    actual = inputs["notifications"][0]
    return {
        "limitAmount": "250.5",
        "costFilters": None,
        "notifications": [
            {**actual, "subscriberEmailAddresses": ["cfo@example.org"], "subscriberSnsTopicArns": [world.topic()]},
            {**actual, "threshold": 50, "thresholdType": "ABSOLUTE_VALUE"},
        ],
    }


def _lock(world: World, live: Live, **change: int) -> None:
    days = {"MinRetentionDays": 7, "MaxRetentionDays": 100, **change}
    world.client("backup").put_backup_vault_lock_configuration(BackupVaultName=live.id, **days)


def _vault_policy(*actions: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _let_delete(world: World, live: Live) -> None:
    policy = _vault_policy("backup:DeleteBackupVault")
    world.client("backup").put_backup_vault_access_policy(BackupVaultName=live.id, Policy=policy)


def _plan(world: World, name: str) -> Props:
    return {
        "name": name,
        "rules": [
            {
                "ruleName": "daily",
                "targetVaultName": world.vault(),
                "schedule": "cron(0 3 * * ? *)",
                "startWindow": 60,
                "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 365},
                "copyActions": [
                    {
                        "destinationVaultArn": "arn:aws:backup:eu-west-3:123456789012:backup-vault:far",
                        "lifecycle": {"deleteAfter": 365},
                    }
                ],
                "recoveryPointTags": {"tenant": "acme"},
            },
            {"ruleName": "continuous", "targetVaultName": world.vault(), "enableContinuousBackup": True},
        ],
        "tags": world.tags(name),
    }


def _never(world: World, live: Live) -> None:
    rule = {"RuleName": "never", "TargetBackupVaultName": live.inputs["rules"][0]["targetVaultName"]}
    world.client("backup").update_backup_plan(
        BackupPlanId=live.id, BackupPlan={"BackupPlanName": live.inputs["name"], "Rules": [rule]}
    )


def _by_tags(world: World, name: str) -> Props:
    equal = {"key": "aws:ResourceTag/tenant", "value": "acme"}
    return {
        "planId": world.plan(),
        "name": name,
        "iamRoleArn": world.role_arn,
        "resources": ["*"],
        "notResources": ["arn:aws:s3:::*"],
        "conditions": [{"stringEquals": [equal], "stringNotLikes": [{**equal, "value": "other-*"}]}],
    }


_BUCKET_ARN = "arn:aws:s3:::acme-data/"


def _trail(world: World, name: str) -> Props:
    return {
        "name": name,
        "s3BucketName": world.bucket(),
        "s3KeyPrefix": "acme",
        "kmsKeyId": world.key,
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "cloudWatchLogsGroupArn": f"{world.log_group()}:*",
        "cloudWatchLogsRoleArn": world.role_arn,
        "eventSelectors": [
            {
                "readWriteType": "WriteOnly",
                "includeManagementEvents": True,
                "dataResources": [{"type": "AWS::S3::Object", "values": [_BUCKET_ARN]}],
            }
        ],
        "tags": world.tags(name),
    }


def _reads_of_data() -> list[Props]:
    fields = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "startsWiths": [_BUCKET_ARN]},
        {"field": "readOnly", "equals": ["true"]},
    ]
    return [{"name": "reads of data", "fieldSelectors": fields}]


def _advanced_trail(world: World, name: str) -> Props:
    of = {"name": name, "s3BucketName": world.bucket(), "snsTopicName": world.topic(), "tags": world.tags(name)}
    return {**of, "enableLogging": False, "advancedEventSelectors": _reads_of_data()}


def _see_nothing(world: World, live: Live) -> None:
    one = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False}
    world.client("cloudtrail").put_event_selectors(TrailName=live.id, EventSelectors=[one])


def _see_more(world: World, live: Live) -> None:
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
    selectors = [{"Name": "all", "FieldSelectors": fields}]
    world.client("cloudtrail").put_event_selectors(TrailName=live.id, AdvancedEventSelectors=selectors)


def _update_trail(world: World, live: Live, **change: object) -> None:
    world.client("cloudtrail").update_trail(Name=live.id, **change)


CASES = (
    Case(
        "aws:sns/topic:Topic",
        _topic,
        update=lambda world, _: {
            "displayName": None,
            "kmsMasterKeyId": world.other_key,
            "sqsSuccessFeedbackSampleRate": 20,
            "tracingConfig": "Active",
            "deliveryPolicy": '{"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}',
        },
        replace=lambda world, _: {"name": "another"},
        drift={"displayName": _rename, "kmsMasterKeyId": _decrypt},
        refused={"archivePolicy": "{}"},
    ),
    Case(
        "aws:sns/topic:Topic",
        lambda world, name: {
            "name": f"{name}.fifo",
            "fifoTopic": True,
            "contentBasedDeduplication": True,
            "tags": world.tags(name),
        },
        update=lambda world, _: {"contentBasedDeduplication": False, "displayName": "in order"},
        replace=lambda world, _: {"fifoTopic": False},
        drift={},
        refused={"archivePolicy": "{}"},
        label="-fifo",
    ),
    Case(
        "aws:sns/topicPolicy:TopicPolicy",
        _policy,
        update=lambda world, inputs: {"policy": _topic_policy(inputs["arn"], "sns:Publish", "sns:GetTopicAttributes")},
        replace=_another_topic,
        drift={"policy": _open_topic},
        refused={"policy": "[]"},
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        _subscription,
        update=lambda world, _: {"filterPolicy": None, "rawMessageDelivery": True},
        replace=lambda world, _: {"endpoint": world.queue()},
        drift={"filterPolicy": _subscribe_to_all, "rawMessageDelivery": _subscribe_raw},
        refused={"endpointAutoConfirms": True},
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        _alarm,
        update=lambda world, inputs: {
            "threshold": 4e9,
            "alarmDescription": None,
            "okActions": inputs["alarmActions"],
            "datapointsToAlarm": None,
            "dimensions": {"DBInstanceIdentifier": "acme", "Role": "WRITER"},
        },
        replace=lambda world, _: {"name": "another"},
        drift={
            "threshold": lambda world, live: _put_alarm(world, live, Threshold=1.0),
            "dimensions": lambda world, live: _put_alarm(world, live, Dimensions=[]),
            "actionsEnabled": _silence,
        },
        refused={"warmUpConfiguration": {"warmUpPeriodDurationInMinutes": 5}},
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda world, name: {**_alarm(world, name), "statistic": None, "extendedStatistic": "p99"},
        update=lambda world, _: {"extendedStatistic": "p90"},
        replace=None,
        drift={},
        refused={"statistic": 1, "evaluationWindow": {}},
        label="-percentile",
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        _share_of_errors,
        update=lambda world, inputs: {"metricQueries": [*inputs["metricQueries"][1:], _errors("5XXError", "errors")]},
        replace=lambda world, _: {"name": "another"},
        drift={"metricQueries": _look_elsewhere},
        refused={"evaluationInterval": 60},
        label="-queries",
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda world, name: {"dashboardName": name, "dashboardBody": _dashboard_body(name)},
        update=lambda world, _: {"dashboardBody": _dashboard_body("changed")},
        replace=lambda world, _: {"dashboardName": "another"},
        drift={"dashboardBody": _redraw},
        refused={"dashboardBody": "[]"},
        foreign=lambda world, inputs: {**inputs, "dashboardBody": _dashboard_body("somebody else's")},
    ),
    Case(
        "aws:budgets/budget:Budget",
        _budget,
        update=_other_notifications,
        replace=lambda world, _: {"name": "another"},
        drift={"limitAmount": _spend_more, "costTypes": _spend_more, "notifications": _hush},
        refused={"autoAdjustData": {"autoAdjustType": "FORECAST"}},
    ),
    Case(
        "aws:backup/vault:Vault",
        lambda world, name: {"name": name, "kmsKeyArn": world.key, "tags": world.tags(name)},
        update=None,
        replace=lambda world, _: {"kmsKeyArn": world.other_key},
        drift={},
        refused={"vaultType": "x"},
    ),
    Case(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        lambda world, name: {"backupVaultName": world.vault(), "minRetentionDays": 7, "maxRetentionDays": 100},
        update=lambda world, _: {"minRetentionDays": 14, "maxRetentionDays": None},
        replace=lambda world, _: {"backupVaultName": world.vault()},
        drift={
            "minRetentionDays": lambda world, live: _lock(world, live, MinRetentionDays=1),
            "changeableForDays": lambda world, live: _lock(world, live, ChangeableForDays=3),
        },
        refused={"changeableForDays": 2},
    ),
    Case(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        lambda world, name: {"backupVaultName": world.vault(), "minRetentionDays": 7, "changeableForDays": 3},
        update=lambda world, _: {"changeableForDays": None},
        replace=lambda world, _: {"backupVaultName": world.vault()},
        drift={"changeableForDays": _lock},
        refused={"maxRetentionDays": 3, "minRetentionDays": 4},
        label="-compliance",
    ),
    Case(
        "aws:backup/vaultPolicy:VaultPolicy",
        lambda world, name: {
            "backupVaultName": world.vault(),
            "policy": _vault_policy("backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"),
        },
        update=lambda world, _: {"policy": _vault_policy("backup:DeleteRecoveryPoint")},
        replace=lambda world, _: {"backupVaultName": world.vault()},
        drift={"policy": _let_delete},
        refused={"policy": "[]"},
    ),
    Case(
        "aws:backup/plan:Plan",
        _plan,
        update=lambda world, inputs: {
            "rules": [{**inputs["rules"][0], "schedule": "cron(0 5 * * ? *)", "copyActions": None}],
            "advancedBackupSettings": [{"resourceType": "EC2", "backupOptions": {"WindowsVSS": "enabled"}}],
        },
        replace=lambda world, _: {"name": "another"},
        drift={"rules": _never},
        refused={"scanSettings": []},
    ),
    Case(
        "aws:backup/selection:Selection",
        _by_tags,
        update=None,
        replace=lambda world, _: {"notResources": None},
        drift={},
        refused={"tags": {}},
    ),
    Case(
        "aws:backup/selection:Selection",
        lambda world, name: {
            "planId": world.plan(),
            "name": name,
            "iamRoleArn": world.role_arn,
            "selectionTags": [{"type": "STRINGEQUALS", "key": "tenant", "value": "acme"}],
        },
        update=None,
        replace=lambda world, _: {"resources": ["arn:aws:rds:*:*:db:acme"], "selectionTags": None},
        drift={},
        refused={"tags": {}},
        label="-tags",
    ),
    Case(
        "aws:cloudtrail/trail:Trail",
        _trail,
        update=lambda world, _: {
            "s3KeyPrefix": None,
            "kmsKeyId": None,
            "enableLogFileValidation": False,
            "cloudWatchLogsGroupArn": None,
            "cloudWatchLogsRoleArn": None,
            "eventSelectors": None,
            "advancedEventSelectors": _reads_of_data(),
        },
        replace=lambda world, _: {"name": "another"},
        drift={
            "enableLogging": lambda world, live: world.client("cloudtrail").stop_logging(Name=live.id),
            "enableLogFileValidation": lambda world, live: _update_trail(world, live, EnableLogFileValidation=False),
            "kmsKeyId": lambda world, live: _update_trail(world, live, KmsKeyId=""),
            "eventSelectors": _see_nothing,
        },
        refused={"insightSelectors": [{"insightType": "ApiCallRateInsight"}]},
    ),
    Case(
        "aws:cloudtrail/trail:Trail",
        _advanced_trail,
        update=lambda world, _: {"enableLogging": True, "advancedEventSelectors": None, "snsTopicName": None},
        replace=lambda world, _: {"name": "another"},
        drift={
            "enableLogging": lambda world, live: world.client("cloudtrail").start_logging(Name=live.id),
            "advancedEventSelectors": _see_more,
        },
        refused={"eventSelectors": [{"readWriteType": "All"}], "advancedEventSelectors": _reads_of_data()},
        label="-advanced",
    ),
)
