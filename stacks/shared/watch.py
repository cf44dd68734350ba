"""What watches over a cell: the topic that alarms go to, and the trail of who did what."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import SharedBlueprint
from stacks.parts import watching
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import topic
from stacks.shared.foundation import Audit

_CALLS: Final = "Management events selector"
"""As CloudTrail's console calls it; auditors go by the name."""


class Alarms(Component):
    """The topic of alarms and budgets, under the cell's key; who is told by mail; the cell's own alarms."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, key_arn: pulumi.Output[str]) -> None:
        super().__init__("Alarms", scope)
        wanted = blueprint.alarms
        self.topic = aws.sns.Topic(
            "alarms",
            name=wanted.topic,
            kms_master_key_id=key_arn,
            tags=scope.labels(blueprint.isolation, "alarms"),
            opts=self.child(),
        )
        aws.sns.TopicPolicy(
            "alarms",
            arn=self.topic.arn,
            policy=policy(topic.alarms, topic=self.topic.arn, account=scope.account),
            opts=self.child(),
        )
        for number, mail in enumerate(wanted.mails):
            aws.sns.TopicSubscription(
                f"alarms-{number}", topic=self.topic.arn, protocol="email", endpoint=mail, opts=self.child()
            )
        watching.alarms(self, blueprint.isolation, wanted.own, self.topic.arn)
        watching.dashboard(self, wanted.dashboard, wanted.own)
        self.register_outputs({"topicArn": self.topic.arn})


class Trail(Component):
    """Calls of the region, or of all of them; reads and writes of tenants' objects. Kept in the audit bucket."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, key_arn: pulumi.Output[str], audit: Audit) -> None:
        super().__init__("Trail", scope)
        wanted = blueprint.audit
        selector = aws.cloudtrail.TrailAdvancedEventSelectorArgs
        where = aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
        self.trail = aws.cloudtrail.Trail(
            "trail",
            name=wanted.trail,
            s3_bucket_name=audit.records.bucket.bucket,
            kms_key_id=key_arn,
            include_global_service_events=wanted.every_region,
            is_multi_region_trail=wanted.every_region,
            enable_log_file_validation=True,
            advanced_event_selectors=[
                selector(name=_CALLS, field_selectors=[where(field="eventCategory", equals=["Management"])]),
                selector(
                    name="tenants-objects",
                    field_selectors=[
                        where(field="eventCategory", equals=["Data"]),
                        where(field="resources.type", equals=["AWS::S3::Object"]),
                        where(field="resources.ARN", starts_withs=_traced(blueprint)),
                    ],
                ),
            ],
            tags=scope.labels(blueprint.isolation, "trail"),
            opts=self.child(after=[audit.records]),
        )
        self.register_outputs({"trailArn": self.trail.arn})


def _traced(blueprint: SharedBlueprint) -> list[str]:
    """What ARNs of tenants' objects begin with: in buckets of their own, and in those that the cell's tenants share."""
    data = blueprint.data
    shared = [data.data_bucket, data.backup_bucket, *([data.models.bucket] if data.models else [])] if data else []
    return [f"arn:aws:s3:::{blueprint.audit.traced_buckets}", *(f"arn:aws:s3:::{name}/" for name in shared)]
