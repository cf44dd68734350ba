"""Cases of queues."""

from __future__ import annotations

import json

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _rules(*actions: str) -> str:
    statement = {
        "Sid": "sending",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


def _queue(world: World, name: str) -> Props:
    return {
        "name": name,
        "sqsManagedSseEnabled": True,
        "visibilityTimeoutSeconds": 60,
        "messageRetentionSeconds": 1209600,
        "redrivePolicy": json.dumps({"deadLetterTargetArn": world.queue(), "maxReceiveCount": 5}),
        "tags": world.tags(name),
    }


def _set(world: World, live: Live, member: str, value: str) -> None:
    world.client("sqs").set_queue_attributes(QueueUrl=live.id, Attributes={member: value})


def _policy(world: World, name: str) -> Props:
    return {"queueUrl": world.queue_url(), "policy": _rules("sqs:SendMessage")}


CASES = (
    Case(
        "aws:sqs/queue:Queue",
        _queue,
        update=lambda world, _: {
            "sqsManagedSseEnabled": False,
            "kmsMasterKeyId": world.key,
            "visibilityTimeoutSeconds": None,
            "delaySeconds": 5,
            "redrivePolicy": None,
            "redriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"}),
        },
        replace=lambda world, _: {"name": "another"},
        drift={
            "visibilityTimeoutSeconds": lambda world, live: _set(world, live, "VisibilityTimeout", "7"),
            "redrivePolicy": lambda world, live: _set(world, live, "RedrivePolicy", ""),
            "sqsManagedSseEnabled": lambda world, live: _set(world, live, "SqsManagedSseEnabled", "false"),
        },
        refused={"fifoThroughputLimit": "perQueue"},
    ),
    Case(
        "aws:sqs/queue:Queue",
        lambda world, name: {
            "name": f"{name}.fifo",
            "fifoQueue": True,
            "contentBasedDeduplication": True,
            "tags": world.tags(name),
        },
        update=lambda world, _: {"contentBasedDeduplication": False, "deduplicationScope": "messageGroup"},
        replace=lambda world, _: {"name": "another.fifo"},
        drift={},
        refused={"kmsMasterKeyId": "alias/own", "sqsManagedSseEnabled": True},
        label="-fifo",
    ),
    Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        _policy,
        update=lambda world, _: {"policy": _rules("sqs:SendMessage", "sqs:GetQueueUrl")},
        replace=lambda world, _: {"queueUrl": world.queue_url()},
        drift={"policy": lambda world, live: _set(world, live, "Policy", _rules("sqs:*"))},
        refused={"policy": "[]"},
    ),
)
