"""Queues that tenants send to, each of those that it names, and only their workers take messages from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.data import QueuePlan
from stacks.blueprint.shared import SharedBlueprint
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import document, queue

_VISIBLE_AFTER: Final = 300
"""Seconds that a worker has for a message before another gets it; it may ask for more of one."""
_TRIES: Final = 5
"""How often a message is taken before it goes to the dead ones."""
_LONGEST: Final = 14 * 24 * 3600
"""Seconds that a message is kept: as long as SQS keeps any. That of a dead one counts from when it was first sent."""
_LONG_POLL: Final = 20


class Queue(Component):
    """One queue with the one that its dead messages go to; encrypted by SQS, so that no sender needs a key."""

    def __init__(self, plan: QueuePlan, blueprint: SharedBlueprint, scope: Scope) -> None:
        super().__init__("SharedQueue", scope, f"queue-{plan.name}")
        self.plan, self.isolation = plan, blueprint.isolation
        origin = f"arn:aws:sqs:{scope.region}:{scope.account}:{plan.queue}"
        only = document.text({"redrivePermission": "byQueue", "sourceQueueArns": [origin]})
        dead = aws.sqs.Queue(
            f"dead-{plan.name}",
            name=plan.dead,
            sqs_managed_sse_enabled=True,
            message_retention_seconds=_LONGEST,
            redrive_allow_policy=only,
            tags=scope.labels(self.isolation, f"dead-{plan.name}"),
            opts=self.child(),
        )
        self._guard(f"dead-{plan.name}", dead, queue.dead)
        self.queue = aws.sqs.Queue(
            f"queue-{plan.name}",
            name=plan.queue,
            sqs_managed_sse_enabled=True,
            message_retention_seconds=_LONGEST,
            visibility_timeout_seconds=_VISIBLE_AFTER,
            receive_wait_time_seconds=_LONG_POLL,
            redrive_policy=dead.arn.apply(_redrive),
            tags=scope.labels(self.isolation, f"queue-{plan.name}"),
            opts=self.child(),
        )
        self._guard(f"queue-{plan.name}", self.queue, queue.shared)
        self.register_outputs({"url": self.queue.url})

    def _guard(self, role: str, of: aws.sqs.Queue, rules: Callable[..., document.Document]) -> None:
        scope = self.scope
        text = policy(
            rules, queue=of.arn, account=scope.account, workloads=scope.workloads, workers=list(self.plan.workers)
        )
        aws.sqs.QueuePolicy(role, queue_url=of.url, policy=text, opts=self.child())

    def told(self) -> dict[str, pulumi.Input[str]]:
        """What tenants that send to it are told."""
        return {"url": self.queue.url}


def _redrive(arn: str) -> str:
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": _TRIES}, sort_keys=True)
